/* der: the elements of ASN.1 in its distinguished encoding (X.690), over a Cur. Only what
 * certificates and signatures consist of: tags below 31, definite lengths of up to four bytes. */
#ifndef COAX_SIGN_DER_H
#define COAX_SIGN_DER_H

#include "base/bytes.h"
#include "base/clock.h"

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTETS = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8 = 0x0c,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_BMP = 0x1e,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
};

/* Context-specific tags: [n], primitive and constructed. */
#define DER_CONTEXT(n)     (0x80 | (n))
#define DER_CONSTRUCTED(n) (0xa0 | (n))

typedef struct {
    uint8_t tag;
    Span body;
    Span whole; /* with tag and length */
} Der;

/* The next element; false at the end, and where it is malformed, which makes the cursor bad. */
bool der_next(Cur *c, Der *out);

/* The next element, which must have this tag; else the cursor is bad and the result empty. */
Der der_take(Cur *c, uint8_t tag);

/* The next element if it has this tag; false, with nothing consumed, where it has another. */
bool der_optional(Cur *c, uint8_t tag, Der *out);

/* The body of the next element as a cursor of its own. */
Cur der_enter(Cur *c, uint8_t tag);

/* Whether everything was read and nothing was malformed. */
static inline bool der_done(const Cur *c) {
    return !c->bad && c->at == c->span.n;
}

/* A small natural number; bad where it is negative or does not fit. */
uint32_t der_uint(Cur *c);

/* UTCTime or GeneralizedTime, in Zulu time. */
Time der_time(Cur *c);

/* An integer's bytes without the zeroes in front of it, as serial numbers are compared. */
Span der_magnitude(Span integer);

#endif
