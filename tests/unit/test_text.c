/* Text: broken UTF-8 and UTF-16 and the way back, code pages, comparing, escaping. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- UTF-8 ---- */

static void every_code_point_comes_back(void **state) {
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        uint8_t raw[4];
        size_t at = 0, n = text_utf8_put(raw, c);
        uint32_t back = text_utf8_next(span(raw, n), &at);
        if (c >= 0xD800 && c <= 0xDFFF) {
            assert_int_equal(back, TEXT_REPLACEMENT);
            assert_int_equal(at, 1);
        } else {
            assert_int_equal(back, c);
            assert_int_equal(at, n);
        }
    }
}

static void too_large_is_replaced(void **state) {
    (void)state;
    uint8_t raw[4];
    assert_int_equal(text_utf8_put(raw, 0x110000), 3);
    assert_memory_equal(raw, "\xef\xbf\xbd", 3);
}

/* Each is broken at its first byte: Unicode 15, table 3-7. */
static void broken_sequences_yield_one_byte(void **state) {
    (void)state;
    static const char *const bad[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc3",
                                      "\xc3(",
                                      "\xe0\x80\x80",
                                      "\xe0\x9f\xbf",
                                      "\xe2\x82",
                                      "\xe2(\xa1",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x80\x80\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf0\x9f\x98",
                                      "\xf4\x90\x80",
                                      "\xf5\x80\x80",
                                      "\xff",
                                      "\xf8\x88\x80\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t at = 0;
        assert_int_equal(text_utf8_next(span_str(bad[i]), &at), TEXT_REPLACEMENT);
        assert_int_equal(at, 1);
        assert_false(text_is_utf8(span_str(bad[i])));
    }
    assert_true(text_is_utf8(span_str("a\xc3\xa4\xef\xbf\xbd\xf0\x9f\x98\x80")));
    assert_true(text_is_utf8((Span){0}));
}

/* Heap copies, so that a read past the end is seen. */
static void no_prefix_is_overread(void **state) {
    (void)state;
    static const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xed\xa0\x80z";
    for (size_t n = 1; n < sizeof text; n++) {
        uint8_t *copy = malloc(n);
        memcpy(copy, text, n);
        Arena a = arena_new(1 << 16);
        for (size_t at = 0; at < n;) text_utf8_next(span(copy, n), &at);
        assert_non_null(text_to_utf16(&a, span(copy, n)).p);
        assert_non_null(text_from_utf16(&a, span(copy, n)));
        arena_reset(&a);
        free(copy);
    }
}

/* ---- UTF-16 ---- */

static void wide_comes_back_through_utf8(void **state) {
    (void)state;
    Arena a = arena_new(1 << 24);
    for (uint32_t c = 1; c < 0x10000; c += 7) {
        /* every kind of neighbour: pairs, lone halves in both orders, ordinary units */
        const uint16_t units[] = {(uint16_t)c, 0xD83D, 0xDE00, 0xDE00,
                                  (uint16_t)c, 0xD800, 'a',    0xDBFF};
        uint8_t raw[sizeof units];
        for (size_t i = 0; i < 8; i++)
            raw[2 * i] = (uint8_t)units[i], raw[2 * i + 1] = (uint8_t)(units[i] >> 8);
        char *utf8 = text_from_utf16(&a, span(raw, sizeof raw));
        Span back = text_to_utf16(&a, span_str(utf8));
        assert_int_equal(back.n, sizeof raw);
        assert_memory_equal(back.p, raw, sizeof raw);
        assert_memory_equal(back.p + back.n, "\0", 2);
        arena_reset(&a);
    }
}

static void an_odd_byte_is_dropped(void **state) {
    (void)state;
    Arena a = arena_new(1000);
    assert_string_equal(text_from_utf16(&a, span("a\0b", 3)), "a");
    assert_string_equal(text_from_utf16(&a, span("a", 1)), "");
    arena_reset(&a);
}

static void a_full_arena_gives_nothing(void **state) {
    (void)state;
    Arena a = arena_new(1);
    assert_null(text_from_utf16(&a, span("a\0b\0", 4)));
    assert_null(text_to_utf16(&a, span_str("ab")).p);
    arena_reset(&a);
}

/* ---- code pages ---- */

static void assert_decodes(unsigned codepage, Span bytes, const char *want) {
    Arena a = arena_new(1 << 16);
    TextDecoder d;
    assert_true(text_decoder_open(codepage, &d));
    assert_string_equal(text_decode(&d, &a, bytes), want);
    assert_string_equal(text_decode(&d, &a, bytes), want); /* no state is left behind */
    text_decoder_close(&d);
    arena_reset(&a);
}

static void windows_code_pages(void **state) {
    (void)state;
    assert_decodes(1252, span_str("na\xefve \x80"), "naïve €");
    assert_decodes(1251, span_str("\xcf\xf0\xe8"), "При");
    assert_decodes(437, span_str("\x81\xe1"), "üß");
    assert_decodes(932, span_str("\x83\x65\x83\x58"), "テス");
    assert_decodes(949, span_str("\xb0\xa1"), "가");
    assert_decodes(936, span_str("\xc4\xe3"), "你");
    assert_decodes(950, span_str("\xa7\x41"), "你");
    assert_decodes(28591, span_str("\xe4"), "ä");
    assert_decodes(20866, span_str("\xc1"), "а");
    assert_decodes(65001, span_str("\xc3\xa4\xff"), "ä\xef\xbf\xbd");
    assert_decodes(1200, span("a\0\xe4\0", 4), "aä");
}

static void what_a_code_page_lacks_is_replaced(void **state) {
    (void)state;
    assert_decodes(932, span_str("a\x83"), "a\xef\xbf\xbd");
    assert_decodes(20127, span_str("a\x80z"), "a\xef\xbf\xbdz");
}

static void long_texts_are_decoded_whole(void **state) {
    (void)state;
    Arena a = arena_new(1 << 20);
    TextDecoder d;
    uint8_t bytes[5000];
    memset(bytes, 0xE4, sizeof bytes);
    assert_true(text_decoder_open(1252, &d));
    assert_int_equal(strlen(text_decode(&d, &a, span(bytes, sizeof bytes))), 10000);
    Arena small = arena_new(9000);
    assert_null(text_decode(&d, &small, span(bytes, sizeof bytes)));
    assert_true(small.full);
    text_decoder_close(&d);
    arena_reset(&small);
    arena_reset(&a);
}

static void an_unknown_code_page_is_told(void **state) {
    (void)state;
    TextDecoder d;
    assert_false(text_decoder_open(4711, &d));
    text_decoder_close(&d);
}

/* ---- comparing ---- */

static void upper_case_is_windows_own(void **state) {
    (void)state;
    static const uint16_t pairs[][2] = {
        {'a', 'A'},       {'z', 'Z'},     {'{', '{'},       {0xE4, 0xC4},   {0xF7, 0xF7},
        {0xFF, 0x178},    {0x3B1, 0x391}, {0x3C2, 0x3C2},   {0x44F, 0x42F}, {0x561, 0x531},
        {0x131, 0x131},   {0x17F, 0x17F}, {0xFF41, 0xFF21}, {0x101, 0x100}, {0x100, 0x100},
        {0x1EF9, 0x1EF8}, {0xDF, 0xDF}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_int_equal(text_upcase16(pairs[i][0]), pairs[i][1]);
    for (uint32_t c = 0; c < 0x10000; c++) {
        uint16_t up = text_upcase16((uint16_t)c);
        assert_int_equal(text_upcase16(up), up);
    }
}

static void compares_without_case(void **state) {
    (void)state;
    assert_true(text_equal_nocase("C:\\Ünï", "c:\\üNÏ"));
    assert_false(text_equal_nocase("a", "ab"));
    assert_true(text_compare_nocase("a", "B") < 0);
    assert_true(text_compare_nocase("b", "A") > 0);
    assert_true(text_compare_nocase("", "A") < 0);
    assert_true(text_compare_nocase("_", "a") > 0); /* as 5Fh against 41h */
    assert_true(text_equal_nocase("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"));
    assert_false(text_equal_nocase("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x81"));
}

static void matches_wildcards(void **state) {
    (void)state;
    assert_true(text_match("*", ""));
    assert_true(text_match("", ""));
    assert_false(text_match("", "a"));
    assert_true(text_match("*.D?L", "kernel32.dll"));
    assert_false(text_match("*.d?l", "kernel32.dl"));
    assert_true(text_match("a*b*c", "aXbYbZc"));
    assert_false(text_match("a*b*c", "aXbYbZ"));
    assert_true(text_match("ü?*", "ÜX"));
    assert_true(text_match("**a", "bba"));
    assert_false(text_match("?", ""));
    assert_true(text_match("http://*.example/*", "HTTP://www.example/a?b"));
}

static void a_nasty_pattern_ends_soon(void **state) {
    (void)state;
    char text[2001], pattern[402];
    memset(text, 'a', 2000), text[2000] = 0;
    for (int i = 0; i < 200; i++) memcpy(pattern + 2 * i, "*a", 2);
    memcpy(pattern + 400, "b", 2);
    assert_false(text_match(pattern, text));
}

/* ---- escaping ---- */

static void assert_escapes(Span text, const char *want) {
    Buf b = buf_new(1 << 16);
    text_escape(&b, text);
    buf_byte(&b, 0);
    assert_string_equal((char *)b.p, want);
    buf_free(&b);
}

static void nothing_reaches_the_terminal_as_control(void **state) {
    (void)state;
    assert_escapes(span_str("C:\\a b\xc3\xa4"), "C:\\a b\xc3\xa4");
    assert_escapes(span("a\n\r\t\0\x1b[31m\x7f", 11), "a\\n\\r\\t\\x00\\x1b[31m\\x7f");
    assert_escapes(span_str("\xc2\x9b"), "\\u{009b}"); /* CSI in C1 */
    assert_escapes(span_str("\xe2\x80\xae"
                            "exe"),
                   "\\u{202e}exe"); /* right-to-left override */
    assert_escapes(span_str("\xe2\x81\xa6"), "\\u{2066}");
    assert_escapes(span_str("\xef\xbb\xbf"), "\\u{feff}");
    assert_escapes(span_str("\xff\xc3"), "\\xff\\xc3");
    assert_escapes(span_str("\xf3\xa0\x81\x81"), "\\u{e0041}");
    assert_escapes(span_str("\xef\xbf\xbd"), "\xef\xbf\xbd"); /* a real U+FFFD is printable */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_comes_back),
        cmocka_unit_test(too_large_is_replaced),
        cmocka_unit_test(broken_sequences_yield_one_byte),
        cmocka_unit_test(no_prefix_is_overread),
        cmocka_unit_test(wide_comes_back_through_utf8),
        cmocka_unit_test(an_odd_byte_is_dropped),
        cmocka_unit_test(a_full_arena_gives_nothing),
        cmocka_unit_test(windows_code_pages),
        cmocka_unit_test(what_a_code_page_lacks_is_replaced),
        cmocka_unit_test(long_texts_are_decoded_whole),
        cmocka_unit_test(an_unknown_code_page_is_told),
        cmocka_unit_test(upper_case_is_windows_own),
        cmocka_unit_test(compares_without_case),
        cmocka_unit_test(matches_wildcards),
        cmocka_unit_test(a_nasty_pattern_ends_soon),
        cmocka_unit_test(nothing_reaches_the_terminal_as_control),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
