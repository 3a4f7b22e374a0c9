/* cert: X.509 certificates (RFC 5280), as far as code signing asks. Spans point into the bytes that
 * it was read from. */
#ifndef COAX_SIGN_CERT_H
#define COAX_SIGN_CERT_H

#include "base/clock.h"
#include "sign/crypto.h"

/* What a certificate may be used for. */
enum {
    USE_CODE = 1,
    USE_TIME = 2,
    USE_LIFETIME = 4, /* its signatures end with it, whatever a time stamp says */
    USE_OTHER = 8,
};

/* Bits of KeyUsage, the first at the top. */
enum { KEY_DIGITAL_SIGNATURE = 0x8000, KEY_CERT_SIGN = 0x0400, KEY_CRL_SIGN = 0x0200 };

/* What the program that lists a root says of one use of it. */
typedef struct {
    bool refused;
    Time distrusted_after; /* what was signed from then on is worth nothing; INT64_MAX = never */
    Time issued_until;     /* certificates that were issued from then on are worth nothing */
} RootRule;

#define ROOT_RULE_NONE ((RootRule){false, INT64_MAX, INT64_MAX})

typedef struct Cert Cert;
struct Cert {
    Cert *next; /* in the list that it belongs to */
    Span der, tbs;
    Span serial;               /* without zeroes in front */
    Span issuer, subject, key; /* whole elements */
    uint32_t issuer_hash, subject_hash;
    Oid algorithm;
    Span parameters, signature;
    Time not_before, not_after;
    uint8_t md5[16], sha1[20], sha256[32];

    bool has_usage, has_extended;
    uint32_t key_usage;
    unsigned uses;            /* USE_ bits of the extended key usage; all where there is none */
    bool authority;           /* basicConstraints: cA */
    bool constrained;         /* basicConstraints are there */
    int32_t path_length;      /* -1 = not limited */
    Span permitted, excluded; /* of nameConstraints */
    Span names;               /* subjectAltName, a GeneralNames' body */
    Span unknown_critical;    /* the first such extension's identifier, else empty */
    Span key_id, authority_key_id;

    RootRule code, time; /* of a root, as its program says; else without limits */
};

/* False where the bytes are not a certificate that makes sense; `der` must end with it. */
bool cert_read(Crypto *crypto, Span der, Cert *out);

/* Whether the issuer's key made it. */
SignatureCheck cert_signed_by(Crypto *crypto, const Cert *c, const Cert *issuer);

static inline bool cert_same(const Cert *a, const Cert *b) {
    return memcmp(a->sha256, b->sha256, sizeof a->sha256) == 0;
}

/* A SignedData's or a CRL's AlgorithmIdentifier. */
Oid cert_algorithm(Cur *c, Span *parameters);

#endif
