/* Hostile bytes: a Span holds them, a Cur reads them.
 *
 * A cursor's failure sticks: after the first read past the end `bad` is set, every further read
 * yields 0 and the position stays, so that a parser reads like its specification and checks once,
 * before a length, a count or a loop bound is used. */
#ifndef COAX_BASE_BYTES_H
#define COAX_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const uint8_t *p;
    size_t n; /* bytes */
} Span;

typedef struct {
    Span span;
    size_t at; /* offset of the next byte in span */
    bool bad;  /* a read did not fit; sticks */
} Cur;

static inline Span span(const void *p, size_t n) {
    return (Span){(const uint8_t *)p, n};
}

/* The bytes of a NUL-terminated string, without the NUL. */
static inline Span span_str(const char *s) {
    return span(s, strlen(s));
}

/* The n bytes at offset `at`, or the empty span where they do not fit. */
static inline Span span_sub(Span s, uint64_t at, uint64_t n) {
    if (at > s.n || n > s.n - at || !s.p) return (Span){0}; /* nor is NULL + 0 an address */
    return (Span){s.p + at, (size_t)n};
}

/* What follows offset `at`, at most n bytes of it; empty past the end. */
static inline Span span_clip(Span s, uint64_t at, uint64_t n) {
    if (at >= s.n) return (Span){0};
    return (Span){s.p + at, n < s.n - at ? (size_t)n : (size_t)(s.n - at)};
}

static inline bool span_equal(Span a, Span b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline Cur cur(Span s) {
    return (Cur){.span = s};
}

static inline size_t cur_left(const Cur *c) {
    return c->bad ? 0 : c->span.n - c->at;
}

/* Moves to an absolute offset; past the end is bad. */
static inline void cur_seek(Cur *c, uint64_t at) {
    if (at > c->span.n) c->bad = true;
    else c->at = (size_t)at;
}

static inline void cur_skip(Cur *c, uint64_t n) {
    if (n > cur_left(c)) c->bad = true;
    else c->at += (size_t)n;
}

/* The next n bytes as a span into the input; empty and bad where they do not fit. */
static inline Span cur_take(Cur *c, uint64_t n) {
    if (n > cur_left(c)) {
        c->bad = true;
        return (Span){0};
    }
    Span s = {c->at ? c->span.p + c->at : c->span.p, (size_t)n}; /* p may be NULL */
    c->at += (size_t)n;
    return s;
}

static inline uint64_t cur_le(Cur *c, unsigned bytes) {
    Span s = cur_take(c, bytes);
    uint64_t v = 0;
    for (size_t i = s.n; i-- > 0;) v = v << 8 | s.p[i];
    return v;
}

static inline uint64_t cur_be(Cur *c, unsigned bytes) {
    Span s = cur_take(c, bytes);
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++) v = v << 8 | s.p[i];
    return v;
}

static inline uint8_t cur_u8(Cur *c) {
    return (uint8_t)cur_le(c, 1);
}
static inline uint16_t cur_u16le(Cur *c) {
    return (uint16_t)cur_le(c, 2);
}
static inline uint32_t cur_u32le(Cur *c) {
    return (uint32_t)cur_le(c, 4);
}
static inline uint64_t cur_u64le(Cur *c) {
    return cur_le(c, 8);
}
static inline uint16_t cur_u16be(Cur *c) {
    return (uint16_t)cur_be(c, 2);
}
static inline uint32_t cur_u32be(Cur *c) {
    return (uint32_t)cur_be(c, 4);
}
static inline uint64_t cur_u64be(Cur *c) {
    return cur_be(c, 8);
}

/* Bytes up to and without the next NUL, which is consumed; bad where none comes in `max` bytes. */
static inline Span cur_cstr(Cur *c, size_t max) {
    size_t left = cur_left(c), n = left < max ? left : max;
    const uint8_t *p = n ? c->span.p + c->at : NULL;
    const uint8_t *end = p ? memchr(p, 0, n) : NULL;
    if (!end) {
        c->bad = true;
        return (Span){0};
    }
    Span s = {p, (size_t)(end - p)};
    c->at += s.n + 1;
    return s;
}

#endif
