/* Objects, the namespace and handles. */
#include "tests/support/tinyguest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static unsigned destroyed, closed;

static void count_destroyed(Object *o) {
    (void)o;
    destroyed++;
}

static void count_closed(Object *o, Process *p) {
    (void)o;
    (void)p;
    closed++;
}

static const ObjectType thing = {
    .name = "Thing", .closed = count_closed, .destroy = count_destroyed};
static const ObjectType other = {.name = "Other"};

static Object *make(TinyGuest *g, const ObjectType *type, const char *name) {
    Object *o = object_new(&g->machine, type, sizeof *o);
    assert_non_null(o);
    if (name) assert_true(object_name(o, name));
    return o;
}

static void an_object_goes_with_its_last_reference(void **state) {
    TinyGuest *g = *state;
    destroyed = 0;
    Object *o = make(g, &thing, "\\BaseNamedObjects\\A");
    object_hold(o);
    object_drop(o);
    assert_int_equal(destroyed, 0);
    assert_ptr_equal(object_find(&g->machine, "\\BaseNamedObjects\\A", false), o);
    object_drop(o);
    assert_int_equal(destroyed, 1);
    assert_null(object_find(&g->machine, "\\BaseNamedObjects\\A", false));
    object_drop(NULL);
}

static void names_are_found_as_spelled_or_in_any_case(void **state) {
    TinyGuest *g = *state;
    Object *o = make(g, &thing, "\\BaseNamedObjects\\Alpha");
    assert_null(object_find(&g->machine, "\\BASENAMEDOBJECTS\\alpha", false));
    assert_ptr_equal(object_find(&g->machine, "\\BASENAMEDOBJECTS\\alpha", true), o);
    assert_null(object_find(&g->machine, "\\BaseNamedObjects", true));
    object_drop(o);
}

static void a_directory_is_walked_in_order(void **state) {
    TinyGuest *g = *state;
    static const char *const names[] = {"\\T\\b", "\\T\\C", "\\T\\a", "\\U\\d"};
    Object *made[4], *o = NULL;
    for (int i = 0; i < 4; i++) made[i] = make(g, &thing, names[i]);
    assert_ptr_equal(o = object_next(&g->machine, "\\T\\", o), made[2]);
    assert_ptr_equal(o = object_next(&g->machine, "\\T\\", o), made[0]);
    assert_ptr_equal(o = object_next(&g->machine, "\\T\\", o), made[1]);
    assert_null(object_next(&g->machine, "\\T\\", o));
    for (int i = 0; i < 4; i++) object_drop(made[i]);
}

static void handles_are_multiples_of_four_and_used_again(void **state) {
    TinyGuest *g = *state;
    Process *p = g->process;
    Object *o = make(g, &thing, NULL), *out;
    uint32_t first = handle_new(p, o, 1, false), second = handle_new(p, o, 2, true);
    assert_int_equal(first % 4, 0);
    assert_int_equal(second, first + 4);
    assert_int_equal(handle_object(p, first | 3, &thing, &out), STATUS_SUCCESS);
    assert_ptr_equal(out, o);
    assert_int_equal(handle_entry(p, second)->access, 2);
    assert_int_equal(handle_close(p, first), STATUS_SUCCESS);
    assert_int_equal(handle_object(p, first, NULL, &out), STATUS_INVALID_HANDLE);
    assert_int_equal(handle_close(p, first), STATUS_INVALID_HANDLE);
    assert_int_equal(handle_new(p, o, 1, false), first);
    object_drop(o);
}

static void a_handle_is_of_a_type_and_may_be_protected(void **state) {
    TinyGuest *g = *state;
    Process *p = g->process;
    Object *o = make(g, &thing, NULL), *out;
    uint32_t h = handle_new(p, o, 1, false);
    destroyed = closed = 0;
    object_drop(o);
    assert_int_equal(handle_object(p, h, &other, &out), STATUS_OBJECT_TYPE_MISMATCH);
    handle_entry(p, h)->protect = true;
    assert_int_equal(handle_close(p, h), STATUS_HANDLE_NOT_CLOSABLE);
    handle_entry(p, h)->protect = false;
    assert_int_equal(handle_close(p, h), STATUS_SUCCESS);
    assert_int_equal(closed, 1);
    assert_int_equal(destroyed, 1);
}

static void pseudo_handles_stand_for_the_caller(void **state) {
    TinyGuest *g = *state;
    Thread *t = tinyguest_thread(g->process, 0), *thread;
    Process *p;
    assert_int_equal(handle_process(t, 0xffffffff, &p), STATUS_SUCCESS);
    assert_ptr_equal(p, g->process);
    assert_int_equal(handle_thread(t, 0xfffffffffffffffe, &thread), STATUS_SUCCESS);
    assert_ptr_equal(thread, t);
    assert_int_equal(handle_thread(t, 0x4000, &thread), STATUS_INVALID_HANDLE);
}

static int open64(void **state) {
    return !(*state = tinyguest_open(true));
}

static int shut(void **state) {
    tinyguest_close(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_object_goes_with_its_last_reference, open64, shut),
        cmocka_unit_test_setup_teardown(names_are_found_as_spelled_or_in_any_case, open64, shut),
        cmocka_unit_test_setup_teardown(a_directory_is_walked_in_order, open64, shut),
        cmocka_unit_test_setup_teardown(handles_are_multiples_of_four_and_used_again, open64, shut),
        cmocka_unit_test_setup_teardown(a_handle_is_of_a_type_and_may_be_protected, open64, shut),
        cmocka_unit_test_setup_teardown(pseudo_handles_stand_for_the_caller, open64, shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
