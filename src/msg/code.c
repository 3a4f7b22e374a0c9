#include "msg/code.h"
#include <math.h>

enum { NO_TREE = 255 };

/* ---- writing ---- */

void msg_put_uint(Buf *out, uint64_t n) {
    for (; n >= 0x80; n >>= 7) buf_byte(out, (uint8_t)(n | 0x80));
    buf_byte(out, (uint8_t)n);
}

void msg_put_int(Buf *out, int64_t n) {
    msg_put_uint(out, (uint64_t)n << 1 ^ (uint64_t)(n >> 63));
}

void msg_put_bool(Buf *out, bool b) {
    buf_byte(out, b);
}

void msg_put_text(Buf *out, const char *text) {
    size_t n = text ? strlen(text) : 0;
    msg_put_uint(out, text ? (uint64_t)n + 1 : 0);
    if (text) buf_add(out, span(text, n));
}

void msg_put_bytes(Buf *out, Span bytes) {
    msg_put_uint(out, bytes.n);
    buf_add(out, bytes);
}

/* What a tree may still cost. */
typedef struct {
    unsigned depth, nodes;
} Limits;

static Limits all(void) {
    return (Limits){.depth = MSG_VALUE_DEPTH, .nodes = MSG_VALUE_NODES};
}

static void put_node(Buf *out, const Value *v, bool keyed, Limits *l);

static void put_items(Buf *out, const Value *v, Limits *l) {
    msg_put_uint(out, v->items.count);
    if (l->depth == 0) out->full = true;
    l->depth--;
    for (const Value *i = v->items.first; i && !out->full; i = i->next)
        put_node(out, i, v->kind == VALUE_MAP, l);
    l->depth++;
}

static void put_real(Buf *out, double d) {
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    buf_le(out, bits, 8);
}

static void put_node(Buf *out, const Value *v, bool keyed, Limits *l) {
    if (l->nodes == 0) out->full = true;
    else l->nodes--;
    buf_byte(out, (uint8_t)v->kind);
    if (keyed) msg_put_text(out, v->key);
    switch (v->kind) {
    case VALUE_NULL: break;
    case VALUE_BOOL: msg_put_bool(out, v->boolean); break;
    case VALUE_INT: msg_put_int(out, v->integer); break;
    case VALUE_UINT: msg_put_uint(out, v->natural); break;
    case VALUE_REAL: put_real(out, v->real); break;
    case VALUE_TEXT: msg_put_bytes(out, v->text); break;
    case VALUE_LIST:
    case VALUE_MAP: put_items(out, v, l); break;
    }
}

void msg_put_value(Buf *out, const Value *v) {
    Limits l = all();
    if (v) put_node(out, v, false, &l);
    else buf_byte(out, NO_TREE);
}

/* ---- reading ---- */

uint64_t msg_get_uint(Cur *c) {
    uint64_t n = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = cur_u8(c);
        if (shift == 63 && byte > 1) c->bad = true; /* does not fit into 64 bits */
        if (c->bad) return 0;
        n |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return n;
    }
}

uint32_t msg_get_u32(Cur *c) {
    uint64_t n = msg_get_uint(c);
    if (n > UINT32_MAX) c->bad = true;
    return c->bad ? 0 : (uint32_t)n;
}

int64_t msg_get_int(Cur *c) {
    uint64_t n = msg_get_uint(c);
    return (int64_t)(n >> 1 ^ (0 - (n & 1)));
}

bool msg_get_bool(Cur *c) {
    uint8_t b = cur_u8(c);
    if (b > 1) c->bad = true;
    return b == 1;
}

const char *msg_get_text(Arena *a, Cur *c) {
    uint64_t n = msg_get_uint(c);
    if (n == 0) return NULL;
    Span s = cur_take(c, n - 1);
    if (s.n && memchr(s.p, 0, s.n)) c->bad = true;
    return c->bad ? NULL : arena_text(a, s);
}

const char *msg_need_text(Arena *a, Cur *c) {
    const char *text = msg_get_text(a, c);
    if (!text) c->bad = true;
    return text;
}

Span msg_get_bytes(Cur *c) {
    uint64_t n = msg_get_uint(c);
    return cur_take(c, n);
}

static double get_real(Cur *c) {
    uint64_t bits = cur_u64le(c);
    double d;
    memcpy(&d, &bits, sizeof d);
    if (!isfinite(d)) c->bad = true; /* JSON has no such numbers */
    return d;
}

static Value *get_node(Arena *a, Cur *c, uint8_t kind, const char *key, Limits *l);

static void get_items(Arena *a, Cur *c, Value *v, Limits *l) {
    uint64_t count = msg_get_uint(c);
    if (l->depth == 0 || count > cur_left(c)) c->bad = true; /* an item is a byte at least */
    l->depth--;
    for (; count && !c->bad; count--) {
        uint8_t kind = cur_u8(c);
        const char *key = v->kind == VALUE_MAP ? msg_need_text(a, c) : NULL;
        value_add(v, get_node(a, c, kind, key, l));
    }
    l->depth++;
}

/* Bad for a kind that is none, and where the arena is full. */
static Value *get_node(Arena *a, Cur *c, uint8_t kind, const char *key, Limits *l) {
    Value *v = l->nodes && !c->bad && kind <= VALUE_MAP ? arena_one(a, Value) : NULL;
    if (!v) {
        c->bad = true;
        return NULL;
    }
    l->nodes--;
    v->kind = (ValueKind)kind;
    v->key = key;
    switch (v->kind) {
    case VALUE_NULL: break;
    case VALUE_BOOL: v->boolean = msg_get_bool(c); break;
    case VALUE_INT: v->integer = msg_get_int(c); break;
    case VALUE_UINT: v->natural = msg_get_uint(c); break;
    case VALUE_REAL: v->real = get_real(c); break;
    case VALUE_TEXT: v->text = arena_bytes(a, msg_get_bytes(c)); break;
    case VALUE_LIST:
    case VALUE_MAP: get_items(a, c, v, l); break;
    }
    if (a->full) c->bad = true;
    return v;
}

const Value *msg_get_value(Arena *a, Cur *c) {
    Limits l = all();
    uint8_t kind = cur_u8(c);
    if (c->bad || kind == NO_TREE) return NULL;
    return get_node(a, c, kind, NULL, &l);
}
