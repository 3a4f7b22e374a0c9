/* spell: an entity's value in the one spelling of its kind, so that the same thing is the same text
 * wherever it was seen: digests and serials as lower-case hex, names without case as lower case, a
 * user's folder as %userprofile%. */
#ifndef COAX_LINK_SPELL_H
#define COAX_LINK_SPELL_H

#include "model/model.h"

enum { SPELL_LONGEST = 2048 };

/* NULL where the text is no value of that kind, or the arena is full. */
const char *spell(Arena *a, EntityKind kind, const char *text);

/* The value of issuer_serial. The serial may have colons, spaces, 0x and leading zeros. */
const char *spell_issuer_serial(Arena *a, const char *issuer, const char *serial);

/* A serial as hex digits without leading zeros; or, where `decimal`, read as a decimal number. NULL
 * where it is none. */
const char *spell_serial(Arena *a, const char *text, bool decimal);

#endif
