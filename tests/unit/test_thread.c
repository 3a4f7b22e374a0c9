/* Threads: their memory, their first registers, their end. */
#include "tests/support/tinyguest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static uint64_t pointer_at(Process *p, uint64_t at) {
    uint64_t v = 0;
    assert_true(guest_get_pointer(p, at, &v));
    return v;
}

static void its_teb_says_who_it_is(void **state) {
    enum { SELF64 = 0x30, CLIENT64 = 0x40, SELF32 = 0x18, CLIENT32 = 0x20 };
    TinyGuest *g = *state;
    Process *p = g->process;
    Thread *t = tinyguest_thread(p, 0);
    uint64_t teb = p->wow64 ? t->teb32 : t->teb, client = teb + (p->wow64 ? CLIENT32 : CLIENT64);
    assert_int_equal(pointer_at(p, teb + (p->wow64 ? SELF32 : SELF64)), teb);
    assert_int_equal(pointer_at(p, teb + p->pointer), t->stack_base);
    assert_int_equal(pointer_at(p, teb + 2 * p->pointer), t->stack_limit);
    assert_int_equal(pointer_at(p, client), p->id);
    assert_int_equal(pointer_at(p, client + p->pointer), t->id);
}

static void its_stack_ends_in_pages_that_nobody_may_touch(void **state) {
    TinyGuest *g = *state;
    Thread *t = tinyguest_thread(g->process, 0);
    VmInfo i;
    assert_true(guest_put_u32(g->process, t->stack_base - 4, 1));
    vm_query(g->process->vm, t->stack_allocation, &i);
    assert_int_equal(i.protect, VM_NOACCESS);
    vm_query(g->process->vm, t->stack_limit - 1, &i);
    assert_int_equal(i.protect, VM_READWRITE | VM_GUARD);
    assert_false(thread_stack_overflows(t, t->stack_base - 4));
    assert_true(thread_stack_overflows(t, t->stack_limit - 1));
    assert_true(guest_put_u32(g->process, t->stack_limit - 4, 1)); /* room for the handler */
}

static void each_has_registers_of_its_own(void **state) {
    TinyGuest *g = *state;
    Thread *a = tinyguest_thread(g->process, 0), *b = tinyguest_thread(g->process, 0);
    thread_set(a, REG_RBX, 1);
    thread_set(b, REG_RBX, 2);
    assert_int_equal(thread_get(a, REG_RBX), 1);
    assert_int_equal(thread_get(b, REG_RBX), 2);
    assert_int_equal(thread_get(a, REG_RIP), tinyguest_export(g->process, "RtlUserThreadStart"));
    assert_true(a->id != b->id && a->id % 4 == 0 && b->id % 4 == 0);
}

static void registers_of_32_bits_are_cut(void **state) {
    TinyGuest *g = *state;
    Thread *t = tinyguest_thread(g->process, 0);
    thread_set(t, REG_RBX, 0x1122334455667788);
    assert_int_equal(thread_get(t, REG_RBX), 0x55667788);
}

static void the_last_one_ends_the_process(void **state) {
    TinyGuest *g = *state;
    Process *p = g->process;
    Thread *a = tinyguest_thread(p, 0), *b = tinyguest_thread(p, 0);
    object_hold(&a->object);
    thread_terminate(a, 7);
    assert_int_equal(a->state, THREAD_DEAD);
    assert_true(thread_type.signaled(&a->object, NULL));
    assert_false(p->ended);
    assert_false(apc_queue(a, 1, 0, 0, 0));
    thread_terminate(b, 8);
    assert_true(p->ended);
    assert_int_equal(p->exit_code, 8);
    assert_string_equal(g->machine.ended, "exit 8");
    object_drop(&a->object);
}

static void nobody_has_threads_without_end(void **state) {
    enum { MOST = 1024 };
    TinyGuest *g = *state;
    Thread *t;
    uint32_t status = STATUS_SUCCESS;
    unsigned n = 0;
    for (; status == STATUS_SUCCESS && n <= MOST; n++) {
        status = thread_create(g->process, &(ThreadOptions){.start = 1}, &t);
        if (status == STATUS_SUCCESS) object_drop(&t->object);
    }
    assert_true(status == STATUS_INSUFFICIENT_RESOURCES || status == STATUS_NO_MEMORY);
    assert_int_equal(g->process->thread_count, n - 1);
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
        cmocka_unit_test_setup_teardown(its_teb_says_who_it_is, open64, shut),
        cmocka_unit_test_setup_teardown(its_teb_says_who_it_is, open32, shut),
        cmocka_unit_test_setup_teardown(its_stack_ends_in_pages_that_nobody_may_touch, open64,
                                        shut),
        cmocka_unit_test_setup_teardown(its_stack_ends_in_pages_that_nobody_may_touch, open32,
                                        shut),
        cmocka_unit_test_setup_teardown(each_has_registers_of_its_own, open64, shut),
        cmocka_unit_test_setup_teardown(each_has_registers_of_its_own, open32, shut),
        cmocka_unit_test_setup_teardown(registers_of_32_bits_are_cut, open32, shut),
        cmocka_unit_test_setup_teardown(the_last_one_ends_the_process, open64, shut),
        cmocka_unit_test_setup_teardown(nobody_has_threads_without_end, open64, shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
