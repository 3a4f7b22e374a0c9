/* event: what happened on the wire, in the common vocabulary. */
#ifndef COAX_WIRE_EVENT_H
#define COAX_WIRE_EVENT_H

#include "wire/internal.h"

/* A new event of this flow: source, destination and protocol are filled in. */
Event event_new(Wire *w, const Flow *f, EventCategory category);

/* Its texts, valid until the next event. */
const char *event_text(Wire *w, Span utf8);
const char *event_number(Wire *w, uint64_t n);

void event_emit(Wire *w, Event *e);

/* The flow's network_connection, once. */
void event_connection(Wire *w, Flow *f);

#endif
