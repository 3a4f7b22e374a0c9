#include "guest/rpc/ndr.h"
#include "base/text.h"

static void align(Cur *c, size_t to) {
    cur_skip(c, (to - c->at % to) % to);
}

uint16_t ndr_u16(Cur *c) {
    align(c, 2);
    return cur_u16le(c);
}

uint32_t ndr_u32(Cur *c) {
    align(c, 4);
    return cur_u32le(c);
}

char *ndr_text(Cur *c, Arena *a) {
    ndr_u32(c); /* the greatest count */
    uint32_t offset = ndr_u32(c), count = ndr_u32(c);
    Span units = cur_take(c, (uint64_t)count * 2);
    if (c->bad || offset) {
        c->bad = true;
        return NULL;
    }
    while (units.n >= 2 && !units.p[units.n - 1] && !units.p[units.n - 2]) units.n -= 2;
    return text_from_utf16(a, units);
}

char *ndr_optional_text(Cur *c, Arena *a) {
    return ndr_pointer(c) ? ndr_text(c, a) : NULL;
}

Span ndr_bytes(Cur *c) {
    uint32_t n = ndr_u32(c);
    return cur_take(c, n);
}

Span ndr_counted(Cur *c) {
    uint32_t room = ndr_u32(c), n = ndr_u32(c);
    if (n > room) c->bad = true;
    return cur_take(c, room);
}

/* A context handle: attributes, then a UUID, which is the server's own: a number and this. */
static const uint8_t handle_rest[12] = {0x6b, 0x41, 0x92, 0x4f, 0xa3, 0x0d,
                                        0x5e, 0x77, 0x21, 0xc8, 0x14, 0x9a};

uint32_t ndr_handle(Cur *c) {
    ndr_u32(c);
    uint32_t number = ndr_u32(c);
    Span rest = cur_take(c, sizeof handle_rest);
    return span_equal(rest, span(handle_rest, sizeof handle_rest)) ? number : 0;
}

static void pad(Buf *b, size_t to) {
    while (b->n % to && !b->full) buf_byte(b, 0);
}

void ndr_put_u16(Buf *b, uint16_t v) {
    pad(b, 2);
    buf_le(b, v, 2);
}

void ndr_put_u32(Buf *b, uint32_t v) {
    pad(b, 4);
    buf_le(b, v, 4);
}

/* A referent only has to be unlike the others; the place is. */
void ndr_put_pointer(Buf *b, bool points) {
    pad(b, 4);
    ndr_put_u32(b, points ? 0x20000 + (uint32_t)b->n : 0);
}

void ndr_put_text(Buf *b, Arena *a, const char *text, uint32_t most) {
    Span units = text_to_utf16(a, span_str(text));
    uint32_t count = (uint32_t)(units.n / 2) + 1;
    ndr_put_u32(b, most > count ? most : count);
    ndr_put_u32(b, 0);
    ndr_put_u32(b, count);
    buf_add(b, units);
    buf_le(b, 0, 2);
}

void ndr_put_bytes(Buf *b, Span bytes, uint32_t size) {
    ndr_put_u32(b, size);
    buf_add(b, bytes);
    if (size > bytes.n) buf_space(b, size - bytes.n);
}

void ndr_put_counted(Buf *b, Span bytes) {
    ndr_put_u32(b, (uint32_t)bytes.n);
    ndr_put_u32(b, (uint32_t)bytes.n);
    buf_add(b, bytes);
}

void ndr_put_handle(Buf *b, uint32_t number) {
    ndr_put_u32(b, 0);
    ndr_put_u32(b, number);
    if (number) buf_add(b, span(handle_rest, sizeof handle_rest));
    else buf_space(b, sizeof handle_rest);
}
