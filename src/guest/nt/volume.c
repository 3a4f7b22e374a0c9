/* NtQueryVolumeInformationFile, NtSetVolumeInformationFile ([MS-FSCC] 2.5). */
#include "guest/nt/volume.h"
#include "guest/file.h"

static const struct {
    uint32_t class, size;
} sizes[] = {
    {FileFsVolumeInformation, 24},   {FileFsSizeInformation, 24},
    {FileFsDeviceInformation, 8},    {FileFsAttributeInformation, 16},
    {FileFsControlInformation, 48},  {FileFsFullSizeInformation, 32},
    {FileFsObjectIdInformation, 64}, {FileFsSectorSizeInformation, 28},
};

static uint32_t check(uint32_t class, uint64_t length) {
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (sizes[i].class == class)
            return length < sizes[i].size ? STATUS_INFO_LENGTH_MISMATCH : STATUS_SUCCESS;
    return STATUS_INVALID_INFO_CLASS;
}

static uint32_t query(File *f, Sys *s, uint32_t class, Fields *out) {
    uint32_t status = STATUS_INVALID_INFO_CLASS;
    if (f->ops->query_volume) status = f->ops->query_volume(f, s, class, out);
    if (status != STATUS_INVALID_INFO_CLASS || class != FileFsDeviceInformation) return status;
    put_u32(out, f->ops->device_type);
    put_u32(out, f->ops->characteristics);
    return STATUS_SUCCESS;
}

/* (file, status block, information, length, class) */
static uint64_t nt_query_volume_information_file(Sys *s) {
    File *f;
    uint32_t class = (uint32_t)s->arg[4], length = (uint32_t)s->arg[3];
    uint32_t status = file_of_handle(s->process, s->arg[0], &f, NULL);
    if (!status) status = check(class, length);
    if (status) return status;
    Fields out = fields_in(s->process, s->arg[2], length);
    status = query(f, s, class, &out);
    if (out.bad) return STATUS_ACCESS_VIOLATION;
    uint64_t used = fields_used(&out) < length ? fields_used(&out) : length;
    if (!NT_ERROR(status)) sys_io_status(s, s->arg[1], status, used);
    return status;
}

/* A volume's label does not change. */
static uint64_t nt_set_volume_information_file(Sys *s) {
    File *f;
    uint32_t status = file_of_handle(s->process, s->arg[0], &f, NULL);
    return status ? status : STATUS_ACCESS_DENIED;
}

const SysRow nt_volume_rows[] = {
    {"NtQueryVolumeInformationFile", 5, nt_query_volume_information_file},
    {"NtSetVolumeInformationFile", 5, nt_set_volume_information_file},
    {NULL, 0, NULL},
};
