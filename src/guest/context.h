/* CONTEXT structures, as programs and ntdll.dll read and write them (winnt.h; Intel SDM 1, 10.5.1
 * for the FXSAVE part). */
#ifndef COAX_GUEST_CONTEXT_H
#define COAX_GUEST_CONTEXT_H

#include "guest/machine.h"

/* The parts of a CONTEXT that its flags name, without the architecture's bit. */
enum {
    CONTEXT_CONTROL = 1,
    CONTEXT_INTEGER = 2,
    CONTEXT_SEGMENTS = 4,
    CONTEXT_FLOATING_POINT = 8,
    CONTEXT_DEBUG_REGISTERS = 16,
    CONTEXT_EXTENDED_REGISTERS = 32,
    CONTEXT_EVERYTHING = 63,
};

/* Bytes of a CONTEXT in this process: 4D0h or 2CCh. */
uint64_t context_size(const Process *p);

/* Writes the thread's registers to memory of `p`, its own process or another, as `p` knows a
 * CONTEXT: the parts in `flags`. */
bool context_store(Thread *t, Process *p, uint64_t address, uint32_t flags);

/* Reads registers from the guest: the parts that its ContextFlags name. */
bool context_load(Thread *t, Process *p, uint64_t address);

/* The same with a WOW64_CONTEXT, which says itself what is asked for. */
bool context_store32(Thread *t, Process *p, uint64_t address);
bool context_load32(Thread *t, Process *p, uint64_t address);

/* The thread's debug registers: the four addresses, then what happened and what is on. */
enum { DEBUG_STATUS = 4, DEBUG_CONTROL = 5, DEBUG_STEPPED = 0x4000 };

/* Is the instruction there one at which the thread's debug registers break? Notes in them that it
 * does. An instruction that a context with RF in its flags continues at is let pass once. */
bool context_breaks(Thread *t, uint64_t address);

/* ContextFlags of a CONTEXT in the guest. */
bool context_flags(Process *p, uint64_t address, uint32_t *flags);

#endif
