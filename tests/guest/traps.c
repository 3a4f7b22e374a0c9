/* Instructions that trap: breakpoints, undefined and privileged ones, division, single step. */
#include "fault.h"

/* A label in assembly, as C sees it. */
#ifdef _WIN64
#define LABEL(name) #name ":\n\t"
#else
#define LABEL(name) "_" #name ":\n\t"
#endif

extern char at_int3[], at_cd03[], at_ud2[], at_hlt[], at_cli[], at_in[], at_out[], at_div[], at_2c[];

static __attribute__((noinline)) void int3(void *unused) {
    (void)unused;
    __asm__ volatile("nop\n\t" LABEL(at_int3) "int3\n\tnop");
}

static __attribute__((noinline)) void cd03(void *unused) {
    (void)unused;
    __asm__ volatile(LABEL(at_cd03) ".byte 0xcd, 0x03\n\tnop");
}

static __attribute__((noinline)) void ud2(void *unused) {
    (void)unused;
    __asm__ volatile("nop\n\t" LABEL(at_ud2) "ud2");
}

static __attribute__((noinline)) void hlt(void *unused) {
    (void)unused;
    __asm__ volatile("nop\n\t" LABEL(at_hlt) "hlt");
}

static __attribute__((noinline)) void cli(void *unused) {
    (void)unused;
    __asm__ volatile("nop\n\t" LABEL(at_cli) "cli");
}

static __attribute__((noinline)) void in(void *unused) {
    (void)unused;
    __asm__ volatile("movl $0x5658, %%edx\n\t" LABEL(at_in) "inl %%dx, %%eax" : : : "eax", "edx");
}

static __attribute__((noinline)) void out(void *unused) {
    (void)unused;
    __asm__ volatile("nop\n\t" LABEL(at_out) "outb %%al, $0x80" : :);
}

static __attribute__((noinline)) void assertion(void *unused) {
    (void)unused;
    __asm__ volatile("nop\n\t" LABEL(at_2c) "int $0x2c" : :);
}

static __attribute__((noinline)) void divide(void *by) {
    __asm__ volatile("movl $7, %%eax\n\txorl %%edx, %%edx\n\t" LABEL(at_div) "idivl %0"
                     :
                     : "c"(*(int *)by)
                     : "eax", "edx");
}

static void say_trap(const char *what, void (*body)(void *), void *argument, const char *where) {
    attempt(body, argument);
    say_fault(what, NULL);
    printf("  exception %+ld, program counter %+ld\n",
           (long)((char *)fault_record.ExceptionAddress - where),
           (long)(CONTEXT_PC(&fault_context) - (ULONG_PTR)where));
}

static LONG CALLBACK step_over_breakpoint(EXCEPTION_POINTERS *e) {
    if (e->ExceptionRecord->ExceptionCode != (DWORD)EXCEPTION_BREAKPOINT)
        return EXCEPTION_CONTINUE_SEARCH;
    fault_seen++;
    CONTEXT_PC(e->ContextRecord)++;
    CONTEXT_AX(e->ContextRecord) = 123;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void continue_after_breakpoint(void) {
    int value = 5;
    void *handler = AddVectoredExceptionHandler(TRUE, step_over_breakpoint);
    fault_seen = 0;
    __asm__ volatile("int3" : "+a"(value));
    DebugBreak();
    RemoveVectoredExceptionHandler(handler);
    say_number("breakpoints", fault_seen);
    say_number("register that the handler set", value);
}

static LONG CALLBACK mend_divisor(EXCEPTION_POINTERS *e) {
    if (e->ExceptionRecord->ExceptionCode != (DWORD)EXCEPTION_INT_DIVIDE_BY_ZERO)
        return EXCEPTION_CONTINUE_SEARCH;
    CONTEXT_CX(e->ContextRecord) = 3;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void mended_division(void) {
    int quotient = 100, zero = 0;
    void *handler = AddVectoredExceptionHandler(TRUE, mend_divisor);
    __asm__ volatile("cltd\n\tidivl %1" : "+a"(quotient), "+c"(zero) : : "edx");
    RemoveVectoredExceptionHandler(handler);
    say_number("100 by a mended divisor", quotient);
}

extern char stepped[], stepped_end[];
static int steps, offsets[16];

static LONG CALLBACK single_step(EXCEPTION_POINTERS *e) {
    if (e->ExceptionRecord->ExceptionCode != (DWORD)EXCEPTION_SINGLE_STEP)
        return EXCEPTION_CONTINUE_SEARCH;
    ULONG_PTR at = CONTEXT_PC(e->ContextRecord);
    if (steps < 16) offsets[steps] = (int)(at - (ULONG_PTR)stepped);
    steps++;
    if (at < (ULONG_PTR)stepped_end) e->ContextRecord->EFlags |= 0x100;
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* The first trap comes after the instruction that follows popf. */
static __attribute__((noinline)) int step_through(void) {
    int result;
    __asm__ volatile("pushf\n\t"
                     "orl $0x100, (%%"
#ifdef _WIN64
                     "rsp"
#else
                     "esp"
#endif
                     ")\n\t"
                     "popf\n\t" LABEL(stepped) "nop\n\t"
                                               "movl $1, %%eax\n\t"
                                               "jmp 1f\n\t"
                                               "movl $2, %%eax\n"
                                               "1:\taddl $40, %%eax\n\t"
                                               "movl $3, %%ecx\n"
                                               "2:\tsubl $1, %%ecx\n\t"
                                               "jnz 2b\n\t" LABEL(stepped_end) "nop"
                     : "=a"(result)
                     :
                     : "ecx", "memory");
    return result;
}

static void single_steps(void) {
    void *handler = AddVectoredExceptionHandler(TRUE, single_step);
    int result = step_through();
    RemoveVectoredExceptionHandler(handler);
    printf("%d steps, at", steps);
    for (int i = 0; i < steps && i < 16; i++) printf(" %d", offsets[i]);
    printf("; result %d\n", result);
}

/* One step armed in a handler's context, as a debugger would. */
static LONG CALLBACK arm_one_step(EXCEPTION_POINTERS *e) {
    steps++;
    if (e->ExceptionRecord->ExceptionCode == (DWORD)EXCEPTION_BREAKPOINT) {
        CONTEXT_PC(e->ContextRecord)++;
        e->ContextRecord->EFlags |= 0x100;
    }
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void step_from_handler(void) {
    void *handler = AddVectoredExceptionHandler(TRUE, arm_one_step);
    steps = 0;
    __asm__ volatile("int3\n\tnop\n\tnop");
    RemoveVectoredExceptionHandler(handler);
    say_number("breakpoint and one step", steps);
}

int main(void) {
    int zero = 0, two = 2;
    say_trap("int3", int3, NULL, at_int3);
    say_trap("int 3 in two bytes", cd03, NULL, at_cd03);
    say_trap("ud2", ud2, NULL, at_ud2);
    say_trap("hlt", hlt, NULL, at_hlt);
    say_trap("cli", cli, NULL, at_cli);
    say_trap("in", in, NULL, at_in);
    say_trap("out", out, NULL, at_out);
    say_trap("assertion", assertion, NULL, at_2c);
    say_trap("divide by zero", divide, &zero, at_div);
    say("divide by two faults", attempt(divide, &two));
    continue_after_breakpoint();
    mended_division();
    single_steps();
    step_from_handler();
    return 0;
}
