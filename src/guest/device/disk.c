/* Open files of the volumes: reading, writing, locking, closing; and what the trace tells of them.
 */
#include "guest/device/disk.h"
#include "guest/nt/section.h"
#include "guest/trace.h"
#include <stdlib.h>

enum { COPY_SIZE = 16384 };

/* ---- the file system of a machine ---- */

static uint64_t filetime_now(void *machine) {
    return machine_filetime(machine);
}

Status fs_open(Machine *m) {
    FsOptions o = {.world = m->world, .now = filetime_now, .changed = disk_changed, .owner = m};
    o.budget = m->config->budget.file_bytes;
    for (int i = 0; i < 2; i++)
        if (m->packs[i].count) o.packs[i] = &m->packs[i];
    m->fs = fs_new(&o);
    return m->fs ? ST_OK : ST_BUDGET;
}

void fs_close(Machine *m) {
    fs_free(m->fs);
    m->fs = NULL;
}

/* Writing failed: the guest hears of a full disk, unless it was our budget that ended. */
static uint32_t checked(Machine *m, uint32_t status) {
    if (fs_exhausted(m->fs)) machine_end_budget(m, "file_bytes");
    return status;
}

/* ---- opening ---- */

/* WOW64_TLS_FILESYSREDIR in the 64-bit TEB: not 0 where a program switched the redirection off. */
bool disk_redirects(Sys *s) {
    enum { TLS_SLOTS = 0x1480, SLOT = 8 };
    uint64_t off = 0;
    if (!s->process->wow64) return false;
    return !guest_get_u64(s->process, s->thread->teb + TLS_SLOTS + SLOT * 8, &off) || !off;
}

uint32_t disk_walk(Sys *s, const FileOpen *how, FsPath *out) {
    uint32_t status = fs_walk(s->machine->fs, how->path, disk_redirects(s), out);
    bool makes = how->disposition != FILE_OPEN && how->disposition != FILE_OVERWRITE;
    if (!makes || (!status && out->name)) disk_ask_path(s, how, out, status);
    return status;
}

static void tell_made(Sys *s, DiskFile *d, uint64_t information) {
    d->made = information != FILE_OPENED;
    if (!d->made) return;
    const char *what = node_is_directory(d->handle.node) ? "directory" : NULL;
    trace_event(s->machine, s->thread, EV_file_event,
                {EF_TargetFilename, name_path(d->handle.name, s->scratch)}, {EF_Operation, what});
}

static uint32_t open_node(Sys *s, const FileOpen *how, const FsPath *path, FsHandle *handle,
                          uint64_t *information) {
    FsHow h = {how->access, how->share, how->disposition, how->options, how->attributes};
    uint32_t refused = disk_check_rights(s, path, how);
    if (refused) return refused;
    if (path->name && section_image_in_use(path->name->node)) {
        if (how->access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) return STATUS_SHARING_VIOLATION;
        if (how->options & FILE_DELETE_ON_CLOSE) return STATUS_CANNOT_DELETE;
    }
    uint32_t done = 0, status = fs_open_file(s->machine->fs, path, &h, handle, &done);
    *information = done;
    return checked(s->machine, status);
}

uint32_t disk_open(Sys *s, const FileOpen *how, File **out, uint64_t *information) {
    FsPath path;
    FsHandle handle;
    uint32_t status = disk_walk(s, how, &path);
    if (status) return status;
    if (path.raw) return volume_open(s, how, path.volume, out);
    status = open_node(s, how, &path, &handle, information);
    if (status) return status;
    char *name = name_device_path(handle.name, s->scratch);
    DiskFile *d = name ? file_new(s->machine, &disk_ops, sizeof *d, how, name) : NULL;
    if (!d) {
        fs_close_file(s->machine->fs, &handle);
        return STATUS_NO_MEMORY;
    }
    d->handle = handle;
    if (*information != FILE_OPENED) section_content_replaced(handle.node);
    tell_made(s, d, *information);
    *out = &d->file;
    return STATUS_SUCCESS;
}

/* ---- reading and writing ---- */

/* Guest memory is written piece by piece; a piece that cannot be ends the request. */
static uint32_t copy_out(DiskFile *d, Io *io, uint64_t size) {
    uint8_t piece[COPY_SIZE];
    while (io->information < size) {
        uint64_t left = size - io->information;
        size_t n = left < COPY_SIZE ? (size_t)left : COPY_SIZE;
        n = fs_read(d->handle.node, io->offset + io->information, piece, n);
        if (!n) break;
        if (!io_put(io, io->information, piece, n)) return STATUS_ACCESS_VIOLATION;
        io->information += n;
    }
    return STATUS_SUCCESS;
}

static void tell_read(DiskFile *d, const Io *io) {
    Machine *m = d->file.object.machine;
    if (d->read || d->made) return;
    d->read = true;
    disk_ask_content(m, d->handle.name);
    trace_event(m, io->thread, EV_file_access,
                {EF_TargetFilename, name_path(d->handle.name, &m->scratch)});
}

static uint32_t disk_read(File *f, Io *io) {
    DiskFile *d = (DiskFile *)f;
    Node *n = d->handle.node;
    if (node_is_directory(n)) return STATUS_INVALID_DEVICE_REQUEST;
    if (fs_locked(n, f, io->offset, io->output_size, false)) return STATUS_FILE_LOCK_CONFLICT;
    tell_read(d, io);
    section_sync_file(n);
    uint32_t status = copy_out(d, io, io->output_size);
    if (f->synchronous) f->position = io->offset + io->information;
    if (status) return status;
    return io->information || !io->output_size ? STATUS_SUCCESS : STATUS_END_OF_FILE;
}

static uint32_t copy_in(DiskFile *d, Io *io) {
    uint8_t piece[COPY_SIZE];
    while (io->information < io->input_size) {
        uint64_t left = io->input_size - io->information;
        size_t n = left < COPY_SIZE ? (size_t)left : COPY_SIZE;
        if (!io_get(io, io->information, piece, n)) return STATUS_INVALID_USER_BUFFER;
        uint32_t status = fs_write(d->handle.node, io->offset + io->information, span(piece, n));
        if (status) return status;
        io->information += n;
    }
    return STATUS_SUCCESS;
}

static uint32_t disk_write(File *f, Io *io) {
    DiskFile *d = (DiskFile *)f;
    Node *n = d->handle.node;
    if (node_is_directory(n)) return STATUS_INVALID_DEVICE_REQUEST;
    if (fs_locked(n, f, io->offset, io->input_size, true)) return STATUS_FILE_LOCK_CONFLICT;
    d->written |= io->input_size > 0;
    section_sync_file(n);
    uint32_t status = copy_in(d, io);
    section_file_written(n, io->offset, io->information);
    if (f->synchronous) f->position = io->offset + io->information;
    return checked(f->object.machine, status);
}

static uint32_t disk_flush(File *f, Io *io) {
    (void)io;
    section_sync_file(((DiskFile *)f)->handle.node);
    return STATUS_SUCCESS;
}

/* IO_LOCK: offset and input_size are the range; code says how (nt/file.c). */
static uint32_t disk_lock(File *f, Io *io) {
    enum { EXCLUSIVE = 1, FAIL_IMMEDIATELY = 2 };
    Node *n = ((DiskFile *)f)->handle.node;
    uint32_t status = fs_lock(n, f, io->offset, io->input_size, io->code & EXCLUSIVE);
    bool waits = status == STATUS_LOCK_NOT_GRANTED && !(io->code & FAIL_IMMEDIATELY);
    return waits ? STATUS_PENDING : status;
}

/* ---- file system controls ---- */

static uint32_t get_object_id(const Node *n, Io *io) {
    uint8_t id[64] = {0};
    uint64_t serial = (uint64_t)item_number(n->volume->drive, FACT_drive_serial, 0);
    for (unsigned i = 0; i < 8; i++) {
        id[i] = (uint8_t)(serial >> 8 * i);
        id[8 + i] = (uint8_t)(n->id >> 8 * i);
    }
    if (io->output_size < sizeof id) return STATUS_BUFFER_TOO_SMALL;
    io->information = sizeof id;
    return io_put(io, 0, id, sizeof id) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* FILE_ZERO_DATA_INFORMATION. */
static uint32_t zero_data(DiskFile *d, Io *io) {
    static const uint8_t zeroes[COPY_SIZE];
    uint8_t raw[16];
    if (!io_get(io, 0, raw, sizeof raw)) return STATUS_INVALID_PARAMETER;
    Cur c = cur(span(raw, sizeof raw));
    uint64_t at = cur_u64le(&c), end = cur_u64le(&c);
    Node *n = d->handle.node;
    if (end > n->size) end = n->size;
    uint32_t status = STATUS_SUCCESS;
    while (!status && at < end) {
        size_t size = end - at < COPY_SIZE ? (size_t)(end - at) : COPY_SIZE;
        status = fs_write(n, at, span(zeroes, size));
        section_file_written(n, at, size);
        at += size;
    }
    return checked(d->file.object.machine, status);
}

enum {
    FSCTL_LOCK_VOLUME = 0x90018,
    FSCTL_UNLOCK_VOLUME = 0x9001c,
    FSCTL_IS_VOLUME_MOUNTED = 0x90028,
    FSCTL_GET_COMPRESSION = 0x9003c,
    FSCTL_SET_COMPRESSION = 0x9c040,
    FSCTL_GET_OBJECT_ID = 0x9009c,
    FSCTL_CREATE_OR_GET_OBJECT_ID = 0x900c0,
    FSCTL_GET_REPARSE_POINT = 0x900a8,
    FSCTL_SET_SPARSE = 0x900c4,
    FSCTL_SET_ZERO_DATA = 0x980c8,
};

static uint32_t disk_control(File *f, Io *io) {
    DiskFile *d = (DiskFile *)f;
    static const uint16_t uncompressed;
    switch (io->code) {
    case FSCTL_GET_OBJECT_ID:
    case FSCTL_CREATE_OR_GET_OBJECT_ID: return get_object_id(d->handle.node, io);
    case FSCTL_GET_REPARSE_POINT: return STATUS_NOT_A_REPARSE_POINT;
    case FSCTL_SET_ZERO_DATA: return zero_data(d, io);
    case FSCTL_SET_SPARSE: d->handle.node->attributes |= ATTRIBUTE_SPARSE; return STATUS_SUCCESS;
    case FSCTL_GET_COMPRESSION:
        io->information = sizeof uncompressed;
        return io_put(io, 0, &uncompressed, sizeof uncompressed) ? STATUS_SUCCESS
                                                                 : STATUS_INVALID_PARAMETER;
    case FSCTL_LOCK_VOLUME:
    case FSCTL_UNLOCK_VOLUME:
    case FSCTL_IS_VOLUME_MOUNTED:
    case FSCTL_SET_COMPRESSION: return STATUS_SUCCESS;
    default:
        if (io->code >> 16 == FILE_DEVICE_FILE_SYSTEM)
            machine_unmodelled(f->object.machine, "control %#x of a file", io->code);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

/* ---- closing ---- */

static void tell_written(DiskFile *d, Thread *t, Arena *a) {
    Machine *m = d->file.object.machine;
    char *size = arena_printf(a, "%llu", (unsigned long long)d->handle.node->size);
    d->written = false;
    trace_event(m, t, EV_file_change, {EF_TargetFilename, name_path(d->handle.name, a)},
                {EF_Size, size});
}

void disk_tell_unclosed(Machine *m) {
    for (Process *p = m->processes; p; p = p->next)
        for (size_t i = 0; i < p->handle_count; i++) {
            Object *o = p->handles[i].object;
            DiskFile *d = o && o->type == &file_type ? disk_file((File *)o) : NULL;
            if (d && d->written) tell_written(d, p->threads, &m->scratch);
        }
}

/* The last handle: the sharing ends, and a doomed file goes. */
static void disk_closed(File *f, Process *p) {
    (void)p;
    DiskFile *d = (DiskFile *)f;
    Machine *m = f->object.machine;
    if (f->object.handles || !d->handle.name) return;
    Arena a = arena_new(1 << 18);
    char *path = name_path(d->handle.name, &a);
    fs_unlock_all(d->handle.node, f);
    if (d->written) tell_written(d, m->current, &a);
    disk_watch_free(d);
    if (fs_close_file(m->fs, &d->handle))
        trace_event(m, m->current, EV_file_delete, {EF_TargetFilename, path});
    arena_reset(&a);
    m->changed = true; /* locks and names are free */
}

static void disk_destroy(File *f) {
    DiskFile *d = (DiskFile *)f;
    disk_closed(f, NULL);
    free(d->pattern);
    free(d->last);
}

const FileOps disk_ops = {
    .device_type = FILE_DEVICE_DISK,
    .seekable = true,
    .read = disk_read,
    .write = disk_write,
    .flush = disk_flush,
    .control = disk_control,
    .lock = disk_lock,
    .notify = disk_notify,
    .query = disk_query,
    .set = disk_set,
    .query_volume = disk_query_volume,
    .closed = disk_closed,
    .destroy = disk_destroy,
};
