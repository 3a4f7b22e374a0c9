/* overlap: which bytes a receiver keeps where pieces (TCP segments, IP fragments) overlap. Stacks
 * differ (Shankar and Paxson, "Active Mapping", 2003; Novak and Sturges, "Target-Based TCP Stream
 * Reassembly", 2007), and a sensor does not know what the receiver saw at all: a piece may have
 * died on the way. So bytes are read in several ways, and every way that differs is inspected. */
#ifndef COAX_WIRE_OVERLAP_H
#define COAX_WIRE_OVERLAP_H

#include "wire/mem.h"

/* READING(name, who keeps bytes so) */
#define READINGS(READING)                                                                          \
    READING(FIRST, "what came first (Windows since Vista)")                                        \
    READING(LAST, "what came last (Cisco)")                                                        \
    READING(BSD, "what came first, unless the new piece begins before it (Windows XP, BSD)")       \
    READING(LINUX, "the same, and a new piece of the same beginning wins (Linux)")                 \
    READING(RIGHT, "the new piece, where it does not begin before (HP printers)")                  \
    READING(SOLARIS, "the new piece, where it does not end before (Solaris)")                      \
    READING(FIRST_ANY, "what came first, however little one would trust it")                       \
    READING(LAST_ANY, "what came last, however little one would trust it")                         \
    READING(URGENT, "what came first, without the byte that was marked urgent")

typedef enum {
#define READING(name, who) READ_##name,
    READINGS(READING)
#undef READING
        READ_COUNT
} Reading;

enum { READ_ALL = (1 << READ_COUNT) - 1 };

/* How much a piece is to be trusted; the better of two overlapping ones wins in most readings. */
typedef enum {
    TRUST_GOOD,
    TRUST_DOUBTED, /* an unusual time to live: it may have died before the receiver */
    TRUST_BROKEN,  /* a bad checksum: the receiver drops it, if the sensor sees what it sees */
} Trust;

typedef struct Piece Piece;
struct Piece {
    Piece *next;    /* in the order of arrival */
    uint32_t start; /* in the stream or datagram, counted from any fixed place */
    uint32_t n;
    uint64_t frame;
    int64_t time;
    uint32_t urgent; /* offset of the urgent byte + 1, or 0 */
    Trust trust;
    uint8_t bytes[];
};

Piece *piece_new(Mem *m, Span bytes);

/* The bytes [start, start + n) as `reading` has them. `owner` (n pointers) names the piece of each
 * byte, NULL where there is none. True where other readings may differ: two pieces have different
 * bytes for a place, or a byte there is urgent. */
bool overlap_read(const Piece *first, Reading reading, uint32_t start, uint32_t n, uint8_t *bytes,
                  const Piece **owner);

#endif
