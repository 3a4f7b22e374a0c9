/* Numbers lose every dye, but programs take them apart in few ways. */
#ifndef COAX_LURE_NUMBERS_H
#define COAX_LURE_NUMBERS_H

#include "lure/internal.h"

/* Whether the fact's value is a number for a program; its value then. */
bool number_of_fact(FactId fact, const WorldValue *v, int64_t *number);

/* A compare of `shown` with `other`, `width` bytes: where shown follows from the fact's number in a
 * known way, every number that would make the two equal, or just miss, is told. */
void numbers_invert(const Seen *s, uint64_t shown, uint64_t other, unsigned width, bool bits,
                    void (*tell)(void *context, int64_t wanted), void *context);

/* Other values that are worth a try where nothing is known: a small or an old machine, a large one.
 * NULL past the last; in an edit's notation. */
const char *number_alternative(FactId fact, size_t i);

#endif
