/* Folds equal events of one site: same category, same fields. A folded event is emitted later than
 * it happened (see fold.h), with the number and time of its first occurrence. */
#ifndef COAX_GUEST_TRACE_EVENTS_H
#define COAX_GUEST_TRACE_EVENTS_H

#include "model/model.h"

typedef struct EventFold EventFold;

/* Cycles of up to `period` events fold (1 to FOLD_PERIOD_MAX; 1: only what follows on itself, and
 * one event at the most is held back). NULL: no memory. */
EventFold *event_fold_open(unsigned period, void (*emit)(void *user, const Event *e), void *user);
void event_fold_close(EventFold *f); /* emits nothing any more */

/* Copies the event, whose count is 1. `site` tells the places apart that cause it; 0 is as good as
 * any. */
void event_fold_add(EventFold *f, const Event *e, uint64_t site);

/* Emits what is held. */
void event_fold_flush(EventFold *f);

#endif
