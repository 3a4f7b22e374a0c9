/* API calls of the program, with --trace: watches where the exports of Windows' DLLs begin, and
 * hands what the program's own code calls there to guest/trace/calls.h. Calls between the DLLs are
 * not the program's and cost one look at the return address. */
#ifndef COAX_GUEST_API_CALLS_H
#define COAX_GUEST_API_CALLS_H

#include "guest/machine.h"

typedef struct ApiCalls ApiCalls;

ApiCalls *api_calls_open(Machine *m); /* NULL: no memory */
void api_calls_close(ApiCalls *a);

/* The modules of a process changed: the last one is new, or one is about to go. */
void api_calls_mapped(ApiCalls *a, Process *p, Module *module);
void api_calls_unmapped(ApiCalls *a, Process *p);

/* A watched block begins. */
void api_calls_block(ApiCalls *a, Process *p, uint64_t address);

/* The thread ended: what it still holds is told. */
void api_calls_thread_ended(Thread *t);

#endif
