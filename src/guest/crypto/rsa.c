#include "guest/crypto/rsa.h"
#include "guest/crypto/digest.h"
#include <nettle/pkcs1.h>
#include <nettle/pss.h>
#include <nettle/rsa.h>

/* ---- keys ---- */

void rsa_init(Rsa *r) {
    *r = (Rsa){0};
    mpz_inits(r->n, r->e, r->d, r->p, r->q, r->dp, r->dq, r->qinv, NULL);
}

void rsa_clear(Rsa *r) {
    mpz_clears(r->n, r->e, r->d, r->p, r->q, r->dp, r->dq, r->qinv, NULL);
}

void rsa_copy(Rsa *to, const Rsa *from) {
    to->private = from->private;
    to->size = from->size;
    mpz_set(to->n, from->n);
    mpz_set(to->e, from->e);
    mpz_set(to->d, from->d);
    mpz_set(to->p, from->p);
    mpz_set(to->q, from->q);
    mpz_set(to->dp, from->dp);
    mpz_set(to->dq, from->dq);
    mpz_set(to->qinv, from->qinv);
}

static void read_number(mpz_t to, Span bytes) {
    nettle_mpz_set_str_256_u(to, bytes.n, bytes.p);
}

void rsa_number(const mpz_t number, uint8_t *out, size_t size) {
    nettle_mpz_get_str_256(size, out, number);
}

/* d = 1/e modulo lcm(p - 1, q - 1), and the numbers for the Chinese remainder theorem. */
static bool derive(Rsa *r) {
    mpz_t p1, q1, product, lambda;
    mpz_inits(p1, q1, product, lambda, NULL);
    mpz_mul(product, r->p, r->q);
    mpz_sub_ui(p1, r->p, 1);
    mpz_sub_ui(q1, r->q, 1);
    bool good = mpz_cmp(product, r->n) == 0 && mpz_sgn(p1) > 0 && mpz_sgn(q1) > 0;
    if (good) {
        mpz_lcm(lambda, p1, q1);
        good = mpz_invert(r->d, r->e, lambda) && mpz_invert(r->qinv, r->q, r->p);
        mpz_fdiv_r(r->dp, r->d, p1);
        mpz_fdiv_r(r->dq, r->d, q1);
    }
    mpz_clears(p1, q1, product, lambda, NULL);
    return good;
}

/* An odd modulus of a size that can be worked with, and an exponent below it. */
static bool usable(Rsa *r) {
    r->size = (mpz_sizeinbase(r->n, 2) + 7) / 8;
    return r->size >= RSA_LEAST_BYTES && r->size <= RSA_MOST_BYTES && mpz_odd_p(r->n) &&
           mpz_sgn(r->e) > 0 && mpz_cmp(r->e, r->n) < 0;
}

bool rsa_import(Rsa *r, Span n, Span e, Span p, Span q) {
    read_number(r->n, n);
    read_number(r->e, e);
    if (!usable(r)) return false;
    if (!p.n && !q.n) return true;
    read_number(r->p, p);
    read_number(r->q, q);
    r->private = derive(r);
    return r->private;
}

bool rsa_generate(Rsa *r, unsigned bits, const RandomSource *random) {
    struct rsa_public_key public;
    struct rsa_private_key private;
    rsa_public_key_init(&public);
    rsa_private_key_init(&private);
    mpz_set_ui(public.e, 65537);
    bool good =
        bits / 8 <= RSA_MOST_BYTES && bits / 8 >= RSA_LEAST_BYTES &&
        rsa_generate_keypair(&public, &private, random->context, random->fill, NULL, NULL, bits, 0);
    if (good) {
        mpz_set(r->n, public.n);
        mpz_set(r->e, public.e);
        mpz_set(r->p, private.p);
        mpz_set(r->q, private.q);
        r->private = good = usable(r) && derive(r);
    }
    rsa_public_key_clear(&public);
    rsa_private_key_clear(&private);
    return good;
}

/* ---- bare operations ---- */

bool rsa_public(const Rsa *r, const uint8_t *in, uint8_t *out) {
    mpz_t x;
    mpz_init(x);
    read_number(x, span(in, r->size));
    bool good = mpz_cmp(x, r->n) < 0;
    if (good) {
        mpz_powm(x, x, r->e, r->n);
        rsa_number(x, out, r->size);
    }
    mpz_clear(x);
    return good;
}

/* RFC 8017, 5.1.2 (2b). */
bool rsa_private(const Rsa *r, const uint8_t *in, uint8_t *out) {
    mpz_t x, a, b;
    mpz_inits(x, a, b, NULL);
    read_number(x, span(in, r->size));
    bool good = r->private && mpz_cmp(x, r->n) < 0;
    if (good) {
        mpz_powm(a, x, r->dp, r->p);
        mpz_powm(b, x, r->dq, r->q);
        mpz_sub(a, a, b);
        mpz_mul(a, a, r->qinv);
        mpz_fdiv_r(a, a, r->p);
        mpz_mul(a, a, r->q);
        mpz_add(x, a, b);
        rsa_number(x, out, r->size);
    }
    mpz_clears(x, a, b, NULL);
    return good;
}

/* ---- encryption ---- */

/* RFC 8017, B.2.1: bytes ^= MGF1(seed). */
static void mask(const struct nettle_hash *h, Span seed, uint8_t *bytes, size_t n) {
    uint8_t piece_of_mask[DIGEST_MOST];
    for (uint32_t i = 0; n; i++) {
        uint8_t count[] = {(uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
        digest_two(h, seed, span(count, sizeof count), piece_of_mask);
        size_t piece = n < h->digest_size ? n : h->digest_size;
        for (size_t k = 0; k < piece; k++) bytes[k] ^= piece_of_mask[k];
        bytes += piece;
        n -= piece;
    }
}

/* RFC 8017, 7.1.1: 00 | seed | hash of the label | zeros | 01 | message. */
static bool pad_oaep(const Rsa *r, const RsaPadding *p, Span message, const RandomSource *random,
                     uint8_t *out) {
    size_t h = p->hash->digest_size;
    if (r->size < 2 * h + 2 || message.n > r->size - 2 * h - 2) return false;
    uint8_t *seed = out + 1, *block = out + 1 + h;
    size_t block_size = r->size - h - 1;
    memset(out, 0, r->size);
    random->fill(random->context, h, seed);
    digest(p->hash, p->label, block);
    block[block_size - message.n - 1] = 1;
    if (message.n) memcpy(block + block_size - message.n, message.p, message.n);
    mask(p->hash, span(seed, h), block, block_size);
    mask(p->hash, span(block, block_size), seed, h);
    return true;
}

/* 7.1.2; `bytes` is taken apart in place. */
static bool unpad_oaep(const Rsa *r, const RsaPadding *p, uint8_t *bytes, Span *message) {
    uint8_t label[DIGEST_MOST];
    size_t h = p->hash->digest_size;
    if (r->size < 2 * h + 2 || bytes[0]) return false;
    uint8_t *seed = bytes + 1, *block = bytes + 1 + h;
    size_t block_size = r->size - h - 1, at = h;
    mask(p->hash, span(block, block_size), seed, h);
    mask(p->hash, span(seed, h), block, block_size);
    digest(p->hash, p->label, label);
    if (memcmp(label, block, h) != 0) return false;
    while (at < block_size && !block[at]) at++;
    if (at == block_size || block[at] != 1) return false;
    *message = span(block + at + 1, block_size - at - 1);
    return true;
}

/* 7.2.1: 00 02 | at least eight bytes that are not zero | 00 | message. */
static bool pad_pkcs1(const Rsa *r, Span message, const RandomSource *random, uint8_t *out) {
    if (message.n > r->size - 11) return false;
    size_t filler = r->size - 3 - message.n;
    out[0] = 0;
    out[1] = 2;
    for (size_t i = 0; i < filler; i++) do
            random->fill(random->context, 1, &out[2 + i]);
        while (!out[2 + i]);
    out[2 + filler] = 0;
    if (message.n) memcpy(out + 3 + filler, message.p, message.n);
    return true;
}

static bool unpad_pkcs1(const Rsa *r, const uint8_t *bytes, Span *message) {
    if (bytes[0] || bytes[1] != 2) return false;
    const uint8_t *end = memchr(bytes + 2, 0, r->size - 2);
    if (!end || end - bytes < 10) return false;
    *message = span(end + 1, r->size - (size_t)(end + 1 - bytes));
    return true;
}

bool rsa_seal(const Rsa *r, const RsaPadding *padding, Span message, const RandomSource *random,
              uint8_t *out) {
    uint8_t block[RSA_MOST_BYTES];
    bool good = false;
    switch (padding->kind) {
    case RSA_PAD_NONE:
        good = message.n == r->size;
        if (good) memcpy(block, message.p, message.n);
        break;
    case RSA_PAD_PKCS1: good = pad_pkcs1(r, message, random, block); break;
    case RSA_PAD_OAEP: good = pad_oaep(r, padding, message, random, block); break;
    }
    return good && rsa_public(r, block, out);
}

bool rsa_open(const Rsa *r, const RsaPadding *padding, Span sealed, uint8_t *out, size_t *n) {
    uint8_t block[RSA_MOST_BYTES];
    Span message = span(block, r->size);
    if (sealed.n != r->size || !rsa_private(r, sealed.p, block)) return false;
    if (padding->kind == RSA_PAD_PKCS1 && !unpad_pkcs1(r, block, &message)) return false;
    if (padding->kind == RSA_PAD_OAEP && !unpad_oaep(r, padding, block, &message)) return false;
    memcpy(out, message.p, message.n);
    *n = message.n;
    return true;
}

/* ---- signatures ---- */

static bool encode_pkcs1(const Rsa *r, Span info, uint8_t *out) {
    mpz_t m;
    mpz_init(m);
    bool good = pkcs1_rsa_digest_encode(m, r->size, info.n, info.p);
    if (good) rsa_number(m, out, r->size);
    mpz_clear(m);
    return good;
}

bool rsa_sign_pkcs1(const Rsa *r, Span info, uint8_t *out) {
    uint8_t block[RSA_MOST_BYTES];
    return encode_pkcs1(r, info, block) && rsa_private(r, block, out);
}

bool rsa_verify_pkcs1(const Rsa *r, Span info, Span signature) {
    uint8_t want[RSA_MOST_BYTES], got[RSA_MOST_BYTES];
    return signature.n == r->size && encode_pkcs1(r, info, want) &&
           rsa_public(r, signature.p, got) && memcmp(want, got, r->size) == 0;
}

static size_t modulus_bits(const Rsa *r) {
    return mpz_sizeinbase(r->n, 2);
}

bool rsa_sign_pss(const Rsa *r, const struct nettle_hash *hash, Span digest, size_t salt_size,
                  const RandomSource *random, uint8_t *out) {
    uint8_t salt[RSA_MOST_BYTES], block[RSA_MOST_BYTES];
    if (digest.n != hash->digest_size || salt_size > sizeof salt) return false;
    mpz_t m;
    mpz_init(m);
    random->fill(random->context, salt_size, salt);
    bool good = pss_encode_mgf1(m, modulus_bits(r) - 1, hash, salt_size, salt, digest.p);
    if (good) rsa_number(m, block, r->size);
    mpz_clear(m);
    return good && rsa_private(r, block, out);
}

bool rsa_verify_pss(const Rsa *r, const struct nettle_hash *hash, Span digest, size_t salt_size,
                    Span signature) {
    uint8_t block[RSA_MOST_BYTES];
    if (digest.n != hash->digest_size || salt_size > RSA_MOST_BYTES || signature.n != r->size ||
        !rsa_public(r, signature.p, block))
        return false;
    mpz_t m;
    mpz_init(m);
    read_number(m, span(block, r->size));
    size_t bits = modulus_bits(r) - 1;
    bool good = mpz_sizeinbase(m, 2) <= bits && pss_verify_mgf1(m, bits, hash, salt_size, digest.p);
    mpz_clear(m);
    return good;
}
