/* Trace: what the guest did, as events. The families say what happened; the trace adds who did it
 * (Image, ProcessId), when, and folds repeats. */
#ifndef COAX_GUEST_TRACE_H
#define COAX_GUEST_TRACE_H

#include "guest/machine.h"

/* Emits an event of a thread (NULL: the machine's own). Values are copied; a NULL one is left out.
 */
void trace_emit(Machine *m, Thread *t, EventCategory category, const EventField *fields,
                size_t count);

/* So many equal ones. */
void trace_emit_times(Machine *m, Thread *t, EventCategory category, const EventField *fields,
                      size_t count, uint64_t times);

/* trace_event(m, t, EV_file_rename, {EF_SourceFilename, from}, {EF_TargetFilename, to}) */
#define trace_event(m, t, category, ...)                                                           \
    trace_emit((m), (t), (category), (const EventField[]){__VA_ARGS__},                            \
               sizeof((const EventField[]){__VA_ARGS__}) / sizeof(EventField))

/* A process was started in a directory, by another one (NULL: by the machine); and its end. */
void trace_process_started(Process *p, const Process *by, const char *directory);
void trace_process_ended(Process *p);
void trace_module_mapped(Process *p, Module *module);
void trace_module_unmapped(Process *p, Module *module);

/* The CPU reached an address that was watched: true stops it there. */
bool trace_watched(Process *p, uint64_t address);

/* The thread stopped at a watched address (CPU_WATCH). */
void trace_reached(Thread *t);

/* The thread's wait ran into its time-out, or ended because a timer came: delays (delay.h). */
void trace_waited(Thread *t);
void trace_timer_came(Thread *t);

/* A thread is about to be dead. */
void trace_thread_ended(Thread *t);

/* The machine has ended: what was folded comes out, and the files that the guest changed. */
void trace_finish(Machine *m);

Status trace_open(Machine *m);
void trace_close(Machine *m);

#endif
