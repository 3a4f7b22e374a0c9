/* Spans and cursors: nothing is read past an end, and a failure sticks. */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

static void spans_are_cut_inside_only(void **state) {
    (void)state;
    Span s = span(bytes, 10);
    assert_int_equal(span_sub(s, 2, 3).n, 3);
    assert_ptr_equal(span_sub(s, 2, 3).p, bytes + 2);
    assert_int_equal(span_sub(s, 8, 3).n, 0);
    assert_int_equal(span_sub(s, UINT64_MAX, 1).n, 0);
    assert_int_equal(span_sub(s, 1, UINT64_MAX).n, 0);
    assert_int_equal(span_sub(s, 10, 0).n, 0);
    assert_null(span_sub((Span){0}, 0, 0).p);
    assert_int_equal(span_clip(s, 8, 100).n, 2);
    assert_int_equal(span_clip(s, 10, 1).n, 0);
    assert_int_equal(span_clip(s, UINT64_MAX, UINT64_MAX).n, 0);
}

static void spans_compare_by_bytes(void **state) {
    (void)state;
    assert_true(span_equal((Span){0}, span("", 0)));
    assert_true(span_equal(span_str("ab"), span("ab", 2)));
    assert_false(span_equal(span_str("ab"), span_str("aB")));
    assert_false(span_equal(span_str("ab"), span_str("abc")));
}

static void numbers_come_in_both_orders(void **state) {
    (void)state;
    Cur c = cur(span(bytes, 10));
    assert_int_equal(cur_u8(&c), 1);
    assert_int_equal(cur_u16le(&c), 0x0302);
    assert_int_equal(cur_u32be(&c), 0x04050607);
    assert_int_equal(cur_left(&c), 3);
    cur_seek(&c, 0);
    assert_true(cur_u64le(&c) == UINT64_C(0x0807060504030201));
    cur_seek(&c, 0);
    assert_true(cur_u64be(&c) == UINT64_C(0x0102030405060708));
    cur_seek(&c, 0);
    assert_int_equal(cur_u32le(&c), 0x04030201);
    assert_int_equal(cur_u16be(&c), 0x0506);
    assert_false(c.bad);
}

static void a_failure_sticks(void **state) {
    (void)state;
    Cur c = cur(span(bytes, 10));
    cur_skip(&c, 8);
    assert_int_equal(cur_u32le(&c), 0);
    assert_true(c.bad);
    assert_int_equal(cur_left(&c), 0);
    assert_int_equal(cur_u8(&c), 0); /* though two bytes are left */
    assert_int_equal(c.at, 8);
    assert_int_equal(cur_take(&c, 1).n, 0);
}

static void moving_past_the_end_is_bad(void **state) {
    (void)state;
    Cur c = cur(span(bytes, 10));
    cur_seek(&c, 10);
    assert_false(c.bad);
    cur_seek(&c, 11);
    assert_true(c.bad);
    c = cur(span(bytes, 10));
    cur_skip(&c, UINT64_MAX);
    assert_true(c.bad);
}

static void strings_need_their_nul(void **state) {
    (void)state;
    Cur c = cur(span("ab\0cd", 5));
    assert_true(span_equal(cur_cstr(&c, 10), span_str("ab")));
    assert_int_equal(c.at, 3);
    assert_int_equal(cur_cstr(&c, 10).n, 0);
    assert_true(c.bad);
    c = cur(span("abcd\0", 5));
    cur_cstr(&c, 4);
    assert_true(c.bad);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_are_cut_inside_only),   cmocka_unit_test(spans_compare_by_bytes),
        cmocka_unit_test(numbers_come_in_both_orders), cmocka_unit_test(a_failure_sticks),
        cmocka_unit_test(moving_past_the_end_is_bad),  cmocka_unit_test(strings_need_their_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
