/* Connection-oriented DCE/RPC (C706, chapter 12.6) without authentication, as local clients use it.
 *
 *      common header 16: version 5.0, type, flags, data representation, length, authentication
 *                        length, call
 *      bind          10: fragment sizes, group, contexts {id, n, interface, n transfer syntaxes}
 *      request        8: hint, context, function, [object], stub data
 *      response       8: hint, context, cancel count, 0, stub data
 *
 * Limits: one call at a time, little-endian clients, no authentication. */
#include "guest/rpc/rpc.h"
#include "base/text.h"

#define INTERFACE(name) &rpc_##name,
static const RpcInterface *const interfaces[] = {
#include "guest/rpc/interfaces.def"
};
#undef INTERFACE

enum { REQUEST, RESPONSE = 2, FAULT, BIND = 11, BIND_ACK, ALTER = 14, ALTER_ACK, AUTH3 };
enum { FIRST = 1, LAST = 2, HAS_OBJECT = 0x80 };
enum { HEADER = 16, RESPONSE_HEADER = 24, LENGTH_AT = 8 };

/* Faults (C706, appendix E). */
#define BAD_STUB_DATA 0x000006f7u
#define OP_RANGE      0x1c010002u
#define UNKNOWN_IF    0x1c010003u

static const char *const pipes[] = {"svcctl",      "epmapper",     "lrpc\\epmapper", "atsvc",
                                    "lrpc\\atsvc", "lrpc\\irpcss", "lrpc\\irot"};

bool rpc_serves(const char *pipe) {
    for (size_t i = 0; i < sizeof pipes / sizeof *pipes; i++)
        if (text_equal_nocase(pipes[i], pipe)) return true;
    return false;
}

void rpc_open(RpcConnection *c) {
    *c = (RpcConnection){.in = buf_new(RPC_MOST_BYTES),
                         .request = buf_new(RPC_MOST_BYTES),
                         .out = buf_new(RPC_MOST_BYTES),
                         .deadline = NEVER};
}

void rpc_close(RpcConnection *c) {
    buf_free(&c->in);
    buf_free(&c->request);
    buf_free(&c->out);
}

/* ---- fragments out ---- */

static size_t begin(Buf *b, uint8_t type, uint8_t flags, uint32_t number) {
    size_t at = b->n;
    const uint8_t head[] = {5, 0, type, flags, 0x10, 0, 0, 0};
    buf_add(b, span(head, sizeof head));
    buf_le(b, 0, 4); /* the length is filled in at the end */
    buf_le(b, number, 4);
    return at;
}

static void end(Buf *b, size_t at) {
    if (b->full) return;
    size_t n = b->n - at;
    b->p[at + LENGTH_AT] = (uint8_t)n;
    b->p[at + LENGTH_AT + 1] = (uint8_t)(n >> 8);
}

static void put_fault(RpcConnection *c, uint16_t context, uint32_t number, uint32_t status) {
    size_t at = begin(&c->out, FAULT, FIRST | LAST, number);
    buf_le(&c->out, 0, 4);
    buf_le(&c->out, context, 4);
    buf_le(&c->out, status, 4);
    buf_le(&c->out, 0, 4);
    end(&c->out, at);
}

static void put_response(RpcConnection *c, Span stub) {
    enum { ROOM = (RPC_FRAGMENT - RESPONSE_HEADER) / 8 * 8 };
    size_t from = 0;
    do {
        size_t n = stub.n - from < ROOM ? stub.n - from : ROOM;
        uint8_t flags = (uint8_t)((from ? 0 : FIRST) | (from + n == stub.n ? LAST : 0));
        size_t at = begin(&c->out, RESPONSE, flags, c->number);
        buf_le(&c->out, stub.n - from, 4);
        buf_le(&c->out, c->context, 4);
        buf_add(&c->out, span_sub(stub, from, n));
        end(&c->out, at);
        from += n;
    } while (from < stub.n);
}

/* ---- calls ---- */

static void call(RpcConnection *c, Machine *m, Thread *t, bool again) {
    RpcCall x = {.machine = m,
                 .thread = t,
                 .scratch = &m->scratch,
                 .in = cur(buf_span(&c->request)),
                 .out = buf_new(RPC_MOST_BYTES),
                 .again = again,
                 .deadline = again ? c->deadline : NEVER,
                 .state = again ? c->state : 0};
    const RpcInterface *i = c->interface;
    RpcFunction *function = c->function < i->count ? i->functions[c->function] : NULL;
    RpcOutcome outcome = function ? function(&x) : RPC_NO_SUCH_FUNCTION;
    c->pending = outcome == RPC_WAITS;
    c->state = x.state;
    c->deadline = c->pending ? x.deadline : NEVER;
    if (outcome == RPC_NO_SUCH_FUNCTION) {
        machine_unmodelled(m, "function %u of the service %s", c->function, i->name);
        put_fault(c, c->context, c->number, OP_RANGE);
    } else if (outcome == RPC_ANSWERED) {
        if (x.in.bad || x.out.full) put_fault(c, c->context, c->number, BAD_STUB_DATA);
        else put_response(c, buf_span(&x.out));
    }
    buf_free(&x.out);
}

void rpc_poll(RpcConnection *c, Machine *m, Thread *t) {
    if (c->pending) call(c, m, t, true);
}

static const RpcInterface *bound(const RpcConnection *c, uint16_t context) {
    for (size_t i = 0; i < c->context_count; i++)
        if (c->contexts[i].id == context) return c->contexts[i].interface;
    return NULL;
}

static void take_request(RpcConnection *c, Machine *m, Thread *t, Cur f, uint8_t flags,
                         uint32_t number) {
    cur_skip(&f, 4);
    uint16_t context = cur_u16le(&f), function = cur_u16le(&f);
    if (flags & HAS_OBJECT) cur_skip(&f, 16);
    const RpcInterface *interface = bound(c, context);
    if (f.bad || c->pending) {
        c->broken = true;
        return;
    }
    if (flags & FIRST) buf_clear(&c->request);
    buf_add(&c->request, cur_take(&f, cur_left(&f)));
    if (!(flags & LAST)) return;
    c->context = context;
    c->function = function;
    c->number = number;
    c->interface = interface;
    if (!interface) put_fault(c, context, number, UNKNOWN_IF);
    else if (c->request.full) put_fault(c, context, number, BAD_STUB_DATA);
    else call(c, m, t, false);
}

/* ---- binding ---- */

static const uint8_t ndr_syntax[20] = {0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f,
                                       0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2};

static const RpcInterface *find_interface(Span id, uint16_t version) {
    for (size_t i = 0; i < sizeof interfaces / sizeof *interfaces; i++)
        if (span_equal(id, span(interfaces[i]->id, 16)) && interfaces[i]->version == version)
            return interfaces[i];
    return NULL;
}

static void remember(RpcConnection *c, uint16_t id, const RpcInterface *interface) {
    size_t i = 0;
    while (i < c->context_count && c->contexts[i].id != id) i++;
    if (i == RPC_MOST_CONTEXTS) return;
    c->contexts[i].id = id;
    c->contexts[i].interface = interface;
    if (i == c->context_count) c->context_count++;
}

/* One presentation context; adds its result. */
static void take_context(RpcConnection *c, Machine *m, Cur *f) {
    enum { REJECTED = 2, NO_SUCH_INTERFACE = 1, NO_SUCH_SYNTAX = 2 };
    uint16_t id = cur_u16le(f);
    uint8_t count = cur_u8(f);
    cur_skip(f, 1);
    Span which = cur_take(f, 16);
    uint16_t version = cur_u16le(f);
    cur_skip(f, 2);
    bool ndr = false;
    for (unsigned i = 0; i < count && !f->bad; i++)
        ndr |= span_equal(cur_take(f, sizeof ndr_syntax), span(ndr_syntax, sizeof ndr_syntax));
    const RpcInterface *interface = find_interface(which, version);
    if (!interface && which.n)
        machine_unmodelled(m, "the RPC interface %02x%02x%02x%02x-...", which.p[3], which.p[2],
                           which.p[1], which.p[0]);
    bool good = interface && ndr;
    if (good) remember(c, id, interface);
    buf_le(&c->out, good ? 0 : REJECTED, 2);
    buf_le(&c->out, good ? 0 : interface ? NO_SUCH_SYNTAX : NO_SUCH_INTERFACE, 2);
    if (good) buf_add(&c->out, span(ndr_syntax, sizeof ndr_syntax));
    else buf_space(&c->out, sizeof ndr_syntax);
}

static void take_bind(RpcConnection *c, Machine *m, Cur f, uint8_t type, uint32_t number) {
    enum { GROUP = 0x5a13 };
    static const char address[] = "\\PIPE\\coax";
    cur_skip(&f, 8);
    uint8_t count = cur_u8(&f);
    cur_skip(&f, 3);
    if (f.bad || count > RPC_MOST_CONTEXTS) {
        c->broken = true;
        return;
    }
    size_t at = begin(&c->out, type == BIND ? BIND_ACK : ALTER_ACK, FIRST | LAST, number);
    buf_le(&c->out, RPC_FRAGMENT, 2);
    buf_le(&c->out, RPC_FRAGMENT, 2);
    buf_le(&c->out, GROUP, 4);
    buf_le(&c->out, type == BIND ? sizeof address : 0, 2);
    if (type == BIND) buf_add(&c->out, span(address, sizeof address));
    while ((c->out.n - at) % 4 && !c->out.full) buf_byte(&c->out, 0);
    buf_le(&c->out, count, 4);
    for (unsigned i = 0; i < count && !f.bad; i++) take_context(c, m, &f);
    end(&c->out, at);
    c->broken |= f.bad;
}

/* ---- fragments in ---- */

static void take_fragment(RpcConnection *c, Machine *m, Thread *t, Span fragment) {
    Cur f = cur(fragment);
    cur_skip(&f, 2);
    uint8_t type = cur_u8(&f), flags = cur_u8(&f);
    cur_skip(&f, 8);
    uint32_t number = cur_u32le(&f);
    switch (type) {
    case BIND:
    case ALTER: take_bind(c, m, f, type, number); break;
    case REQUEST: take_request(c, m, t, f, flags, number); break;
    case AUTH3: break;
    default: c->broken = true; break;
    }
}

/* The length of the fragment at the start, 0 where that is not known yet. */
static size_t fragment_size(RpcConnection *c) {
    enum { LITTLE_ENDIAN_ASCII = 0x10 };
    Cur f = cur(buf_span(&c->in));
    uint8_t version = cur_u8(&f);
    cur_skip(&f, 3);
    uint8_t representation = cur_u8(&f);
    cur_skip(&f, 3);
    uint16_t length = cur_u16le(&f), authentication = cur_u16le(&f);
    if (f.bad) return 0;
    if (version != 5 || representation != LITTLE_ENDIAN_ASCII || length < HEADER || authentication)
        c->broken = true;
    return c->broken ? 0 : length;
}

void rpc_take(RpcConnection *c, Machine *m, Thread *t, Span bytes) {
    buf_add(&c->in, bytes);
    c->broken |= c->in.full;
    for (size_t n; !c->broken && (n = fragment_size(c)) && n <= c->in.n;) {
        take_fragment(c, m, t, span(c->in.p, n));
        memmove(c->in.p, c->in.p + n, c->in.n - n);
        c->in.n -= n;
    }
    c->broken |= c->out.full;
}

Span rpc_bytes(RpcConnection *c) {
    Span left = span_clip(buf_span(&c->out), c->taken, SIZE_MAX);
    Cur f = cur(left);
    if (!left.n) return left;
    if (!c->fragment_left) {
        cur_skip(&f, LENGTH_AT);
        c->fragment_left = cur_u16le(&f);
    }
    return span_clip(left, 0, c->fragment_left);
}

void rpc_taken(RpcConnection *c, size_t n) {
    c->taken += n;
    c->fragment_left -= n;
    if (c->taken < c->out.n) return;
    buf_clear(&c->out);
    c->taken = 0;
}
