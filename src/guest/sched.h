/* The scheduler: which thread runs next, what waits, how the clock jumps. */
#ifndef COAX_GUEST_SCHED_H
#define COAX_GUEST_SCHED_H

#include "guest/machine.h"

/* Runs the machine until it has ended. */
void sched_run(Machine *m);

/* Begins a wait of the thread, or answers at once: true and *result where it is over already. The
 * wait holds references on its objects. */
bool sched_wait(Thread *t, const Wait *wait, uint64_t *result);

/* Looks at all waits again, now. */
void sched_settle(Machine *m);

/* nt/timer.c */
uint64_t timers_next(const Machine *m); /* the next due time that anybody can notice; NEVER */
void timers_expire(Machine *m);
/* Mutexes that an ended thread still owned are abandoned. */
void sync_thread_ended(Thread *t);
/* Named objects that the world's other programs keep, and the end of these. */
void sync_furnish(Machine *m);
void sync_clear(Machine *m);

#endif
