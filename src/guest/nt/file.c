/* Files: opening, reading, writing, controlling, locking, cancelling. What a file is behind its
 * handle (a disk's file, a pipe, a device) is behind FileOps. */
#include "guest/file.h"
#include "base/text.h"
#include "guest/device/disk.h"
#include <stdio.h>

/* ---- opening ---- */

static uint32_t locate(Sys *s, uint64_t attributes, FileOpen *how, uint32_t *handle_attributes) {
    ObjectAttributes a;
    uint32_t status =
        attributes ? sys_object_attributes(s, attributes, &a) : STATUS_INVALID_PARAMETER;
    if (!status) status = file_locate(s, &a, how);
    *handle_attributes = status ? 0 : a.attributes;
    return status;
}

static uint32_t check_options(const FileOpen *how) {
    enum { SYNCHRONOUS = FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT };
    uint32_t o = how->options;
    if ((o & SYNCHRONOUS) == SYNCHRONOUS) return STATUS_INVALID_PARAMETER;
    if (o & SYNCHRONOUS && !(how->access & ACCESS_SYNCHRONIZE)) return STATUS_INVALID_PARAMETER;
    if (how->disposition > FILE_OVERWRITE_IF || how->share > 7) return STATUS_INVALID_PARAMETER;
    return o & FILE_OPEN_BY_FILE_ID ? STATUS_NOT_SUPPORTED : STATUS_SUCCESS;
}

/* (handle, access, attributes, status block, ...) */
static uint64_t open_file(Sys *s, FileOpen *how) {
    File *f;
    uint64_t information = 0;
    uint32_t attributes, status = check_options(how);
    if (!guest_put_pointer(s->process, s->arg[0], 0)) return STATUS_ACCESS_VIOLATION;
    if (!status) status = locate(s, s->arg[2], how, &attributes);
    if (!status) status = file_open(s, how, &f, &information);
    if (!status) status = sys_return_handle(s, s->arg[0], &f->object, how->access, attributes);
    if (!NT_ERROR(status)) sys_io_status(s, s->arg[3], status, information);
    return status;
}

static Span read_attributes(Sys *s, uint64_t address, uint32_t size) {
    enum { EA_MAX = 65536 };
    uint8_t *raw = address && size && size <= EA_MAX ? arena_alloc(s->scratch, size) : NULL;
    return raw && guest_read(s->process, address, raw, size) ? span(raw, size) : (Span){0};
}

static uint64_t nt_create_file(Sys *s) {
    FileOpen how = {.access = file_map_access((uint32_t)s->arg[1])};
    how.attributes = (uint32_t)s->arg[5];
    how.share = (uint32_t)s->arg[6];
    how.disposition = (uint32_t)s->arg[7];
    how.options = (uint32_t)s->arg[8];
    how.ea = read_attributes(s, s->arg[9], (uint32_t)s->arg[10]);
    if (s->arg[4]) guest_get_u64(s->process, s->arg[4], &how.allocation);
    return open_file(s, &how);
}

/* The loader ends a process with a status that does not say which DLL it looked for last. */
static void note_missing(Sys *s) {
    ObjectAttributes a;
    if (sys_object_attributes(s, s->arg[2], &a)) return;
    const char *slash = strrchr(a.name, '\\'), *name = slash ? slash + 1 : a.name;
    if (text_match("*.dll", name))
        snprintf(s->process->missing, sizeof s->process->missing, "%s", name);
}

static uint64_t nt_open_file(Sys *s) {
    FileOpen how = {.access = file_map_access((uint32_t)s->arg[1]), .disposition = FILE_OPEN};
    how.share = (uint32_t)s->arg[4];
    how.options = (uint32_t)s->arg[5];
    uint64_t status = open_file(s, &how);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND) note_missing(s);
    return status;
}

/* Opens for deletion and closes again. */
static uint64_t nt_delete_file(Sys *s) {
    FileOpen how = {.access = ACCESS_DELETE, .share = 7, .disposition = FILE_OPEN};
    how.options = FILE_DELETE_ON_CLOSE;
    File *f;
    uint64_t information;
    uint32_t attributes, status = locate(s, s->arg[0], &how, &attributes);
    if (!status) status = file_open(s, &how, &f, &information);
    if (!status) object_drop(&f->object);
    return status;
}

/* ---- reading and writing ---- */

enum { TO_END = -1, FROM_POSITION = -2 };

/* The position of a transfer; the argument may be NULL. */
static uint32_t transfer_offset(Sys *s, const File *f, uint64_t address, bool write, Io *io) {
    int64_t at = FROM_POSITION;
    if (address && !guest_get_u64(s->process, address, (uint64_t *)&at))
        return STATUS_ACCESS_VIOLATION;
    if (!f->ops->seekable) return STATUS_SUCCESS;
    const DiskFile *d = disk_file((File *)f);
    bool append = write && (at == TO_END || !(f->access & FILE_WRITE_DATA));
    if (append) at = d ? (int64_t)d->handle.node->size : 0;
    else if (at == FROM_POSITION && f->synchronous) at = (int64_t)f->position;
    io->offset = (uint64_t)at;
    return at < 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

static uint32_t file_for(Sys *s, uint32_t needed, File **out) {
    uint32_t access, status = file_of_handle(s->process, s->arg[0], out, &access);
    return status ? status : access & needed ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/* (file, event, apc, context, status block, buffer, length, offset, key) */
static uint64_t transfer(Sys *s, IoKind kind) {
    bool write = kind == IO_WRITE;
    File *f;
    Io *io;
    uint32_t status = file_for(s, write ? FILE_WRITE_DATA | FILE_APPEND_DATA : FILE_READ_DATA, &f);
    if (!status && !s->arg[4]) status = STATUS_ACCESS_VIOLATION;
    if (!status) status = io_new(s, f, kind, &io);
    if (status) return status;
    *(write ? &io->input : &io->output) = s->arg[5];
    *(write ? &io->input_size : &io->output_size) = (uint32_t)s->arg[6];
    status = transfer_offset(s, f, s->arg[7], write, io);
    if (!status) return io_start(s, io);
    io_discard(io);
    return status;
}

static uint64_t nt_read_file(Sys *s) {
    return transfer(s, IO_READ);
}
static uint64_t nt_write_file(Sys *s) {
    return transfer(s, IO_WRITE);
}

/* Scattered buffers: FILE_SEGMENT_ELEMENTs of a page each. They end at once, for disks only. */
static uint64_t transfer_segments(Sys *s, IoKind kind) {
    File *f;
    uint64_t segment, total = 0, list = s->arg[5], left = (uint32_t)s->arg[6], at = 0;
    uint32_t status = file_for(s, kind == IO_WRITE ? FILE_WRITE_DATA : FILE_READ_DATA, &f);
    if (status) return status;
    if (!disk_file(f) || f->synchronous || left % PAGE_SIZE) return STATUS_INVALID_PARAMETER;
    if (!guest_get_u64(s->process, s->arg[7], &at)) return STATUS_ACCESS_VIOLATION;
    for (; left && !status; left -= PAGE_SIZE, list += 8) {
        if (!guest_get_u64(s->process, list, &segment)) return STATUS_ACCESS_VIOLATION;
        Io part = {.kind = kind, .file = f, .thread = s->thread, .offset = at + total};
        part.input = part.output = segment;
        part.input_size = part.output_size = PAGE_SIZE;
        status = kind == IO_WRITE ? f->ops->write(f, &part) : f->ops->read(f, &part);
        total += part.information;
        if (part.information < PAGE_SIZE) break;
    }
    Io *io;
    if (status == STATUS_END_OF_FILE && total) status = STATUS_SUCCESS;
    if (NT_ERROR(status) && status != STATUS_END_OF_FILE) return status;
    uint32_t made = io_new(s, f, kind, &io);
    if (made) return made;
    io->information = total;
    return io_finish(io, status);
}

static uint64_t nt_read_file_scatter(Sys *s) {
    return transfer_segments(s, IO_READ);
}
static uint64_t nt_write_file_gather(Sys *s) {
    return transfer_segments(s, IO_WRITE);
}

static uint64_t flush(Sys *s) {
    File *f;
    Io *io;
    uint32_t status = file_for(s, FILE_WRITE_DATA | FILE_APPEND_DATA, &f);
    uint64_t block = s->arg[1];
    s->arg[1] = s->arg[2] = s->arg[3] = 0; /* this call has neither event nor APC */
    s->arg[4] = block;
    if (!status) status = io_new(s, f, IO_FLUSH, &io);
    return status ? status : io_start(s, io);
}

static uint64_t nt_flush_buffers_file(Sys *s) {
    return flush(s);
}

/* (file, flags, parameters, size, status block) */
static uint64_t nt_flush_buffers_file_ex(Sys *s) {
    s->arg[1] = s->arg[4];
    return flush(s);
}

/* ---- controls ---- */

/* (file, event, apc, context, status block, code, input, size, output, size) */
static uint64_t control(Sys *s) {
    File *f;
    Io *io;
    uint32_t status = file_of_handle(s->process, s->arg[0], &f, NULL);
    if (!status && !s->arg[4]) status = STATUS_ACCESS_VIOLATION;
    if (!status) status = io_new(s, f, IO_CONTROL, &io);
    if (status) return status;
    io->code = (uint32_t)s->arg[5];
    io->input = s->arg[6];
    io->input_size = (uint32_t)s->arg[7];
    io->output = s->arg[8];
    io->output_size = (uint32_t)s->arg[9];
    return io_start(s, io);
}

static uint64_t nt_fs_control_file(Sys *s) {
    return control(s);
}
static uint64_t nt_device_io_control_file(Sys *s) {
    return control(s);
}

/* ---- locks ---- */

static bool get_range(Sys *s, unsigned first, uint64_t *at, uint64_t *size) {
    return guest_get_u64(s->process, s->arg[first], at) &&
           guest_get_u64(s->process, s->arg[first + 1], size);
}

/* (file, event, apc, context, status block, offset, length, key, fail at once, exclusive) */
static uint64_t nt_lock_file(Sys *s) {
    File *f;
    Io *io;
    uint64_t at, size;
    uint32_t status = file_for(s, FILE_READ_DATA | FILE_WRITE_DATA, &f);
    if (!status && !get_range(s, 5, &at, &size)) status = STATUS_ACCESS_VIOLATION;
    if (!status) status = io_new(s, f, IO_LOCK, &io);
    if (status) return status;
    io->offset = at;
    io->input_size = size;
    io->code = ((uint8_t)s->arg[9] ? 1u : 0u) | ((uint8_t)s->arg[8] ? 2u : 0u);
    return io_start(s, io);
}

/* (file, status block, offset, length, key) */
static uint64_t nt_unlock_file(Sys *s) {
    File *f;
    uint64_t at, size;
    uint32_t status = file_for(s, FILE_READ_DATA | FILE_WRITE_DATA, &f);
    if (status) return status;
    const DiskFile *d = disk_file(f);
    if (!d) return STATUS_INVALID_DEVICE_REQUEST;
    if (!get_range(s, 2, &at, &size)) return STATUS_ACCESS_VIOLATION;
    status = fs_unlock(d->handle.node, f, at, size);
    if (status) return status;
    s->machine->changed = true;
    sys_io_status(s, s->arg[1], STATUS_SUCCESS, 0);
    return STATUS_SUCCESS;
}

/* ---- directory changes ---- */

/* (file, event, apc, context, status block, buffer, length, filter, subtree). It never waits:
 * kernelbase opens the directory for synchronous use and waits for the handle itself. */
static uint64_t nt_notify_change_directory_file(Sys *s) {
    enum { ALL = 0xfff };
    File *f;
    Io *io;
    uint32_t filter = (uint32_t)s->arg[7];
    if (!filter || filter & ~(uint32_t)ALL) return STATUS_INVALID_PARAMETER;
    uint32_t status = file_for(s, FILE_READ_DATA, &f);
    if (!status) status = io_new(s, f, IO_NOTIFY, &io);
    if (status) return status;
    io->output = s->arg[5];
    io->output_size = (uint32_t)s->arg[6];
    io->code = filter;
    io->offset = (uint8_t)s->arg[8];
    io->synchronous = false;
    return io_start(s, io);
}

/* ---- cancelling ---- */

static uint64_t cancel(Sys *s, const IoFilter *which, uint64_t block, uint32_t none) {
    uint32_t status = io_cancel(s->machine, which) ? STATUS_SUCCESS : none;
    if (!status) sys_io_status(s, block, status, 0);
    return status;
}

/* (file, status block) */
static uint64_t nt_cancel_io_file(Sys *s) {
    File *f;
    uint32_t status = file_of_handle(s->process, s->arg[0], &f, NULL);
    IoFilter mine = {.file = f, .thread = s->thread};
    return status ? status : cancel(s, &mine, s->arg[1], STATUS_SUCCESS);
}

/* (file, status block of the request, status block) */
static uint64_t nt_cancel_io_file_ex(Sys *s) {
    File *f;
    uint32_t status = file_of_handle(s->process, s->arg[0], &f, NULL);
    IoFilter one = {.file = f, .status_block = s->arg[1]};
    return status ? status : cancel(s, &one, s->arg[2], STATUS_NOT_FOUND);
}

/* (thread, status block of the request, status block) */
static uint64_t nt_cancel_synchronous_io_file(Sys *s) {
    Thread *t;
    uint32_t status = handle_thread(s->thread, s->arg[0], &t);
    IoFilter one = {.thread = t, .status_block = s->arg[1], .synchronous = true};
    return status ? status : cancel(s, &one, s->arg[2], STATUS_NOT_FOUND);
}

/* ---- extended attributes: no file of ours has any ---- */

static uint64_t nt_query_ea_file(Sys *s) {
    File *f;
    uint32_t status = file_of_handle(s->process, s->arg[0], &f, NULL);
    return status ? status : STATUS_NO_EAS_ON_FILE;
}

static uint64_t nt_set_ea_file(Sys *s) {
    (void)s;
    return STATUS_ACCESS_DENIED;
}

const SysRow nt_file_rows[] = {
    {"NtCreateFile", 11, nt_create_file},
    {"NtOpenFile", 6, nt_open_file},
    {"NtDeleteFile", 1, nt_delete_file},
    {"NtReadFile", 9, nt_read_file},
    {"NtWriteFile", 9, nt_write_file},
    {"NtReadFileScatter", 9, nt_read_file_scatter},
    {"NtWriteFileGather", 9, nt_write_file_gather},
    {"NtFlushBuffersFile", 2, nt_flush_buffers_file},
    {"NtFlushBuffersFileEx", 5, nt_flush_buffers_file_ex},
    {"NtFsControlFile", 10, nt_fs_control_file},
    {"NtDeviceIoControlFile", 10, nt_device_io_control_file},
    {"NtLockFile", 10, nt_lock_file},
    {"NtUnlockFile", 5, nt_unlock_file},
    {"NtNotifyChangeDirectoryFile", 9, nt_notify_change_directory_file},
    {"NtCancelIoFile", 2, nt_cancel_io_file},
    {"NtCancelIoFileEx", 3, nt_cancel_io_file_ex},
    {"NtCancelSynchronousIoFile", 3, nt_cancel_synchronous_io_file},
    {"NtQueryEaFile", 9, nt_query_ea_file},
    {"NtSetEaFile", 4, nt_set_ea_file},
    {NULL, 0, NULL},
};
