/* Outside: the processes that the world tells of and that nobody started. None of their threads
 * run. One that a program opens gets an address space with its image, ntdll.dll, PEB and
 * parameters, so that it can be asked, written to, and made to run what was put there. */
#ifndef COAX_GUEST_OUTSIDE_H
#define COAX_GUEST_OUTSIDE_H

#include "guest/machine.h"

/* The process with the id, as it can be opened; an NTSTATUS. No reference is given: it lives as
 * long as the machine. */
uint32_t outside_process(Machine *m, uint64_t id, Process **out);

/* What of the wanted access a thread is granted to it; STATUS_ACCESS_DENIED where something is
 * refused. */
uint32_t outside_access(Thread *t, const Process *p, uint32_t wanted, uint32_t *granted);

/* When it was started (FILETIME): with the computer. */
uint64_t outside_start(const Machine *m);

#endif
