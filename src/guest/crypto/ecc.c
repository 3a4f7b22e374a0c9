#include "guest/crypto/ecc.h"
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>

static const struct ecc_curve *curve(size_t size) {
    return size == 32 ? nettle_get_secp_256r1() : nettle_get_secp_384r1();
}

void ecc_init(Ecc *e, size_t size) {
    *e = (Ecc){.size = size};
    ecc_point_init(&e->point, curve(size));
    ecc_scalar_init(&e->scalar, curve(size));
}

void ecc_clear(Ecc *e) {
    ecc_point_clear(&e->point);
    ecc_scalar_clear(&e->scalar);
}

bool ecc_copy(Ecc *to, const Ecc *from) {
    uint8_t x[ECC_MOST_BYTES], y[ECC_MOST_BYTES], d[ECC_MOST_BYTES];
    ecc_export(from, x, y);
    if (from->private) ecc_export_private(from, d);
    return ecc_import(to, x, y, span(d, from->private ? from->size : 0));
}

bool ecc_import(Ecc *e, const uint8_t *x, const uint8_t *y, Span d) {
    mpz_t a, b;
    mpz_inits(a, b, NULL);
    nettle_mpz_set_str_256_u(a, e->size, x);
    nettle_mpz_set_str_256_u(b, e->size, y);
    bool good = ecc_point_set(&e->point, a, b);
    if (good && d.n) {
        nettle_mpz_set_str_256_u(a, d.n, d.p);
        e->private = good = ecc_scalar_set(&e->scalar, a);
    }
    mpz_clears(a, b, NULL);
    return good;
}

void ecc_generate(Ecc *e, const RandomSource *random) {
    ecdsa_generate_keypair(&e->point, &e->scalar, random->context, random->fill);
    e->private = true;
}

void ecc_export(const Ecc *e, uint8_t *x, uint8_t *y) {
    mpz_t a, b;
    mpz_inits(a, b, NULL);
    ecc_point_get(&e->point, a, b);
    rsa_number(a, x, e->size);
    rsa_number(b, y, e->size);
    mpz_clears(a, b, NULL);
}

void ecc_export_private(const Ecc *e, uint8_t *d) {
    mpz_t a;
    mpz_init(a);
    ecc_scalar_get(&e->scalar, a);
    rsa_number(a, d, e->size);
    mpz_clear(a);
}

void ecc_sign(const Ecc *e, Span digest, const RandomSource *random, uint8_t *out) {
    struct dsa_signature s;
    dsa_signature_init(&s);
    ecdsa_sign(&e->scalar, random->context, random->fill, digest.n, digest.p, &s);
    rsa_number(s.r, out, e->size);
    rsa_number(s.s, out + e->size, e->size);
    dsa_signature_clear(&s);
}

bool ecc_verify(const Ecc *e, Span digest, Span signature) {
    if (signature.n != 2 * e->size) return false;
    struct dsa_signature s;
    dsa_signature_init(&s);
    nettle_mpz_set_str_256_u(s.r, e->size, signature.p);
    nettle_mpz_set_str_256_u(s.s, e->size, signature.p + e->size);
    bool good = ecdsa_verify(&e->point, digest.n, digest.p, &s);
    dsa_signature_clear(&s);
    return good;
}

bool ecc_agree(const Ecc *own, const Ecc *other, uint8_t *out) {
    if (!own->private || own->size != other->size) return false;
    Ecc shared;
    uint8_t y[ECC_MOST_BYTES];
    ecc_init(&shared, own->size);
    ecc_point_mul(&shared.point, &own->scalar, &other->point);
    ecc_export(&shared, out, y);
    ecc_clear(&shared);
    return true;
}
