#include "base/buf.h"
#include "guest/codepage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* A table whose bytes are ASCII but for 80h (U+00C7), FFh (nothing), and, with `lead`, 81h: that
 * one leads to a table of which 40h is U+4E02. */
static Buf table(bool lead) {
    enum { HEADER = 13 };
    Buf b = buf_new(1 << 13);
    buf_le(&b, HEADER, 2);
    for (int i = 1; i < HEADER; i++) buf_le(&b, 0, 2);
    buf_le(&b, 0, 2);
    for (unsigned i = 0; i < 256; i++) buf_le(&b, i < 128 ? i : i == 128 ? 0xc7 : 0, 2);
    buf_le(&b, 1, 2); /* glyphs follow */
    for (unsigned i = 0; i < 256; i++) buf_le(&b, 0x2500, 2);
    buf_le(&b, lead, 2);
    for (unsigned i = 0; lead && i < 256; i++) buf_le(&b, i == 0x81 ? 256 : 0, 2);
    for (unsigned i = 0; lead && i < 256; i++) buf_le(&b, i == 0x40 ? 0x4e02 : 0, 2);
    return b;
}

static void test_decodes_single_bytes(void **state) {
    (void)state;
    Arena a = arena_new(1 << 16);
    Buf b = table(false);
    assert_string_equal(codepage_decode_with(buf_span(&b), &a, span_str("a\x80\xff.")),
                        "aÇ\uFFFD.");
    assert_string_equal(codepage_decode_with(buf_span(&b), &a, (Span){0}), "");
    buf_free(&b);
    arena_reset(&a);
}

static void test_decodes_pairs(void **state) {
    (void)state;
    Arena a = arena_new(1 << 16);
    Buf b = table(true);
    assert_string_equal(codepage_decode_with(buf_span(&b), &a, span_str("x\x81\x40y")), "x丂y");
    assert_string_equal(codepage_decode_with(buf_span(&b), &a, span_str("\x81\x41")), "\uFFFD");
    assert_string_equal(codepage_decode_with(buf_span(&b), &a, span_str("x\x81")), "x\uFFFD");
    buf_free(&b);
    arena_reset(&a);
}

static void test_knows_what_is_cut(void **state) {
    (void)state;
    Pack none[2] = {0};
    Buf b = table(true);
    assert_int_equal(codepage_whole_with(buf_span(&b), span_str("ab")), 2);
    assert_int_equal(codepage_whole_with(buf_span(&b), span_str("a\x81")), 1);
    assert_int_equal(codepage_whole_with(buf_span(&b), span_str("\x81\x81")), 2);
    assert_int_equal(codepage_whole(none, CODEPAGE_UTF8, span_str("aß")), 3);
    assert_int_equal(codepage_whole(none, CODEPAGE_UTF8, span_str("a\xC3")), 1);
    assert_int_equal(codepage_whole(none, CODEPAGE_UTF8, span_str("\xF0\x9F\x8C")), 0);
    assert_int_equal(codepage_whole(none, CODEPAGE_UTF8, span_str("a\x80\x80\x80\x80")), 5);
    assert_int_equal(codepage_whole(none, CODEPAGE_UTF8, (Span){0}), 0);
    buf_free(&b);
}

static void test_survives_every_prefix(void **state) {
    (void)state;
    Arena a = arena_new(1 << 24);
    Buf b = table(true);
    for (size_t n = 0; n <= b.n; n++) {
        uint8_t *copy = malloc(n + (n == 0));
        memcpy(copy, b.p, n);
        const char *text = codepage_decode_with(span(copy, n), &a, span_str("a\x81\x40"));
        assert_non_null(text);
        if (n == b.n) assert_string_equal(text, "a丂");
        free(copy);
    }
    buf_free(&b);
    arena_reset(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decodes_single_bytes),
        cmocka_unit_test(test_decodes_pairs),
        cmocka_unit_test(test_knows_what_is_cut),
        cmocka_unit_test(test_survives_every_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
