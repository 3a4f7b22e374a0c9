/* The raw disk (\\.\PhysicalDrive0) and raw volumes (\\.\C:): sectors, and what programs ask about
 * the hardware. */
#include "guest/ask.h"
#include "guest/device/disk.h"
#include "guest/device/storage.h"
#include "guest/trace.h"

enum { SECTOR = 512, PIECE = 16384 };

typedef struct {
    File file;
    Node *disk;
    const Volume *volume; /* NULL: the whole disk */
    uint64_t start, size;
    bool read, written; /* told already */
} RawFile;

static const char *told_name(const RawFile *f, Arena *a) {
    return f->volume ? arena_printf(a, "\\\\.\\%c:", f->volume->letter) : "\\\\.\\PhysicalDrive0";
}

/* Whole sectors inside the disk. */
static uint32_t check(const RawFile *f, uint64_t at, uint64_t size) {
    if (at % SECTOR || size % SECTOR) return STATUS_INVALID_PARAMETER;
    return at > f->size || size > f->size - at ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

static uint32_t copy_out(RawFile *f, Io *io) {
    uint8_t piece[PIECE];
    while (io->information < io->output_size) {
        uint64_t left = io->output_size - io->information;
        size_t n = left < PIECE ? (size_t)left : PIECE;
        fs_read(f->disk, f->start + io->offset + io->information, piece, n);
        if (!io_put(io, io->information, piece, n)) return STATUS_ACCESS_VIOLATION;
        io->information += n;
    }
    return STATUS_SUCCESS;
}

static uint32_t raw_read(File *file, Io *io) {
    RawFile *f = (RawFile *)file;
    Machine *m = file->object.machine;
    uint32_t status = check(f, io->offset, io->output_size);
    if (status) return status;
    if (!f->read)
        trace_event(m, io->thread, EV_file_access, {EF_TargetFilename, told_name(f, &m->scratch)});
    f->read = true;
    status = copy_out(f, io);
    if (file->synchronous) file->position = io->offset + io->information;
    return status;
}

static uint32_t copy_in(RawFile *f, Io *io) {
    uint8_t piece[PIECE];
    while (io->information < io->input_size) {
        uint64_t left = io->input_size - io->information;
        size_t n = left < PIECE ? (size_t)left : PIECE;
        if (!io_get(io, io->information, piece, n)) return STATUS_INVALID_USER_BUFFER;
        uint32_t status =
            fs_write(f->disk, f->start + io->offset + io->information, span(piece, n));
        if (status) return status;
        io->information += n;
    }
    return STATUS_SUCCESS;
}

static void tell_written(RawFile *f, const Io *io) {
    Machine *m = f->file.object.machine;
    if (f->written) return;
    f->written = true;
    trace_event(m, io->thread, EV_file_change, {EF_TargetFilename, told_name(f, &m->scratch)},
                {EF_Size, arena_printf(&m->scratch, "%llu", (unsigned long long)io->input_size)});
}

static uint32_t raw_write(File *file, Io *io) {
    RawFile *f = (RawFile *)file;
    Machine *m = file->object.machine;
    uint32_t status = check(f, io->offset, io->input_size);
    if (status) return status;
    tell_written(f, io);
    status = copy_in(f, io);
    if (file->synchronous) file->position = io->offset + io->information;
    if (fs_exhausted(m->fs)) machine_end_budget(m, "file_bytes");
    return status;
}

static uint32_t raw_control(File *file, Io *io) {
    const RawFile *f = (RawFile *)file;
    enum { LOCK = 0x90018, UNLOCK = 0x9001c, DISMOUNT = 0x90020, IS_MOUNTED = 0x90028 };
    if (io->code == LOCK || io->code == UNLOCK || io->code == DISMOUNT || io->code == IS_MOUNTED)
        return STATUS_SUCCESS;
    const WorldItem *drive = f->volume ? f->volume->drive : f->disk->volume->drive;
    return storage_control(io, drive, f->start, f->size);
}

static uint32_t raw_query_volume(File *file, Sys *s, uint32_t class, Fields *out) {
    const RawFile *f = (RawFile *)file;
    return f->volume ? volume_query(f->volume, s, class, out) : STATUS_INVALID_INFO_CLASS;
}

static void raw_destroy(File *file) {
    node_drop(((RawFile *)file)->disk);
}

static const FileOps raw_ops = {
    .device_type = FILE_DEVICE_DISK,
    .seekable = true,
    .read = raw_read,
    .write = raw_write,
    .control = raw_control,
    .query_volume = raw_query_volume,
    .destroy = raw_destroy,
};

static uint32_t raw_open(Sys *s, const FileOpen *how, RawFile **out) {
    Node *disk = fs_disk(s->machine->fs);
    RawFile *f = disk ? file_new(s->machine, &raw_ops, sizeof *f, how, how->path) : NULL;
    if (!f) return STATUS_NO_MEMORY;
    node_hold(f->disk = disk);
    f->size = disk->size;
    *out = f;
    return STATUS_SUCCESS;
}

uint32_t volume_open(Sys *s, const FileOpen *how, Volume *v, File **out) {
    RawFile *f;
    if (how->options & FILE_DIRECTORY_FILE) return STATUS_NOT_A_DIRECTORY;
    uint32_t status = raw_open(s, how, &f);
    if (status) return status;
    f->volume = v;
    f->start = v->fixed ? fs_volume_start(s->machine->fs, v) : 0;
    f->size = v->fixed ? (uint64_t)ask_item_number(s->machine, v->drive, FACT_drive_size, 0) : 0;
    *out = &f->file;
    return STATUS_SUCCESS;
}

static uint32_t harddisk_open(Sys *s, const FileOpen *how, File **out) {
    RawFile *f;
    if (strcasecmp(how->rest, "DR0") && strcasecmp(how->rest, "Partition0"))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    uint32_t status = raw_open(s, how, &f);
    if (!status) *out = &f->file;
    return status;
}

const Device device_harddisk = {"\\Device\\Harddisk0", harddisk_open};
