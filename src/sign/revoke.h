/* revoke: certificate revocation lists (RFC 5280, 5). Lists are given by the analyst; coax asks
 * nobody. */
#ifndef COAX_SIGN_REVOKE_H
#define COAX_SIGN_REVOKE_H

#include "sign/cert.h"
#include "sign/verdict.h"

typedef struct Crl Crl;
struct Crl {
    Crl *next;
    Span tbs, issuer, entries;
    Oid algorithm;
    Span parameters, signature;
    MdKind digest;
    Time this_update, next_update; /* INT64_MAX where there is none */
    bool partial; /* a delta, or of some certificates only: what it does not list may be revoked */
};

/* False where the bytes are no such list. */
bool crl_read(Span der, Crl *out);

typedef struct {
    bool listed, known; /* it is on a list; a whole list of its issuer was there */
    Time when;          /* from then on its signatures are worth nothing */
    const char *why;    /* "key compromise" or NULL */
} Revocation;

/* What the lists, which the issuer must have signed, say of the certificate. */
Revocation revoke_look_up(Crypto *crypto, const Crl *lists, const Cert *c, const Cert *issuer);

#endif
