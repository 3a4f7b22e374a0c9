/* Ecc: keys on the curves P-256 and P-384 (FIPS 186-4), for ECDSA and ECDH. */
#ifndef COAX_GUEST_CRYPTO_ECC_H
#define COAX_GUEST_CRYPTO_ECC_H

#include "guest/crypto/rsa.h"
#include <nettle/ecc.h>

enum { ECC_MOST_BYTES = 48 };

typedef struct {
    bool private;
    size_t size; /* of a coordinate, bytes: 32 or 48 */
    struct ecc_point point;
    struct ecc_scalar scalar;
} Ecc;

void ecc_init(Ecc *e, size_t size);
void ecc_clear(Ecc *e);
bool ecc_copy(Ecc *to, const Ecc *from);

/* Coordinates and the private number have e->size bytes, big-endian; d.n = 0: a public key. */
bool ecc_import(Ecc *e, const uint8_t *x, const uint8_t *y, Span d);
void ecc_generate(Ecc *e, const RandomSource *random);
void ecc_export(const Ecc *e, uint8_t *x, uint8_t *y);
void ecc_export_private(const Ecc *e, uint8_t *d);

/* r and s, e->size bytes each, one behind the other. */
void ecc_sign(const Ecc *e, Span digest, const RandomSource *random, uint8_t *out);
bool ecc_verify(const Ecc *e, Span digest, Span signature);

/* What both sides of a Diffie-Hellman exchange know: the x coordinate. */
bool ecc_agree(const Ecc *own, const Ecc *other, uint8_t *out);

#endif
