/* Rsa: keys and their operations (PKCS #1, RFC 8017). Key material comes from the guest: what is no
 * key is refused before any arithmetic is done with it. */
#ifndef COAX_GUEST_CRYPTO_RSA_H
#define COAX_GUEST_CRYPTO_RSA_H

#include "base/bytes.h"
#include <nettle/bignum.h>
#include <nettle/nettle-meta.h>

enum { RSA_MOST_BYTES = 2048, RSA_LEAST_BYTES = 64 }; /* 512 to 16384 bits, as CNG */

typedef struct {
    bool private; /* d, p, q, and what follows from them, are there */
    size_t size;  /* of the modulus, bytes */
    mpz_t n, e, d, p, q, dp, dq, qinv;
} Rsa;

typedef struct {
    nettle_random_func *fill;
    void *context;
} RandomSource;

void rsa_init(Rsa *r);
void rsa_clear(Rsa *r);
void rsa_copy(Rsa *to, const Rsa *from);

/* Big-endian numbers; p and q empty: a public key. false: that is no key. */
bool rsa_import(Rsa *r, Span n, Span e, Span p, Span q);
bool rsa_generate(Rsa *r, unsigned bits, const RandomSource *random);

/* Fills out with the number, big-endian, zeros in front. */
void rsa_number(const mpz_t number, uint8_t *out, size_t size);

/* The bare operations on r->size bytes; false: the number is not below the modulus, or the private
 * part is not there. */
bool rsa_public(const Rsa *r, const uint8_t *in, uint8_t *out);
bool rsa_private(const Rsa *r, const uint8_t *in, uint8_t *out);

/* Encryption. How a message is padded: */
typedef struct {
    enum { RSA_PAD_NONE, RSA_PAD_PKCS1, RSA_PAD_OAEP } kind;
    const struct nettle_hash *hash; /* OAEP */
    Span label;                     /* OAEP */
} RsaPadding;

/* out has r->size bytes; false: the message is too long. */
bool rsa_seal(const Rsa *r, const RsaPadding *padding, Span message, const RandomSource *random,
              uint8_t *out);
/* The message in out (r->size bytes); false: it is none. */
bool rsa_open(const Rsa *r, const RsaPadding *padding, Span sealed, uint8_t *out, size_t *n);

/* Signatures. `info` is the digest with its DER prefix, or a bare digest. */
bool rsa_sign_pkcs1(const Rsa *r, Span info, uint8_t *out);
bool rsa_verify_pkcs1(const Rsa *r, Span info, Span signature);
bool rsa_sign_pss(const Rsa *r, const struct nettle_hash *hash, Span digest, size_t salt,
                  const RandomSource *random, uint8_t *out);
bool rsa_verify_pss(const Rsa *r, const struct nettle_hash *hash, Span digest, size_t salt,
                    Span signature);

#endif
