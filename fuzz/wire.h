/* A Wire for fuzz targets: small, with a sink that looks at everything that it is given. */
#ifndef COAX_FUZZ_WIRE_H
#define COAX_FUZZ_WIRE_H

#include "wire/session.h"

static size_t fuzz_seen; /* so that reading is not optimised away */

static void fuzz_event(Sink *s, const Event *e) {
    (void)s;
    for (size_t i = 0; i < e->field_count; i++) fuzz_seen += strlen(e->fields[i].value);
}

static void fuzz_finding(Sink *s, const Finding *f) {
    (void)s;
    fuzz_seen += strlen(f->rule) + strlen(f->title) + strlen(f->encounter->attacker);
}

static void fuzz_host(Sink *s, const Host *h) {
    (void)s;
    fuzz_seen += strlen(h->address) + strlen(h->why);
}

static Sink fuzz_sink = {.event = fuzz_event, .finding = fuzz_finding, .host = fuzz_host};

/* Making a Wire takes longer than most inputs: it is made once, and empty again for each. */
static inline void fuzz_empty_flows(Wire *w) {
    Flows *t = &w->flows;
    for (uint32_t i = 0; i < t->count; i++)
        if (t->all[i].used && t->all[i].tcp) tcp_drop(w, &t->all[i]);
    memset(t->all, 0, t->count * sizeof *t->all);
    memset(t->buckets, 0xFF, (t->mask + 1) * sizeof *t->buckets);
    *t = (Flows){
        .all = t->all, .buckets = t->buckets, .mask = t->mask, .most = t->most, .free = NO_FLOW};
    for (unsigned r = 0; r < RANK_COUNT; r++) t->oldest[r] = t->newest[r] = NO_FLOW;
}

static inline void fuzz_empty(Wire *w) {
    fuzz_empty_flows(w);
    frags_clear(w->decoder.frags);
    attacks_close(w);
    if (w->hosts.server_count || w->hosts.pair_count) {
        hosts_close(w);
        memset(&w->hosts, 0, sizeof w->hosts);
    }
    static size_t least; /* the fragments' table, and the scratch once it is needed */
    if (!least) least = w->mem.used;
    if (w->mem.used > least && !w->scratch) __builtin_trap(); /* something was lost */
    w->attacks = (Attacks){0};
    w->counters = (WireCounters){0};
    w->now = w->looked = 0;
    w->decoder.not_understood = 0;
}

static inline Wire *fuzz_wire(void) {
    static Wire *w;
    if (w) fuzz_empty(w);
    else
        w = wire_open(&(WireOptions){
            .sink = &fuzz_sink, .artifact = 1, .flows = 64, .memory = 8 << 20, .reading = -1});
    return w;
}

/* A session whose bytes come in pieces: direction and length, then the bytes. With `framed` each is
 * one NetBIOS message. */
static inline void fuzz_stream(Span input, uint16_t port, bool framed) {
    Wire *w = fuzz_wire();
    Flow flow = {.used = true, .protocol = IP_TCP, .ports = {40000, port}};
    flow.older = flow.newer = flow.next = NO_FLOW;
    w->flows.all[0] = flow;
    w->flows.count = 1;
    w->flows.oldest[0] = w->flows.newest[0] = 0;
    Session *s = session_new(w, &w->flows.all[0], false);
    Cur c = cur(input);
    for (uint64_t frame = 1; cur_left(&c) > 2; frame++) {
        uint16_t head = cur_u16le(&c);
        unsigned from = head >> 15;
        size_t n = head & 0x1FFF;
        Span bytes = span_clip(input, c.at, n);
        cur_skip(&c, bytes.n);
        uint8_t netbios[4] = {0, 0, (uint8_t)(bytes.n >> 8), (uint8_t)bytes.n};
        if (head & 0x4000) session_gap(s, from, (uint32_t)n);
        if (framed) session_data(s, from, span(netbios, 4), frame, (Time)frame);
        session_data(s, from, bytes, frame, (Time)frame);
        if (head & 0x2000) { /* go on with a clone */
            Session *clone = session_clone(s);
            if (clone) session_free(s), s = clone;
        }
    }
    session_free(s);
    wire_finish(w);
}

#endif
