/* crypto: digests and public keys, over OpenSSL, which no other file includes. A Crypto remembers
 * keys and which signatures were right, since a batch of files has the same few authorities. */
#ifndef COAX_SIGN_CRYPTO_H
#define COAX_SIGN_CRYPTO_H

#include "base/bytes.h"
#include "sign/oid.h"

typedef enum {
    MD_NONE,
    MD_MD5,
    MD_SHA1,
    MD_SHA224,
    MD_SHA256,
    MD_SHA384,
    MD_SHA512,
    MD_COUNT
} MdKind;

enum { MD_MOST = 64 };

typedef struct {
    MdKind kind;
    size_t n;
    uint8_t p[MD_MOST];
} Md;

typedef struct Crypto Crypto;

/* Opens no file: it can be called in a jail. NULL where memory is short. */
Crypto *crypto_open(void);
void crypto_close(Crypto *c);

/* "sha256"; "none". */
const char *md_name(MdKind k);
size_t md_size(MdKind k);

/* Of a digest's identifier, or of a signature algorithm that names its digest; else MD_NONE. */
MdKind md_of_oid(Oid o);

static inline Span md_span(const Md *m) {
    return span(m->p, m->n);
}

/* ---- digests of bytes in several pieces ---- */

typedef struct Hasher Hasher;

/* NULL for MD_NONE and where memory is short; the others accept NULL. */
Hasher *hasher_open(Crypto *c, MdKind k);
void hasher_add(Hasher *h, Span bytes);
void hasher_zeroes(Hasher *h, uint64_t n);
/* What was added since the last one, and starts anew; kind MD_NONE where something failed. */
Md hasher_take(Hasher *h);
void hasher_close(Hasher *h);

Md md_of(Crypto *c, MdKind k, Span bytes);

/* ---- signatures ---- */

typedef enum {
    SIGNATURE_GOOD,
    SIGNATURE_BAD,
    SIGNATURE_UNSUPPORTED, /* a key or an algorithm that is not known here */
} SignatureCheck;

/* Whether `signature` is that of the digest under a SubjectPublicKeyInfo. `algorithm` and its
 * parameters are those of the AlgorithmIdentifier beside the signature. */
SignatureCheck crypto_verify(Crypto *c, Span key, Oid algorithm, Span parameters, const Md *digest,
                             Span signature);

/* The digest that the parameters of RSASSA-PSS name. */
MdKind crypto_pss_digest(Span parameters);

/* "RSA", "EC", "DSA" or "unknown", and its size in bits (0 = not known). */
const char *crypto_key(Crypto *c, Span key, unsigned *bits);

#endif
