/* Trace: what the guest did, as events. The families say what happened; the trace adds who did it
 * (Image, ProcessId), when, and folds repeats. */
#ifndef COAX_GUEST_TRACE_H
#define COAX_GUEST_TRACE_H

#include "guest/machine.h"

/* Emits an event of a thread (NULL: the machine's own). Values are copied; a NULL one is left out.
 */
void trace_emit(Machine *m, Thread *t, EventCategory category, const EventField *fields,
                size_t count);

/* trace_event(m, t, EV_file_rename, {EF_SourceFilename, from}, {EF_TargetFilename, to}) */
#define trace_event(m, t, category, ...)                                                           \
    trace_emit((m), (t), (category), (const EventField[]){__VA_ARGS__},                            \
               sizeof((const EventField[]){__VA_ARGS__}) / sizeof(EventField))

#endif
