/* Exceptions: from the processor's vectors and from NtRaiseException to the guest's dispatcher. */
#ifndef COAX_GUEST_EXCEPTION_H
#define COAX_GUEST_EXCEPTION_H

#include "guest/machine.h"

enum { EXCEPTION_MAX_PARAMETERS = 15, EXCEPTION_NONCONTINUABLE = 1 };

/* EXCEPTION_RECORD. */
typedef struct {
    uint32_t code, flags;
    uint64_t record, address;
    uint32_t count;
    uint64_t information[EXCEPTION_MAX_PARAMETERS];
} ExceptionRecord;

bool exception_read(Process *p, uint64_t address, ExceptionRecord *out);

/* Writes it and returns where its structure ends. */
uint64_t exception_write(Process *p, uint64_t address, const ExceptionRecord *r);

/* The thread goes on in KiUserExceptionDispatcher with this exception and its present registers.
 * Without a usable stack the process ends with the code. */
void exception_dispatch(Thread *t, const ExceptionRecord *r);

/* The process ends: nobody wanted the exception. */
void exception_unhandled(Thread *t, const ExceptionRecord *r);

/* A debugger was asked first, and did not handle it. */
void exception_answered(Thread *t, const ExceptionRecord *r, bool first_chance);

/* What the CPU reported, as Windows would raise it. */
void exception_from_cpu(Thread *t, const CpuExit *e);

/* Runs a queued user APC of the thread: it goes on in KiUserApcDispatcher, and afterwards where it
 * was, with `result` in RAX. False: there is none. */
bool exception_run_apc(Thread *t, uint64_t result);

/* Keeps where and how the last exception of the process happened. */
void exception_describe(Thread *t, const ExceptionRecord *r);

/* What was kept, for the report: code, site, registers, return addresses on the stack. */
Value *exception_details(Process *p);

#endif
