/* Connection-oriented PDUs (C706 chapter 12.6, MS-RPCE 2.2.2):
 *
 *     0 version (5)  1 minor  2 type  3 flags  4 data representation  8 fragment length
 *     10 authentication length  12 call id  16 the type's own fields
 *
 * The first byte of the data representation says the byte order of everything that follows; each
 * client chooses its own. A call's arguments may lie in many fragments. */
#include "wire/dcerpc.h"
#include "wire/app.h"
#include "wire/event.h"
#include "wire/names.h"

enum {
    HEADER = 16,
    REQUEST = 0,
    BIND = 11,
    ALTER_CONTEXT = 14,
    FIRST_FRAGMENT = 1,
    LAST_FRAGMENT = 2,
    HAS_OBJECT = 0x80,
    LITTLE = 0x10,
    STUB_MOST = 64 << 10,
    MOST_ITEMS = 64,
    AUTH_TRAILER = 8,
    AUTH_PRIVACY = 6,
};

typedef struct {
    uint16_t id;
    RpcInterface interface;
} Context;

struct Rpc {
    Context contexts[RPC_CONTEXTS];
    unsigned context_count;
    uint8_t *part; /* of a PDU */
    uint32_t n, room;
    uint8_t *stub; /* of a call in fragments */
    uint32_t stub_n, stub_room, call;
    bool stub_cut, lost;
};

Rpc *rpc_new(Session *s) {
    return mem_alloc(&s->wire->mem, sizeof(Rpc));
}

void rpc_free(Session *s, Rpc *r) {
    if (!r) return;
    mem_free(&s->wire->mem, r->part);
    mem_free(&s->wire->mem, r->stub);
    mem_free(&s->wire->mem, r);
}

Rpc *rpc_clone(Session *to, const Rpc *from) {
    Mem *m = &to->wire->mem;
    Rpc *c = from ? mem_copy(m, from, sizeof *from) : NULL;
    if (!c) return NULL;
    c->part = c->part ? mem_copy(m, c->part, c->room) : NULL;
    if (!c->part) c->n = c->room = 0;
    c->stub = c->stub ? mem_copy(m, c->stub, c->stub_room) : NULL;
    if (!c->stub) c->stub_n = c->stub_room = 0;
    return c;
}

void rpc_gap(Session *s, Rpc *r) {
    (void)s;
    r->n = 0;
    r->stub_n = 0;
    r->stub_cut = true;
    r->lost = true;
}

/* ---- interfaces ---- */

static const struct {
    const char *name;
    uint8_t id[16];
} services[] = {
#define SERVICE(name, ...) {name, {__VA_ARGS__}},
#include "wire/services.def"
};

static const char *service_name(const RpcInterface *i) {
    for (size_t k = 0; i && k < sizeof services / sizeof services[0]; k++)
        if (memcmp(services[k].id, i->bytes, 16) == 0) return services[k].name;
    return NULL;
}

static const char *print_interface(Wire *w, const RpcInterface *i) {
    const uint8_t *b = i->bytes;
    const char *text = arena_printf(
        &w->arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x v%u.%u",
        b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9], b[10], b[11], b[12], b[13],
        b[14], b[15], i->major, i->minor);
    return text ? text : "";
}

/* ---- byte order ---- */

typedef struct {
    Cur c;
    bool big;
} Order;

static uint16_t get16(Order *o) {
    return o->big ? cur_u16be(&o->c) : cur_u16le(&o->c);
}

static uint32_t get32(Order *o) {
    return o->big ? cur_u32be(&o->c) : cur_u32le(&o->c);
}

/* A UUID is a number of 32, two of 16 bits and eight bytes. */
static RpcInterface get_interface(Order *o) {
    RpcInterface i = {0};
    uint32_t a = get32(o);
    uint16_t b = get16(o), c = get16(o);
    Span rest = cur_take(&o->c, 8);
    for (unsigned k = 0; k < 4; k++) i.bytes[k] = (uint8_t)(a >> 8 * k);
    for (unsigned k = 0; k < 2; k++) i.bytes[4 + k] = (uint8_t)(b >> 8 * k);
    for (unsigned k = 0; k < 2; k++) i.bytes[6 + k] = (uint8_t)(c >> 8 * k);
    if (rest.n) memcpy(i.bytes + 8, rest.p, 8);
    uint32_t version = get32(o);
    i.major = (uint16_t)version;
    i.minor = (uint16_t)(version >> 16);
    return i;
}

/* ---- binds ---- */

static void tell_bind(Session *s, const RpcInterface *i) {
    if (s->muted) return;
    Event e = event_new(s->wire, s->flow, EV_rpc_bind);
    e.time = s->time;
    event_set(&e, EF_Interface, print_interface(s->wire, i));
    event_set(&e, EF_Name, service_name(i));
    event_emit(s->wire, &e);
}

static void add_context(Session *s, Rpc *r, uint16_t id, RpcInterface i) {
    Context *c = NULL;
    for (unsigned k = 0; k < r->context_count; k++)
        if (r->contexts[k].id == id) c = &r->contexts[k];
    if (!c && r->context_count < RPC_CONTEXTS) c = &r->contexts[r->context_count++];
    if (!c) c = &r->contexts[id % RPC_CONTEXTS];
    *c = (Context){id, i};
    tell_bind(s, &i);
}

static void take_bind(Session *s, Rpc *r, Order o) {
    cur_seek(&o.c, HEADER + 8); /* fragment sizes, association group */
    unsigned items = cur_u8(&o.c);
    cur_skip(&o.c, 3);
    for (unsigned i = 0; i < items && i < MOST_ITEMS; i++) {
        uint16_t id = get16(&o);
        unsigned transfers = cur_u8(&o.c);
        cur_skip(&o.c, 1);
        RpcInterface interface = get_interface(&o);
        cur_skip(&o.c, (uint64_t)transfers * 20);
        if (o.c.bad) return;
        add_context(s, r, id, interface);
    }
}

/* ---- requests ---- */

static const RpcInterface *interface_of(const Rpc *r, uint16_t context) {
    for (unsigned i = 0; i < r->context_count; i++)
        if (r->contexts[i].id == context) return &r->contexts[i].interface;
    return NULL;
}

static void add_stub(Session *s, Rpc *r, Span bytes) {
    Span fits = span_clip(bytes, 0, STUB_MOST - r->stub_n);
    if (fits.n < bytes.n) r->stub_cut = true;
    if (!mem_grow(&s->wire->mem, (void **)&r->stub, &r->stub_room, r->stub_n + (uint32_t)fits.n,
                  1)) {
        r->stub_cut = true;
        return;
    }
    if (fits.n) memcpy(r->stub + r->stub_n, fits.p, fits.n);
    r->stub_n += (uint32_t)fits.n;
}

static void tell_call(Session *s, const RpcCall *c) {
    if (s->muted || !c->interface) return;
    Event e = event_new(s->wire, s->flow, EV_rpc_call);
    e.time = s->time;
    event_set(&e, EF_Interface, print_interface(s->wire, c->interface));
    event_set(&e, EF_Name, c->service);
    event_set(&e, EF_Operation, event_number(s->wire, c->operation));
    event_emit(s->wire, &e);
}

static void take_request(Session *s, Rpc *r, Order o, uint8_t flags, uint32_t call, uint16_t auth) {
    Span pdu = o.c.span;
    size_t end = pdu.n;
    bool sealed = false;
    cur_seek(&o.c, HEADER + 4); /* allocation hint */
    uint16_t context = get16(&o), operation = get16(&o);
    if (flags & HAS_OBJECT) cur_skip(&o.c, 16);
    if (o.c.bad) return;
    if (auth && (size_t)auth + AUTH_TRAILER <= end - o.c.at) {
        end -= (size_t)auth + AUTH_TRAILER;
        sealed = pdu.p[end + 1] == AUTH_PRIVACY;
        size_t pad = pdu.p[end + 2];
        if (pad <= end - o.c.at) end -= pad;
    }
    Span stub = span_clip(pdu, o.c.at, end - o.c.at);
    if ((flags & FIRST_FRAGMENT) || call != r->call) {
        r->stub_cut = !(flags & FIRST_FRAGMENT);
        r->stub_n = 0;
        r->call = call;
    }
    bool single = (flags & FIRST_FRAGMENT) && (flags & LAST_FRAGMENT);
    if (!single) add_stub(s, r, stub);
    if (!(flags & LAST_FRAGMENT)) return;
    const RpcInterface *interface = interface_of(r, context);
    RpcCall c = {.interface = interface,
                 .service = service_name(interface),
                 .operation = operation,
                 .big_endian = o.big,
                 .stub = single ? stub : span(r->stub, r->stub_n),
                 .sealed = sealed,
                 .whole = !r->stub_cut};
    r->stub_n = 0;
    tell_call(s, &c);
    detect_see(s, &(Sight){.kind = SIGHT_RPC, .call = &c});
}

static void take_pdu(Session *s, Rpc *r, Span pdu) {
    Cur c = cur(pdu);
    cur_skip(&c, 2);
    uint8_t type = cur_u8(&c), flags = cur_u8(&c);
    Order o = {.big = !(cur_u8(&c) & LITTLE), .c = cur(pdu)};
    cur_seek(&o.c, 10);
    uint16_t auth = get16(&o);
    uint32_t call = get32(&o);
    if (o.c.bad) return;
    if (type == BIND || type == ALTER_CONTEXT) take_bind(s, r, o);
    else if (type == REQUEST) take_request(s, r, o, flags, call, auth);
}

/* ---- PDUs out of a stream ---- */

/* The fragment's length, or 0 where this is no PDU. */
static uint32_t pdu_length(Span head) {
    Order o = {.c = cur(head)};
    if (head.n < HEADER || head.p[0] != 5 || head.p[1] > 1 || head.p[2] > 20) return 0;
    o.big = !(head.p[4] & LITTLE);
    cur_seek(&o.c, 8);
    uint32_t n = get16(&o);
    return n >= HEADER ? n : 0;
}

bool rpc_begins(Span bytes) {
    if (!pdu_length(bytes)) return false;
    uint8_t type = bytes.p[2], order = bytes.p[4];
    return (type == BIND || type == REQUEST || type == ALTER_CONTEXT) &&
           (order == LITTLE || order == 0) && bytes.p[5] == 0;
}

void rpc_data(Session *s, Rpc *r, Span bytes) {
    if (r->lost) { /* a write begins with a PDU as a rule */
        if (!pdu_length(bytes)) return;
        r->lost = false;
    }
    while (bytes.n) {
        uint32_t have = r->n, length = have ? pdu_length(span(r->part, have)) : pdu_length(bytes);
        if (!have && length && length <= bytes.n) {
            take_pdu(s, r, span_clip(bytes, 0, length));
            bytes = span_clip(bytes, length, bytes.n);
            continue;
        }
        uint32_t need = have >= HEADER ? length : HEADER;
        if (need < have || (have >= HEADER && !length)) { /* no PDU */
            rpc_gap(s, r);
            return;
        }
        Span step = span_clip(bytes, 0, need - have);
        if (!mem_grow(&s->wire->mem, (void **)&r->part, &r->room, need, 1)) {
            rpc_gap(s, r);
            return;
        }
        memcpy(r->part + have, step.p, step.n);
        r->n += (uint32_t)step.n;
        bytes = span_clip(bytes, step.n, bytes.n);
        if (r->n < need || need == HEADER) {
            if (need != HEADER || r->n < HEADER) continue;
            length = pdu_length(span(r->part, r->n));
            if (length > HEADER) continue;
            if (!length) {
                rpc_gap(s, r);
                return;
            }
        }
        r->n = 0;
        take_pdu(s, r, span(r->part, length));
    }
}

/* ---- over TCP, as on port 135 ---- */

static bool app_open(Session *s) {
    s->state = rpc_new(s);
    return s->state != NULL;
}

static void app_close(Session *s) {
    rpc_free(s, s->state);
}

static bool app_clone(Session *to, const Session *from) {
    to->state = rpc_clone(to, from->state);
    return to->state != NULL;
}

static void app_data(Session *s, unsigned from, Span bytes) {
    if (from == s->client) rpc_data(s, s->state, bytes);
}

static void app_gap(Session *s, unsigned from, uint32_t bytes) {
    (void)bytes;
    if (from == s->client) rpc_gap(s, s->state);
}

static uint64_t app_unwanted(const Session *s, unsigned from) {
    return from == s->client ? 0 : UINT64_MAX;
}

const App app_rpc = {.name = "dcerpc",
                     .open = app_open,
                     .close = app_close,
                     .clone = app_clone,
                     .data = app_data,
                     .gap = app_gap,
                     .unwanted = app_unwanted};
