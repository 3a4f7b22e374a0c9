/* flow: who talks to whom. A table with a fixed number of places; four lists, one for each rank of
 * value, hold the flows by their last packet, so that the oldest of the least worth gives way. */
#include "base/heap.h"
#include "wire/event.h"
#include "wire/internal.h"
#include "wire/session.h"
#include <stdlib.h>

/* How long nothing may be heard of a flow, by rank. */
static const Time patience[RANK_COUNT] = {[RANK_EMPTY] = 60 * TIME_SECOND,
                                          [RANK_CLOSED] = 30 * TIME_SECOND,
                                          [RANK_TALK] = 900 * TIME_SECOND,
                                          [RANK_CLUE] = 3600 * TIME_SECOND};

bool flows_open(Wire *w) {
    Flows *t = &w->flows;
    uint32_t buckets = 1;
    t->most = w->options.flows ? w->options.flows : WIRE_FLOWS;
    while (buckets < t->most) buckets *= 2;
    t->mask = buckets - 1;
    /* On small pages it misses the TLB at each packet: four million packets of a million open
     * connections took 7.9 s then, and take 5.8 s. */
    t->all = heap_table(t->most * sizeof *t->all);
    t->buckets = malloc(buckets * sizeof *t->buckets);
    if (!t->all || !t->buckets) return false;
    memset(t->buckets, 0xFF, buckets * sizeof *t->buckets);
    t->free = NO_FLOW;
    for (unsigned r = 0; r < RANK_COUNT; r++) t->oldest[r] = t->newest[r] = NO_FLOW;
    return true;
}

/* ---- the lists ---- */

static uint32_t index_of(const Wire *w, const Flow *f) {
    return (uint32_t)(f - w->flows.all);
}

static void unlink_flow(Wire *w, Flow *f) {
    Flows *t = &w->flows;
    if (f->older != NO_FLOW) t->all[f->older].newer = f->newer;
    else t->oldest[f->rank] = f->newer;
    if (f->newer != NO_FLOW) t->all[f->newer].older = f->older;
    else t->newest[f->rank] = f->older;
}

static void link_newest(Wire *w, Flow *f) {
    Flows *t = &w->flows;
    uint32_t i = index_of(w, f);
    f->older = t->newest[f->rank];
    f->newer = NO_FLOW;
    if (f->older != NO_FLOW) t->all[f->older].newer = i;
    else t->oldest[f->rank] = i;
    t->newest[f->rank] = i;
}

static void touch(Wire *w, Flow *f) {
    f->last = w->now;
    if (f->newer == NO_FLOW) return;
    unlink_flow(w, f);
    link_newest(w, f);
}

void flow_rank(Wire *w, Flow *f, Rank rank) {
    if (f->rank == rank || (f->rank == RANK_CLUE && rank == RANK_TALK)) return;
    unlink_flow(w, f);
    f->rank = (uint8_t)rank;
    link_newest(w, f);
}

/* ---- the table ---- */

static uint64_t hash_end(Address a, uint16_t port) {
    return address_hash(a) + (uint64_t)port * UINT64_C(0xC2B2AE3D27D4EB4F);
}

/* The same for both directions. */
static uint32_t *bucket(Wire *w, Address a, uint16_t a_port, Address b, uint16_t b_port) {
    uint64_t h = (hash_end(a, a_port) + hash_end(b, b_port)) * UINT64_C(0x9E3779B97F4A7C15);
    return &w->flows.buckets[(h >> 32 ^ h >> 13) & w->flows.mask];
}

static uint32_t *bucket_of(Wire *w, const Flow *f) {
    return bucket(w, f->ends[0], f->ports[0], f->ends[1], f->ports[1]);
}

static void end_flow(Wire *w, Flow *f, bool inspect) {
    if (f->protocol == IP_TCP && f->rank == RANK_EMPTY) w->counters.half_open++;
    if (f->tcp && inspect) tcp_finish(w, f);
    if (f->tcp) tcp_drop(w, f);
}

static void remove_flow(Wire *w, Flow *f) {
    Flows *t = &w->flows;
    uint32_t i = index_of(w, f), *link = bucket_of(w, f);
    end_flow(w, f, true);
    while (*link != i) link = &t->all[*link].next;
    *link = f->next;
    unlink_flow(w, f);
    *f = (Flow){.next = t->free};
    t->free = i;
}

static Flow *oldest_of(Wire *w, Rank rank) {
    uint32_t i = w->flows.oldest[rank];
    return i == NO_FLOW ? NULL : &w->flows.all[i];
}

static Flow *least_valuable(Wire *w, Rank from, const Flow *keep) {
    for (Rank r = from; r < RANK_COUNT; r++) {
        Flow *f = oldest_of(w, r);
        if (f && f == keep) f = f->newer == NO_FLOW ? NULL : &w->flows.all[f->newer];
        if (f) return f;
    }
    return NULL;
}

static bool drop_one(Wire *w, Rank from, const Flow *keep) {
    Flow *f = least_valuable(w, from, keep);
    if (!f) return false;
    w->counters.flows_dropped++;
    w->flows.dropping = true;
    remove_flow(w, f);
    w->flows.dropping = false;
    return true;
}

bool flow_reclaim(void *context) {
    Wire *w = context;
    /* what is empty holds no memory, and the flow at hand is needed */
    return !w->flows.dropping && drop_one(w, RANK_CLOSED, w->flows.current);
}

static bool expire_oldest(Wire *w, Rank r) {
    Flow *f = oldest_of(w, r);
    if (!f || w->now - f->last <= patience[r]) return false;
    remove_flow(w, f);
    return true;
}

/* A few a packet, so that no packet waits for many. */
static void expire(Wire *w) {
    for (Rank r = 0; r < RANK_COUNT; r++) expire_oldest(w, r);
}

void flows_expire(Wire *w) {
    enum { AT_ONCE = 1000 };
    for (Rank r = 0; r < RANK_COUNT; r++)
        for (unsigned i = 0; i < AT_ONCE && expire_oldest(w, r); i++) {}
}

static Flow *take_place(Wire *w) {
    Flows *t = &w->flows;
    if (t->free == NO_FLOW && t->count == t->most && !drop_one(w, RANK_EMPTY, NULL)) return NULL;
    if (t->free == NO_FLOW) return &t->all[t->count++];
    Flow *f = &t->all[t->free];
    t->free = f->next;
    return f;
}

static Flow *find(Wire *w, const Datagram *d, uint16_t from, uint16_t to, unsigned *direction) {
    for (uint32_t i = *bucket(w, d->source, from, d->destination, to); i != NO_FLOW;) {
        Flow *f = &w->flows.all[i];
        i = f->next;
        if (f->protocol != d->protocol) continue;
        for (unsigned side = 0; side < 2; side++) {
            if (f->ports[side] != from || f->ports[!side] != to ||
                !address_equal(f->ends[side], d->source) ||
                !address_equal(f->ends[!side], d->destination))
                continue;
            *direction = side;
            return f;
        }
    }
    return NULL;
}

/* Which end is the server, where no handshake says so: the one with a port that servers have. */
static bool is_server_port(uint16_t port) {
    static const uint16_t ports[] = {445, 139, 135, 53, 80, 443, 8080, 3333, 4444, 5555};
    for (unsigned i = 0; i < sizeof ports / sizeof ports[0]; i++)
        if (port == ports[i]) return true;
    return false;
}

static bool sender_is_server(const Datagram *d, uint16_t from, uint16_t to) {
    if (d->protocol == IP_TCP && d->payload.n >= 14) {
        unsigned flags = d->payload.p[13] & 0x12;
        if (flags == 0x12) return true;  /* SYN, ACK */
        if (flags == 0x02) return false; /* SYN */
    }
    if (is_server_port(from) != is_server_port(to)) return is_server_port(from);
    return from < 1024 && to >= 1024;
}

static Flow *add(Wire *w, const Datagram *d, uint16_t from, uint16_t to, unsigned *direction) {
    Flow *f = take_place(w);
    if (!f) return NULL;
    bool server = sender_is_server(d, from, to);
    *f = (Flow){.used = true,
                .protocol = d->protocol,
                .first_frame = w->frame,
                .first = w->now,
                .last = w->now,
                .ends = {server ? d->destination : d->source, server ? d->source : d->destination},
                .ports = {server ? to : from, server ? from : to}};
    *direction = server;
    uint32_t *head = bucket_of(w, f);
    f->next = *head;
    *head = index_of(w, f);
    link_newest(w, f);
    w->counters.flows++;
    return f;
}

/* ---- datagrams ---- */

static void udp_datagram(Wire *w, Flow *f, unsigned from, const Datagram *d) {
    Span bytes = span_clip(d->payload, 8, d->payload.n);
    flow_rank(w, f, RANK_TALK);
    if (!f->told) event_connection(w, f);
    session_datagram(w, f, from, bytes);
}

void flow_datagram(Wire *w, const Datagram *d) {
    Cur c = cur(d->payload);
    if (d->protocol != IP_TCP && d->protocol != IP_UDP) return;
    uint16_t from = cur_u16be(&c), to = cur_u16be(&c);
    unsigned direction;
    if (c.bad) return;
    expire(w);
    Flow *f = find(w, d, from, to, &direction);
    if (!f) f = add(w, d, from, to, &direction);
    if (!f) return;
    f->seen[direction] = true;
    f->bytes[direction] += d->length;
    touch(w, f);
    w->flows.current = f;
    if (d->protocol == IP_TCP) tcp_segment(w, f, direction, d);
    else udp_datagram(w, f, direction, d);
    w->flows.current = NULL;
}

/* ---- the end ---- */

void flows_finish(Wire *w) {
    /* in the order in which they began, so that what is told has an order that a reader knows */
    for (uint32_t i = 0; i < w->flows.count; i++) {
        w->flows.current = &w->flows.all[i];
        if (w->flows.all[i].used) end_flow(w, &w->flows.all[i], true);
    }
}

void flows_close(Wire *w) {
    for (uint32_t i = 0; w->flows.all && i < w->flows.count; i++)
        if (w->flows.all[i].used && w->flows.all[i].tcp) tcp_drop(w, &w->flows.all[i]);
    heap_table_free(w->flows.all, w->flows.most * sizeof *w->flows.all);
    free(w->flows.buckets);
}
