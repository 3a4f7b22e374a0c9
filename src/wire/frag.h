/* frag: IP datagrams out of fragments, in bounded memory. */
#ifndef COAX_WIRE_FRAG_H
#define COAX_WIRE_FRAG_H

#include "base/clock.h"
#include "wire/address.h"
#include "wire/overlap.h"

typedef struct Frags Frags;

typedef struct {
    Address source, destination;
    uint32_t id, offset;
    uint8_t protocol, ttl;
    bool more;   /* it is not the last */
    bool broken; /* its header's checksum is wrong */
    Span bytes;
    uint64_t frame;
    Time time;
} Fragment;

enum { FRAG_READINGS = 4 };

typedef struct {
    unsigned count; /* of different readings; 1 where no fragments contradict each other */
    Span readings[FRAG_READINGS];
    uint8_t ttl;
} FragResult;

Frags *frags_open(Mem *mem);

/* Forgets everything. */
void frags_clear(Frags *f);
void frags_close(Frags *f);

/* True where the datagram is complete: hand *out back with frags_release. */
bool frags_take(Frags *f, const Fragment *fragment, FragResult *out);
void frags_release(Frags *f, FragResult *out);

/* Datagrams that never became complete and were dropped. */
uint64_t frags_dropped(const Frags *f);

#endif
