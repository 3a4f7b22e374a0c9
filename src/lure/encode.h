/* Spellings of a fact's value that are no text of its own: digits and codes that programs make of
 * it before they compare. */
#ifndef COAX_LURE_ENCODE_H
#define COAX_LURE_ENCODE_H

#include "lure/internal.h"

/* The spellings of a sight, as further sights; how many. */
enum { MOST_CODES = 8 };
size_t encode_all(Arena *a, const Seen *plain, Seen out[MOST_CODES]);

/* The edit after which the program would see `wanted` in the sight's place. False: there is none. */
bool encode_back(Arena *a, const Seen *s, Span wanted, WorldEdit *out);

#endif
