/* What `coax doctor` examines. */
#include "engine/health.h"
#include "jail/lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void a_missing_pack_names_the_remedy(void **state) {
    Health h = health_of_pack(*state, "/nonexistent", PACK_X86);
    assert_int_equal(h.state, HEALTH_MISSING);
    assert_string_equal(h.about, "32-bit pack");
    assert_string_equal(h.text, "/nonexistent: there is none");
    assert_non_null(strstr(h.remedy, "./bootstrap --packs"));
}

static void everything_is_examined(void **state) {
    Health found[HEALTH_MAX];
    size_t n = health_examine(*state, found);
    assert_int_equal(n, 5 + JAIL_LAYER_COUNT);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(found[i].about);
        assert_non_null(found[i].text);
        assert_true(found[i].state == HEALTH_GOOD || found[i].remedy);
    }
}

static int set_up(void **state) {
    static Arena arena;
    arena = arena_new(1 << 20);
    *state = &arena;
    return 0;
}

static int tear_down(void **state) {
    arena_reset(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_pack_names_the_remedy),
        cmocka_unit_test(everything_is_examined),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
