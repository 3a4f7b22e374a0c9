/* Buf: a growing byte buffer with a ceiling. Appends past the ceiling are dropped and `full`
 * sticks, so that a writer checks once at its end. */
#ifndef COAX_BASE_BUF_H
#define COAX_BASE_BUF_H

#include "base/bytes.h"
#include <stdarg.h>

typedef struct {
    uint8_t *p;
    size_t n, room, max;
    bool full;
} Buf;

Buf buf_new(size_t max);
void buf_free(Buf *b);
static inline void buf_clear(Buf *b) {
    b->n = 0;
    b->full = false;
}
static inline Span buf_span(const Buf *b) {
    return span(b->p, b->n);
}

/* What the appends below do where there is no room: grow, or be full. */
bool buf_grow(Buf *b, size_t n);

static inline void buf_add(Buf *b, Span bytes) {
    if (bytes.n == 0 || ((b->full || bytes.n > b->room - b->n) && !buf_grow(b, bytes.n))) return;
    memcpy(b->p + b->n, bytes.p, bytes.n);
    b->n += bytes.n;
}

static inline void buf_byte(Buf *b, uint8_t byte) {
    if ((b->full || b->n == b->room) && !buf_grow(b, 1)) return;
    b->p[b->n++] = byte;
}

void buf_str(Buf *b, const char *s);
void buf_printf(Buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(Buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Little-endian integer of 1, 2, 4 or 8 bytes. */
void buf_le(Buf *b, uint64_t value, unsigned bytes);

/* The number in digits, without buf_printf's detour. */
void buf_decimal(Buf *b, uint64_t value);

/* n zero bytes to be filled in, or NULL when full. Valid until the next append. */
uint8_t *buf_space(Buf *b, size_t n);

#endif
