/* Delay: where a program lets time pass, and tires out whoever watches it.
 *
 * Waits of one place with one function are one line of account: a long one is told when it is over,
 * short ones when they add up. A loop that does nothing but ask for the time is a wait as well, and
 * is helped along: each slice of it lets the clock run ahead by a tenth of what the loop has
 * lasted, so that it ends soon for us, and a tenth late at the most for the program. A system call
 * that is made DELAY_HAMMER times is told as hammering. */
#ifndef COAX_GUEST_DELAY_H
#define COAX_GUEST_DELAY_H

#include "guest/machine.h"

enum { DELAY_HAMMER = 1000000 };

Status delay_open(Machine *m);
void delay_close(Machine *m);

/* A module was mapped: the functions of delay.def are watched from now on. */
void delay_module_mapped(Process *p, const Module *module);

/* A watched address begins (WATCH_TO_TIME). */
void delay_reached(Process *p, uint64_t address);

/* The running thread executed RDTSC. */
void delay_asked_tsc(Machine *m);

/* The thread waited so long. `what` is told where it is no system call's name, or where nobody
 * knows which function the program called. */
void delay_waited(Thread *t, const char *what, uint64_t length);

/* A slice of the thread is over; it ran so many blocks. */
void delay_slice_ended(Thread *t, uint64_t blocks);

/* A system call begins. */
void delay_system_call(Thread *t, uint32_t number, const char *name);

void delay_thread_ended(Thread *t);

/* Tells what is still held. */
void delay_finish(Machine *m);

#endif
