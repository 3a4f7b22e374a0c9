#include "guest/fiber.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct {
    Fiber *fiber;
    int steps[8], count;
} Walk;

static void note(Walk *w, int step) {
    w->steps[w->count++] = step;
}

static void walk(void *context) {
    Walk *w = context;
    note(w, 2);
    fiber_leave(w->fiber, 0);
    note(w, 4);
    fiber_leave(w->fiber, 1);
}

/* It goes on where it left, in turn with who entered it. */
static void goes_on_where_it_left(void **state) {
    (void)state;
    Walk w = {.fiber = fiber_open()};
    assert_non_null(w.fiber);
    fiber_prepare(w.fiber, walk, &w);
    note(&w, 1);
    fiber_enter(w.fiber);
    note(&w, 3);
    fiber_enter(w.fiber);
    note(&w, 5);
    assert_int_equal(w.count, 5);
    for (int i = 0; i < 5; i++) assert_int_equal(w.steps[i], i + 1);
    fiber_close(w.fiber);
}

/* What was left in the middle is forgotten by the next preparation. */
static void starts_anew(void **state) {
    (void)state;
    Walk w = {.fiber = fiber_open()};
    fiber_prepare(w.fiber, walk, &w);
    fiber_enter(w.fiber);
    fiber_prepare(w.fiber, walk, &w);
    fiber_enter(w.fiber);
    assert_int_equal(w.count, 2);
    assert_int_equal(w.steps[1], 2);
    fiber_close(w.fiber);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_on_where_it_left),
        cmocka_unit_test(starts_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
