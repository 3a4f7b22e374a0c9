/* Exceptions: what the processor reports, as the guest's dispatcher finds it. */
#include "guest/context.h"
#include "guest/exception.h"
#include "tests/support/tinyguest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Where KiUserExceptionDispatcher finds record and context (exception.c's frames). */
static void frame(Thread *t, ExceptionRecord *r, uint64_t *context) {
    Process *p = t->process;
    uint64_t rsp = thread_get(t, REG_RSP), record = rsp + 0x4f0;
    uint32_t pointers[2];
    *context = rsp;
    if (p->wow64) {
        assert_true(guest_read(p, rsp, pointers, sizeof pointers));
        record = pointers[0];
        *context = pointers[1];
    }
    assert_int_equal(thread_get(t, REG_RIP), tinyguest_export(p, "KiUserExceptionDispatcher"));
    assert_true(exception_read(p, record, r));
}

static ExceptionRecord raise(Thread *t, CpuExit e) {
    ExceptionRecord r;
    uint64_t context;
    exception_from_cpu(t, &e);
    frame(t, &r, &context);
    return r;
}

/* A thread that stands at these bytes. */
static Thread *standing_at(TinyGuest *g, const void *bytes, size_t n) {
    uint64_t at = tinyguest_place(g->process, bytes, n);
    Thread *t = tinyguest_thread(g->process, at);
    cpu_jump(g->machine.cpu, g->process->wow64 ? SEL_CODE32 : SEL_CODE64, at);
    thread_set(t, REG_RSP, t->stack_base - 0x1000);
    return t;
}

static void a_fault_tells_how_and_where(void **state) {
    TinyGuest *g = *state;
    Thread *t = standing_at(g, "\x90", 1);
    uint64_t at = thread_get(t, REG_RIP), rsp = thread_get(t, REG_RSP);
    ExceptionRecord r =
        raise(t, (CpuExit){.kind = CPU_FAULT, .address = 0x1234, .access = ACCESS_WRITE});
    assert_int_equal(r.code, STATUS_ACCESS_VIOLATION);
    assert_int_equal(r.address, at);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.information[0], 1);
    assert_int_equal(r.information[1], 0x1234);
    uint64_t context;
    frame(t, &r, &context);
    assert_true(context_load(t, g->process, context)); /* as NtContinue would */
    assert_int_equal(thread_get(t, REG_RIP), at);
    assert_int_equal(thread_get(t, REG_RSP), rsp);
}

static void a_guard_page_guards_once(void **state) {
    TinyGuest *g = *state;
    Thread *t = standing_at(g, "\x90", 1);
    uint64_t at = tinyguest_place(g->process, NULL, 0), page = at, size = PAGE_SIZE;
    uint32_t old;
    vm_protect(g->process->vm, &page, &size, VM_READWRITE | VM_GUARD, &old);
    CpuExit e = {.kind = CPU_FAULT, .address = at + 8, .access = ACCESS_READ};
    ExceptionRecord r = raise(t, e);
    assert_int_equal(r.code, STATUS_GUARD_PAGE_VIOLATION);
    assert_int_equal(r.information[1], at + 8);
    VmInfo info;
    vm_query(g->process->vm, at, &info);
    assert_int_equal(info.protect, VM_READWRITE);
}

static void the_end_of_the_stack_is_an_overflow(void **state) {
    TinyGuest *g = *state;
    Thread *t = standing_at(g, "\x90", 1);
    ExceptionRecord r = raise(
        t, (CpuExit){.kind = CPU_FAULT, .address = t->stack_limit - 8, .access = ACCESS_WRITE});
    assert_int_equal(r.code, STATUS_STACK_OVERFLOW);
}

static void vectors_have_their_codes(void **state) {
    enum { DIVIDE = 0, DEBUG = 1, BOUND = 5, OPCODE = 6, PROTECTION = 13, INT3 = 3, ASSERT = 0x2c };
    TinyGuest *g = *state;
    bool wow64 = g->process->wow64;
    Thread *t = standing_at(g, "\xf7\xf1", 2); /* div ecx */
    const struct {
        CpuExit exit;
        uint64_t ecx;
        uint32_t code;
    } cases[] = {
        {{.kind = CPU_EXCEPTION, .vector = DIVIDE}, 0, STATUS_INTEGER_DIVIDE_BY_ZERO},
        {{.kind = CPU_EXCEPTION, .vector = DIVIDE}, 1, STATUS_INTEGER_OVERFLOW},
        {{.kind = CPU_EXCEPTION, .vector = DEBUG}, 0, STATUS_SINGLE_STEP},
        {{.kind = CPU_EXCEPTION, .vector = BOUND}, 0, STATUS_ARRAY_BOUNDS_EXCEEDED},
        {{.kind = CPU_EXCEPTION, .vector = OPCODE}, 0, STATUS_ILLEGAL_INSTRUCTION},
        {{.kind = CPU_EXCEPTION, .vector = PROTECTION}, 0, STATUS_ACCESS_VIOLATION},
        {{.kind = CPU_INTERRUPT, .vector = ASSERT}, 0, STATUS_ASSERTION_FAILURE},
    };
    uint64_t at = thread_get(t, REG_RIP);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cpu_jump(g->machine.cpu, wow64 ? SEL_CODE32 : SEL_CODE64, at);
        thread_set(t, REG_RSP, t->stack_base - 0x1000);
        thread_set(t, REG_RCX, cases[i].ecx);
        assert_int_equal(raise(t, cases[i].exit).code, cases[i].code);
    }
    cpu_jump(g->machine.cpu, wow64 ? SEL_CODE32 : SEL_CODE64, at + 1);
    thread_set(t, REG_RSP, t->stack_base - 0x1000);
    ExceptionRecord r = raise(t, (CpuExit){.kind = CPU_INTERRUPT, .vector = INT3});
    assert_int_equal(r.code, STATUS_BREAKPOINT);
    assert_int_equal(r.address, at); /* of the instruction, not behind it */
}

static void a_privileged_instruction_is_known_by_its_bytes(void **state) {
    enum { PROTECTION = 13 };
    TinyGuest *g = *state;
    Thread *t = standing_at(g, "\xf4", 1); /* hlt */
    assert_int_equal(raise(t, (CpuExit){.kind = CPU_EXCEPTION, .vector = PROTECTION}).code,
                     STATUS_PRIVILEGED_INSTRUCTION);
}

static void without_a_stack_the_process_ends(void **state) {
    TinyGuest *g = *state;
    Thread *t = standing_at(g, "\x90", 1);
    object_hold(&t->object);
    thread_set(t, REG_RSP, 0x100);
    exception_from_cpu(t, &(CpuExit){.kind = CPU_EXCEPTION, .vector = 6});
    assert_true(g->process->ended);
    assert_int_equal(g->process->exit_code, STATUS_ILLEGAL_INSTRUCTION);
    assert_non_null(strstr(g->machine.ended, "unhandled exception c000001d"));
    assert_non_null(g->machine.details);
    object_drop(&t->object);
}

static void an_apc_is_run_before_what_was(void **state) {
    TinyGuest *g = *state;
    Thread *t = standing_at(g, "\x90", 1);
    uint64_t at = thread_get(t, REG_RIP), rsp = thread_get(t, REG_RSP), context;
    assert_false(exception_run_apc(t, 0));
    assert_true(apc_queue(t, 0x1111, 1, 2, 3));
    assert_true(exception_run_apc(t, STATUS_USER_APC));
    assert_int_equal(thread_get(t, REG_RIP), tinyguest_export(g->process, "KiUserApcDispatcher"));
    context = thread_get(t, REG_RCX);
    if (g->process->wow64) context = thread_get(t, REG_RSP) + 4 + 20;
    assert_true(context_load(t, g->process, context));
    assert_int_equal(thread_get(t, REG_RIP), at);
    assert_int_equal(thread_get(t, REG_RSP), rsp);
    assert_int_equal(thread_get(t, REG_RAX), STATUS_USER_APC);
    assert_false(exception_run_apc(t, 0)); /* each runs once */
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
        cmocka_unit_test_setup_teardown(a_fault_tells_how_and_where, open64, shut),
        cmocka_unit_test_setup_teardown(a_fault_tells_how_and_where, open32, shut),
        cmocka_unit_test_setup_teardown(a_guard_page_guards_once, open64, shut),
        cmocka_unit_test_setup_teardown(the_end_of_the_stack_is_an_overflow, open64, shut),
        cmocka_unit_test_setup_teardown(the_end_of_the_stack_is_an_overflow, open32, shut),
        cmocka_unit_test_setup_teardown(vectors_have_their_codes, open64, shut),
        cmocka_unit_test_setup_teardown(vectors_have_their_codes, open32, shut),
        cmocka_unit_test_setup_teardown(a_privileged_instruction_is_known_by_its_bytes, open64,
                                        shut),
        cmocka_unit_test_setup_teardown(without_a_stack_the_process_ends, open64, shut),
        cmocka_unit_test_setup_teardown(without_a_stack_the_process_ends, open32, shut),
        cmocka_unit_test_setup_teardown(an_apc_is_run_before_what_was, open64, shut),
        cmocka_unit_test_setup_teardown(an_apc_is_run_before_what_was, open32, shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
