/* Digests against published vectors: RFC 1321 A.5, FIPS 180-2 A and B, and the check value of
 * CRC-32/ISO-HDLC. */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_hex(const uint8_t *digest, size_t n, const char *want) {
    char hex[65];
    hash_hex(span(digest, n), hex);
    assert_string_equal(hex, want);
}

static void published_vectors(void **state) {
    (void)state;
    static const char fips[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    Digests d = hash_all(span_str("abc"));
    assert_hex(d.md5, 16, "900150983cd24fb0d6963f7d28e17f72");
    assert_hex(d.sha1, 20, "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_hex(d.sha256, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    d = hash_all(span_str(fips));
    assert_hex(d.sha1, 20, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    assert_hex(d.sha256, 32, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    d = hash_all((Span){0});
    assert_hex(d.md5, 16, "d41d8cd98f00b204e9800998ecf8427e");
    assert_hex(d.sha1, 20, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert_hex(d.sha256, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void a_million_letters(void **state) {
    (void)state;
    uint8_t *a = malloc(1000000);
    memset(a, 'a', 1000000);
    Digests d = hash_all(span(a, 1000000));
    assert_hex(d.sha1, 20, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    assert_hex(d.sha256, 32, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(a);
}

static void one_digest_alone_is_the_same(void **state) {
    (void)state;
    uint8_t md5[16], sha256[32];
    hash_md5(span_str("message digest"), md5);
    assert_hex(md5, 16, "f96b697d7cb7938d525a2f31aaf161d0");
    hash_sha256(span_str("abc"), sha256);
    assert_hex(sha256, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void crc32_check_value(void **state) {
    (void)state;
    assert_int_equal(hash_crc32(span_str("123456789")), 0xcbf43926);
    assert_int_equal(hash_crc32((Span){0}), 0);
}

/* Every length up to a few blocks, in one piece and in pieces of every size: all three together are
 * what each is alone. `want` is what Python's hashlib says of the SHA-1 digests. */
static void every_length(void **state) {
    (void)state;
    enum { LENGTHS = 300 };
    static const char want[] = "0da79a84a04dd3d58943db9075ffb578b9c9e0758c837bb7edf2fe6946907dc8";
    uint8_t bytes[LENGTHS], all[LENGTHS * 20], digest[32];
    char hex[65];
    for (size_t i = 0; i < LENGTHS; i++) bytes[i] = (uint8_t)(i * 7 + 3);
    for (size_t n = 0; n < LENGTHS; n++) {
        Digests d = hash_all(span(bytes, n));
        memcpy(all + 20 * n, d.sha1, 20);
        hash_md5(span(bytes, n), digest);
        assert_memory_equal(d.md5, digest, 16);
        hash_sha256(span(bytes, n), digest);
        assert_memory_equal(d.sha256, digest, 32);
    }
    hash_sha256(span(all, sizeof all), digest);
    hash_hex(span(digest, 32), hex);
    assert_string_equal(hex, want);
}

typedef struct {
    Span left;
    size_t piece;
} Cut;

static Span next_cut(void *context) {
    Cut *c = context;
    Span piece = span_clip(c->left, 0, c->piece);
    c->left = span_clip(c->left, piece.n, UINT64_MAX);
    return piece;
}

static void every_piece(void **state) {
    (void)state;
    uint8_t bytes[500];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 31);
    Digests whole = hash_all(span(bytes, sizeof bytes));
    for (size_t piece = 1; piece <= sizeof bytes; piece++) {
        Cut c = {span(bytes, sizeof bytes), piece};
        Digests d = hash_pieces(next_cut, &c);
        assert_memory_equal(&d, &whole, sizeof d);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length),
        cmocka_unit_test(every_piece),
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(a_million_letters),
        cmocka_unit_test(one_digest_alone_is_the_same),
        cmocka_unit_test(crc32_check_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
