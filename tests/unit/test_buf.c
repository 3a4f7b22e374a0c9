/* Growing buffers with a ceiling. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void appends_in_order(void **state) {
    (void)state;
    Buf b = buf_new(1000);
    buf_str(&b, "ab");
    buf_byte(&b, 'c');
    buf_printf(&b, "%03d", 7);
    buf_le(&b, 0x0102, 4);
    memcpy(buf_space(&b, 2), "xy", 2);
    assert_memory_equal(b.p, "abc007\2\1\0\0xy", 12);
    assert_int_equal(b.n, 12);
    buf_free(&b);
    assert_int_equal(b.n, 0);
    assert_int_equal(b.max, 1000);
}

static void writes_numbers(void **state) {
    (void)state;
    Buf b = buf_new(100);
    buf_decimal(&b, 0);
    buf_byte(&b, ' ');
    buf_decimal(&b, 10203);
    buf_byte(&b, ' ');
    buf_decimal(&b, UINT64_MAX);
    assert_memory_equal(b.p, "0 10203 18446744073709551615", b.n);
    buf_free(&b);
}

/* Printed where there is room, where there is just not enough, and beyond the ceiling. */
static void prints_at_every_fill(void **state) {
    (void)state;
    for (size_t before = 0; before < 600; before++) {
        Buf b = buf_new(512);
        for (size_t i = 0; i < before; i++) buf_byte(&b, '.');
        buf_printf(&b, "%s", "0123456789");
        assert_true(b.full == (before + 11 > 512));
        if (!b.full) assert_memory_equal(b.p + before, "0123456789", 10);
        assert_int_equal(b.n, b.full ? (before > 512 ? 512 : before) : before + 10);
        buf_free(&b);
    }
}

static void grows_past_any_block(void **state) {
    (void)state;
    Buf b = buf_new(1 << 20);
    for (int i = 0; i < 100000; i++) buf_byte(&b, (uint8_t)i);
    assert_int_equal(b.n, 100000);
    for (int i = 0; i < 100000; i++) assert_int_equal(b.p[i], (uint8_t)i);
    buf_free(&b);
}

static void the_ceiling_sticks(void **state) {
    (void)state;
    Buf b = buf_new(4);
    buf_str(&b, "abc");
    buf_str(&b, "de");
    assert_true(b.full);
    buf_byte(&b, 'f'); /* would fit, but something is missing before it */
    assert_int_equal(b.n, 3);
    assert_null(buf_space(&b, 1));
    buf_clear(&b);
    buf_str(&b, "wxyz");
    assert_false(b.full);
    assert_int_equal(b.n, 4);
    buf_free(&b);
}

static void space_is_zeroed(void **state) {
    (void)state;
    Buf b = buf_new(100);
    buf_str(&b, "garbage");
    buf_clear(&b);
    uint8_t *p = buf_space(&b, 7);
    assert_memory_equal(p, "\0\0\0\0\0\0\0", 7);
    buf_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_in_order),
        cmocka_unit_test(writes_numbers),
        cmocka_unit_test(prints_at_every_fill),
        cmocka_unit_test(grows_past_any_block),
        cmocka_unit_test(the_ceiling_sticks),
        cmocka_unit_test(space_is_zeroed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
