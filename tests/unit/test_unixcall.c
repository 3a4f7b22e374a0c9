/* Calls into Wine's Unix half. */
#include "guest/unixcall.h"
#include "tests/support/tinyguest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* As the DLL at `module` would make it. */
static uint32_t call(Thread *t, uint64_t module, uint32_t code, uint64_t block) {
    Process *p = t->process;
    if (p->wow64) {
        uint64_t rsp = t->stack_base - 0x100;
        thread_set(t, REG_RSP, rsp);
        assert_true(guest_put_u64(p, rsp + 4, module) && guest_put_u32(p, rsp + 12, code) &&
                    guest_put_u32(p, rsp + 16, (uint32_t)block));
    } else {
        thread_set(t, REG_RCX, module);
        thread_set(t, REG_RDX, code);
        thread_set(t, REG_R8, block);
    }
    unixcall(t);
    return (uint32_t)thread_get(t, REG_RAX);
}

static void the_module_and_the_code_lead_to_the_answer(void **state) {
    enum { LOAD_LIBRARY, UNWIND, SYSTEM_TIME, NONE = 99 };
    TinyGuest *g = *state;
    Process *p = g->process;
    Thread *t = tinyguest_thread(p, 0);
    uint64_t ntdll = tinyguest_export(p, "NtClose") & ~(uint64_t)0xffff, time = 0;
    uint64_t at = tinyguest_place(p, NULL, 0);
    assert_int_equal(call(t, ntdll, SYSTEM_TIME, at), STATUS_SUCCESS);
    assert_true(guest_get_u64(p, at, &time));
    assert_int_equal(time, machine_filetime(&g->machine));
    assert_int_equal(call(t, ntdll, SYSTEM_TIME, 0x10), STATUS_ACCESS_VIOLATION);
    assert_int_equal(call(t, ntdll, UNWIND, at), STATUS_UNSUCCESSFUL);
    assert_int_equal(call(t, ntdll, NONE, at), STATUS_NOT_IMPLEMENTED);
    assert_string_equal(value_get_str(value_first(g->machine.unmodelled), ""),
                        "ntdll.dll's unix call 99");
    assert_int_equal(call(t, 0x12345, LOAD_LIBRARY, at), STATUS_NOT_IMPLEMENTED);
}

static void a_call_without_a_stack_fails(void **state) {
    TinyGuest *g = *state;
    Thread *t = tinyguest_thread(g->process, 0);
    thread_set(t, REG_RSP, 0x10);
    unixcall(t);
    assert_int_equal(thread_get(t, REG_RAX), STATUS_ACCESS_VIOLATION);
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
        cmocka_unit_test_setup_teardown(the_module_and_the_code_lead_to_the_answer, open64, shut),
        cmocka_unit_test_setup_teardown(the_module_and_the_code_lead_to_the_answer, open32, shut),
        cmocka_unit_test_setup_teardown(a_call_without_a_stack_fails, open32, shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
