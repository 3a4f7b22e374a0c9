/* Receiving and sending through sockets (afd.h). A request's parameters lie on its caller's stack,
 * so that they are copied before it waits. */
#include "guest/device/afd.h"
#include "guest/device/disk.h"
#include "guest/fs.h"
#include <stdlib.h>

enum { MOST_BUFFERS = 4096, MSG_OOB = 1, MSG_PEEK = 2, MSG_WAITALL = 8 };

typedef struct {
    uint64_t at;
    uint32_t size;
} Buffer;

/* What a request moves: buffers of the guest, one after the other. */
typedef struct {
    uint64_t from_at, from_size_at, flags_at, control_at; /* guest addresses, or 0 */
    uint32_t flags;
    bool force; /* the caller can wait although the socket does not */
    bool has_address;
    Address to;
    uint64_t moved, total;
    uint32_t count;
    Buffer buffers[];
} Transfer;

static Machine *machine_of(const Socket *s) {
    return s->file.object.machine;
}

/* ---- buffers ---- */

/* WSABUF: a length and an address. */
static Transfer *transfer_new(Io *io, uint32_t count, uint64_t list) {
    Process *p = io_process(io);
    if (count > MOST_BUFFERS) return NULL;
    Transfer *t = calloc(1, sizeof *t + count * sizeof *t->buffers);
    if (!t) return NULL;
    Fields f = fields(p, list);
    for (t->count = 0; t->count < count; t->count++) {
        Buffer *b = &t->buffers[t->count];
        b->size = get_u32(&f);
        b->at = get_pointer(&f);
        t->total += b->size;
    }
    if (f.bad) {
        free(t);
        return NULL;
    }
    return t;
}

/* Copies between `bytes` and the buffers from offset `at` on. */
static bool put_bytes_at(const Io *io, const Transfer *t, uint64_t at, Span bytes) {
    for (uint32_t i = 0; i < t->count && bytes.n; i++) {
        const Buffer *b = &t->buffers[i];
        if (at >= b->size) {
            at -= b->size;
            continue;
        }
        size_t n = b->size - at < bytes.n ? (size_t)(b->size - at) : bytes.n;
        if (!guest_write(io_process(io), b->at + at, bytes.p, n)) return false;
        bytes = span_clip(bytes, n, bytes.n);
        at = 0;
    }
    return true;
}

static bool get_bytes_at(const Io *io, const Transfer *t, uint64_t at, uint8_t *out, size_t n) {
    for (uint32_t i = 0; i < t->count && n; i++) {
        const Buffer *b = &t->buffers[i];
        if (at >= b->size) {
            at -= b->size;
            continue;
        }
        size_t part = b->size - at < n ? (size_t)(b->size - at) : n;
        if (!guest_read(io_process(io), b->at + at, out, part)) return false;
        out += part;
        n -= part;
        at = 0;
    }
    return n == 0;
}

/* ---- waiting ---- */

/* Requests of one kind are served in their order. */
static bool behind_others(const Socket *s, const Io *io) {
    for (const Io *i = machine_of(s)->requests; i && i != io; i = i->next)
        if (i->file == &s->file && i->code == io->code && i->kind == io->kind) return true;
    return false;
}

static uint32_t not_now(const Socket *s, Io *io, bool force, uint32_t timeout) {
    enum { NS_PER_MS = 1000000 };
    Machine *m = machine_of(s);
    if (s->nonblocking && !force) return STATUS_DEVICE_NOT_READY;
    if (!io->again && timeout && !force)
        io->deadline = machine_now(m) + (uint64_t)timeout * NS_PER_MS;
    return machine_now(m) >= io->deadline ? STATUS_IO_TIMEOUT : STATUS_PENDING;
}

/* ---- receiving ---- */

static uint32_t can_receive(const Socket *s) {
    if (s->read_shut) return STATUS_PIPE_DISCONNECTED;
    if (s->type == SOCK_DGRAM) return s->bound ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    return s->state == SOCKET_CONNECTED ? STATUS_SUCCESS : STATUS_INVALID_CONNECTION;
}

static bool put_from(const Io *io, const Transfer *t, const Address *from) {
    Process *p = io_process(io);
    uint8_t raw[SOCKADDR_SIZE6];
    uint32_t room = 0, n = (uint32_t)address_write(from, raw);
    if (!t->from_at || !t->from_size_at) return true;
    if (!guest_get_u32(p, t->from_size_at, &room)) return false;
    return guest_write(p, t->from_at, raw, n < room ? n : room) &&
           guest_put_u32(p, t->from_size_at, n);
}

static uint32_t take_datagram(Socket *s, Io *io, Transfer *t) {
    const Chunk *c = s->first;
    size_t n = c->size < t->total ? c->size : (size_t)t->total;
    bool cut = c->size > t->total;
    if (!put_bytes_at(io, t, 0, span(c->bytes, n)) || !put_from(io, t, &c->from))
        return STATUS_ACCESS_VIOLATION;
    io->information = n;
    if (!(t->flags & MSG_PEEK)) chunk_drop_first(s);
    return cut ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* As many bytes as there are and fit. */
static uint32_t take_stream(Socket *s, Io *io, Transfer *t) {
    bool peek = t->flags & MSG_PEEK;
    uint64_t moved = t->moved;
    for (Chunk *c = s->first; c && moved < t->total;) {
        size_t left = c->size - c->at, room = (size_t)(t->total - moved);
        size_t n = left < room ? left : room;
        Chunk *next = c->next;
        if (!put_bytes_at(io, t, moved, span(c->bytes + c->at, n))) return STATUS_ACCESS_VIOLATION;
        moved += n;
        if (!peek) c->at += n;
        if (!peek) s->queued -= n;
        if (!peek && c->at == c->size) chunk_drop_first(s);
        c = next;
    }
    if (!peek) t->moved = moved;
    io->information = moved;
    if (s->other) socket_changed(s->other); /* there is room now */
    return STATUS_SUCCESS;
}

static uint32_t receive_datagram(Socket *s, Io *io, Transfer *t) {
    uint32_t error = s->datagram_error;
    s->datagram_error = STATUS_SUCCESS;
    if (error) return error;
    if (s->first && !behind_others(s, io)) return take_datagram(s, io, t);
    return not_now(s, io, t->force, s->receive_timeout);
}

static uint32_t receive_stream(Socket *s, Io *io, Transfer *t) {
    if (s->reset) return STATUS_CONNECTION_RESET;
    bool first = !behind_others(s, io);
    if (first && s->queued) {
        uint32_t status = take_stream(s, io, t);
        bool wait = t->flags & MSG_WAITALL && !(t->flags & MSG_PEEK) && t->moved < t->total;
        if (status || !wait) return status;
    }
    if (first && s->ended) return STATUS_SUCCESS;
    return not_now(s, io, t->force, s->receive_timeout);
}

static uint32_t receive(Socket *s, Io *io) {
    Transfer *t = io->context;
    uint32_t status = io->again ? STATUS_SUCCESS : can_receive(s);
    if (status) return status;
    s->pending &= ~(uint32_t)POLL_READ;
    s->reported &= ~(uint32_t)POLL_READ;
    status = s->type == SOCK_DGRAM ? receive_datagram(s, io, t) : receive_stream(s, io, t);
    if (status != STATUS_PENDING || !io->again) socket_changed(s);
    return status;
}

/* afd_recv_params, as Windows has them: the buffers, their number, two sets of flags. */
uint32_t afd_receive(Socket *s, Io *io) {
    enum { FORCE = 2, NORMAL = 0x20, URGENT = 0x40, PEEK = 0x80, WHOLE = 0x4000 };
    if (io->again) return receive(s, io);
    Fields f = fields(io_process(io), io->input);
    uint64_t list = get_pointer(&f);
    uint32_t count = get_u32(&f), how = get_u32(&f), flags = get_u32(&f);
    if (f.bad || io->input_size < fields_used(&f)) return STATUS_INVALID_PARAMETER;
    if (!(flags & NORMAL) == !(flags & URGENT)) return STATUS_INVALID_PARAMETER;
    Transfer *t = io->context = transfer_new(io, count, list);
    if (!t) return STATUS_ACCESS_VIOLATION;
    t->force = how & FORCE;
    if (flags & PEEK) t->flags |= MSG_PEEK;
    if (flags & WHOLE) t->flags |= MSG_WAITALL;
    return receive(s, io);
}

/* afd_recvmsg_params. */
uint32_t afd_receive_message(Socket *s, Io *io) {
    if (io->again) return receive(s, io);
    Cur c = cur(afd_input(io, 48));
    uint64_t control = cur_u64le(&c), from = cur_u64le(&c), from_size = cur_u64le(&c);
    uint64_t flags_at = cur_u64le(&c);
    uint32_t force = cur_u32le(&c), count = cur_u32le(&c);
    uint64_t list = cur_u64le(&c);
    if (c.bad) return STATUS_BUFFER_TOO_SMALL;
    Transfer *t = io->context = transfer_new(io, count, list);
    if (!t || (flags_at && !guest_get_u32(io_process(io), flags_at, &t->flags)))
        return STATUS_ACCESS_VIOLATION;
    t->control_at = control;
    t->from_at = from;
    t->from_size_at = from_size;
    t->force = force;
    /* No control headers are asked for with success: nothing is in their buffer. */
    if (control) guest_put_u32(io_process(io), control, 0);
    if (t->flags & MSG_OOB) return STATUS_DEVICE_NOT_READY; /* there never is urgent data */
    return receive(s, io);
}

uint32_t afd_read(File *f, Io *io) {
    Socket *s = (Socket *)f;
    if (io->again) return receive(s, io);
    if (s->state == SOCKET_RAW) return STATUS_INVALID_HANDLE;
    Transfer *t = io->context = calloc(1, sizeof *t + sizeof *t->buffers);
    if (!t) return STATUS_NO_MEMORY;
    *t = (Transfer){.force = true, .count = 1, .total = io->output_size};
    t->buffers[0] = (Buffer){io->output, (uint32_t)io->output_size};
    return receive(s, io);
}

uint32_t afd_read_available(Socket *s, Io *io) {
    uint64_t n = s->type == SOCK_DGRAM ? (s->first ? s->first->size : 0) : s->queued;
    uint32_t out = (uint32_t)n;
    uint32_t status = afd_output(io, span(&out, sizeof out));
    io->information = 0;
    return status;
}

/* ---- sending ---- */

static uint32_t can_send(const Socket *s) {
    if (s->write_shut) return STATUS_PIPE_DISCONNECTED;
    if (s->type == SOCK_DGRAM) return STATUS_SUCCESS;
    return s->state == SOCKET_CONNECTED ? STATUS_SUCCESS : STATUS_INVALID_CONNECTION;
}

static uint32_t send_datagram(Socket *s, Io *io, Transfer *t) {
    enum { MOST = 65536 };
    const Address *to = t->has_address && !s->remote.family ? &t->to : &s->remote;
    if (!to->family) return STATUS_INVALID_CONNECTION;
    if (t->total > MOST) return STATUS_BUFFER_OVERFLOW;
    uint8_t *bytes = malloc((size_t)t->total + 1);
    if (!bytes) return STATUS_NO_MEMORY;
    uint32_t status = STATUS_ACCESS_VIOLATION;
    if (get_bytes_at(io, t, 0, bytes, (size_t)t->total))
        status = socket_send_to(s, io->thread, to, span(bytes, (size_t)t->total));
    free(bytes);
    if (!status) io->information = t->total;
    return status;
}

/* One piece of what there is room for. */
static uint32_t send_piece(Socket *s, Io *io, Transfer *t) {
    enum { PIECE = 64 << 10 };
    uint64_t left = t->total - t->moved, room = socket_room(s);
    size_t n = (size_t)(left < room ? left : room);
    if (n > PIECE) n = PIECE;
    uint8_t *bytes = malloc(n + 1);
    if (!bytes) return STATUS_NO_MEMORY;
    uint32_t status = STATUS_ACCESS_VIOLATION;
    if (get_bytes_at(io, t, t->moved, bytes, n))
        status = socket_send(s, io->thread, span(bytes, n));
    free(bytes);
    if (!status) t->moved += n;
    return status;
}

static uint32_t send_stream(Socket *s, Io *io, Transfer *t) {
    uint32_t status = STATUS_SUCCESS;
    bool first = !behind_others(s, io);
    if (s->reset) return STATUS_CONNECTION_RESET;
    while (first && !status && t->moved < t->total && socket_room(s)) status = send_piece(s, io, t);
    io->information = t->moved;
    if (status || t->moved == t->total) return status;
    s->pending &= ~(uint32_t)POLL_WRITE;
    s->reported &= ~(uint32_t)POLL_WRITE;
    if (s->nonblocking && !t->force && t->moved) return STATUS_SUCCESS;
    return not_now(s, io, t->force, s->send_timeout);
}

static uint32_t transmit(Socket *s, Io *io) {
    uint32_t status = io->again ? STATUS_SUCCESS : can_send(s);
    if (status) return status;
    return s->type == SOCK_DGRAM ? send_datagram(s, io, io->context)
                                 : send_stream(s, io, io->context);
}

/* afd_sendmsg_params. */
uint32_t afd_send_message(Socket *s, Io *io) {
    if (io->again) return transmit(s, io);
    Cur c = cur(afd_input(io, 32));
    uint64_t to = cur_u64le(&c);
    uint32_t to_size = cur_u32le(&c), flags = cur_u32le(&c);
    uint32_t force = cur_u32le(&c), count = cur_u32le(&c);
    uint64_t list = cur_u64le(&c);
    uint8_t raw[SOCKADDR_SIZE6];
    if (c.bad) return STATUS_BUFFER_TOO_SMALL;
    Transfer *t = io->context = transfer_new(io, count, list);
    if (!t) return STATUS_ACCESS_VIOLATION;
    t->force = force;
    t->flags = flags;
    if (to_size > sizeof raw) to_size = sizeof raw;
    t->has_address = to && s->type == SOCK_DGRAM;
    if (t->has_address && (!guest_read(io_process(io), to, raw, to_size) ||
                           !address_read(span(raw, to_size), &t->to)))
        return STATUS_ACCESS_VIOLATION;
    return transmit(s, io);
}

uint32_t afd_write(File *f, Io *io) {
    Socket *s = (Socket *)f;
    if (io->again) return transmit(s, io);
    if (s->state == SOCKET_RAW) return STATUS_INVALID_HANDLE;
    Transfer *t = io->context = calloc(1, sizeof *t + sizeof *t->buffers);
    if (!t) return STATUS_NO_MEMORY;
    *t = (Transfer){.force = true, .count = 1, .total = io->input_size};
    t->buffers[0] = (Buffer){io->input, (uint32_t)io->input_size};
    return transmit(s, io);
}

/* ---- TransmitFile ---- */

typedef struct {
    size_t size, sent;
    bool disconnect;
    uint8_t bytes[];
} FileTransfer;

static FileTransfer *file_transfer(Socket *s, Io *io) {
    enum { MOST = 64 << 20, FROM_POSITION = -2 };
    Process *p = io_process(io);
    Cur c = cur(afd_input(io, 48));
    int64_t offset = (int64_t)cur_u64le(&c);
    uint64_t head = cur_u64le(&c), tail = cur_u64le(&c);
    uint32_t head_size = cur_u32le(&c), tail_size = cur_u32le(&c);
    uint32_t handle = cur_u32le(&c), length = cur_u32le(&c);
    cur_skip(&c, 4);
    uint32_t flags = cur_u32le(&c);
    File *f = NULL;
    (void)s;
    if (handle && file_of_handle(p, handle, &f, NULL)) return NULL;
    DiskFile *d = f ? disk_file(f) : NULL;
    if (handle && !d) return NULL;
    uint64_t size = d ? d->handle.node->size : 0;
    uint64_t at = offset == FROM_POSITION ? (f ? f->position : 0) : (uint64_t)offset;
    uint64_t n = at < size ? size - at : 0;
    if (length && length < n) n = length;
    uint64_t total = (uint64_t)head_size + n + tail_size;
    FileTransfer *t = total > MOST ? NULL : malloc(sizeof *t + (size_t)total);
    if (!t) return NULL;
    *t = (FileTransfer){.size = (size_t)total, .disconnect = flags & 1};
    bool good = guest_read(p, head, t->bytes, head_size) &&
                guest_read(p, tail, t->bytes + head_size + n, tail_size);
    if (good && n) fs_read(d->handle.node, at, t->bytes + head_size, (size_t)n);
    if (f && offset == FROM_POSITION) f->position += n;
    if (good) return t;
    free(t);
    return NULL;
}

/* afd_transmit_params: bytes before, a file, bytes behind. */
uint32_t afd_transmit(Socket *s, Io *io) {
    uint32_t status = io->again ? STATUS_SUCCESS : can_send(s);
    if (status) return status;
    if (!io->again) io->context = file_transfer(s, io);
    FileTransfer *t = io->context;
    if (!t) return STATUS_INVALID_PARAMETER;
    while (t->sent < t->size && socket_room(s) && !status) {
        size_t room = socket_room(s), left = t->size - t->sent, n = left < room ? left : room;
        status = socket_send(s, io->thread, span(t->bytes + t->sent, n));
        t->sent += n;
    }
    io->information = t->sent;
    if (!status && t->sent < t->size) return STATUS_PENDING;
    if (!status && t->disconnect) socket_shut_write(s);
    return status;
}
