/* For the programs about exceptions: runs something that faults, and says what the first vectored
 * handler was told about it. Addresses are said relative to something known. */
#ifndef FAULT_H
#define FAULT_H

#include "guest.h"

#ifdef _WIN64
#define CONTEXT_PC(c) ((c)->Rip)
#define CONTEXT_SP(c) ((c)->Rsp)
#define CONTEXT_CX(c) ((c)->Rcx)
#define CONTEXT_AX(c) ((c)->Rax)
#else
#define CONTEXT_PC(c) ((c)->Eip)
#define CONTEXT_SP(c) ((c)->Esp)
#define CONTEXT_CX(c) ((c)->Ecx)
#define CONTEXT_AX(c) ((c)->Eax)
#endif

/* What the handler saw. */
static EXCEPTION_RECORD fault_record;
static CONTEXT fault_context;
static int fault_seen;

static void *fault_resume[5]; /* __builtin_setjmp's */

static __attribute__((noinline, unused)) void fault_leave(void) {
    __builtin_longjmp(fault_resume, 1);
}

/* Notes the exception and makes the thread go on in fault_leave, so that `attempt` returns. */
static LONG CALLBACK fault_handler(EXCEPTION_POINTERS *e) {
    fault_record = *e->ExceptionRecord;
    fault_context = *e->ContextRecord;
    fault_seen++;
    CONTEXT_PC(e->ContextRecord) = (ULONG_PTR)fault_leave;
    CONTEXT_SP(e->ContextRecord) = (CONTEXT_SP(e->ContextRecord) & ~(ULONG_PTR)15) - 8;
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* 1 where body faulted. */
static __attribute__((noinline, unused)) int attempt(void (*body)(void *), void *argument) {
    void *handler = AddVectoredExceptionHandler(TRUE, fault_handler);
    fault_seen = 0;
    if (!__builtin_setjmp(fault_resume)) body(argument);
    RemoveVectoredExceptionHandler(handler);
    return fault_seen;
}

/* The access and the address of an access violation, relative to `base`. */
static inline void say_fault(const char *what, const void *base) {
    if (!fault_seen) {
        printf("%s: no exception\n", what);
        return;
    }
    printf("%s: %lx", what, fault_record.ExceptionCode);
    if (fault_record.ExceptionCode == (DWORD)EXCEPTION_ACCESS_VIOLATION ||
        fault_record.ExceptionCode == (DWORD)EXCEPTION_GUARD_PAGE) {
        LONG_PTR at = (LONG_PTR)(fault_record.ExceptionInformation[1] - (ULONG_PTR)base);
        printf(", access %ld, at %+ld", (long)fault_record.ExceptionInformation[0], (long)at);
    }
    printf("\n");
}

/* Runs body and says what it did. */
static inline void say_attempt(const char *what, void (*body)(void *), void *argument,
                               const void *base) {
    attempt(body, argument);
    say_fault(what, base);
}

#endif
