/* TLS (RFC 8446 4.1.2): the name that a client asks for. Everything behind its hello is sealed. */
#include "wire/app.h"
#include "wire/event.h"

enum { HELLO_MOST = 16 << 10, RECORD = 5, HANDSHAKE = 22, CLIENT_HELLO = 1, SERVER_NAME = 0 };

typedef struct {
    uint8_t *part;
    uint32_t n, room;
    bool done[2];
} Tls;

static Tls *tls(const Session *s) {
    return s->state;
}

static bool tls_open(Session *s) {
    s->state = mem_alloc(&s->wire->mem, sizeof(Tls));
    return s->state != NULL;
}

static void tls_close(Session *s) {
    mem_free(&s->wire->mem, tls(s)->part);
    mem_free(&s->wire->mem, s->state);
}

static bool tls_clone(Session *to, const Session *from) {
    Tls *t = mem_copy(&to->wire->mem, tls(from), sizeof *t);
    if (!t) return false;
    t->part = t->part ? mem_copy(&to->wire->mem, t->part, t->room) : NULL;
    if (!t->part) t->n = t->room = 0;
    to->state = t;
    return true;
}

static Cur sub(Cur *c, unsigned bytes) {
    uint64_t n = cur_be(c, bytes);
    return cur(cur_take(c, n));
}

static Span find_name(Cur extensions) {
    while (cur_left(&extensions) >= 4) {
        uint16_t type = cur_u16be(&extensions);
        Cur body = sub(&extensions, 2);
        if (type != SERVER_NAME) continue;
        Cur list = sub(&body, 2);
        if (cur_u8(&list) != 0) return (Span){0}; /* host_name is the only kind */
        return sub(&list, 2).span;
    }
    return (Span){0};
}

static void tell(Session *s, Span name) {
    if (s->muted || !name.n) return;
    Event e = event_new(s->wire, s->flow, EV_tls_hello);
    e.time = s->time;
    event_set(&e, EF_DestinationHostname, event_text(s->wire, name));
    event_emit(s->wire, &e);
}

/* The handshake message that begins in the first record; true once nothing more is wanted. */
static bool take_hello(Session *s, Span bytes) {
    uint8_t message[HELLO_MOST];
    size_t n = 0;
    Cur c = cur(bytes);
    while (cur_left(&c) >= RECORD && n < sizeof message) { /* it may lie in several records */
        if (cur_u8(&c) != HANDSHAKE) break;
        cur_skip(&c, 2);
        size_t length = cur_u16be(&c);
        Span part = span_clip(bytes, c.at, length);
        if (part.n > sizeof message - n) part.n = sizeof message - n;
        if (part.n) memcpy(message + n, part.p, part.n);
        n += part.n;
        cur_skip(&c, length);
    }
    Cur h = cur(span(message, n));
    if (n < 4) return false;
    if (cur_u8(&h) != CLIENT_HELLO) return true;
    uint64_t length = cur_be(&h, 3);
    if (length > n - 4) return n == sizeof message;
    cur_skip(&h, 34); /* version, random */
    sub(&h, 1);       /* session */
    sub(&h, 2);       /* cipher suites */
    sub(&h, 1);       /* compression */
    tell(s, find_name(sub(&h, 2)));
    return true;
}

static void tls_data(Session *s, unsigned from, Span bytes) {
    Tls *t = tls(s);
    if (from != s->client || t->done[from]) {
        t->done[from] = true;
        return;
    }
    if (t->n + bytes.n > HELLO_MOST ||
        !mem_grow(&s->wire->mem, (void **)&t->part, &t->room, t->n + (uint32_t)bytes.n, 1)) {
        t->done[from] = true;
        return;
    }
    memcpy(t->part + t->n, bytes.p, bytes.n);
    t->n += (uint32_t)bytes.n;
    t->done[from] = take_hello(s, span(t->part, t->n));
}

static void tls_gap(Session *s, unsigned from, uint32_t bytes) {
    (void)bytes;
    tls(s)->done[from] = true;
}

static uint64_t tls_unwanted(const Session *s, unsigned from) {
    return tls(s)->done[from] ? UINT64_MAX : 0;
}

const App app_tls = {.name = "tls",
                     .open = tls_open,
                     .close = tls_close,
                     .clone = tls_clone,
                     .data = tls_data,
                     .gap = tls_gap,
                     .unwanted = tls_unwanted};
