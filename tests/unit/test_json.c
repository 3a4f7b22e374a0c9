/* JSON as it is written: every line is valid, whatever bytes a sample put into a name. */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes),
        cmocka_unit_test(mends_broken_utf8),
        cmocka_unit_test(values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
