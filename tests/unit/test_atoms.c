#include "guest/atoms.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_counts_references(void **state) {
    (void)state;
    Machine *m = calloc(1, sizeof *m);
    assert_int_equal(atom_find(m, "first"), 0);
    uint16_t first = atom_add(m, "first"), second = atom_add(m, "second");
    assert_true(first >= ATOM_FIRST && second != first);
    assert_int_equal(atom_add(m, "FIRST"), first);
    assert_string_equal(atom_info(m, first)->name, "first");
    assert_int_equal(atom_info(m, first)->count, 2);
    assert_true(atom_delete(m, first));
    assert_int_equal(atom_find(m, "First"), first);
    assert_true(atom_delete(m, first));
    assert_int_equal(atom_find(m, "First"), 0);
    assert_false(atom_delete(m, first));
    assert_int_equal(atom_add(m, "third"), first);
    assert_null(atom_info(m, 12));
    atoms_close(m);
    free(m);
}

static void test_is_full_at_some_time(void **state) {
    (void)state;
    Machine *m = calloc(1, sizeof *m);
    m->floods = UINT32_MAX; /* the flood is told: this machine has no trace */
    char name[16];
    for (int i = 0; i < ATOM_MOST; i++) {
        snprintf(name, sizeof name, "%d", i);
        assert_int_equal(atom_add(m, name), ATOM_FIRST + i);
    }
    assert_int_equal(atom_add(m, "one more"), 0);
    assert_int_equal(atom_add(m, "7"), ATOM_FIRST + 7);
    atoms_close(m);
    free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_references),
        cmocka_unit_test(test_is_full_at_some_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
