/* Sockets as such: their life, their names and ports, and what is on its way to them (socket.h). */
#include "guest/device/socket.h"
#include "base/hash.h"
#include "guest/device/afd.h"
#include "guest/event.h"
#include <stdlib.h>

typedef struct Arrival Arrival;
struct Arrival {
    Arrival *next;
    uint64_t when;
    Socket *socket; /* a reference is held */
    ArriveKind kind;
    uint32_t status;
    Chunk *bytes;
};

/* ---- all sockets of the machine ---- */

/* The first port that programs are given follows from the computer's name: Windows has given out
 * some since it was started. */
Status sockets_open(Machine *m) {
    enum { FIRST_DYNAMIC = 49152, SPREAD = 2048 };
    m->net = calloc(1, sizeof *m->net);
    if (!m->net) return ST_BUDGET;
    uint32_t seed = hash_crc32(span_str(world_text(m->world, FACT_computer)));
    m->net->next_port = (uint16_t)(FIRST_DYNAMIC + 512 + seed % SPREAD);
    return inet_open(m);
}

static void drop_arrival(Arrival *a) {
    a->socket->arriving--;
    free(a->bytes);
    object_drop(&a->socket->file.object);
    free(a);
}

void sockets_close(Machine *m) {
    while (m->net && m->net->arrivals) {
        Arrival *a = m->net->arrivals;
        m->net->arrivals = a->next;
        drop_arrival(a);
    }
    free(m->net);
    m->net = NULL;
    inet_close(m);
}

/* At the end, so that who was first is asked first. */
void socket_enter(Socket *s) {
    struct Net *net = s->file.object.machine->net;
    Socket **at = &net->sockets;
    while (*at) at = &(*at)->next;
    *at = s;
    if (++net->count > s->file.object.machine->config->budget.sockets)
        machine_end_budget(s->file.object.machine, "sockets");
}

void socket_leave(Socket *s) {
    struct Net *net = s->file.object.machine->net;
    if (!net) return;
    Socket **at = &net->sockets;
    while (*at && *at != s) at = &(*at)->next;
    if (!*at) return;
    *at = s->next;
    net->count--;
}

bool sockets_spend(Machine *m, uint64_t bytes) {
    m->net->bytes += bytes;
    if (m->net->bytes <= m->config->budget.traffic) return true;
    machine_end_budget(m, "traffic");
    return false;
}

Socket *socket_of_handle(Process *p, uint64_t handle) {
    File *f;
    if (file_of_handle(p, handle, &f, NULL) || f->ops != &socket_ops) return NULL;
    Socket *s = (Socket *)f;
    return s->state == SOCKET_RAW ? NULL : s;
}

/* ---- events ---- */

uint32_t socket_ready(const Socket *s) {
    uint32_t flags = 0;
    switch (s->state) {
    case SOCKET_LISTENING: return s->waiting ? POLL_ACCEPT : 0;
    case SOCKET_CONNECTED:
        if (s->reset) return POLL_RESET | POLL_CONNECT;
        flags = POLL_CONNECT;
        if (s->queued) flags |= POLL_READ;
        else if (s->ended) flags |= POLL_HUP;
        if (!s->write_shut && socket_room(s)) flags |= POLL_WRITE;
        return flags;
    case SOCKET_DATAGRAM: return POLL_WRITE | (s->first ? POLL_READ : 0);
    case SOCKET_UNCONNECTED: return s->errors[CONNECT_ERROR] ? POLL_CONNECT_ERR : 0;
    default: return 0;
    }
}

/* A connection that was accepted has no event of having been connected. */
static uint32_t to_be_told(const Socket *s) {
    return socket_ready(s) & ~(s->accepted ? (uint32_t)POLL_CONNECT : 0);
}

void socket_changed(Socket *s) {
    uint32_t fresh = to_be_told(s) & s->mask & ~s->reported;
    s->pending |= fresh;
    s->reported |= fresh;
    s->file.object.machine->changed = true;
    if (s->file.busy) s->file.object.machine->yielded = true; /* who waits for it goes on now */
    if (fresh && s->event) event_set_object(s->event, true);
    if (fresh && s->window) afd_post_messages(s);
}

/* ---- names and ports ---- */

/* Whether two sockets would be given the same packets. */
static bool overlaps(const Address *a, const Address *b) {
    Address x = address_unmapped(a), y = address_unmapped(b);
    if (x.port != y.port) return false;
    if (x.family != y.family) return false;
    return address_same_ip(&x, &y);
}

/* MSDN, "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE": a port's second user needs SO_REUSEADDR, and
 * the first must not have asked to be alone. */
static uint32_t check_port(const Socket *s, const Address *a) {
    for (const Socket *o = s->file.object.machine->net->sockets; o; o = o->next) {
        if (o == s || !o->bound || o->type != s->type || o->remote.family) continue;
        if (o->exclusive && o->local.port == a->port && s->reuse) return STATUS_ACCESS_DENIED;
        if (overlaps(&o->local, a) && !(s->reuse && o->reuse)) return STATUS_SHARING_VIOLATION;
    }
    return STATUS_SUCCESS;
}

static bool port_is_free(const Machine *m, int32_t type, uint16_t port) {
    for (const Socket *o = m->net->sockets; o; o = o->next)
        if (o->bound && o->type == type && o->local.port == port) return false;
    return true;
}

static uint16_t free_port(Machine *m, int32_t type) {
    enum { FIRST = 49152, LAST = 65535 };
    for (uint32_t i = FIRST; i <= LAST; i++) {
        uint16_t port = m->net->next_port;
        m->net->next_port = port == LAST ? FIRST : (uint16_t)(port + 1);
        if (port_is_free(m, type, port)) return port;
    }
    return 0;
}

uint32_t socket_bind(Socket *s, const Address *a) {
    Machine *m = s->file.object.machine;
    Address own = *a;
    if (s->bound) return STATUS_INVALID_PARAMETER;
    if (a->family != s->family) return STATUS_INVALID_ADDRESS;
    bool group = s->type == SOCK_DGRAM && address_is_multicast(a);
    if (!address_is_any(a) && !inet_is_own(m, a) && !group) return STATUS_INVALID_ADDRESS_COMPONENT;
    if (!own.port) own.port = free_port(m, s->type);
    if (!own.port) return STATUS_INSUFFICIENT_RESOURCES;
    uint32_t status = check_port(s, &own);
    if (status) return status;
    s->local = own;
    s->bound = true;
    return STATUS_SUCCESS;
}

uint32_t socket_bind_any(Socket *s) {
    Address any = {.family = (uint16_t)s->family};
    return s->bound ? STATUS_SUCCESS : socket_bind(s, &any);
}

/* How well a socket's name fits the address: 0 not at all, 2 best. */
static unsigned fit(const Socket *s, const Address *to) {
    Address own = address_unmapped(&s->local), plain = address_unmapped(to);
    if (own.port != plain.port) return 0;
    if (address_is_any(&own)) {
        if (own.family == plain.family) return 1;
        return own.family == FAMILY_IP6 && !s->only6 ? 1 : 0;
    }
    return address_same_ip(&own, &plain) ? 2 : 0;
}

Socket *socket_at(Machine *m, int32_t type, const Address *a, bool listening) {
    Socket *best = NULL;
    unsigned most = 0;
    for (Socket *s = m->net->sockets; s; s = s->next) {
        if (!s->bound || s->type != type) continue;
        if (listening && s->state != SOCKET_LISTENING) continue;
        unsigned how = fit(s, a);
        if (how > most) best = s;
        if (how > most) most = how;
    }
    return best;
}

/* ---- bytes that came ---- */

Chunk *chunk_new(Span bytes, const Address *from) {
    Chunk *c = malloc(sizeof *c + bytes.n);
    if (!c) return NULL;
    *c = (Chunk){.size = bytes.n};
    if (from) c->from = *from;
    if (bytes.n) memcpy(c->bytes, bytes.p, bytes.n);
    return c;
}

static void chunk_link(Socket *s, Chunk *c) {
    if (s->last) s->last->next = c;
    else s->first = c;
    s->last = c;
    s->queued += c->size;
}

bool chunk_push(Socket *s, Span bytes, const Address *from) {
    Chunk *c = chunk_new(bytes, from);
    if (c) chunk_link(s, c);
    return c;
}

void chunk_drop_first(Socket *s) {
    Chunk *c = s->first;
    s->queued -= c->size - c->at;
    s->first = c->next;
    if (!s->first) s->last = NULL;
    free(c);
}

/* ---- what is on its way ---- */

void arrive(Socket *s, uint64_t when, ArriveKind kind, uint32_t status, Chunk *bytes) {
    Machine *m = s->file.object.machine;
    Arrival *a = malloc(sizeof *a);
    if (!a) {
        free(bytes);
        return;
    }
    *a = (Arrival){NULL, when, s, kind, status, bytes};
    object_hold(&s->file.object);
    s->arriving++;
    Arrival **at = &m->net->arrivals, *last = m->net->last_arrival;
    if (last && last->when <= when) at = &last->next; /* as most do */
    while (*at && (*at)->when <= when) at = &(*at)->next;
    a->next = *at;
    *at = a;
    if (!a->next) m->net->last_arrival = a;
}

/* A socket that is closed gets nothing any more. */
void arrivals_forget(Socket *s) {
    struct Net *net = s->file.object.machine->net;
    if (!net || !s->arriving) return;
    Arrival *kept = NULL;
    object_hold(&s->file.object);
    for (Arrival **at = &net->arrivals; *at;) {
        Arrival *a = *at;
        if (a->socket != s) {
            kept = a;
            at = &a->next;
            continue;
        }
        *at = a->next;
        drop_arrival(a);
    }
    net->last_arrival = kept;
    object_drop(&s->file.object);
}

uint64_t sockets_next(const Machine *m) {
    return m->net->arrivals ? m->net->arrivals->when : NEVER;
}

static void connected(Socket *s) {
    if (s->state != SOCKET_CONNECTING) return;
    s->state = SOCKET_CONNECTED;
    s->connected_at = machine_now(s->file.object.machine);
    s->errors[CONNECT_ERROR] = 0;
    capture_connected(s->file.object.machine, s->flow);
}

static void failed(Socket *s, uint32_t status) {
    if (s->state != SOCKET_CONNECTING) return;
    s->state = SOCKET_UNCONNECTED;
    s->errors[CONNECT_ERROR] = status;
    if (status == STATUS_CONNECTION_REFUSED) capture_refused(s->file.object.machine, s->flow);
}

static void end_arrived(Socket *s) {
    s->ended = true;
    capture_end(s->file.object.machine, s->flow, 1, false);
}

static void bytes_arrived(Socket *s, Chunk *c) {
    Machine *m = s->file.object.machine;
    if (s->type == SOCK_STREAM) capture_bytes(m, s->flow, 1, span(c->bytes, c->size));
    else capture_udp(m, &c->from, &c->to, span(c->bytes, c->size));
    chunk_link(s, c);
}

static void deliver(Arrival *a) {
    Socket *s = a->socket;
    if (!s->file.object.handles) return; /* it was closed meanwhile */
    switch (a->kind) {
    case ARRIVE_CONNECTED: connected(s); break;
    case ARRIVE_FAILED: failed(s, a->status); break;
    case ARRIVE_END: end_arrived(s); break;
    case ARRIVE_NOTHING: capture_acknowledged(s->file.object.machine, s->flow); return;
    case ARRIVE_BYTES:
    case ARRIVE_DATAGRAM:
        bytes_arrived(s, a->bytes);
        a->bytes = NULL;
        break;
    }
    socket_changed(s);
}

void sockets_advance(Machine *m) {
    while (m->net->arrivals && m->net->arrivals->when <= machine_now(m)) {
        Arrival *a = m->net->arrivals;
        m->net->arrivals = a->next;
        if (!a->next) m->net->last_arrival = NULL;
        deliver(a);
        drop_arrival(a);
    }
}
