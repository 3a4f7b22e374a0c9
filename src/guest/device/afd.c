/* \Device\Afd, as Wine's ws2_32 uses it: the controls of include/wine/afd.h. The structures are
 * those of that header; what a request means is documented with the winsock function that makes
 * it. */
#include "guest/device/afd.h"
#include "guest/sys.h"
#include <stdlib.h>

/* ---- buffers ---- */

static Arena *scratch(const Io *io) {
    return &io->file->object.machine->scratch;
}

Span afd_input(const Io *io, size_t least) {
    enum { MOST = 1 << 20 };
    if (io->input_size < least || io->input_size > MOST) return (Span){0};
    uint8_t *p = arena_alloc(scratch(io), (size_t)io->input_size + 1);
    if (!p || !io_get(io, 0, p, io->input_size)) return (Span){0};
    return span(p, (size_t)io->input_size);
}

uint32_t afd_output(Io *io, Span bytes) {
    if (bytes.n > io->output_size) return STATUS_BUFFER_TOO_SMALL;
    if (!io_put(io, 0, bytes.p, bytes.n)) return STATUS_ACCESS_VIOLATION;
    io->information = bytes.n;
    return STATUS_SUCCESS;
}

static uint32_t put_address(Io *io, const Address *a) {
    uint8_t raw[SOCKADDR_SIZE6];
    return afd_output(io, span(raw, address_write(a, raw)));
}

/* ---- making, naming ---- */

/* afd_create_params: family, type, protocol, flags. Raw sockets are for administrators whose token
 * is not filtered. */
static uint32_t create(Socket *s, Io *io) {
    Cur c = cur(afd_input(io, 16));
    int32_t family = (int32_t)cur_u32le(&c), type = (int32_t)cur_u32le(&c);
    int32_t protocol = (int32_t)cur_u32le(&c);
    if (c.bad || s->state != SOCKET_RAW) return STATUS_INVALID_PARAMETER;
    if (family != FAMILY_IP4 && family != FAMILY_IP6) return STATUS_NOT_SUPPORTED;
    if (type == SOCK_RAW) return STATUS_ACCESS_DENIED;
    if (type != SOCK_STREAM && type != SOCK_DGRAM) return STATUS_NOT_SUPPORTED;
    if (!protocol) protocol = type == SOCK_STREAM ? PROTO_TCP : PROTO_UDP;
    if (protocol != (type == SOCK_STREAM ? PROTO_TCP : PROTO_UDP)) return STATUS_NOT_SUPPORTED;
    s->family = family;
    s->type = type;
    s->protocol = protocol;
    s->only6 = family == FAMILY_IP6;
    s->state = type == SOCK_STREAM ? SOCKET_UNCONNECTED : SOCKET_DATAGRAM;
    s->receive_buffer = s->send_buffer = 65536;
    socket_enter(s);
    return STATUS_SUCCESS;
}

/* afd_bind_params: a number, a sockaddr. The name that it got goes back. */
static uint32_t bind_name(Socket *s, Io *io) {
    Span in = afd_input(io, 6);
    Address a;
    if (!in.p || io->output_size + 4 < io->input_size) return STATUS_INVALID_PARAMETER;
    if (s->bound) return STATUS_ADDRESS_ALREADY_ASSOCIATED;
    if (!address_read(span_clip(in, 4, in.n), &a)) return STATUS_INVALID_ADDRESS;
    uint32_t status = socket_bind(s, &a);
    return status ? status : put_address(io, &s->local);
}

static uint32_t local_name(Socket *s, Io *io) {
    return s->bound ? put_address(io, &s->local) : STATUS_INVALID_PARAMETER;
}

static uint32_t peer_name(Socket *s, Io *io) {
    bool connected = s->type == SOCK_STREAM ? s->state == SOCKET_CONNECTED : s->remote.family != 0;
    return connected ? put_address(io, &s->remote) : STATUS_INVALID_CONNECTION;
}

static uint32_t info(Socket *s, Io *io) {
    const int32_t out[3] = {s->family, s->type, s->protocol};
    return afd_output(io, span(out, sizeof out));
}

/* ---- connections ---- */

/* afd_listen_params: a number, the backlog, a number. */
static uint32_t start_listening(Socket *s, Io *io) {
    enum { MOST = 200, MAXIMUM = 0x7fffffff }; /* SOMAXCONN stands for "reasonable" */
    Cur c = cur(afd_input(io, 12));
    cur_skip(&c, 4);
    uint32_t backlog = cur_u32le(&c);
    if (c.bad || !s->bound) return STATUS_INVALID_PARAMETER;
    if (s->type != SOCK_STREAM) return STATUS_NOT_SUPPORTED;
    if (s->state == SOCKET_CONNECTED) return STATUS_CONNECTION_ACTIVE;
    s->backlog = !backlog ? 1 : backlog > MOST ? MOST : backlog;
    s->state = SOCKET_LISTENING;
    socket_changed(s);
    return STATUS_SUCCESS;
}

static uint32_t accept_handle(Socket *o, Io *io) {
    enum { READ_WRITE_SYNCHRONIZE = 0x12019f };
    uint32_t handle = handle_new(io_process(io), &o->file.object, READ_WRITE_SYNCHRONIZE, true);
    object_drop(&o->file.object);
    return handle ? afd_output(io, span(&handle, sizeof handle)) : STATUS_INSUFFICIENT_RESOURCES;
}

static uint32_t accept_new(Socket *s, Io *io) {
    if (io->output_size < 4) return STATUS_BUFFER_TOO_SMALL;
    if (s->state != SOCKET_LISTENING) return STATUS_INVALID_PARAMETER;
    Socket *o = socket_accept(s);
    if (o) return accept_handle(o, io);
    return s->nonblocking ? STATUS_DEVICE_NOT_READY : STATUS_PENDING;
}

/* The request of AcceptEx: afd_accept_into_params. */
typedef struct {
    uint32_t handle, receive, local;
    bool connected;
} AcceptInto;

/* An address in AcceptEx's buffer: its length, then the sockaddr. */
static bool put_sized_address(Io *io, uint64_t at, const Address *a) {
    uint8_t raw[SOCKADDR_SIZE6];
    uint32_t n = (uint32_t)address_write(a, raw);
    return io_put(io, at, &n, 4) && io_put(io, at + 4, raw, n);
}

static uint32_t accept_output(Socket *o, Io *io, const AcceptInto *a) {
    uint64_t at = 0;
    while (o->first && at < a->receive) {
        Chunk *c = o->first;
        size_t n = c->size - c->at < a->receive - at ? c->size - c->at : (size_t)(a->receive - at);
        if (!io_put(io, at, c->bytes + c->at, n)) return STATUS_ACCESS_VIOLATION;
        at += n;
        c->at += n;
        o->queued -= n;
        if (c->at == c->size) chunk_drop_first(o);
    }
    if (a->local && !put_sized_address(io, a->receive, &o->local)) return STATUS_BUFFER_TOO_SMALL;
    if (!put_sized_address(io, (uint64_t)a->receive + a->local, &o->remote))
        return STATUS_BUFFER_TOO_SMALL;
    io->information = at;
    if (o->other) socket_changed(o->other);
    return STATUS_SUCCESS;
}

static uint32_t accept_into_begin(Socket *s, Io *io) {
    AcceptInto *a = calloc(1, sizeof *a);
    io->context = a;
    Cur c = cur(afd_input(io, 12));
    if (!a) return STATUS_NO_MEMORY;
    a->handle = cur_u32le(&c);
    a->receive = cur_u32le(&c);
    a->local = cur_u32le(&c);
    if (c.bad || io->output_size < (uint64_t)a->receive + a->local + 4)
        return STATUS_BUFFER_TOO_SMALL;
    const Socket *o = socket_of_handle(io_process(io), a->handle);
    bool fresh = o && o->type == SOCK_STREAM && o->state == SOCKET_UNCONNECTED && !o->bound;
    return fresh && s->state == SOCKET_LISTENING ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static uint32_t accept_into(Socket *s, Io *io) {
    uint32_t status = io->again ? STATUS_SUCCESS : accept_into_begin(s, io);
    AcceptInto *a = io->context;
    if (status) return status;
    Socket *o = socket_of_handle(io_process(io), a->handle);
    if (!o) return STATUS_CANCELLED;
    if (!a->connected) {
        Socket *from = socket_accept(s);
        if (!from) return STATUS_PENDING;
        socket_take_over(o, from);
        socket_disconnect(from);
        object_drop(&from->file.object);
        a->connected = true;
    }
    if (a->receive && !o->first && !o->ended && !o->reset) return STATUS_PENDING;
    return accept_output(o, io, a);
}

/* ---- connecting ---- */

/* afd_connect_params: the sockaddr's length, whether connect() or ConnectEx asks; the sockaddr, and
 * bytes that ConnectEx sends at once. */
typedef struct {
    size_t send;
    uint8_t bytes[];
} ConnectData;

static uint32_t check_state(const Socket *s, bool synchronous) {
    switch (s->state) {
    case SOCKET_LISTENING: return STATUS_INVALID_PARAMETER;
    case SOCKET_CONNECTING:
        return synchronous ? STATUS_ADDRESS_ALREADY_ASSOCIATED : STATUS_INVALID_PARAMETER;
    case SOCKET_CONNECTED: return STATUS_CONNECTION_ACTIVE;
    default: return synchronous || s->bound ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    }
}

static uint32_t connect_begin(Socket *s, Io *io) {
    Cur c = cur(afd_input(io, 8));
    uint32_t length = cur_u32le(&c), synchronous = cur_u32le(&c);
    Span name = cur_take(&c, length), data = cur_take(&c, cur_left(&c));
    Address to;
    if (c.bad) return STATUS_BUFFER_TOO_SMALL;
    uint32_t status = check_state(s, synchronous);
    if (status) return status;
    if (!address_read(name, &to)) return STATUS_INVALID_ADDRESS;
    ConnectData *d = malloc(sizeof *d + data.n);
    io->context = d;
    if (!d) return STATUS_NO_MEMORY;
    d->send = data.n;
    if (data.n) memcpy(d->bytes, data.p, data.n);
    status = socket_connect(s, io->thread, &to);
    return status == STATUS_PENDING && synchronous && s->nonblocking ? STATUS_DEVICE_NOT_READY
                                                                     : status;
}

static uint32_t connect_to(Socket *s, Io *io) {
    if (!io->again) return connect_begin(s, io);
    if (s->state == SOCKET_CONNECTING) return STATUS_PENDING;
    if (s->state != SOCKET_CONNECTED) return s->errors[CONNECT_ERROR];
    const ConnectData *d = io->context;
    if (!d->send) return STATUS_SUCCESS;
    io->information = d->send;
    return socket_send(s, io->thread, span(d->bytes, d->send));
}

static uint32_t shut_down(Socket *s, Io *io) {
    enum { RECEIVE, SEND, BOTH };
    Cur c = cur(afd_input(io, 4));
    uint32_t how = cur_u32le(&c);
    if (c.bad) return STATUS_BUFFER_TOO_SMALL;
    if (how > BOTH) return STATUS_INVALID_PARAMETER;
    bool connected =
        s->state == SOCKET_CONNECTED || (s->state == SOCKET_DATAGRAM && s->remote.family);
    if (!connected) return STATUS_INVALID_CONNECTION;
    if (how != SEND) s->read_shut = true;
    if (how != RECEIVE) socket_shut_write(s);
    socket_changed(s);
    return STATUS_SUCCESS;
}

/* ---- the rest ---- */

/* Back to blocking is not possible while events are selected. */
static uint32_t set_nonblocking(Socket *s, Io *io) {
    Cur c = cur(afd_input(io, 4));
    bool on = cur_u32le(&c) != 0;
    if (c.bad) return STATUS_BUFFER_TOO_SMALL;
    if (!on && s->mask) return STATUS_INVALID_PARAMETER;
    s->nonblocking = on;
    return STATUS_SUCCESS;
}

/* ws2_32 lets a request end with a status of its own. */
static uint32_t complete(Socket *s, Io *io) {
    (void)s;
    Cur c = cur(afd_input(io, 4));
    uint32_t status = cur_u32le(&c);
    return c.bad ? STATUS_BUFFER_TOO_SMALL : status;
}

/* The adapters never change. */
static uint32_t address_list_change(Socket *s, Io *io) {
    Cur c = cur(afd_input(io, 4));
    bool force = cur_u32le(&c) != 0;
    return s->nonblocking && !force && !io->again ? STATUS_DEVICE_NOT_READY : STATUS_PENDING;
}

static uint32_t at_mark(Socket *s, Io *io) {
    (void)s;
    return afd_output(io, span("\1\0\0", 4));
}

/* INTERFACE_INFO: flags, and address, broadcast address and mask as sockaddr_in6-sized unions. */
static void put_interface(Buf *out, uint32_t flags, const Address *ip, const Address *mask) {
    enum { UNION = 24 };
    uint8_t raw[SOCKADDR_SIZE6];
    const Address all = address_ip4(255, 255, 255, 255, 0), *const three[] = {ip, &all, mask};
    buf_le(out, flags, 4);
    for (size_t i = 0; i < 3; i++) {
        address_write(three[i], raw);
        buf_add(out, span(raw, UNION));
    }
}

static uint32_t interface_list(Socket *s, Io *io) {
    enum { UP = 1, BROADCAST = 2, LOOPBACK = 4, MULTICAST = 16, MOST = 1 << 16 };
    const World *w = s->file.object.machine->world;
    const Address one = address_ip4(127, 0, 0, 1, 0), mask = address_ip4(255, 0, 0, 0, 0);
    Address ip, bits;
    Buf out = buf_new(MOST);
    for (const WorldItem *i = world_first(w, FACT_mac); i; i = world_next(i)) {
        const char *a = item_text(i, FACT_mac_ip), *b = item_text(i, FACT_mac_mask);
        if (a && b && address_parse(a, &ip) && address_parse(b, &bits))
            put_interface(&out, UP | BROADCAST | MULTICAST, &ip, &bits);
    }
    put_interface(&out, UP | LOOPBACK | MULTICAST, &one, &mask);
    uint32_t status = afd_output(io, buf_span(&out));
    buf_free(&out);
    return status;
}

/* ---- the table ---- */

typedef struct {
    uint32_t code;
    AfdFunction *function;
} AfdRow;

/* CTL_CODE(FILE_DEVICE_BEEP, ...): those that Windows has too. */
static const AfdRow rows[] = {
    {AFD_WINE(200), create},
    {AFD_WINE(201), accept_new},
    {AFD_WINE(202), accept_into},
    {AFD_WINE(203), connect_to},
    {AFD_WINE(204), shut_down},
    {AFD_WINE(205), afd_receive_message},
    {AFD_WINE(206), afd_send_message},
    {AFD_WINE(207), afd_transmit},
    {AFD_WINE(208), address_list_change},
    {AFD_WINE(209), set_nonblocking},
    {AFD_WINE(210), complete},
    {AFD_WINE(211), afd_read_available},
    {AFD_WINE(212), at_mark},
    {AFD_WINE(213), interface_list},
    {AFD_WINE(215), afd_message_select},
    {AFD_WINE(216), peer_name},
    {AFD_WINE(218), info},
    {0x12003, bind_name},
    {0x1200b, start_listening},
    {0x12017, afd_receive},
    {0x12024, afd_poll},
    {0x1202f, local_name},
    {0x12087, afd_event_select},
    {0x1208b, afd_get_events},
};

static uint32_t control(File *f, Io *io) {
    Socket *s = (Socket *)f;
    size_t n = sizeof rows / sizeof *rows, i = 0;
    while (i < n && rows[i].code != io->code) i++;
    if (i < n && (s->state != SOCKET_RAW || rows[i].function == create))
        return rows[i].function(s, io);
    if (s->state == SOCKET_RAW && io->code == 0x12024) return afd_poll(s, io);
    uint32_t status = i < n ? STATUS_INVALID_HANDLE : afd_option(s, io);
    if (status == STATUS_NOT_SUPPORTED && i == n)
        machine_unmodelled(f->object.machine, "control %#x of a socket", io->code);
    return status;
}

/* ---- files ---- */

static void closed(File *f, Process *p) {
    (void)p;
    if (!f->object.handles) socket_disconnect((Socket *)f);
}

static void destroy(File *f) {
    Socket *s = (Socket *)f;
    socket_disconnect(s);
    object_drop(s->event);
}

enum { FILE_DEVICE_NAMED_PIPE_OF_AFD = 0x11 };

const FileOps socket_ops = {
    .device_type = FILE_DEVICE_NAMED_PIPE_OF_AFD,
    .read = afd_read,
    .write = afd_write,
    .control = control,
    .closed = closed,
    .destroy = destroy,
};

static uint32_t afd_open(Sys *s, const FileOpen *how, File **out) {
    Socket *socket = file_new(s->machine, &socket_ops, sizeof *socket, how, how->path);
    *out = socket ? &socket->file : NULL;
    return socket ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

const Device device_afd = {"\\Device\\Afd", afd_open};
