/* To map every file anew would cost more than to copy it, above all at the unmapping, of which
 * every processor has to be told; so only large files are mapped. */
#include "engine/bytes_of.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROOM = 16 << 20, WINDOW = 1 << 20, MOST_RESIDENT = 256 << 20 };

/* ---- opening ---- */

static void decode(uint8_t *p, size_t n, uint8_t key) {
    for (size_t i = 0; key && i < n; i++) p[i] ^= key;
}

static Status read_into(BytesRoom *room, Bytes *out) {
    size_t n = 0, size = (size_t)out->range.size;
    ssize_t got = 1;
    if (!room->p) room->p = malloc(ROOM);
    if (!room->p) return ST_BUDGET;
    while (n < size && (got > 0 || (got < 0 && errno == EINTR))) {
        got = pread(out->fd, room->p + n, size - n, (off_t)(out->range.offset + n));
        if (got > 0) n += (size_t)got;
    }
    if (got < 0) return ST_IO;
    decode(room->p, n, out->range.key);
    out->bytes = span(room->p, n);
    return ST_OK;
}

/* What lies under an XOR becomes a private copy. */
static Status map(Bytes *out) {
    LookRange range = out->range;
    int access = range.key ? PROT_READ | PROT_WRITE : PROT_READ;
    uint8_t *p = mmap(NULL, range.offset + range.size, access, MAP_PRIVATE, out->fd, 0);
    if (p == MAP_FAILED) return ST_IO;
    decode(p + range.offset, range.size, range.key);
    out->bytes = span(p + range.offset, range.size);
    out->mapped = true;
    return ST_OK;
}

Status bytes_open(BytesRoom *room, int fd, LookRange range, Bytes *out) {
    *out = (Bytes){.fd = fd, .range = range};
    return range.size <= ROOM ? read_into(room, out) : map(out);
}

void bytes_close(Bytes *b) {
    LookRange range = b->range;
    if (b->mapped) munmap((void *)(b->bytes.p - range.offset), range.offset + range.size);
    *b = (Bytes){0};
}

/* ---- digests ---- */

/* The bytes are hashed a piece at a time for all three digests. Holes, of which a sparse file
 * consists, are not even read, and of a large file what was hashed is let go, so that gigabytes do
 * not become resident. */
typedef struct {
    const Bytes *of;
    size_t at;
    const uint8_t *zeroes; /* made at the first hole */
    bool brief;            /* nothing of it is read again */
} Pieces;

/* Bytes that were read or decoded are ours, whatever the disk has. */
static bool is_private(const Bytes *b) {
    return !b->mapped || b->range.key;
}

static size_t hole_ahead(const Pieces *p) {
    if (is_private(p->of)) return 0;
    uint64_t here = p->of->range.offset + p->at, left = p->of->bytes.n - p->at;
    off_t data = lseek(p->of->fd, (off_t)here, SEEK_DATA);
    if (data < 0) return errno == ENXIO ? left : 0;
    uint64_t hole = (uint64_t)data - here;
    return hole < left ? hole : left;
}

static void let_go(const Pieces *p) {
    Span bytes = p->of->bytes;
    bool whole = !p->of->range.offset && p->at % WINDOW == 0;
    if ((bytes.n > MOST_RESIDENT || p->brief) && whole && p->at && !is_private(p->of))
        madvise((void *)(bytes.p + p->at - WINDOW), WINDOW, MADV_DONTNEED);
}

static Span next_piece(void *context) {
    Pieces *p = context;
    let_go(p);
    size_t hole = hole_ahead(p), left = WINDOW - p->at % WINDOW;
    Span piece = span_clip(p->of->bytes, p->at, hole && hole < left ? hole : left);
    p->at += piece.n;
    if (!hole) return piece;
    if (!p->zeroes) p->zeroes = calloc(1, WINDOW);
    return p->zeroes ? span(p->zeroes, piece.n) : piece;
}

Digests bytes_digests(const Bytes *b, LookDigests which) {
    Pieces p = {.of = b, .brief = which == LOOK_SHA256};
    Digests d = {0};
    if (which == LOOK_DIGESTS) d = hash_pieces(next_piece, &p);
    if (which == LOOK_SHA256) d = hash_pieces_sha256(next_piece, &p);
    free((void *)p.zeroes);
    return d;
}
