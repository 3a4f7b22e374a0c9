/* JSON as it is written: every line is valid, whatever bytes a sample put into a name. */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_text(Span text, const char *want) {
    Buf b = buf_new(1 << 16);
    json_write_text(&b, text);
    buf_byte(&b, 0);
    assert_string_equal((char *)b.p, want);
    buf_free(&b);
}

static void assert_value(const Value *v, const char *want) {
    Buf b = buf_new(1 << 16);
    json_write(&b, v);
    buf_byte(&b, 0);
    assert_string_equal((char *)b.p, want);
    buf_free(&b);
}

static void escapes(void **state) {
    (void)state;
    assert_text(span_str("a\"b\\c/\n\r\t\x01\x1f\x7f"),
                "\"a\\\"b\\\\c/\\n\\r\\t\\u0001\\u001f\\u007f\"");
    assert_text(span("a\0b", 3), "\"a\\u0000b\"");
    assert_text(span_str("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
                "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"");
    assert_text((Span){0}, "\"\"");
}

#define FFFD "\xef\xbf\xbd"

static void mends_broken_utf8(void **state) {
    (void)state;
    assert_text(span_str("a\xff"
                         "b"),
                "\"a" FFFD "b\"");
    assert_text(span_str("\xc3"), "\"" FFFD "\"");
    assert_text(span_str("\xc0\xaf"), "\"" FFFD FFFD "\"");
    assert_text(span_str("\xed\xa0\x80"), "\"" FFFD FFFD FFFD "\"");
    assert_text(span_str(FFFD), "\"" FFFD "\"");
}

static void values(void **state) {
    (void)state;
    Arena a = arena_new(1 << 16);
    Value *map = value_map(&a), *list = value_list(&a);
    assert_value(map, "{}");
    assert_value(list, "[]");
    assert_value(NULL, "null");
    value_add(list, value_null(&a));
    value_add(list, value_bool(&a, false));
    value_add(list, value_int(&a, INT64_MIN));
    value_add(list, value_uint(&a, UINT64_MAX));
    value_add(list, value_real(&a, 0.1));
    value_add(list, value_real(&a, 1.0 / 3));
    value_add(list, value_real(&a, 1e308 * 10));
    value_set(&a, map, "z", list);
    value_set(&a, map, "a\"", value_map(&a));
    assert_value(map, "{\"z\":[null,false,-9223372036854775808,18446744073709551615,0.1,"
                      "0.33333333333333331,null],\"a\\\"\":{}}");
    arena_reset(&a);
}

/* Each byte alone at each place of a text that is otherwise plain. */
static void escapes_wherever_it_stands(void **state) {
    (void)state;
    for (unsigned byte = 0; byte < 0x100; byte++)
        for (size_t at = 0; at < 20; at++) {
            char text[21] = "plain text, and more", want[48] = {0}, special[8];
            bool plain = byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
            text[at] = (char)byte;
            if (plain) snprintf(special, sizeof special, "%c", (char)byte);
            else if (byte >= 0x80) snprintf(special, sizeof special, FFFD);
            else if (byte == '"' || byte == '\\')
                snprintf(special, sizeof special, "\\%c", (char)byte);
            else if (byte == '\n' || byte == '\r' || byte == '\t')
                snprintf(special, sizeof special, "\\%c",
                         byte == '\n'   ? 'n'
                         : byte == '\r' ? 'r'
                                        : 't');
            else snprintf(special, sizeof special, "\\u%04x", byte);
            snprintf(want, sizeof want, "\"%.*s%s%s\"", (int)at, text, special, text + at + 1);
            assert_text(span(text, 20), want);
        }
}

static void prints_numbers_as_printf_does(void **state) {
    (void)state;
    for (unsigned k = 0; k < 20000; k++) {
        double numbers[] = {k / 1000.0, k * 0.0009999, k * 977.001, -(k / 1000.0)};
        for (size_t i = 0; i < 4; i++) {
            char want[32];
            snprintf(want, sizeof want, "%.15g", numbers[i]);
            if (strtod(want, NULL) != numbers[i]) snprintf(want, sizeof want, "%.17g", numbers[i]);
            assert_value(&(Value){.kind = VALUE_REAL, .real = numbers[i]}, want);
        }
    }
}

/* ---- reading ---- */

static Status status_of(const char *text) {
    Arena a = arena_new(1 << 16);
    const Value *v;
    Status s = json_read(&a, span_str(text), &v);
    arena_reset(&a);
    return s;
}

static void reads_as(const char *text, const char *want) {
    Arena a = arena_new(1 << 20);
    const Value *v;
    assert_int_equal(json_read(&a, span_str(text), &v), ST_OK);
    assert_value(v, want);
    arena_reset(&a);
}

static void reads(void **state) {
    (void)state;
    reads_as(" { \"a\" : [ 1 , -2 , 2.5, 1e3 ,true,false,null, {} , [] ] , \"b\":\"c\" }\n",
             "{\"a\":[1,-2,2.5,1000,true,false,null,{},[]],\"b\":\"c\"}");
    reads_as("\"\\u00e4\\ud83d\\ude00\\n\\/\"", "\"\xc3\xa4\xf0\x9f\x98\x80\\n/\"");
    reads_as("18446744073709551615", "18446744073709551615");
    reads_as("18446744073709551616", "1.8446744073709552e+19");
    reads_as("-9223372036854775808", "-9223372036854775808");
}

static void refuses(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",         " ",         "nul",         "truefalse", "1 2",     "01",
        "-",        "1.",        ".5",          "1e",        "+1",      "NaN",
        "[1,]",     "[1 2]",     "[",           "]",         "{",       "{\"a\"}",
        "{\"a\":}", "{a:1}",     "{\"a\":1,}",  "\"",        "\"\\\"",  "\"\\x\"",
        "\"\n\"",   "\"\\u12\"", "\"\\u12g4\"", "'a'",       "// a\n1", "\"\\ud800\\u\"",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (status_of(bad[i]) != ST_SYNTAX) fail_msg("taken: %s", bad[i]);
    char deep[2 * JSON_DEPTH + 3] = "";
    memset(deep, '[', JSON_DEPTH);
    memset(deep + JSON_DEPTH, ']', JSON_DEPTH);
    assert_int_equal(status_of(deep), ST_OK);
    memset(deep, '[', JSON_DEPTH + 1);
    memset(deep + JSON_DEPTH + 1, ']', JSON_DEPTH + 1);
    assert_int_equal(status_of(deep), ST_SYNTAX);
}

/* Every prefix, in memory of its own, so that a read past the end is noticed. */
static void reads_every_prefix(void **state) {
    (void)state;
    static const char whole[] = "{\"a\":[1,-2.5e-3,true,null,\"\\ud83d\\ude00\\u00e4x\"],\"b\":{}}";
    for (size_t n = 0; n < sizeof whole; n++) {
        Arena a = arena_new(1 << 16);
        char *copy = malloc(n ? n : 1);
        const Value *v;
        memcpy(copy, whole, n);
        bool complete = n == sizeof whole - 1;
        assert_int_equal(json_read(&a, span(copy, n), &v), complete ? ST_OK : ST_SYNTAX);
        free(copy);
        arena_reset(&a);
    }
}

static void keeps_exactly(const Value *v) {
    Arena a = arena_new(1 << 16);
    Buf first = buf_new(1 << 16), second = buf_new(1 << 16);
    const Value *back;
    json_write_exact(&first, v);
    assert_int_equal(json_read(&a, buf_span(&first), &back), ST_OK);
    assert_int_equal(back->kind, v->kind);
    if (v->kind == VALUE_TEXT) assert_true(span_equal(back->text, v->text));
    json_write_exact(&second, back);
    assert_true(span_equal(buf_span(&first), buf_span(&second)));
    buf_free(&first);
    buf_free(&second);
    arena_reset(&a);
}

static void exact_text_and_numbers_come_back(void **state) {
    (void)state;
    Arena a = arena_new(1 << 16);
    keeps_exactly(value_real(&a, 5));
    keeps_exactly(value_real(&a, 1e300));
    keeps_exactly(value_real(&a, 0.1));
    keeps_exactly(value_int(&a, -5));
    keeps_exactly(value_uint(&a, UINT64_MAX));
    keeps_exactly(value_text(&a, span("a\0b\xff\xc3", 5)));
    keeps_exactly(value_str(&a, "\xed\xa0\x80 \xed\xb2\x80 " FFFD " \xf0\x9f\x98\x80 \x7f\"\\"));
    arena_reset(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes),
        cmocka_unit_test(mends_broken_utf8),
        cmocka_unit_test(values),
        cmocka_unit_test(escapes_wherever_it_stands),
        cmocka_unit_test(prints_numbers_as_printf_does),
        cmocka_unit_test(reads),
        cmocka_unit_test(refuses),
        cmocka_unit_test(reads_every_prefix),
        cmocka_unit_test(exact_text_and_numbers_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
