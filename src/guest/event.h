/* Event: what nt/sync.c's events are to requests that complete. */
#ifndef COAX_GUEST_EVENT_H
#define COAX_GUEST_EVENT_H

#include "guest/machine.h"

/* The event behind a handle; no reference is taken. */
uint32_t event_of_handle(Process *p, uint64_t handle, Object **out);

/* A new one without a name, not set, that stays set; NULL: no memory. */
Object *event_new(Machine *m);

/* Sets or resets it; NULL is passed over. */
void event_set_object(Object *o, bool set);

#endif
