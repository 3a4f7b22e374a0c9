/* Threads: what the families need besides process.h. */
#ifndef COAX_GUEST_THREAD_H
#define COAX_GUEST_THREAD_H

#include "guest/machine.h"

/* Queues a user APC; false: no memory, or the thread has ended. */
bool apc_queue(Thread *t, uint64_t routine, uint64_t a, uint64_t b, uint64_t c);

/* The address was guarded: where it was the end of the thread's stack, the handler of the overflow
 * gets what is left of it. */
bool thread_stack_overflows(Thread *t, uint64_t address);

#endif
