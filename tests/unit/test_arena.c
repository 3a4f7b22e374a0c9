/* Arenas: aligned, zeroed, capped. */
#include "base/arena.h"
#include <stdalign.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void memory_is_zeroed_and_aligned(void **state) {
    (void)state;
    Arena a = arena_new(1 << 20);
    for (size_t n = 1; n < 5000; n += 37) {
        uint8_t *p = arena_alloc(&a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
        memset(p, 0xFF, n);
    }
    arena_reset(&a);
}

static void the_cap_holds_and_sticks(void **state) {
    (void)state;
    Arena a = arena_new(1000);
    assert_non_null(arena_alloc(&a, 900));
    assert_false(a.full);
    assert_null(arena_alloc(&a, 200));
    assert_true(a.full);
    assert_null(arena_alloc(&a, SIZE_MAX));
    arena_reset(&a);
    assert_false(a.full);
    assert_non_null(arena_alloc(&a, 900));
    arena_reset(&a);
}

static void a_product_that_overflows_is_refused(void **state) {
    (void)state;
    Arena a = arena_new(SIZE_MAX);
    assert_null(arena_array(&a, SIZE_MAX / 2, 3));
    assert_true(a.full);
    assert_null(arena_alloc(&a, SIZE_MAX - 3)); /* rounding up overflows */
    arena_reset(&a);
}

static void copies_end_in_a_nul(void **state) {
    (void)state;
    Arena a = arena_new(1 << 16);
    assert_string_equal(arena_text(&a, span("abc", 2)), "ab");
    assert_string_equal(arena_str(&a, ""), "");
    assert_string_equal(arena_text(&a, (Span){0}), "");
    assert_string_equal(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
    Span s = arena_bytes(&a, span("a\0b", 3));
    assert_int_equal(s.n, 3);
    assert_memory_equal(s.p, "a\0b", 4);
    arena_reset(&a);
}

static void a_full_arena_gives_null_everywhere(void **state) {
    (void)state;
    Arena a = arena_new(0);
    assert_null(arena_str(&a, "x"));
    assert_null(arena_printf(&a, "x"));
    assert_null(arena_bytes(&a, span_str("x")).p);
    assert_true(a.full);
    arena_reset(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(the_cap_holds_and_sticks),
        cmocka_unit_test(a_product_that_overflows_is_refused),
        cmocka_unit_test(copies_end_in_a_nul),
        cmocka_unit_test(a_full_arena_gives_null_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
