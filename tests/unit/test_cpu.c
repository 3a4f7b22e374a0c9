#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "bench_cpu.h"
#include <cmocka.h>

#define RUN(b, e) cpu_run((b)->cpu, 1000000, (e))
#define CODE(...) ((const uint8_t[]){__VA_ARGS__})

static void load(Bench *b, const uint8_t *code, size_t n) {
    assert_true(bench_open(b));
    bench_load(b, code, n);
}
#define LOAD(b, ...) load((b), CODE(__VA_ARGS__), sizeof CODE(__VA_ARGS__))

static void faults_are_precise(void **state) {
    (void)state;
    Bench b;
    CpuExit e;
    /* inc rcx; mov [rax],rcx; syscall */
    LOAD(&b, 0x48, 0xff, 0xc1, 0x48, 0x89, 0x08, 0x0f, 0x05);
    cpu_set(b.cpu, REG_RCX, 41);
    cpu_set(b.cpu, REG_RAX, 0x123456);
    RUN(&b, &e);
    assert_int_equal(e.kind, CPU_FAULT);
    assert_int_equal(e.address, 0x123456);
    assert_int_equal(e.access, ACCESS_WRITE);
    assert_int_equal(cpu_get(b.cpu, REG_RIP), CODE_AT + 3);
    assert_int_equal(cpu_get(b.cpu, REG_RCX), 42);
    /* The page is there now: the same instruction goes through, and the system call follows. */
    assert_true(bench_allocate(&b, 0x120000, 0x10000, VM_READWRITE) != 0);
    RUN(&b, &e);
    assert_int_equal(e.kind, CPU_SYSCALL);
    assert_int_equal(cpu_get(b.cpu, REG_RIP), CODE_AT + 8);
    uint64_t seen = 0;
    assert_true(vm_read(b.vm, 0x123456, &seen, 8));
    assert_int_equal(seen, 42);
    bench_close(&b);
}

static void protections_hold(void **state) {
    (void)state;
    Bench b;
    CpuExit e;
    uint32_t old;
    uint64_t at = DATA_AT, size = PAGE_SIZE;
    /* mov rax,[rbx]; mov [rbx],rax; call rbx */
    LOAD(&b, 0x48, 0x8b, 0x03, 0x48, 0x89, 0x03, 0xff, 0xd3);
    vm_protect(b.vm, &at, &size, VM_NOACCESS, &old);
    RUN(&b, &e);
    assert_int_equal(e.kind, CPU_FAULT);
    assert_int_equal(e.access, ACCESS_READ);
    vm_protect(b.vm, &at, &size, VM_READONLY, &old);
    RUN(&b, &e);
    assert_int_equal(e.access, ACCESS_WRITE);
    assert_int_equal(cpu_get(b.cpu, REG_RIP), CODE_AT + 3);
    vm_protect(b.vm, &at, &size, VM_READWRITE, &old);
    RUN(&b, &e);
    assert_int_equal(e.access, ACCESS_EXECUTE);
    assert_int_equal(e.address, DATA_AT);
    bench_close(&b);
}

/* A write that was let through once must fault after the page became read-only. */
static void a_revoked_right_is_gone(void **state) {
    (void)state;
    Bench b;
    CpuExit e;
    uint32_t old;
    uint64_t at = DATA_AT, size = PAGE_SIZE;
    /* loop: inc dword [rbx]; syscall; jmp loop */
    LOAD(&b, 0xff, 0x03, 0x0f, 0x05, 0xeb, 0xfa);
    RUN(&b, &e);
    assert_int_equal(e.kind, CPU_SYSCALL);
    vm_protect(b.vm, &at, &size, VM_READONLY, &old);
    RUN(&b, &e);
    assert_int_equal(e.kind, CPU_FAULT);
    bench_close(&b);
}

static void code_may_change(void **state) {
    (void)state;
    Bench b;
    CpuExit e;
    uint64_t at = CODE_AT, size = PAGE_SIZE;
    uint32_t old;
    /* loop: mov eax,1; inc byte [rip-10]; dec ecx; jnz loop; syscall: the immediate counts up */
    LOAD(&b, 0xb8, 1, 0, 0, 0, 0xfe, 0x05, 0xf6, 0xff, 0xff, 0xff, 0xff, 0xc9, 0x75, 0xf1, 0x0f,
         0x05);
    vm_protect(b.vm, &at, &size, VM_EXECUTE_READWRITE, &old);
    cpu_set(b.cpu, REG_RCX, 5);
    RUN(&b, &e);
    assert_int_equal(e.kind, CPU_SYSCALL);
    assert_int_equal(cpu_get(b.cpu, REG_RAX), 5);
    bench_close(&b);
}

static void our_writes_reach_translated_code(void **state) {
    (void)state;
    Bench b;
    CpuExit e;
    /* mov eax,1; syscall; jmp start */
    LOAD(&b, 0xb8, 1, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7);
    RUN(&b, &e);
    assert_int_equal(cpu_get(b.cpu, REG_RAX), 1);
    assert_true(vm_write_force(b.vm, CODE_AT + 1, CODE(7), 1));
    RUN(&b, &e);
    assert_int_equal(cpu_get(b.cpu, REG_RAX), 7);
    bench_close(&b);
}

static void exceptions_have_their_vectors(void **state) {
    (void)state;
    static const struct {
        uint8_t code[4];
        CpuExitKind kind;
        uint32_t vector;
        unsigned at;
    } cases[] = {
        {{0x0f, 0x0b}, CPU_EXCEPTION, 6, 0},       /* ud2 */
        {{0xf4}, CPU_EXCEPTION, 13, 0},            /* hlt */
        {{0xec}, CPU_EXCEPTION, 13, 0},            /* in al,dx */
        {{0xef}, CPU_EXCEPTION, 13, 0},            /* out dx,eax */
        {{0x90, 0xf7, 0xf1}, CPU_EXCEPTION, 0, 1}, /* nop; div ecx */
        {{0xcc}, CPU_INTERRUPT, 3, 1},             /* int3: RIP is behind it */
        {{0xcd, 0x2e}, CPU_INTERRUPT, 0x2e, 2},    /* int 2Eh */
        {{0xcd, 0x29}, CPU_INTERRUPT, 0x29, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Bench b;
        CpuExit e;
        load(&b, cases[i].code, sizeof cases[i].code);
        cpu_set(b.cpu, REG_RCX, 0);
        for (int again = 0; again < 3; again++) { /* no double fault however often */
            cpu_jump(b.cpu, SEL_CODE64, CODE_AT);
            RUN(&b, &e);
            assert_int_equal(e.kind, cases[i].kind);
            assert_int_equal(e.vector, cases[i].vector);
            assert_int_equal(cpu_get(b.cpu, REG_RIP), CODE_AT + cases[i].at);
        }
        bench_close(&b);
    }
}

static void one_step_is_one_instruction(void **state) {
    (void)state;
    Bench b;
    CpuExit e;
    LOAD(&b, 0x90, 0x90, 0x90, 0x90);
    for (unsigned i = 1; i <= 3; i++) {
        cpu_set(b.cpu, REG_RFLAGS, 0x302);
        RUN(&b, &e);
        assert_int_equal(e.kind, CPU_EXCEPTION);
        assert_int_equal(e.vector, 1);
        assert_int_equal(cpu_get(b.cpu, REG_RIP), CODE_AT + i);
    }
    bench_close(&b);
}

static void time_and_identity_are_ours(void **state) {
    (void)state;
    Bench b;
    CpuExit e;
    /* rdtsc; mov esi,eax; rdtsc; mov edi,eax; mov eax,7; cpuid; syscall */
    LOAD(&b, 0x0f, 0x31, 0x89, 0xc6, 0x0f, 0x31, 0x89, 0xc7, 0xb8, 7, 0, 0, 0, 0x0f, 0xa2, 0x0f,
         0x05);
    RUN(&b, &e);
    assert_int_equal(cpu_get(b.cpu, REG_RDI) - cpu_get(b.cpu, REG_RSI), 10);
    assert_int_equal(cpu_get(b.cpu, REG_RAX), 8);
    bench_close(&b);
}

static void both_widths_run(void **state) {
    (void)state;
    Bench b;
    CpuExit e;
    /* 32-bit: mov eax,-1; inc eax; push cs; int 2Eh.  The same bytes in 64-bit code are no INC. */
    const uint8_t code[] = {0xb8, 0xff, 0xff, 0xff, 0xff, 0x40, 0x0e, 0xcd, 0x2e};
    assert_true(bench_open(&b));
    bench_allocate(&b, 0x400000, PAGE_SIZE, VM_READWRITE);
    bench_allocate(&b, 0x500000, PAGE_SIZE, VM_READWRITE);
    vm_write(b.vm, 0x400000, code, sizeof code);
    uint64_t at = 0x400000, size = PAGE_SIZE;
    uint32_t old, selector = 0;
    vm_protect(b.vm, &at, &size, VM_EXECUTE_READ, &old);
    cpu_set(b.cpu, REG_RSP, 0x500800);
    cpu_jump(b.cpu, SEL_CODE32, 0x400000);
    RUN(&b, &e);
    assert_int_equal(e.kind, CPU_INTERRUPT);
    assert_int_equal(cpu_get(b.cpu, REG_RAX), 0);
    assert_true(vm_read(b.vm, 0x5007fc, &selector, 4));
    assert_int_equal(selector, SEL_CODE32);
    cpu_jump(b.cpu, SEL_CODE64, 0x400000);
    RUN(&b, &e);
    assert_int_equal(e.kind, CPU_EXCEPTION); /* 40 0E: PUSH CS does not exist there */
    bench_close(&b);
}

static void threads_keep_their_registers(void **state) {
    (void)state;
    Bench b;
    CpuExit e;
    /* movq xmm0,rax; syscall; movq rdx,xmm0; syscall */
    LOAD(&b, 0x66, 0x48, 0x0f, 0x6e, 0xc0, 0x0f, 0x05, 0x66, 0x48, 0x0f, 0x7e, 0xc2, 0x0f, 0x05);
    cpu_set(b.cpu, REG_RAX, 11);
    RUN(&b, &e);
    CpuState *first = cpu_state_new(b.cpu);
    cpu_jump(b.cpu, SEL_CODE64, CODE_AT);
    cpu_set(b.cpu, REG_RAX, 22);
    RUN(&b, &e);
    CpuState *second = cpu_state_new(b.cpu);
    assert_non_null(first);
    assert_non_null(second);
    cpu_load(b.cpu, first);
    RUN(&b, &e);
    assert_int_equal(cpu_get(b.cpu, REG_RDX), 11);
    cpu_load(b.cpu, second);
    RUN(&b, &e);
    assert_int_equal(cpu_get(b.cpu, REG_RDX), 22);
    cpu_state_free(first);
    cpu_state_free(second);
    bench_close(&b);
}

static void a_limit_preempts_and_a_watch_stops(void **state) {
    (void)state;
    Bench b;
    CpuExit e;
    /* loop: inc ecx; jmp loop */
    LOAD(&b, 0xff, 0xc1, 0xeb, 0xfc);
    cpu_run(b.cpu, 100, &e);
    assert_int_equal(e.kind, CPU_PREEMPT);
    assert_int_equal(cpu_get(b.cpu, REG_RCX), 100);
    assert_int_equal(cpu_blocks(b.cpu), 100);
    b.watched = CODE_AT;
    cpu_watch(b.cpu, CODE_AT, WATCH_TO_TRACE);
    RUN(&b, &e);
    assert_int_equal(e.kind, CPU_WATCH);
    assert_int_equal(cpu_get(b.cpu, REG_RIP), CODE_AT);
    RUN(&b, &e); /* goes on from there, and stops when it comes round */
    assert_int_equal(e.kind, CPU_WATCH);
    assert_int_equal(cpu_get(b.cpu, REG_RCX), 101);
    bench_close(&b);
}

/* The way a call's return is awaited: the watch begins while the guest runs, at code that was
 * translated long ago. */
static void a_watch_begins_in_a_watch(void **state) {
    (void)state;
    Bench b;
    CpuExit e;
    /* loop: inc ecx; jmp next; next: inc edx; jmp loop */
    LOAD(&b, 0xff, 0xc1, 0xeb, 0x00, 0xff, 0xc2, 0xeb, 0xf8);
    cpu_run(b.cpu, 100, &e);
    assert_int_equal(e.kind, CPU_PREEMPT);
    assert_int_equal(cpu_get(b.cpu, REG_RIP), CODE_AT);
    b.begins = CODE_AT;
    b.watched = CODE_AT + 4;
    cpu_watch(b.cpu, b.begins, WATCH_TO_TRACE);
    RUN(&b, &e);
    assert_int_equal(e.kind, CPU_WATCH);
    assert_int_equal(cpu_get(b.cpu, REG_RIP), CODE_AT + 4);
    assert_int_equal(cpu_get(b.cpu, REG_RCX), 51);
    assert_int_equal(cpu_get(b.cpu, REG_RDX), 50);
    assert_int_equal(cpu_blocks(b.cpu), 101);
    bench_close(&b);
}

static void two_engines_do_not_meet(void **state) {
    (void)state;
    Bench a, b;
    CpuExit e;
    LOAD(&a, 0xff, 0x03, 0x0f, 0x05, 0xeb, 0xfa);
    LOAD(&b, 0x83, 0x2b, 0x01, 0x0f, 0x05, 0xeb, 0xf9);
    for (int i = 0; i < 3; i++) {
        RUN(&a, &e);
        RUN(&b, &e);
    }
    int32_t up = 0, down = 0;
    assert_true(vm_read(a.vm, DATA_AT, &up, 4));
    assert_true(vm_read(b.vm, DATA_AT, &down, 4));
    assert_int_equal(up, 3);
    assert_int_equal(down, -3);
    bench_close(&a);
    bench_close(&b);
}

/* The same engine, the same addresses: what was translated in one space must not run in another. */
static void two_address_spaces_do_not_meet(void **state) {
    (void)state;
    Bench b;
    CpuExit e;
    LOAD(&b, 0xff, 0x03, 0x0f, 0x05, 0xeb, 0xfa); /* add dword [rbx],1; syscall; again */
    CpuState *up = cpu_state_new(b.cpu), *down;
    Vm *first = b.vm, *second;
    VmOptions v = {.lowest = 0x10000,
                   .high = UINT64_C(0x7ffffffe0000),
                   .limit = UINT64_C(0x7fffffff0000),
                   .commit_limit = 4096,
                   .no_execute = true};
    assert_int_equal(vm_open(&second, &b.ram, b.cpu, &v), ST_OK);
    b.vm = second;
    static const uint8_t code[] = {0x83, 0x2b, 0x01, 0x0f, 0x05, 0xeb, 0xf9};
    bench_load(&b, code, sizeof code); /* sub dword [rbx],1 */
    down = cpu_state_new(b.cpu);
    for (int i = 0; i < 6; i++) {
        b.vm = i & 1 ? second : first;
        cpu_load(b.cpu, i & 1 ? down : up);
        cpu_flush(b.cpu);
        RUN(&b, &e);
        cpu_save(b.cpu, i & 1 ? down : up);
    }
    int32_t counted = 0;
    assert_true(vm_read(first, DATA_AT, &counted, 4));
    assert_int_equal(counted, 3);
    assert_true(vm_read(second, DATA_AT, &counted, 4));
    assert_int_equal(counted, -3);
    cpu_state_free(up);
    cpu_state_free(down);
    vm_close(first);
    b.vm = second;
    bench_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_precise),
        cmocka_unit_test(protections_hold),
        cmocka_unit_test(a_revoked_right_is_gone),
        cmocka_unit_test(code_may_change),
        cmocka_unit_test(our_writes_reach_translated_code),
        cmocka_unit_test(exceptions_have_their_vectors),
        cmocka_unit_test(one_step_is_one_instruction),
        cmocka_unit_test(time_and_identity_are_ours),
        cmocka_unit_test(both_widths_run),
        cmocka_unit_test(threads_keep_their_registers),
        cmocka_unit_test(a_limit_preempts_and_a_watch_stops),
        cmocka_unit_test(a_watch_begins_in_a_watch),
        cmocka_unit_test(two_engines_do_not_meet),
        cmocka_unit_test(two_address_spaces_do_not_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
