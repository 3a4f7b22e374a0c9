#include "wire/event.h"
#include "wire/names.h"
#include <inttypes.h>

const char *event_text(Wire *w, Span utf8) {
    const char *text = arena_text(&w->arena, span_clip(utf8, 0, NAME_MOST));
    return text ? text : "";
}

const char *event_number(Wire *w, uint64_t n) {
    const char *text = arena_printf(&w->arena, "%" PRIu64, n);
    return text ? text : "";
}

static const char *address_text(Wire *w, Address a) {
    char text[ADDRESS_TEXT];
    address_print(a, text);
    return event_text(w, span_str(text));
}

Event event_new(Wire *w, const Flow *f, EventCategory category) {
    Event e = {.artifact = w->options.artifact, .category = category, .count = 1, .time = w->now};
    event_set(&e, EF_SourceIp, address_text(w, f->ends[0]));
    event_set(&e, EF_SourcePort, event_number(w, f->ports[0]));
    event_set(&e, EF_DestinationIp, address_text(w, f->ends[1]));
    event_set(&e, EF_DestinationPort, event_number(w, f->ports[1]));
    return e;
}

void event_emit(Wire *w, Event *e) {
    e->n = ++w->events;
    sink_event(w->options.sink, e);
    arena_clear(&w->arena);
}

void event_connection(Wire *w, Flow *f) {
    Event e = event_new(w, f, EV_network_connection);
    e.time = f->first;
    event_set(&e, EF_Protocol, f->protocol == IP_TCP ? "tcp" : "udp");
    event_emit(w, &e);
    f->told = true;
}
