#include "base/buf.h"
#include <stdio.h>
#include <stdlib.h>

Buf buf_new(size_t max) {
    return (Buf){.max = max};
}

void buf_free(Buf *b) {
    free(b->p);
    *b = (Buf){.max = b->max};
}

bool buf_grow(Buf *b, size_t n) {
    if (b->full || n > b->max - b->n) return !(b->full = true);
    if (n <= b->room - b->n) return true;
    size_t room = b->room ? b->room * 2 : 256;
    if (room < b->n + n) room = b->n + n;
    if (room > b->max) room = b->max;
    uint8_t *p = realloc(b->p, room);
    if (!p) return !(b->full = true);
    b->p = p;
    b->room = room;
    return true;
}

uint8_t *buf_space(Buf *b, size_t n) {
    if (!buf_grow(b, n)) return NULL;
    uint8_t *p = b->p + b->n;
    b->n += n;
    return n ? memset(p, 0, n) : p;
}

void buf_str(Buf *b, const char *s) {
    buf_add(b, span_str(s));
}

void buf_le(Buf *b, uint64_t value, unsigned bytes) {
    uint8_t raw[8];
    for (unsigned i = 0; i < bytes; i++) raw[i] = (uint8_t)(value >> 8 * i);
    buf_add(b, span(raw, bytes));
}

void buf_decimal(Buf *b, uint64_t value) {
    uint8_t digits[20];
    size_t at = sizeof digits;
    do digits[--at] = (uint8_t)('0' + value % 10);
    while (value /= 10);
    buf_add(b, span(digits + at, sizeof digits - at));
}

/* Into the room that there is; only what does not fit is printed a second time. */
void buf_vprintf(Buf *b, const char *format, va_list args) {
    va_list again;
    size_t room = b->full ? 0 : b->room - b->n;
    va_copy(again, args);
    int n = vsnprintf(room ? (char *)b->p + b->n : NULL, room, format, args);
    bool fits = n >= 0 && (size_t)n < room;
    if (n >= 0 && !fits && buf_grow(b, (size_t)n + 1)) { /* vsnprintf wants room for its NUL */
        vsnprintf((char *)b->p + b->n, (size_t)n + 1, format, again);
        fits = true;
    }
    if (fits) b->n += (size_t)n;
    va_end(again);
}

void buf_printf(Buf *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}
