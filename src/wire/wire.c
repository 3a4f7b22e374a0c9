#include "wire/wire.h"
#include "wire/internal.h"
#include <stdlib.h>

enum { NOUN_MEMORY = 4 << 20 };

static void take_datagram(void *context, const Datagram *d) {
    flow_datagram(context, d);
}

Wire *wire_open(const WireOptions *options) {
    Wire *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->options = *options;
    w->mem.cap = options->memory ? options->memory : WIRE_MEMORY;
    w->mem.reclaim = flow_reclaim;
    w->mem.context = w;
    w->arena = arena_new(NOUN_MEMORY);
    w->decoder = (Decoder){.deliver = take_datagram, .context = w, .frags = frags_open(&w->mem)};
    if (w->decoder.frags && flows_open(w)) return w;
    wire_close(w);
    return NULL;
}

/* Looking through all attacks is not for every packet. */
static void tell_ready(Wire *w) {
    static const Time often = TIME_SECOND / 4;
    if (w->now - w->looked < often) return;
    w->looked = w->now;
    attacks_tell(w, false);
}

void wire_packet(Wire *w, const Packet *p) {
    w->counters.packets++;
    w->counters.bytes += p->length;
    w->counters.cut += p->bytes.n < p->length;
    if (p->time > w->now) w->now = p->time; /* a capture's clock may be set back: ours is not */
    w->frame = p->number;
    w->decoder.frame = p->number;
    w->decoder.time = w->now;
    if (w->arena.used) arena_clear(&w->arena);
    link_decode(&w->decoder, p->link, p->bytes);
    if (w->options.live) tell_ready(w);
}

void wire_idle(Wire *w, Time now) {
    if (now > w->now) w->now = now;
    flows_expire(w);
    tell_ready(w);
}

void wire_finish(Wire *w) {
    flows_finish(w);
    attacks_tell(w, true);
    hosts_tell(w);
}

WireCounters wire_counters(const Wire *w) {
    WireCounters c = w->counters;
    c.not_understood = w->decoder.not_understood;
    c.fragments_dropped = frags_dropped(w->decoder.frags);
    c.memory = w->mem.most;
    return c;
}

void wire_close(Wire *w) {
    if (!w) return;
    flows_close(w);
    frags_close(w->decoder.frags);
    attacks_close(w);
    hosts_close(w);
    mem_free(&w->mem, w->scratch);
    arena_reset(&w->arena);
    free(w);
}
