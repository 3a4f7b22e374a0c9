#include "guest/crypto/cipher.h"
#include <nettle/cbc.h>
#include <nettle/cfb.h>

static bool open_aes(Cipher *c, Span secret) {
    c->block = AES_BLOCK_SIZE;
    switch (secret.n) {
    case AES128_KEY_SIZE:
        aes128_set_encrypt_key(&c->key.aes128, secret.p);
        aes128_set_decrypt_key(&c->inverse.aes128, secret.p);
        c->forward = (nettle_cipher_func *)aes128_encrypt;
        c->backward = (nettle_cipher_func *)aes128_decrypt;
        return true;
    case AES192_KEY_SIZE:
        aes192_set_encrypt_key(&c->key.aes192, secret.p);
        aes192_set_decrypt_key(&c->inverse.aes192, secret.p);
        c->forward = (nettle_cipher_func *)aes192_encrypt;
        c->backward = (nettle_cipher_func *)aes192_decrypt;
        return true;
    case AES256_KEY_SIZE:
        aes256_set_encrypt_key(&c->key.aes256, secret.p);
        aes256_set_decrypt_key(&c->inverse.aes256, secret.p);
        c->forward = (nettle_cipher_func *)aes256_encrypt;
        c->backward = (nettle_cipher_func *)aes256_decrypt;
        return true;
    default: return false;
    }
}

/* A weak key is a key: Windows takes it too. */
static bool open_3des(Cipher *c, Span secret) {
    c->block = DES3_BLOCK_SIZE;
    if (secret.n != DES3_KEY_SIZE) return false;
    des3_set_key(&c->key.des3, secret.p);
    c->inverse.des3 = c->key.des3;
    c->forward = (nettle_cipher_func *)des3_encrypt;
    c->backward = (nettle_cipher_func *)des3_decrypt;
    return true;
}

bool cipher_open(Cipher *c, CipherKind kind, CipherChain chain, Span secret, bool encrypts) {
    *c = (Cipher){.chain = chain, .encrypts = encrypts};
    if (chain == CHAIN_GCM && kind != CIPHER_AES) return false;
    if (!(kind == CIPHER_AES ? open_aes(c, secret) : open_3des(c, secret))) return false;
    if (chain == CHAIN_GCM) gcm_set_key(&c->gcm_key, &c->key, c->forward);
    return true;
}

void cipher_nonce(Cipher *c, Span nonce) {
    gcm_set_iv(&c->gcm, &c->gcm_key, nonce.n, nonce.p);
}

void cipher_associate(Cipher *c, Span data) {
    gcm_update(&c->gcm, &c->gcm_key, data.n, data.p);
}

static void run_cbc(Cipher *c, uint8_t *bytes, size_t n) {
    if (c->encrypts) cbc_encrypt(&c->key, c->forward, c->block, c->vector, n, bytes, bytes);
    else cbc_decrypt(&c->inverse, c->backward, c->block, c->vector, n, bytes, bytes);
}

static void run_cfb(Cipher *c, uint8_t *bytes, size_t n) {
    if (c->encrypts) cfb8_encrypt(&c->key, c->forward, c->block, c->vector, n, bytes, bytes);
    else cfb8_decrypt(&c->key, c->forward, c->block, c->vector, n, bytes, bytes);
}

static void run_gcm(Cipher *c, uint8_t *bytes, size_t n) {
    if (c->encrypts) gcm_encrypt(&c->gcm, &c->gcm_key, &c->key, c->forward, n, bytes, bytes);
    else gcm_decrypt(&c->gcm, &c->gcm_key, &c->key, c->forward, n, bytes, bytes);
}

void cipher_run(Cipher *c, uint8_t *bytes, size_t n) {
    if (!n) return;
    switch (c->chain) {
    case CHAIN_CBC: run_cbc(c, bytes, n); break;
    case CHAIN_CFB: run_cfb(c, bytes, n); break;
    case CHAIN_GCM: run_gcm(c, bytes, n); break;
    case CHAIN_ECB:
        if (c->encrypts) c->forward(&c->key, n, bytes, bytes);
        else c->backward(&c->inverse, n, bytes, bytes);
        break;
    }
}

void cipher_tag(Cipher *c, uint8_t tag[CIPHER_TAG]) {
    gcm_digest(&c->gcm, &c->gcm_key, &c->key, c->forward, CIPHER_TAG, tag);
}
