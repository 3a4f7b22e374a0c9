/* System calls: numbers, arguments, what is not modelled, names of objects. */
#include "guest/sys.h"
#include "tests/support/tinyguest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void numbers_come_from_the_stubs(void **state) {
    TinyGuest *g = *state;
    const SysTable *t = g->process->table;
    assert_string_equal(t->calls[tinyguest_number("NtClose")].name, "NtClose");
    assert_non_null(t->calls[tinyguest_number("NtClose")].row);
    assert_null(t->calls[tinyguest_number("NtTinyUnknown")].row);
    assert_null(t->calls[tinyguest_number("nothing")].name);
}

static void arguments_are_read_where_the_stub_left_them(void **state) {
    TinyGuest *g = *state;
    Process *p = g->process;
    Thread *t = tinyguest_thread(p, 0);
    uint64_t at = tinyguest_place(p, NULL, 0), handle = 0;
    uint64_t create[] = {at, 0x1f0003, 0, 1, 1}; /* the last one lies on the stack everywhere */
    assert_int_equal(tinyguest_call(t, "NtCreateEvent", 5, create), STATUS_SUCCESS);
    assert_true(guest_get_pointer(p, at, &handle));
    Object *o;
    assert_int_equal(handle_object(p, handle, NULL, &o), STATUS_SUCCESS);
    assert_string_equal(o->type->name, "Event");
    assert_true(o->type->signaled(o, t)); /* its first state was the fifth argument */
    assert_int_equal(tinyguest_call(t, "NtClose", 1, &handle), STATUS_SUCCESS);
    assert_int_equal(tinyguest_call(t, "NtClose", 1, &handle), STATUS_INVALID_HANDLE);
    assert_int_equal(g->machine.calls, 3);
}

static void what_cannot_be_read_is_an_access_violation(void **state) {
    TinyGuest *g = *state;
    Thread *t = tinyguest_thread(g->process, 0);
    uint64_t create[] = {0x10, 0x1f0003, 0, 1, 1};
    assert_int_equal(tinyguest_call(t, "NtCreateEvent", 5, create), STATUS_ACCESS_VIOLATION);
    assert_null(handle_entry(g->process, 4)); /* and no handle is left behind */
    thread_set(t, REG_RSP, 0x10);
    sys_call(t, tinyguest_number("NtCreateEvent"));
    assert_int_equal(thread_get(t, REG_RAX), STATUS_ACCESS_VIOLATION);
}

static void what_is_not_modelled_is_named_once(void **state) {
    TinyGuest *g = *state;
    Thread *t = tinyguest_thread(g->process, 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(tinyguest_call(t, "NtTinyUnknown", 0, NULL), STATUS_NOT_IMPLEMENTED);
    sys_call(t, 0x1fff);
    assert_int_equal(thread_get(t, REG_RAX), STATUS_INVALID_SYSTEM_SERVICE);
    const Value *v = value_first(g->machine.unmodelled);
    assert_string_equal(value_get_str(v, ""), "NtTinyUnknown");
    assert_string_equal(value_get_str(v->next, ""), "system call 0x1fff");
    assert_null(v->next->next);
}

static Sys sys_of(TinyGuest *g, Thread *t) {
    return (Sys){
        .machine = &g->machine, .process = g->process, .thread = t, .scratch = &g->machine.scratch};
}

static void names_are_made_and_opened(void **state) {
    static const ObjectType one = {.name = "One"}, two = {.name = "Two"};
    TinyGuest *g = *state;
    Sys s = sys_of(g, tinyguest_thread(g->process, 0));
    ObjectAttributes a = {.path = (char *)"\\BaseNamedObjects\\X", .name = (char *)"X"};
    Object *first, *again;
    assert_int_equal(sys_open_named(&s, &a, &one, &first), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(sys_create_named(&s, &a, &one, sizeof *first, &first), STATUS_SUCCESS);
    assert_int_equal(sys_create_named(&s, &a, &one, sizeof *first, &again),
                     STATUS_OBJECT_NAME_COLLISION);
    a.attributes = OBJ_OPENIF;
    assert_int_equal(sys_create_named(&s, &a, &one, sizeof *first, &again),
                     STATUS_OBJECT_NAME_EXISTS);
    assert_ptr_equal(first, again);
    object_drop(again);
    assert_int_equal(sys_open_named(&s, &a, &two, &again), STATUS_OBJECT_TYPE_MISMATCH);
    object_drop(first);
    assert_int_equal(sys_open_named(&s, &a, &one, &first), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void no_handle_stays_where_it_cannot_be_told(void **state) {
    static const ObjectType one = {.name = "One"};
    TinyGuest *g = *state;
    Sys s = sys_of(g, tinyguest_thread(g->process, 0));
    Object *o = object_new(&g->machine, &one, sizeof *o);
    assert_int_equal(sys_return_handle(&s, 0x10, o, 1, 0), STATUS_ACCESS_VIOLATION);
    assert_null(handle_entry(g->process, 4));
}

static int open64(void **state) {
    return !(*state = tinyguest_open(true));
}

static int open32(void **state) {
    return !(*state = tinyguest_open(false));
}

static int shut(void **state) {
    tinyguest_close(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_come_from_the_stubs, open64, shut),
        cmocka_unit_test_setup_teardown(numbers_come_from_the_stubs, open32, shut),
        cmocka_unit_test_setup_teardown(arguments_are_read_where_the_stub_left_them, open64, shut),
        cmocka_unit_test_setup_teardown(arguments_are_read_where_the_stub_left_them, open32, shut),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_an_access_violation, open64, shut),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_an_access_violation, open32, shut),
        cmocka_unit_test_setup_teardown(what_is_not_modelled_is_named_once, open64, shut),
        cmocka_unit_test_setup_teardown(names_are_made_and_opened, open64, shut),
        cmocka_unit_test_setup_teardown(no_handle_stays_where_it_cannot_be_told, open64, shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
