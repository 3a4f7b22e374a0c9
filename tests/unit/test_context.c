/* CONTEXT structures: what programs read and write of a thread. */
#include "guest/context.h"
#include "tests/support/tinyguest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { FLAGS64 = 0x100000, RIP_AT64 = 0xf8, RAX_AT64 = 0x78, DR0_AT64 = 0x48 };
enum { FLAGS32 = 0x10000, EIP_AT32 = 0xb8, EAX_AT32 = 0xb0, FLOAT_AT32 = 0x1c };

static uint64_t get(Process *p, uint64_t at, unsigned bytes) {
    uint8_t raw[8] = {0};
    assert_true(guest_read(p, at, raw, bytes));
    Cur c = cur(span(raw, bytes));
    return cur_le(&c, bytes);
}

static void only_the_parts_that_are_asked_for_are_written(void **state) {
    TinyGuest *g = *state;
    Process *p = g->process;
    Thread *t = tinyguest_thread(p, 0);
    uint64_t at = tinyguest_place(p, NULL, 0);
    thread_set(t, REG_RAX, 0x1122334455667788);
    assert_true(context_store(t, p, at, CONTEXT_CONTROL));
    assert_int_equal(get(p, at + 0x30, 4), FLAGS64 | CONTEXT_CONTROL);
    assert_int_equal(get(p, at + RIP_AT64, 8), thread_get(t, REG_RIP));
    assert_int_equal(get(p, at + RAX_AT64, 8), 0);
    assert_true(context_store(t, p, at, CONTEXT_INTEGER));
    assert_int_equal(get(p, at + RAX_AT64, 8), 0x1122334455667788);
    assert_int_equal(context_size(p), 0x4d0);
}

static void registers_come_back_as_they_were(void **state) {
    TinyGuest *g = *state;
    Process *p = g->process;
    Thread *t = tinyguest_thread(p, 0);
    uint64_t at = tinyguest_place(p, NULL, 0), rip = thread_get(t, REG_RIP);
    uint8_t fx[512];
    thread_set(t, REG_RBX, 77);
    cpu_get_fx(p->cpu, fx);
    fx[32] = 0xaa; /* ST0 or MM0 */
    fx[4] = 1;     /* which is in use */
    cpu_set_fx(p->cpu, fx);
    t->debug[0] = 0x1000;
    assert_true(context_store(t, p, at, CONTEXT_EVERYTHING & ~CONTEXT_EXTENDED_REGISTERS));
    thread_set(t, REG_RBX, 0);
    thread_set(t, REG_RIP, 4);
    memset(fx + 32, 0, 16);
    cpu_set_fx(p->cpu, fx);
    t->debug[0] = 0;
    assert_true(context_load(t, p, at));
    assert_int_equal(thread_get(t, REG_RBX), 77);
    assert_int_equal(thread_get(t, REG_RIP), rip);
    cpu_get_fx(p->cpu, fx);
    assert_int_equal(fx[32], 0xaa);
    assert_int_equal(t->debug[0], 0x1000);
}

/* Of the flags a program may set those that harm nobody else (ntifs.h's EFLAGS_USER_SANITIZE). */
static void no_context_gives_privileges(void **state) {
    enum { IOPL = 0x3000, IF = 0x200, CARRY = 1 };
    TinyGuest *g = *state;
    Process *p = g->process;
    Thread *t = tinyguest_thread(p, 0);
    uint64_t at = tinyguest_place(p, NULL, 0);
    assert_true(context_store(t, p, at, CONTEXT_CONTROL));
    assert_true(guest_put_u32(p, at + (p->wow64 ? 0xc0 : 0x44), IOPL | CARRY));
    assert_true(context_load(t, p, at));
    assert_int_equal(thread_get(t, REG_RFLAGS) & (IOPL | IF | CARRY), IF | CARRY);
}

static void a_32_bit_context_has_its_own_layout(void **state) {
    TinyGuest *g = *state;
    Process *p = g->process;
    Thread *t = tinyguest_thread(p, 0);
    uint64_t at = tinyguest_place(p, NULL, 0);
    uint32_t flags;
    thread_set(t, REG_RAX, 0xffffffff12345678);
    assert_true(context_store(t, p, at, CONTEXT_EVERYTHING));
    assert_true(context_flags(p, at, &flags));
    assert_int_equal(flags, FLAGS32 | CONTEXT_EVERYTHING);
    assert_int_equal(get(p, at + EAX_AT32, 8), (uint64_t)0x12345678 | get(p, at + 0xb4, 4) << 32);
    assert_int_equal(get(p, at + EIP_AT32, 4), thread_get(t, REG_RIP));
    assert_int_equal(get(p, at + FLOAT_AT32, 4), 0xffff027f); /* the control word */
    assert_int_equal(context_size(p), 0x2cc);
}

static void memory_that_is_not_there_is_refused(void **state) {
    TinyGuest *g = *state;
    Thread *t = tinyguest_thread(g->process, 0);
    assert_false(context_store(t, g->process, 0x1000, CONTEXT_CONTROL));
    assert_false(context_load(t, g->process, 0x1000));
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
        cmocka_unit_test_setup_teardown(only_the_parts_that_are_asked_for_are_written, open64,
                                        shut),
        cmocka_unit_test_setup_teardown(registers_come_back_as_they_were, open64, shut),
        cmocka_unit_test_setup_teardown(registers_come_back_as_they_were, open32, shut),
        cmocka_unit_test_setup_teardown(no_context_gives_privileges, open64, shut),
        cmocka_unit_test_setup_teardown(no_context_gives_privileges, open32, shut),
        cmocka_unit_test_setup_teardown(a_32_bit_context_has_its_own_layout, open32, shut),
        cmocka_unit_test_setup_teardown(memory_that_is_not_there_is_refused, open64, shut),
        cmocka_unit_test_setup_teardown(memory_that_is_not_there_is_refused, open32, shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
