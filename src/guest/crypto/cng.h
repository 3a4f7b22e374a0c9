/* Cng: keys of bcrypt.dll as they lie in the guest (Wine 8's `struct key`). */
#ifndef COAX_GUEST_CRYPTO_CNG_H
#define COAX_GUEST_CRYPTO_CNG_H

#include "guest/crypto/cipher.h"
#include "guest/crypto/key.h"

/* As bcrypt.dll numbers them. */
typedef enum {
    CNG_3DES,
    CNG_AES,
    CNG_RSA = 9,
    CNG_ECDH_P256,
    CNG_ECDH_P384,
    CNG_RSA_SIGN,
    CNG_ECDSA_P256,
    CNG_ECDSA_P384,
} CngAlgorithm;

enum { CNG_PAD_NONE = 1, CNG_PAD_PKCS1 = 2, CNG_PAD_OAEP = 4, CNG_PAD_PSS = 8 };

typedef struct {
    Process *process;
    uint64_t at; /* its guest address; Windows' handle */
    uint32_t algorithm;
    uint64_t private[2]; /* ours: the vector of a cipher, or a CryptoKey's number and nothing */
    uint32_t chain;      /* of a cipher; as bcrypt.dll numbers them */
    uint64_t vector;     /* guest address of what the program set, or 0 */
    uint32_t vector_size;
    uint64_t secret;
    uint32_t secret_size;
    uint32_t bits; /* of another key */
} CngKey;

/* false: there is no key. */
bool cng_read_key(Process *p, uint64_t address, CngKey *out);
static inline bool cng_is_cipher(const CngKey *k) {
    return k->algorithm == CNG_3DES || k->algorithm == CNG_AES;
}
static inline bool cng_is_rsa(const CngKey *k) {
    return k->algorithm == CNG_RSA || k->algorithm == CNG_RSA_SIGN;
}
size_t cng_curve_size(const CngKey *k); /* bytes of a coordinate; 0: no elliptic key */
void cng_write_private(const CngKey *k);

/* The asymmetric key itself, or NULL. */
CryptoKey *cng_key(const CngKey *k);

/* A hash by its CNG name, or NULL. */
const struct nettle_hash *cng_hash(const char *name);

#endif
