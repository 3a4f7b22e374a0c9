#include "guest/crypto/key.h"
#include <stdlib.h>

enum { MOST_KEYS = 4096, ECC_NS = 300000, RSA_2048_NS = 1200000 };

struct CryptoKeys {
    CryptoKey *keys[MOST_KEYS];
};

static CryptoKey **free_place(Machine *m) {
    if (!m->crypto) m->crypto = calloc(1, sizeof *m->crypto);
    for (size_t i = 0; m->crypto && i < MOST_KEYS; i++)
        if (!m->crypto->keys[i]) return &m->crypto->keys[i];
    return NULL;
}

CryptoKey *crypto_key_new(Machine *m, KeyKind kind, size_t size, uint32_t *number) {
    CryptoKey **place = free_place(m), *k = place ? calloc(1, sizeof *k) : NULL;
    if (!k) return NULL;
    k->kind = kind;
    if (kind == KEY_RSA) rsa_init(&k->rsa);
    if (kind == KEY_ECC) ecc_init(&k->ecc, size);
    *place = k;
    *number = (uint32_t)(place - m->crypto->keys) + 1;
    return k;
}

CryptoKey *crypto_key(const Machine *m, uint64_t number) {
    return m->crypto && number && number <= MOST_KEYS ? m->crypto->keys[number - 1] : NULL;
}

void crypto_key_free(Machine *m, uint64_t number) {
    CryptoKey *k = crypto_key(m, number);
    if (!k) return;
    if (k->kind == KEY_RSA) rsa_clear(&k->rsa);
    if (k->kind == KEY_ECC) ecc_clear(&k->ecc);
    free(k);
    m->crypto->keys[number - 1] = NULL;
}

void crypto_close(Machine *m) {
    for (uint32_t i = 1; m->crypto && i <= MOST_KEYS; i++) crypto_key_free(m, i);
    free(m->crypto);
    m->crypto = NULL;
}

static void fill(void *context, size_t n, uint8_t *out) {
    Machine *m = context;
    for (size_t i = 0; i < n; i++) out[i] = (uint8_t)(machine_random(m) >> 32);
}

RandomSource crypto_random(Machine *m) {
    return (RandomSource){.fill = fill, .context = m};
}

/* The private operation grows with the cube of the modulus. */
uint64_t crypto_cost(const CryptoKey *k) {
    if (k->kind != KEY_RSA) return ECC_NS;
    uint64_t size = k->rsa.size;
    return RSA_2048_NS * size * size * size / (256u * 256 * 256);
}
