/* oid: object identifiers as an enum; oids.def lists them. */
#ifndef COAX_SIGN_OID_H
#define COAX_SIGN_OID_H

#include "base/arena.h"

typedef enum {
    OID_UNKNOWN,
#define OID(name, dotted, bytes) OID_##name,
#include "sign/oids.def"
    OID_COUNT
} Oid;

/* Of the body of an OBJECT IDENTIFIER. */
Oid oid_of(Span body);

/* "1.2.840.113549.1.7.2", in the arena; NULL where it is full. */
const char *oid_text(Arena *a, Span body);

#endif
