/* The client's end of a named pipe behind which one of Windows' services listens (rpc/rpc.h). */
#include "guest/device/rpc_pipe.h"
#include "guest/nt/file_info.h"
#include "guest/rpc/rpc.h"

typedef struct {
    File file;
    RpcConnection connection;
    bool read_messages;
} RpcEnd;

enum {
    FSCTL_PIPE_PEEK = 0x11400c,
    FSCTL_PIPE_TRANSCEIVE = 0x11c017,
    CONNECTED = 3,
    PIECE = 4096,
};

static uint32_t end_read(File *f, Io *io) {
    RpcEnd *e = (RpcEnd *)f;
    RpcConnection *c = &e->connection;
    if (c->broken) return STATUS_PIPE_BROKEN;
    rpc_poll(c, f->object.machine, io->thread);
    Span bytes = rpc_bytes(c);
    if (!bytes.n) {
        io->deadline = c->deadline;
        return STATUS_PENDING;
    }
    size_t n = bytes.n < io->output_size ? bytes.n : (size_t)io->output_size;
    if (!io_put(io, 0, bytes.p, n)) return STATUS_ACCESS_VIOLATION;
    io->information = n;
    rpc_taken(c, n);
    return n < bytes.n && e->read_messages ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static uint32_t end_write(File *f, Io *io) {
    RpcEnd *e = (RpcEnd *)f;
    if (e->connection.broken) return STATUS_PIPE_BROKEN;
    for (uint64_t at = 0; at < io->input_size;) {
        uint8_t bytes[PIECE];
        uint64_t left = io->input_size - at, n = left < PIECE ? left : PIECE;
        if (!io_get(io, at, bytes, n)) return STATUS_ACCESS_VIOLATION;
        rpc_take(&e->connection, f->object.machine, io->thread, span(bytes, (size_t)n));
        at += n;
    }
    io->information = io->input_size;
    f->object.machine->changed = true;
    return STATUS_SUCCESS;
}

/* FILE_PIPE_PEEK_BUFFER. */
static uint32_t peek(RpcEnd *e, Io *io) {
    enum { HEAD = 16 };
    Span bytes = rpc_bytes(&e->connection);
    if (io->output_size < HEAD) return STATUS_INFO_LENGTH_MISMATCH;
    uint64_t room = io->output_size - HEAD, n = bytes.n < room ? bytes.n : room;
    Fields out = fields(io_process(io), io->output);
    put_u32(&out, CONNECTED);
    put_u32(&out, (uint32_t)bytes.n);
    put_u32(&out, bytes.n != 0);
    put_u32(&out, (uint32_t)bytes.n);
    if (out.bad || (n && !io_put(io, HEAD, bytes.p, n))) return STATUS_ACCESS_VIOLATION;
    io->information = HEAD + n;
    return bytes.n > n ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static uint32_t end_control(File *f, Io *io) {
    RpcEnd *e = (RpcEnd *)f;
    if (io->code == FSCTL_PIPE_PEEK) return peek(e, io);
    if (io->code != FSCTL_PIPE_TRANSCEIVE) return STATUS_INVALID_DEVICE_REQUEST;
    if (!io->again) {
        uint32_t status = end_write(f, io);
        if (status) return status;
        io->information = 0;
    }
    return end_read(f, io);
}

static uint32_t end_query(File *f, Sys *s, uint32_t class, Fields *out) {
    const RpcEnd *e = (RpcEnd *)f;
    (void)s;
    if (class != FilePipeInformation) return STATUS_INVALID_INFO_CLASS;
    put_u32(out, e->read_messages);
    put_u32(out, 0);
    return STATUS_SUCCESS;
}

static uint32_t end_set(File *f, Sys *s, uint32_t class, Fields *in) {
    (void)s;
    if (class != FilePipeInformation) return STATUS_INVALID_INFO_CLASS;
    ((RpcEnd *)f)->read_messages = get_u32(in);
    return STATUS_SUCCESS;
}

static void end_destroy(File *f) {
    rpc_close(&((RpcEnd *)f)->connection);
}

static const FileOps end_ops = {
    .device_type = FILE_DEVICE_NAMED_PIPE,
    .read = end_read,
    .write = end_write,
    .control = end_control,
    .query = end_query,
    .set = end_set,
    .destroy = end_destroy,
};

uint32_t rpc_pipe_open(Sys *s, const FileOpen *how, File **out) {
    RpcEnd *e = file_new(s->machine, &end_ops, sizeof *e, how, how->path);
    if (!e) return STATUS_NO_MEMORY;
    rpc_open(&e->connection);
    *out = &e->file;
    return STATUS_SUCCESS;
}
