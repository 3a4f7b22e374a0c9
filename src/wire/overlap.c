#include "wire/overlap.h"

Piece *piece_new(Mem *m, Span bytes) {
    Piece *p = mem_alloc(m, sizeof *p + bytes.n);
    if (!p) return NULL;
    p->n = (uint32_t)bytes.n;
    if (bytes.n) memcpy(p->bytes, bytes.p, bytes.n);
    return p;
}

/* Sequence numbers wrap around: positions are compared by their distance. */
static int32_t distance(uint32_t from, uint32_t to) {
    return (int32_t)(to - from);
}

static bool trusts_all(Reading r) {
    return r == READ_FIRST_ANY || r == READ_LAST_ANY;
}

static bool new_wins(Reading r, const Piece *old, const Piece *new) {
    /* what has a bad checksum reaches no receiver as long as there is something else */
    bool broken = old->trust == TRUST_BROKEN || new->trust == TRUST_BROKEN;
    if (old->trust != new->trust && (broken || !trusts_all(r))) return new->trust < old->trust;
    int32_t begins = distance(old->start, new->start);
    int32_t ends = distance(old->start + old->n, new->start + new->n);
    switch (r) {
    case READ_LAST:
    case READ_LAST_ANY: return true;
    case READ_BSD: return begins < 0;
    case READ_LINUX: return begins <= 0;
    case READ_RIGHT: return begins >= 0;
    case READ_SOLARIS: return ends >= 0;
    default: return false;
    }
}

/* The part of p that lies in [start, start + n): *from and *to are offsets from `start`. */
static bool clip(const Piece *p, uint32_t start, uint32_t n, uint32_t *from, uint32_t *to) {
    int64_t begin = distance(start, p->start), end = begin + p->n;
    if (begin < 0) begin = 0;
    if (end > n) end = n;
    *from = (uint32_t)begin;
    *to = end > begin ? (uint32_t)end : (uint32_t)begin;
    return end > begin;
}

bool overlap_read(const Piece *first, Reading reading, uint32_t start, uint32_t n, uint8_t *bytes,
                  const Piece **owner) {
    bool differs = false;
    memset(owner, 0, n * sizeof *owner);
    for (const Piece *p = first; p; p = p->next) {
        uint32_t from, to, shift = start - p->start;
        if (!clip(p, start, n, &from, &to)) continue;
        differs |= p->urgent != 0;
        for (uint32_t i = from; i < to; i++) {
            uint8_t byte = p->bytes[i + shift];
            if (owner[i]) {
                differs |= bytes[i] != byte;
                if (!new_wins(reading, owner[i], p)) continue;
            }
            owner[i] = p;
            bytes[i] = byte;
        }
    }
    return differs;
}
