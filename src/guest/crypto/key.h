/* CryptoKey: the asymmetric keys and shared secrets of a machine's programs, behind numbers that
 * the guest keeps for us. */
#ifndef COAX_GUEST_CRYPTO_KEY_H
#define COAX_GUEST_CRYPTO_KEY_H

#include "guest/crypto/ecc.h"
#include "guest/machine.h"

typedef enum { KEY_RSA, KEY_ECC, KEY_SECRET } KeyKind;

typedef struct {
    KeyKind kind;
    Rsa rsa;
    Ecc ecc;
    uint8_t secret[ECC_MOST_BYTES]; /* KEY_SECRET: big-endian */
    size_t secret_size;
} CryptoKey;

/* A new key; its number is never 0. `size` is an elliptic key's. NULL: there are too many. */
CryptoKey *crypto_key_new(Machine *m, KeyKind kind, size_t size, uint32_t *number);
CryptoKey *crypto_key(const Machine *m, uint64_t number); /* or NULL */
void crypto_key_free(Machine *m, uint64_t number);
void crypto_close(Machine *m);

/* The world's randomness. */
RandomSource crypto_random(Machine *m);

/* How long a private operation with the key takes, for machine_work. */
uint64_t crypto_cost(const CryptoKey *k);

#endif
