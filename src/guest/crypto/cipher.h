/* Cipher: block ciphers as Windows' CNG chains them (SP 800-38A, SP 800-38D), over host buffers. */
#ifndef COAX_GUEST_CRYPTO_CIPHER_H
#define COAX_GUEST_CRYPTO_CIPHER_H

#include "base/bytes.h"
#include <nettle/aes.h>
#include <nettle/des.h>
#include <nettle/gcm.h>

typedef enum { CIPHER_3DES, CIPHER_AES } CipherKind;
typedef enum { CHAIN_CBC, CHAIN_ECB, CHAIN_CFB, CHAIN_GCM } CipherChain;

enum { CIPHER_MOST_BLOCK = 16, CIPHER_TAG = 16 };

typedef struct {
    CipherChain chain;
    size_t block;
    uint8_t vector[CIPHER_MOST_BLOCK]; /* what the next block is chained to */
    bool encrypts;
    nettle_cipher_func *forward, *backward;
    union {
        struct aes128_ctx aes128;
        struct aes192_ctx aes192;
        struct aes256_ctx aes256;
        struct des3_ctx des3;
    } key, inverse;
    struct gcm_key gcm_key;
    struct gcm_ctx gcm;
} Cipher;

/* false: no key of that length. The vector is zero. */
bool cipher_open(Cipher *c, CipherKind kind, CipherChain chain, Span secret, bool encrypts);

/* GCM only, before cipher_run: the nonce, and what is authenticated without being encrypted. */
void cipher_nonce(Cipher *c, Span nonce);
void cipher_associate(Cipher *c, Span data);

/* Whole blocks in place (CFB takes 8 bits at a time, so that any length does; for GCM only the last
 * piece may be a broken one). */
void cipher_run(Cipher *c, uint8_t *bytes, size_t n);

/* GCM only, at the end. */
void cipher_tag(Cipher *c, uint8_t tag[CIPHER_TAG]);

#endif
