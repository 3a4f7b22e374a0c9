/* Dyes: other values of a fact, as plausible as the one that it has, of the same length and shape.
 */
#ifndef COAX_LURE_DYES_H
#define COAX_LURE_DYES_H

#include "lure/internal.h"

/* The n-th other value of the fact that `seen` shows. Bytes that are not those of `plain` stay: an
 * edit made them what they are. False: there is none. */
bool dye_make(Arena *a, const Seen *seen, Span plain, unsigned n, WorldEdit *out);

/* The first locale of the same length as `text` that has each `known` byte of it; NULL: none has.
 */
const char *dye_locale(Span text, const bool *known);

#endif
