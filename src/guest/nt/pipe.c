/* NtCreateNamedPipeFile and NtCreateMailslotFile; everything else about pipes is a file's. */
#include "guest/device/pipe.h"

static uint32_t locate(Sys *s, const char *device, FileOpen *how, uint32_t *attributes) {
    ObjectAttributes a;
    const char *rest;
    uint32_t status = sys_object_attributes(s, s->arg[2], &a);
    if (!status) status = file_locate(s, &a, how);
    if (status) return status;
    const Device *d = device_find(how->path, &rest);
    *attributes = a.attributes;
    return d && *rest && !strcmp(d->path, device) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_INVALID;
}

static uint64_t hand_out(Sys *s, File *f, const FileOpen *how, uint32_t attributes,
                         uint64_t information) {
    uint32_t status = sys_return_handle(s, s->arg[0], &f->object, how->access, attributes);
    if (!status) sys_io_status(s, s->arg[3], STATUS_SUCCESS, information);
    return status;
}

/* (handle, access, attributes, status block, share, disposition, options, type, read mode,
 *  completion mode, instances, in quota, out quota, time-out) */
static uint64_t nt_create_named_pipe_file(Sys *s) {
    if (!guest_put_pointer(s->process, s->arg[0], 0)) return STATUS_ACCESS_VIOLATION;
    FileOpen how = {.access = file_map_access((uint32_t)s->arg[1]), .share = (uint32_t)s->arg[4]};
    how.disposition = (uint32_t)s->arg[5];
    how.options = (uint32_t)s->arg[6];
    PipeHow pipe = {(uint32_t)s->arg[7],
                    (uint32_t)s->arg[8],
                    (uint32_t)s->arg[9],
                    (uint32_t)s->arg[10],
                    (uint32_t)s->arg[11],
                    (uint32_t)s->arg[12],
                    0};
    File *f;
    uint64_t information;
    uint32_t attributes;
    if (!guest_get_u64(s->process, s->arg[13], (uint64_t *)&pipe.timeout))
        return STATUS_ACCESS_VIOLATION;
    uint32_t status = locate(s, "\\Device\\NamedPipe", &how, &attributes);
    if (!status) status = pipe_create(s, &how, &pipe, &f, &information);
    return status ? status : hand_out(s, f, &how, attributes, information);
}

/* (handle, access, attributes, status block, options, quota, greatest message, time-out) */
static uint64_t nt_create_mailslot_file(Sys *s) {
    if (!guest_put_pointer(s->process, s->arg[0], 0)) return STATUS_ACCESS_VIOLATION;
    FileOpen how = {.access = file_map_access((uint32_t)s->arg[1]), .share = 3};
    how.options = (uint32_t)s->arg[4];
    int64_t timeout = -1;
    File *f;
    uint32_t attributes;
    if (s->arg[7] && !guest_get_u64(s->process, s->arg[7], (uint64_t *)&timeout))
        return STATUS_ACCESS_VIOLATION;
    uint32_t status = locate(s, "\\Device\\MailSlot", &how, &attributes);
    if (!status) status = mailslot_create(s, &how, (uint32_t)s->arg[6], timeout, &f);
    return status ? status : hand_out(s, f, &how, attributes, FILE_CREATED);
}

const SysRow nt_pipe_rows[] = {
    {"NtCreateNamedPipeFile", 14, nt_create_named_pipe_file},
    {"NtCreateMailslotFile", 8, nt_create_mailslot_file},
    {NULL, 0, NULL},
};
