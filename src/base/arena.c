/* Arena: a list of malloc'ed blocks; a block grows to at least double the one before, so that n
 * allocations cost O(log n) mallocs. */
#include "base/arena.h"
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BLOCK = 4096, LARGEST_GROWTH = 1 << 20 };

struct ArenaBlock {
    ArenaBlock *next;
    size_t at, size;
    max_align_t data[];
};

Arena arena_new(size_t cap) {
    return (Arena){.cap = cap};
}

void arena_reset(Arena *a) {
    while (a->blocks) {
        ArenaBlock *next = a->blocks->next;
        free(a->blocks);
        a->blocks = next;
    }
    a->used = 0;
    a->full = false;
}

void arena_clear(Arena *a) {
    while (a->blocks && a->blocks->next) {
        ArenaBlock *next = a->blocks->next;
        free(a->blocks);
        a->blocks = next;
    }
    if (a->blocks) a->blocks->at = 0;
    a->used = 0;
    a->full = false;
}

static ArenaBlock *grow(Arena *a, size_t need) {
    size_t size = a->blocks ? a->blocks->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_GROWTH) size = LARGEST_GROWTH;
    if (size < need) size = need;
    ArenaBlock *b = malloc(sizeof *b + size);
    if (!b) return NULL;
    *b = (ArenaBlock){.next = a->blocks, .size = size};
    a->blocks = b;
    return b;
}

static size_t rounded(size_t n) {
    return (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

/* What comes is not zeroed. */
static void *take(Arena *a, size_t n) {
    size_t room = rounded(n);
    ArenaBlock *b = a->blocks;
    if (room < n || room > a->cap - a->used) b = NULL;
    else if (!b || room > b->size - b->at) b = grow(a, room);
    if (!b) {
        a->full = true;
        return NULL;
    }
    void *p = (uint8_t *)b->data + b->at;
    b->at += room;
    a->used += room;
    return p;
}

void *arena_alloc(Arena *a, size_t n) {
    void *p = take(a, n);
    return p ? memset(p, 0, rounded(n)) : NULL;
}

void *arena_array(Arena *a, size_t count, size_t size) {
    size_t n;
    if (__builtin_mul_overflow(count, size, &n)) {
        a->full = true;
        return NULL;
    }
    return arena_alloc(a, n);
}

char *arena_text(Arena *a, Span text) {
    char *p = text.n < SIZE_MAX ? take(a, text.n + 1) : NULL;
    if (!p) return NULL;
    if (text.n) memcpy(p, text.p, text.n);
    p[text.n] = 0;
    return p;
}

char *arena_str(Arena *a, const char *s) {
    return arena_text(a, span_str(s));
}

Span arena_bytes(Arena *a, Span bytes) {
    void *p = arena_text(a, bytes);
    return p ? span(p, bytes.n) : (Span){0};
}

char *arena_vprintf(Arena *a, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
    if (p) vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return p;
}

char *arena_printf(Arena *a, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *p = arena_vprintf(a, format, args);
    va_end(args);
    return p;
}
