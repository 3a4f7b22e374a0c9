/* ndr: arguments of a call as NDR 2.0 encodes them (C706 chapter 14), in either byte order. */
#ifndef COAX_WIRE_NDR_H
#define COAX_WIRE_NDR_H

#include "base/bytes.h"

typedef struct {
    Cur c;
    bool big;
} Ndr;

static inline Ndr ndr(Span stub, bool big_endian) {
    return (Ndr){.c = cur(stub), .big = big_endian};
}

uint32_t ndr_u32(Ndr *n);

/* A [string] of 16-bit characters: maximum, offset and actual count, then the characters. The count
 * is in characters; `bad` sticks as with any cursor. */
Span ndr_wide(Ndr *n);

/* The same behind a [unique] pointer; empty where that is NULL. */
Span ndr_unique_wide(Ndr *n);

#endif
