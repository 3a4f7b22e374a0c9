/* \Device\Null: takes everything, gives nothing. */
#include "guest/file.h"

static uint32_t null_read(File *f, Io *io) {
    (void)f;
    return io->output_size ? STATUS_END_OF_FILE : STATUS_SUCCESS;
}

static uint32_t null_write(File *f, Io *io) {
    (void)f;
    io->information = io->input_size;
    return STATUS_SUCCESS;
}

static const FileOps null_ops = {
    .device_type = FILE_DEVICE_NULL, .read = null_read, .write = null_write};

static uint32_t null_open(Sys *s, const FileOpen *how, File **out) {
    if (*how->rest) return STATUS_OBJECT_NAME_NOT_FOUND;
    *out = file_new(s->machine, &null_ops, sizeof(File), how, how->path);
    return *out ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

const Device device_null = {"\\Device\\Null", null_open};
