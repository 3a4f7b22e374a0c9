#include "wire/keep.h"
#include "wire/internal.h"
#include <stdlib.h>

/* Both addresses in their order, and the port that was attacked; 0 stands for any, for fragments. */
typedef struct {
    Address low, high;
    uint16_t port;
    bool used;
} Talk;

typedef struct {
    uint32_t size;  /* of the record; what follows the last one before the end is unused */
    uint32_t n;     /* bytes of the packet */
    uint32_t link, length;
    Time time;
    bool taken; /* it is in the sink already */
} Record;

typedef struct {
    uint8_t *bytes;
    size_t size, oldest, next, end; /* end: behind the last record before the wrap, or 0 */
    size_t count;
} Ring;

struct Keep {
    Wire *wire;
    Decoder decoder;
    Talk *talks; /* a hash table that is at most half full */
    size_t room, count;
    uint64_t findings; /* that were told when attacks were last looked through */
    bool wanted;       /* the packet at hand */
    Ring ring;
};

/* ---- talks ---- */

static size_t place_of(const Keep *k, const Talk *p) {
    uint64_t h = (address_hash(p->low) * 31 + address_hash(p->high)) * 31 + p->port;
    size_t at = (size_t)(h * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (k->room - 1);
    while (k->talks[at].used &&
           (k->talks[at].port != p->port || !address_equal(k->talks[at].low, p->low) ||
            !address_equal(k->talks[at].high, p->high)))
        at = (at + 1) & (k->room - 1);
    return at;
}

static Talk talk_of(Address a, Address b, uint16_t port) {
    bool ordered = address_compare(a, b) <= 0;
    return (Talk){.low = ordered ? a : b, .high = ordered ? b : a, .port = port, .used = true};
}

static bool has(const Keep *k, Address a, Address b, uint16_t port) {
    if (!k->count) return false;
    Talk p = talk_of(a, b, port);
    return k->talks[place_of(k, &p)].used;
}

static bool grow(Keep *k) {
    Keep bigger = {.room = k->room ? k->room * 2 : 64};
    if (k->count * 2 < k->room) return true;
    bigger.talks = calloc(bigger.room, sizeof *bigger.talks);
    if (!bigger.talks) return false;
    for (size_t i = 0; i < k->room; i++)
        if (k->talks[i].used) bigger.talks[place_of(&bigger, &k->talks[i])] = k->talks[i];
    free(k->talks);
    k->talks = bigger.talks;
    k->room = bigger.room;
    return true;
}

static void add(Keep *k, Talk t) {
    if (!grow(k)) return;
    size_t at = place_of(k, &t);
    k->count += !k->talks[at].used;
    k->talks[at] = t;
}

/* Findings that were told since. */
static bool learn(Keep *k) {
    const Attacks *t = &k->wire->attacks;
    if (k->findings == k->wire->counters.findings) return false;
    k->findings = k->wire->counters.findings;
    for (uint32_t i = 0; i < t->count; i++) {
        const Attack *a = &t->all[i];
        if (!a->told) continue;
        uint16_t port = a->detector->reversed ? a->attacker_port : a->victim_port;
        add(k, talk_of(a->attacker, a->victim, port));
        add(k, talk_of(a->attacker, a->victim, 0));
    }
    return true;
}

/* ---- a packet ---- */

static void see(void *context, const Datagram *d, bool fragment) {
    Keep *k = context;
    Cur c = cur(d->payload);
    uint16_t from = cur_u16be(&c), to = cur_u16be(&c);
    if (fragment) k->wanted |= has(k, d->source, d->destination, 0);
    else if (!c.bad)
        k->wanted |= has(k, d->source, d->destination, from) ||
                     has(k, d->source, d->destination, to);
}

static void ignore(void *context, const Datagram *d) {
    (void)context, (void)d;
}

static bool wants(Keep *k, uint32_t link, Span bytes) {
    k->wanted = false;
    if (k->count) link_decode(&k->decoder, link, bytes);
    return k->wanted;
}

bool keep_wants(Keep *k, const Packet *p) {
    learn(k);
    return wants(k, p->link, p->bytes);
}

/* ---- the ring ---- */

static Record *record_at(Ring *r, size_t at) {
    return (Record *)(r->bytes + at);
}

static size_t behind(Ring *r, size_t at) {
    at += record_at(r, at)->size;
    return at == r->end ? 0 : at;
}

static void forget_oldest(Ring *r) {
    bool wraps = r->oldest + record_at(r, r->oldest)->size == r->end;
    r->oldest = wraps ? 0 : r->oldest + record_at(r, r->oldest)->size;
    if (wraps) r->end = 0;
    r->count--;
}

/* Whether [at, at + n) is free of records. */
static bool is_free(const Ring *r, size_t at, size_t n) {
    return !r->count || r->oldest >= at + n || r->oldest < at;
}

static void put(Ring *r, const Packet *p) {
    size_t n = p->bytes.n < NET_FRAME_MOST ? p->bytes.n : NET_FRAME_MOST;
    size_t size = (sizeof(Record) + n + 15) & ~(size_t)15;
    if (size > r->size) return;
    if (r->next + size > r->size) { /* what is left of the end is not enough */
        while (r->count && r->oldest >= r->next) forget_oldest(r);
        r->end = r->count ? r->next : 0;
        r->next = 0;
    }
    while (!is_free(r, r->next, size)) forget_oldest(r);
    if (!r->count) r->oldest = r->next;
    Record *record = record_at(r, r->next);
    *record = (Record){.size = (uint32_t)size,
                       .n = (uint32_t)n,
                       .link = p->link,
                       .length = p->length,
                       .time = p->time};
    memcpy(record + 1, p->bytes.p, n);
    r->next += size;
    r->count++;
}

static void emit(Keep *k, const NetFrame *f) {
    sink_packet(k->wire->options.sink, f);
}

static void look_through(Keep *k) {
    Ring *r = &k->ring;
    size_t at = r->oldest;
    for (size_t i = 0; i < r->count; i++, at = behind(r, at)) {
        Record *one = record_at(r, at);
        Span bytes = span(one + 1, one->n);
        if (one->taken || !wants(k, one->link, bytes)) continue;
        one->taken = true;
        emit(k, &(NetFrame){one->time, one->link, one->length, bytes});
    }
}

void keep_packet(Keep *k, const Packet *p) {
    if (learn(k)) look_through(k);
    if (wants(k, p->link, p->bytes))
        emit(k, &(NetFrame){p->time, p->link, p->length, span_clip(p->bytes, 0, NET_FRAME_MOST)});
    else put(&k->ring, p);
}

void keep_finish(Keep *k) {
    if (learn(k)) look_through(k);
}

/* ---- opening ---- */

Keep *keep_open(Wire *w, size_t ring) {
    Keep *k = calloc(1, sizeof *k);
    if (!k) return NULL;
    k->wire = w;
    k->decoder = (Decoder){.deliver = ignore, .seen = see, .context = k};
    k->ring = (Ring){.size = ring, .bytes = ring ? malloc(ring) : NULL};
    if (!ring || k->ring.bytes) return k;
    free(k);
    return NULL;
}

void keep_close(Keep *k) {
    if (!k) return;
    free(k->talks);
    free(k->ring.bytes);
    free(k);
}
