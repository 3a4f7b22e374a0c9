/* name: an X.501 Name as a person reads it, and comparison of two. */
#ifndef COAX_SIGN_NAME_H
#define COAX_SIGN_NAME_H

#include "base/arena.h"

/* "C=NL, O=Good Software BV, CN=Good Software BV", from a Name with tag and length. */
const char *name_text(Arena *a, Span name);

/* The common name, else the last attribute's value; "" where there is none. */
const char *name_common(Arena *a, Span name);

/* A string of any of ASN.1's kinds as UTF-8. */
const char *name_string(Arena *a, uint8_t tag, Span body);

/* The same attributes with the same text, whatever kind of string holds it; case and spaces in
 * front, behind and doubled do not count (RFC 5280, 7.1). */
bool name_equal(Span a, Span b);

/* Equal for names that are equal, so that few others have to be compared. */
uint32_t name_hash(Span name);

#endif
