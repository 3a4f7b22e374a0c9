/* Units: a text that a program took to pieces before it compared them. One unit is a character, or
 * a word of bytes, as each of several differently dyed lives showed it. */
#ifndef COAX_LURE_UNITS_H
#define COAX_LURE_UNITS_H

#include "base/arena.h"
#include "lure/fit.h"

enum { MOST_UNITS = 64 };

typedef struct {
    uint64_t shown[FIT_SAMPLES], wanted;
    unsigned width; /* bytes */
} Unit;

/* The value with what the units want of it. */
typedef struct {
    uint8_t *bytes;
    size_t n, last; /* last: behind it nothing is known */
    bool ended;     /* it is to end there */
    bool *known;    /* of each byte: a unit wants it; the others are the value's own */
} Answer;

/* `values`: the fact's in each life, of one length. False: nothing is known of it. */
bool units_solve(Arena *a, const Span values[FIT_SAMPLES], const Unit *units, size_t count,
                 Answer *out);

/* Words as single bytes, where several characters were compared at once. The new count. */
size_t units_split(const Unit *units, size_t count, Unit out[MOST_UNITS]);

#endif
