#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "guest/crypto/cipher.h"
#include "guest/crypto/digest.h"
#include "guest/crypto/ecc.h"

/* Counts up: the same keys in each run. */
static void fill(void *context, size_t n, uint8_t *out) {
    uint32_t *state = context;
    for (size_t i = 0; i < n; i++) {
        *state = *state * 1664525 + 1013904223;
        out[i] = (uint8_t)(*state >> 24);
    }
}

static uint32_t state = 1;
static const RandomSource source = {.fill = fill, .context = &state};

static size_t from_hex(const char *hex, uint8_t *out) {
    size_t n = strlen(hex) / 2;
    for (size_t i = 0; i < n; i++) {
        unsigned v;
        sscanf(hex + 2 * i, "%2x", &v);
        out[i] = (uint8_t)v;
    }
    return n;
}

/* FIPS 197, C.3: one block, then in pieces as a stream. */
static void chains_go_on_over_pieces(void **unused) {
    uint8_t key[32], block[16], whole[64] = {1}, pieces[64] = {1}, want[16];
    (void)unused;
    from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", key);
    from_hex("00112233445566778899aabbccddeeff", block);
    from_hex("8ea2b7ca516745bfeafc49904b496089", want);
    Cipher c;
    assert_true(cipher_open(&c, CIPHER_AES, CHAIN_ECB, span(key, 32), true));
    cipher_run(&c, block, 16);
    assert_memory_equal(block, want, 16);
    assert_true(cipher_open(&c, CIPHER_AES, CHAIN_CBC, span(key, 32), true));
    cipher_run(&c, whole, 64);
    assert_true(cipher_open(&c, CIPHER_AES, CHAIN_CBC, span(key, 32), true));
    cipher_run(&c, pieces, 32);
    cipher_run(&c, pieces + 32, 32);
    assert_memory_equal(whole, pieces, 64);
    assert_memory_equal(c.vector, whole + 48, 16);
    assert_false(cipher_open(&c, CIPHER_AES, CHAIN_CBC, span(key, 20), true));
    assert_false(cipher_open(&c, CIPHER_3DES, CHAIN_GCM, span(key, 24), true));
}

/* RFC 4231, test case 6: a key longer than a block. */
static void hmac_of_a_long_key(void **unused) {
    uint8_t key[131], out[32], want[32];
    (void)unused;
    memset(key, 0xaa, sizeof key);
    digest_hmac(&nettle_sha256, span(key, sizeof key),
                span_str("Test Using Larger Than Block-Size Key - Hash Key First"), out);
    from_hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54", want);
    assert_memory_equal(out, want, 32);
}

static Rsa pair(void) {
    Rsa r;
    rsa_init(&r);
    assert_true(rsa_generate(&r, 1024, &source));
    return r;
}

static void sealed_and_opened(void **unused) {
    static const RsaPadding paddings[] = {
        {.kind = RSA_PAD_PKCS1},
        {.kind = RSA_PAD_OAEP, .hash = &nettle_sha1},
        {.kind = RSA_PAD_OAEP, .hash = &nettle_sha256, .label = {(const uint8_t *)"label", 5}},
    };
    uint8_t sealed[RSA_MOST_BYTES], opened[RSA_MOST_BYTES];
    size_t n = 0;
    (void)unused;
    Rsa r = pair();
    for (size_t i = 0; i < sizeof paddings / sizeof *paddings; i++) {
        assert_true(rsa_seal(&r, &paddings[i], span_str("secret"), &source, sealed));
        assert_true(rsa_open(&r, &paddings[i], span(sealed, r.size), opened, &n));
        assert_int_equal(n, 6);
        assert_memory_equal(opened, "secret", 6);
        sealed[7] ^= 1;
        assert_false(rsa_open(&r, &paddings[i], span(sealed, r.size), opened, &n));
        assert_false(rsa_seal(&r, &paddings[i], span(opened, r.size), &source, sealed));
    }
    rsa_clear(&r);
}

static void signed_and_verified(void **unused) {
    uint8_t digest_bytes[32] = {1, 2, 3}, s[RSA_MOST_BYTES];
    Span d = span(digest_bytes, 32);
    (void)unused;
    Rsa r = pair();
    assert_true(rsa_sign_pss(&r, &nettle_sha256, d, 20, &source, s));
    assert_true(rsa_verify_pss(&r, &nettle_sha256, d, 20, span(s, r.size)));
    s[9] ^= 1;
    assert_false(rsa_verify_pss(&r, &nettle_sha256, d, 20, span(s, r.size)));
    assert_true(rsa_sign_pkcs1(&r, d, s));
    assert_true(rsa_verify_pkcs1(&r, d, span(s, r.size)));
    assert_false(rsa_verify_pkcs1(&r, d, span(s, r.size - 1)));
    assert_false(rsa_sign_pss(&r, &nettle_sha256, d, 2000, &source, s));
    rsa_clear(&r);
}

/* What a hostile program may bring as a key. */
static void what_is_no_key_is_refused(void **unused) {
    uint8_t n[128], p[64], q[64], one[1] = {1}, zero[1] = {0}, e[3] = {1, 0, 1};
    (void)unused;
    Rsa good = pair(), r;
    rsa_number(good.n, n, 128);
    rsa_number(good.p, p, 64);
    rsa_number(good.q, q, 64);
    rsa_init(&r);
    assert_true(rsa_import(&r, span(n, 128), span(e, 3), span(p, 64), span(q, 64)));
    assert_int_equal(mpz_cmp(r.d, good.d), 0);
    assert_false(rsa_import(&r, span(n, 128), span(e, 3), span(p, 64), span(p, 64)));
    assert_false(rsa_import(&r, span(n, 128), span(e, 3), span(n, 128), span(one, 1)));
    assert_false(rsa_import(&r, span(n, 128), span(e, 3), span(zero, 1), span(zero, 1)));
    assert_false(rsa_import(&r, span(n, 128), span(zero, 1), span(p, 64), span(q, 64)));
    assert_false(rsa_import(&r, span(n, 0), span(e, 3), (Span){0}, (Span){0}));
    assert_false(rsa_import(&r, span(n, 32), span(e, 3), (Span){0}, (Span){0}));
    n[127] &= 0xfe;
    assert_false(rsa_import(&r, span(n, 128), span(e, 3), (Span){0}, (Span){0}));
    rsa_clear(&r);
    rsa_clear(&good);
}

/* RFC 5903, 8.1: Diffie-Hellman on P-256. */
static void both_sides_agree(void **unused) {
    uint8_t x[32], y[32], d[32], shared[32], want[32];
    (void)unused;
    Ecc i, r;
    ecc_init(&i, 32);
    ecc_init(&r, 32);
    from_hex("DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C3772581180", x);
    from_hex("5271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3", y);
    from_hex("C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433", d);
    assert_true(ecc_import(&i, x, y, span(d, 32)));
    from_hex("D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63", x);
    from_hex("56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB", y);
    assert_true(ecc_import(&r, x, y, (Span){0}));
    assert_true(ecc_agree(&i, &r, shared));
    from_hex("D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE", want);
    assert_memory_equal(shared, want, 32);
    assert_false(ecc_agree(&r, &i, shared));
    x[0] ^= 1;
    assert_false(ecc_import(&r, x, y, (Span){0})); /* no point of the curve */
    ecc_clear(&i);
    ecc_clear(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_go_on_over_pieces),  cmocka_unit_test(hmac_of_a_long_key),
        cmocka_unit_test(sealed_and_opened),         cmocka_unit_test(signed_and_verified),
        cmocka_unit_test(what_is_no_key_is_refused), cmocka_unit_test(both_sides_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
