/* A stack that overflows, handled on what is left of it: the handler's frames are part of the stack,
 * a thread can be led out of it, and another one overflows the same way. */
#include "fault.h"

static void *recovery[5];
static volatile DWORD code;
static volatile BOOL within;

static const NT_TIB *block(void) {
    return (const NT_TIB *)NtCurrentTeb();
}

static void come_back(void) {
    __builtin_longjmp(recovery, 1);
}

static LONG CALLBACK lead_out(EXCEPTION_POINTERS *e) {
    char here;
    code = e->ExceptionRecord->ExceptionCode;
    within = (void *)&here >= block()->StackLimit && (void *)&here < block()->StackBase;
    e->ContextRecord->EFlags &= ~0x100u;
    CONTEXT_PC(e->ContextRecord) = (ULONG_PTR)come_back;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static __attribute__((noinline)) int deeper(int depth) {
    volatile char room[1500];
    room[0] = (char)depth;
    return depth < 0 ? 0 : deeper(depth + 1) + room[0];
}

static DWORD WINAPI overflow(void *unused) {
    (void)unused;
    if (__builtin_setjmp(recovery)) return 77;
    return (DWORD)deeper(0);
}

static void in_thread(void) {
    DWORD result = 0;
    code = 0;
    HANDLE thread = CreateThread(NULL, 0x40000, overflow, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &result);
    CloseHandle(thread);
    say_hex("exception", code);
    say("the handler ran on the stack", within);
    say_number("thread", (long)result);
}

int main(void) {
    AddVectoredExceptionHandler(TRUE, lead_out);
    in_thread();
    in_thread();
    return 0;
}
