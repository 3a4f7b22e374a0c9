/* Range: which numbers around one that does something do the same. */
#ifndef COAX_LURE_RANGE_H
#define COAX_LURE_RANGE_H

#include "world/world.h"

typedef struct {
    int64_t low, high;
    bool from_below, to_above; /* it has no end there that could be found */
} Range;

/* Whether the number does the same; a life. */
typedef bool (*RangeTest)(void *context, int64_t number);

/* Whether a fact's numbers have an order that a program may ask for. */
bool range_is_ordered(FactId fact);

/* `hints`: numbers that compares told, among them the ends where the program compares the fact itself.
 * Where they tell none, the end is searched for. */
void range_find(FactId fact, int64_t inside, int64_t *hints, size_t count, RangeTest test,
                void *context, Range *out);

/* "at least", "at most", "between", "equals", or "any" */
const char *range_word(const Range *r);

#endif
