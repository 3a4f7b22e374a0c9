/* Trees of values, also in an arena that is full. */
#include "base/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void makes_and_finds(void **state) {
    (void)state;
    Arena a = arena_new(1 << 16);
    Value *map = value_map(&a), *list = value_list(&a);
    value_set(&a, map, "n", value_int(&a, 5));
    value_set(&a, map, "minus", value_int(&a, -5));
    value_set(&a, map, "hex", value_hex(&a, span("\x01\xab", 2)));
    value_set(&a, map, "list", list);
    value_add(list, value_printf(&a, "%d", 3));
    value_add(list, value_bool(&a, true));
    assert_int_equal(value_count(map), 4);
    assert_int_equal(value_get(map, "n")->kind, VALUE_UINT);
    assert_int_equal(value_get(map, "minus")->integer, -5);
    assert_string_equal(value_get_str(value_get(map, "hex"), NULL), "01ab");
    assert_int_equal(value_get_uint(value_get(map, "n"), 9), 5);
    assert_int_equal(value_get_uint(value_get(map, "minus"), 9), 9);
    assert_string_equal(value_get_str(value_first(list), NULL), "3");
    assert_true(value_first(list)->next->boolean);
    assert_null(value_get(map, "absent"));
    assert_null(value_get(list, "n"));
    assert_null(value_get(NULL, "n"));
    assert_string_equal(value_get_str(NULL, "else"), "else");
    arena_reset(&a);
}

static void text_keeps_its_nul_bytes(void **state) {
    (void)state;
    Arena a = arena_new(1 << 16);
    Value *v = value_text(&a, span("a\0b", 3));
    assert_int_equal(v->text.n, 3);
    assert_int_equal(v->text.p[3], 0);
    arena_reset(&a);
}

static void a_full_arena_leaves_holes_and_no_crash(void **state) {
    (void)state;
    for (size_t cap = 0; cap < 2000; cap += 8) {
        Arena a = arena_new(cap);
        Value *map = value_map(&a);
        value_set(&a, map, "a", value_str(&a, "text"));
        value_set(&a, map, "b", value_hex(&a, span_str("text")));
        value_set(&a, map, "c", value_real(&a, 1.5));
        value_set(&a, map, "d", value_list(&a));
        assert_true(a.full || value_count(map) == 4);
        arena_reset(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_and_finds),
        cmocka_unit_test(text_keeps_its_nul_bytes),
        cmocka_unit_test(a_full_arena_leaves_holes_and_no_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
