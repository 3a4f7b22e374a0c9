/* Programs inside a program: in its resources and in its overlay, as they are or under an XOR with
 * one byte, which is what droppers do. Two bytes that differ as M and Z do give the key away; a
 * header that holds together makes it a program. Where a key leaves zeroes and itself alone, as
 * some do, only the headers' bytes that are neither count, so that those are not found. */
#include "pe/pe.h"

enum { MZ = 'M' ^ 'Z', SMALLEST = 0x100, MAX_FOUND = 64, MAX_LFANEW = 0x10000 };

typedef struct {
    Arena *arena;
    Pe *pe;
    PeEmbedded **tail;
    size_t found;
} Search;

static uint32_t word_at(Span s, uint64_t at, unsigned bytes, uint8_t key) {
    Cur c = cur(span_sub(s, at, bytes));
    uint32_t word = (uint32_t)cur_le(&c, bytes);
    return word ^ (key * (bytes == 4 ? 0x01010101u : 0x0101u));
}

/* What the sections' headers say of the program's end, or 0 where this is none. */
static uint64_t end_of_program(Span s, uint8_t key) {
    if (s.n < SMALLEST) return 0;
    uint64_t nt = word_at(s, 0x3c, 4, key);
    if (nt < 0x40 || nt > MAX_LFANEW || nt > s.n - SMALLEST / 2) return 0;
    if (word_at(s, nt, 4, key) != 0x4550) return 0;
    uint16_t sections = (uint16_t)word_at(s, nt + 6, 2, key);
    uint16_t optional = (uint16_t)word_at(s, nt + 20, 2, key);
    uint32_t magic = word_at(s, nt + 24, 2, key);
    if ((magic != 0x10b && magic != 0x20b) || !sections || sections > 96) return 0;
    uint64_t end = SMALLEST;
    for (unsigned i = 0; i < sections; i++) {
        uint64_t header = nt + 24 + optional + 40 * i;
        if (header + 40 > s.n) break;
        uint64_t size = word_at(s, header + 16, 4, key), at = word_at(s, header + 20, 4, key);
        if (size && at + size > end) end = at + size;
    }
    return end < s.n ? end : s.n;
}

static PeEmbedded *add(Search *search, Span where, size_t at, uint8_t key) {
    PeEmbedded *e = arena_one(search->arena, PeEmbedded);
    if (!e) return NULL;
    *e = (PeEmbedded){.offset = (uint64_t)(where.p - search->pe->file.p) + at, .key = key};
    *search->tail = e;
    search->tail = &e->next;
    search->found++;
    return e;
}

/* The next place where two bytes differ as M and Z do, or s.n. */
static size_t next_candidate(Span s, size_t at) {
    const uint64_t ones = 0x0101010101010101, highs = ones << 7;
    for (; s.n - at >= 9; at += 8) {
        uint64_t a, b;
        memcpy(&a, s.p + at, 8);
        memcpy(&b, s.p + at + 1, 8);
        uint64_t x = (a ^ b) ^ ones * MZ; /* a zero byte is a hit */
        if ((x - ones) & ~x & highs) break;
    }
    for (; at + 1 < s.n; at++)
        if ((s.p[at] ^ s.p[at + 1]) == MZ) return at;
    return s.n;
}

/* A program goes on to the next one behind its sections, or to the end: with its overlay. */
static void search_in(Search *search, Span where, const PeResource *resource) {
    PeEmbedded *last = NULL;
    size_t start = 0, at = 0;
    while (search->found < MAX_FOUND && (at = next_candidate(where, at)) < where.n) {
        uint8_t key = where.p[at] ^ 'M';
        uint64_t end = end_of_program(span_clip(where, at, UINT64_MAX), key);
        if (end) {
            if (last) last->size = at - start;
            last = add(search, where, at, key);
            if (last) last->resource = resource;
            start = at;
        }
        at += end ? (size_t)end : 1;
        if (at > where.n) break;
    }
    if (last) last->size = where.n - start;
}

/* Resources may share bytes: all together no more than the file is long is searched. */
Status pe_find_embedded(Arena *a, Pe *pe) {
    Search search = {.arena = a, .pe = pe, .tail = &pe->embedded};
    uint64_t left = pe->file.n;
    for (const PeResource *r = pe->resources; r; r = r->next) {
        bool in_file = r->bytes.n >= SMALLEST && r->bytes.n <= left;
        if (!in_file) continue;
        left -= r->bytes.n;
        search_in(&search, r->bytes, r);
    }
    search_in(&search, pe_overlay(pe), NULL);
    return a->full ? ST_BUDGET : ST_OK;
}
