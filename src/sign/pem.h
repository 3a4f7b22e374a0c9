/* pem: certificates and revocation lists as text (RFC 7468) or bare DER, any number in a file. */
#ifndef COAX_SIGN_PEM_H
#define COAX_SIGN_PEM_H

#include "base/arena.h"

typedef struct {
    Span label;  /* "CERTIFICATE", "X509 CRL"; empty for bare DER */
    Span der;    /* in the arena, or in the file where that is DER */
    Span before; /* the text in front of it, since the one before */
} Pem;

/* The next one; what is malformed is passed over. */
bool pem_next(Arena *a, Cur *file, Pem *out);

/* Base64; what is no digit of it is passed over. */
Span pem_decode(Arena *a, Span text);

#endif
