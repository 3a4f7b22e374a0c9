/* A suspended thread's registers: read, changed, and taken elsewhere. */
#include "guest.h"

#ifdef _WIN64
#define PC Rip
#define CX Rcx
#else
#define PC Eip
#define CX Ecx
#endif

static volatile LONG spins;
static HANDLE reached;

static DWORD WINAPI spin(void *unused) {
    (void)unused;
    while (spins >= 0) spins++;
    return 0;
}

/* Where the thread is taken: it never returns, for it was never called. */
static void elsewhere(void) {
    SetEvent(reached);
    ExitThread(88);
}

static DWORD wait_for_end(HANDLE thread) {
    DWORD code = 0;
    if (WaitForSingleObject(thread, 10000) == WAIT_OBJECT_0) GetExitCodeThread(thread, &code);
    return code;
}

static void taken_elsewhere(void) {
    CONTEXT c = {.ContextFlags = CONTEXT_FULL};
    HANDLE thread = CreateThread(NULL, 0, spin, NULL, 0, NULL);
    while (spins < 100) Sleep(1);
    say_number("suspend", (long)SuspendThread(thread));
    say_result("get", GetThreadContext(thread, &c));
    say("it is in its loop", c.PC - (ULONG_PTR)spin < 64);
    c.PC = (ULONG_PTR)elsewhere;
#ifdef _WIN64
    c.Rsp = (c.Rsp & ~(ULONG_PTR)15) - 40;
#else
    c.Esp = (c.Esp & ~(ULONG_PTR)15) - 20;
#endif
    say_result("set", SetThreadContext(thread, &c));
    ResumeThread(thread);
    say("reached", WaitForSingleObject(reached, 10000) == WAIT_OBJECT_0);
    say_number("exit code", (long)wait_for_end(thread));
    CloseHandle(thread);
}

static DWORD WINAPI return_argument(void *argument) {
    return (DWORD)(ULONG_PTR)argument;
}

/* A thread that has not run yet: its first instruction and argument lie in its registers, as a
 * program that fills a process from outside changes them. */
static void before_the_first_instruction(void) {
    CONTEXT c = {.ContextFlags = CONTEXT_INTEGER | CONTEXT_CONTROL};
    HANDLE thread = CreateThread(NULL, 0, return_argument, (void *)5, CREATE_SUSPENDED, NULL);
    say_result("get", GetThreadContext(thread, &c));
    say("a program counter", c.PC != 0);
    ResumeThread(thread);
    say_number("exit code", (long)wait_for_end(thread));
    CloseHandle(thread);
}

/* Only what the flags name is given. */
static void parts(void) {
    CONTEXT c;
    HANDLE thread = CreateThread(NULL, 0, spin, NULL, 0, NULL);
    Sleep(5);
    SuspendThread(thread);
    memset(&c, 0xaa, sizeof c);
    c.ContextFlags = CONTEXT_CONTROL;
    say_result("control only", GetThreadContext(thread, &c));
    say("has a program counter", c.PC - (ULONG_PTR)spin < 64);
    say("integer registers are untouched", (DWORD)c.CX == 0xaaaaaaaa);
    c.ContextFlags = CONTEXT_DEBUG_REGISTERS;
    say_result("debug registers", GetThreadContext(thread, &c));
    say("none is set", c.Dr0 == 0 && c.Dr1 == 0 && c.Dr2 == 0 && c.Dr3 == 0);
    c.ContextFlags = CONTEXT_SEGMENTS;
    say_result("segments", GetThreadContext(thread, &c));
    say("user mode", (c.SegCs & 3) == 3);
    TerminateThread(thread, 0);
    say("ended", WaitForSingleObject(thread, 10000) == WAIT_OBJECT_0);
    CloseHandle(thread);
}

int main(void) {
    reached = CreateEventA(NULL, FALSE, FALSE, NULL);
    taken_elsewhere();
    before_the_first_instruction();
    parts();
    return 0;
}
