/* Breakpoints of execution in a thread's debug registers: set, reached, let pass, taken back. */
#include "guest.h"

#ifdef _WIN64
#define PC(c) ((c)->Rip)
#else
#define PC(c) ((c)->Eip)
#endif

enum { ON = 1, RESUME = 0x10000 };

static __attribute__((noinline)) int triple(int x) {
    __asm__ volatile("" : "+r"(x));
    return 3 * x;
}

static __attribute__((noinline)) int add_one(int x) {
    __asm__ volatile("" : "+r"(x));
    return x + 1;
}

static int (*volatile call_triple)(int) = triple;
static int (*volatile call_add)(int) = add_one;

static int hits;
static DWORD code;
static ULONG_PTR address, status, redirect;

static LONG CALLBACK on_break(EXCEPTION_POINTERS *e) {
    if (e->ExceptionRecord->ExceptionCode != (DWORD)EXCEPTION_SINGLE_STEP)
        return EXCEPTION_CONTINUE_SEARCH;
    hits++;
    code = e->ExceptionRecord->ExceptionCode;
    address = (ULONG_PTR)e->ExceptionRecord->ExceptionAddress;
    status = e->ContextRecord->Dr6;
    if (redirect) PC(e->ContextRecord) = redirect;
    else e->ContextRecord->EFlags |= RESUME;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void set_registers(ULONG_PTR first, ULONG_PTR second, DWORD control) {
    CONTEXT c = {.ContextFlags = CONTEXT_DEBUG_REGISTERS};
    c.Dr0 = first;
    c.Dr1 = second;
    c.Dr7 = control;
    printf("set: %d\n", SetThreadContext(GetCurrentThread(), &c));
}

static void by_context(void) {
    set_registers((ULONG_PTR)triple, (ULONG_PTR)add_one, ON | ON << 2);
    CONTEXT c = {.ContextFlags = CONTEXT_DEBUG_REGISTERS};
    GetThreadContext(GetCurrentThread(), &c);
    printf("kept: %d %d\n", c.Dr0 == (ULONG_PTR)triple, c.Dr1 == (ULONG_PTR)add_one);
    int got = call_triple(5);
    printf("triple: %d, %d hits, %lx, there %d, status %d\n", got, hits, code,
           address == (ULONG_PTR)triple, (int)(status & 15));
    got = call_add(5);
    printf("add: %d, %d hits, there %d, status %d\n", got, hits, address == (ULONG_PTR)add_one,
           (int)(status & 15));
    for (int i = 0; i < 10; i++) call_triple(i);
    printf("a loop: %d hits\n", hits);
}

static DWORD WINAPI other(void *unused) {
    (void)unused;
    return (DWORD)call_triple(7);
}

static void in_another_thread(void) {
    DWORD got;
    int before = hits;
    HANDLE t = CreateThread(NULL, 0, other, NULL, 0, NULL);
    WaitForSingleObject(t, INFINITE);
    GetExitCodeThread(t, &got);
    CloseHandle(t);
    printf("another thread: %lu, %d hits\n", got, hits - before);
}

static void redirected(void) {
    redirect = (ULONG_PTR)add_one;
    set_registers((ULONG_PTR)triple, 0, ON);
    printf("redirected: %d\n", call_triple(5));
    redirect = 0;
}

static void taken_back(void) {
    int before = hits;
    set_registers((ULONG_PTR)triple, (ULONG_PTR)add_one, 0);
    int got = call_triple(5);
    printf("switched off: %d, %d hits\n", got, hits - before);
    set_registers(0, 0, 0);
}

int main(void) {
    void *handler = AddVectoredExceptionHandler(TRUE, on_break);
    by_context();
    in_another_thread();
    redirected();
    taken_back();
    RemoveVectoredExceptionHandler(handler);
    return 0;
}
