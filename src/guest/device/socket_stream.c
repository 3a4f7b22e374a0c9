/* Connections: how they begin, what goes through them, how they end (socket.h). */
#include "base/text.h"
#include "guest/device/socket.h"
#include "guest/trace.h"
#include <stdlib.h>

enum {
    STREAM_ROOM = 256 << 10, /* bytes that wait for a reader in the machine */
    DATAGRAM_ROOM = 1 << 20,
    DATAGRAM_MOST = 65507,
    PIECE = 32 << 10, /* of what comes from outside */
    NS_PER_BYTE = 80, /* 100 Mbit/s */
    THINKING = 3000000,
};

static Machine *machine_of(const Socket *s) {
    return s->file.object.machine;
}

/* ---- events ---- */

static const char *number(Machine *m, unsigned v) {
    return arena_printf(&m->scratch, "%u", v);
}

/* Sysmon's event 3; what came of it where that is not a connection. */
static void tell(const Socket *s, Thread *t, const Address *to, const char *answer) {
    Machine *m = machine_of(s);
    char source[ADDRESS_TEXT_SIZE], destination[ADDRESS_TEXT_SIZE];
    Address own = address_unmapped(&s->local), plain = address_unmapped(to);
    address_print(&own, source);
    address_print(&plain, destination);
    trace_event(m, t, EV_network_connection, {EF_Protocol, s->type == SOCK_STREAM ? "tcp" : "udp"},
                {EF_SourceIp, source}, {EF_SourcePort, number(m, own.port)},
                {EF_DestinationIp, destination}, {EF_DestinationPort, number(m, plain.port)},
                {EF_DestinationHostname, inet_name_of(m, &plain)}, {EF_Answer, answer});
}

/* ---- connecting ---- */

/* Packets come from the address that leads there. */
static uint32_t name_local_end(Socket *s, const Address *to) {
    uint32_t status = socket_bind_any(s);
    if (status || !address_is_any(&s->local)) return status;
    Address source = inet_source(machine_of(s), to);
    if (s->family == FAMILY_IP6) source = address_mapped(&source);
    source.port = s->local.port;
    if (source.family == s->family) s->local = source;
    return STATUS_SUCCESS;
}

static void wait_for(Socket *s, uint64_t length, ArriveKind kind, uint32_t status) {
    s->state = SOCKET_CONNECTING;
    arrive(s, machine_now(machine_of(s)) + length, kind, status, NULL);
}

/* The socket that accept() will return. */
static Socket *answer_to(Socket *s, Socket *listener) {
    const FileOpen how = {.access = listener->file.access, .options = listener->file.options};
    Socket *o = file_new(machine_of(s), &socket_ops, sizeof *o, &how, listener->file.path);
    if (!o) return NULL;
    o->family = listener->family;
    o->type = SOCK_STREAM;
    o->protocol = listener->protocol;
    o->state = SOCKET_CONNECTED;
    o->accepted = o->bound = true;
    o->connected_at = machine_now(machine_of(s));
    o->local = s->remote;
    o->remote = s->local;
    if (o->family == FAMILY_IP4) {
        o->local = address_unmapped(&o->local);
        o->remote = address_unmapped(&o->remote);
    } else {
        o->local = address_mapped(&o->local);
        o->remote = address_mapped(&o->remote);
    }
    o->receive_buffer = listener->receive_buffer;
    o->send_buffer = listener->send_buffer;
    o->nonblocking = listener->nonblocking;
    o->mask = listener->mask;
    o->event = listener->event;
    object_hold(o->event);
    socket_enter(o);
    return o;
}

static void queue_for_accept(Socket *listener, Socket *o) {
    Socket **at = &listener->waiting;
    while (*at) at = &(*at)->next_waiting;
    *at = o;
    listener->waiting_count++;
    socket_changed(listener);
}

/* Windows tries a refused connection twice more, half a second apart each. */
static uint32_t refused(Socket *s, Thread *t, uint64_t round_trip) {
    tell(s, t, &s->remote, "refused");
    wait_for(s, TIME_SECOND + 3 * round_trip, ARRIVE_FAILED, STATUS_CONNECTION_REFUSED);
    return STATUS_PENDING;
}

static uint32_t connect_near(Socket *s, Thread *t) {
    Socket *listener = socket_at(machine_of(s), SOCK_STREAM, &s->remote, true);
    bool room = listener && listener->waiting_count < listener->backlog;
    Socket *o = room ? answer_to(s, listener) : NULL;
    if (!o) return refused(s, t, 0);
    s->other = o;
    o->other = s;
    tell(s, t, &s->remote, NULL);
    queue_for_accept(listener, o);
    wait_for(s, 0, ARRIVE_CONNECTED, STATUS_SUCCESS);
    return STATUS_PENDING;
}

static void take_answers(Socket *s);

static uint32_t connect_open(Socket *s, Thread *t, uint64_t round_trip) {
    Machine *m = machine_of(s);
    s->peer = peer_new(m, t, &s->remote, inet_name_of(m, &s->remote));
    if (!s->peer) return STATUS_INSUFFICIENT_RESOURCES;
    tell(s, t, &s->remote, NULL);
    wait_for(s, round_trip, ARRIVE_CONNECTED, STATUS_SUCCESS);
    s->busy_until = machine_now(m) + round_trip;
    s->flow = capture_connect(m, &s->local, &s->remote);
    take_answers(s);
    return STATUS_PENDING;
}

static uint32_t connect_far(Socket *s, Thread *t) {
    const uint64_t timeout = 21 * (uint64_t)TIME_SECOND; /* three tries: 3, 6 and 12 seconds */
    const Machine *m = machine_of(s);
    uint64_t round_trip = inet_round_trip(m, &s->remote);
    switch (inet_reach(m, &s->remote)) {
    case REACH_OPEN: return connect_open(s, t, round_trip);
    case REACH_CLOSED:
        s->flow = capture_connect(machine_of(s), &s->local, &s->remote);
        return refused(s, t, round_trip);
    case REACH_FILTERED:
        s->flow = capture_connect(machine_of(s), &s->local, &s->remote);
        tell(s, t, &s->remote, "no answer");
        wait_for(s, timeout, ARRIVE_FAILED, STATUS_IO_TIMEOUT);
        return STATUS_PENDING;
    default: tell(s, t, &s->remote, "unreachable"); return STATUS_NETWORK_UNREACHABLE;
    }
}

static uint32_t check_destination(const Socket *s, const Address *to) {
    if (to->family != s->family) return STATUS_INVALID_ADDRESS;
    Address plain = address_unmapped(to);
    if (plain.family != to->family && s->only6) return STATUS_NETWORK_UNREACHABLE;
    if (!to->port) return STATUS_INVALID_ADDRESS_COMPONENT;
    if (s->type == SOCK_STREAM && address_is_any(&plain)) return STATUS_INVALID_ADDRESS_COMPONENT;
    return STATUS_SUCCESS;
}

uint32_t socket_connect(Socket *s, Thread *t, const Address *to) {
    uint32_t status = check_destination(s, to);
    if (!status) status = name_local_end(s, to);
    if (status) return status;
    s->remote = *to;
    s->errors[CONNECT_ERROR] = 0;
    free(s->flow);
    s->flow = NULL;
    if (s->type != SOCK_STREAM) return STATUS_SUCCESS;
    return inet_is_own(machine_of(s), to) ? connect_near(s, t) : connect_far(s, t);
}

/* ---- accepting ---- */

Socket *socket_accept(Socket *s) {
    Socket *o = s->waiting;
    if (!o) return NULL;
    s->waiting = o->next_waiting;
    s->waiting_count--;
    o->next_waiting = NULL;
    s->reported &= ~(uint32_t)POLL_ACCEPT;
    socket_changed(s);
    return o;
}

void socket_take_over(Socket *s, Socket *from) {
    s->state = SOCKET_CONNECTED;
    s->accepted = s->bound = true;
    s->connected_at = from->connected_at;
    s->local = from->local;
    s->remote = from->remote;
    s->first = from->first;
    s->last = from->last;
    s->queued = from->queued;
    s->ended = from->ended;
    s->reset = from->reset;
    s->other = from->other;
    s->flow = from->flow;
    if (s->other) s->other->other = s;
    from->other = NULL;
    from->flow = NULL;
    from->first = from->last = NULL;
    from->queued = 0;
    socket_changed(s);
}

/* ---- bytes ---- */

size_t socket_room(const Socket *s) {
    if (!s->other) return SIZE_MAX;
    return s->other->queued < STREAM_ROOM ? STREAM_ROOM - (size_t)s->other->queued : 0;
}

/* What the peer left is on its way from now on. */
static void take_answers(Socket *s) {
    Machine *m = machine_of(s);
    Peer *p = s->peer;
    uint64_t there = machine_now(m) + inet_round_trip(m, &s->remote) + THINKING;
    if (there > s->busy_until) s->busy_until = there;
    Span out = buf_span(&p->out);
    if (!sockets_spend(m, out.n)) return;
    for (size_t at = 0; at < out.n; at += PIECE) {
        Span piece = span_clip(out, at, PIECE);
        s->busy_until += piece.n * NS_PER_BYTE;
        Chunk *c = chunk_new(piece, NULL);
        if (c) arrive(s, s->busy_until, ARRIVE_BYTES, 0, c);
    }
    buf_clear(&p->out);
    if (p->done && !s->end_sent) arrive(s, s->busy_until, ARRIVE_END, 0, NULL);
    s->end_sent = s->end_sent || p->done;
}

uint32_t socket_send(Socket *s, Thread *t, Span bytes) {
    if (s->reset) return STATUS_CONNECTION_RESET;
    if (!sockets_spend(machine_of(s), bytes.n)) return STATUS_INSUFFICIENT_RESOURCES;
    if (s->peer) {
        Machine *m = machine_of(s);
        capture_bytes(m, s->flow, 0, bytes);
        peer_take(s->peer, t, bytes);
        if (s->flow && !s->peer->out.n)
            arrive(s, machine_now(m) + inet_round_trip(m, &s->remote), ARRIVE_NOTHING, 0, NULL);
        take_answers(s);
    } else if (s->other) {
        if (bytes.n && !s->other->read_shut && !chunk_push(s->other, bytes, NULL))
            return STATUS_INSUFFICIENT_RESOURCES;
        socket_changed(s->other);
    } else {
        s->reset = true; /* the other end is gone, and says so when this arrives */
        socket_changed(s);
    }
    return STATUS_SUCCESS;
}

/* ---- datagrams ---- */

static void deliver_near(Socket *s, const Address *to, Span bytes) {
    Socket *o = socket_at(machine_of(s), SOCK_DGRAM, to, false);
    if (!o) {
        s->datagram_error = STATUS_PORT_UNREACHABLE;
        socket_changed(s);
        return;
    }
    Address from = address_unmapped(&s->local);
    if (address_is_any(&from)) {
        from = inet_source(machine_of(s), to);
        from.port = s->local.port;
    }
    if (o->family == FAMILY_IP6) from = address_mapped(&from);
    if (o->remote.family && !(address_same_ip(&o->remote, &from) && o->remote.port == from.port))
        return;                                      /* it is connected, and with somebody else */
    if (o->queued + bytes.n > DATAGRAM_ROOM) return; /* lost */
    chunk_push(o, bytes, &from);
    socket_changed(o);
}

static void deliver_far(Socket *s, Thread *t, const Address *to, Span bytes) {
    Machine *m = machine_of(s);
    Buf out = buf_new(DATAGRAM_MOST);
    peer_datagram(m, t, to, bytes, &out);
    Address own = inet_source(m, to);
    own.port = s->local.port;
    capture_udp(m, &own, to, bytes);
    Chunk *c = out.n && !out.full ? chunk_new(buf_span(&out), to) : NULL;
    if (c) c->to = own;
    uint64_t when = machine_now(m) + inet_round_trip(m, to) + THINKING;
    if (c) arrive(s, when, ARRIVE_DATAGRAM, 0, c);
    buf_free(&out);
}

/* A datagram socket's first packet to an address is what Sysmon tells. */
static void tell_datagram(Socket *s, Thread *t, const Address *to) {
    if (address_same_ip(&s->told, to) && s->told.port == to->port) return;
    s->told = *to;
    tell(s, t, to, NULL);
}

uint32_t socket_send_to(Socket *s, Thread *t, const Address *to, Span bytes) {
    uint32_t status = check_destination(s, to);
    if (!status) status = socket_bind_any(s);
    if (status) return status;
    if (bytes.n > DATAGRAM_MOST) return STATUS_BUFFER_OVERFLOW;
    if (!sockets_spend(machine_of(s), bytes.n + 1)) return STATUS_INSUFFICIENT_RESOURCES;
    bool near = inet_is_own(machine_of(s), to);
    if (!near && inet_reach(machine_of(s), to) == REACH_NO_ROUTE && !address_is_multicast(to) &&
        !address_is_broadcast(to))
        return STATUS_NETWORK_UNREACHABLE;
    tell_datagram(s, t, to);
    if (near) deliver_near(s, to, bytes);
    else deliver_far(s, t, to, bytes);
    return STATUS_SUCCESS;
}

/* ---- the end ---- */

void socket_shut_write(Socket *s) {
    if (s->write_shut) return;
    s->write_shut = true;
    capture_end(machine_of(s), s->flow, 0, false);
    if (s->other) {
        s->other->ended = true;
        socket_changed(s->other);
    } else if (s->peer && !s->end_sent) {
        Machine *m = machine_of(s);
        uint64_t there = machine_now(m) + inet_round_trip(m, &s->remote);
        arrive(s, there > s->busy_until ? there : s->busy_until, ARRIVE_END, 0, NULL);
        s->end_sent = true;
    }
    socket_changed(s);
}

/* An end that is closed with bytes unread, or without lingering, resets the connection (RFC 9293
 * 3.6.1). */
static void leave_other(Socket *s) {
    Socket *o = s->other;
    s->other = NULL;
    if (!o) return;
    o->other = NULL;
    o->ended = true;
    o->reset = o->reset || s->queued || (s->linger && !s->linger_seconds);
    socket_changed(o);
}

static void leave_waiting(Socket *s) {
    for (Socket *o; (o = s->waiting);) {
        s->waiting = o->next_waiting;
        if (o->other) o->other->reset = true;
        socket_disconnect(o);
        object_drop(&o->file.object);
    }
    s->waiting_count = 0;
}

void socket_disconnect(Socket *s) {
    leave_other(s);
    leave_waiting(s);
    bool reset = s->queued || (s->linger && !s->linger_seconds);
    if (s->state == SOCKET_CONNECTED) capture_end(machine_of(s), s->flow, 0, reset);
    if (s->state == SOCKET_CONNECTED && !reset) capture_end(machine_of(s), s->flow, 1, false);
    free(s->flow);
    s->flow = NULL;
    peer_free(s->peer);
    s->peer = NULL;
    while (s->first) chunk_drop_first(s);
    arrivals_forget(s);
    socket_leave(s);
}
