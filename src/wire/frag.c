/* A small table: the oldest datagram gives way. Receivers wait 30 to 120 s (RFC 8200: 60 s). */
#include "wire/frag.h"

enum {
    MOST_DATAGRAMS = 512,
    MOST_PIECES = 1024,
    MOST_BYTES = 65535,
    MOST_HELD = 4 << 20,
    MOST_TOLD = 16 /* one that is sent over and over is not put together each time */
};

static const Time PATIENCE = 120 * TIME_SECOND;

/* What is complete stays a little: a fragment that was meant to mislead may have completed it, and
 * the receiver's own comes now. */
static const Time AFTERWARDS = 2 * TIME_SECOND;

typedef struct {
    bool used, complete;
    Address source, destination;
    uint32_t id;
    uint8_t protocol, ttl;
    uint32_t end; /* length, once the last fragment came; 0 = not yet */
    uint32_t pieces, told; /* told: how often it was handed on */
    size_t bytes;
    Time last;
    Piece *first, *newest;
} Entry;

struct Frags {
    Mem *mem;
    Entry entries[MOST_DATAGRAMS];
    unsigned used, complete;
    size_t held;
    uint64_t dropped;
};

Frags *frags_open(Mem *mem) {
    Frags *f = mem_alloc(mem, sizeof *f);
    if (f) f->mem = mem;
    return f;
}

static void empty(Frags *f, Entry *e) {
    for (Piece *p = e->first; p;) {
        Piece *next = p->next;
        mem_free(f->mem, p);
        p = next;
    }
    f->held -= e->bytes;
    f->used--;
    f->complete -= e->complete;
    *e = (Entry){0};
}

void frags_clear(Frags *f) {
    for (unsigned i = 0; f->used && i < MOST_DATAGRAMS; i++)
        if (f->entries[i].used) empty(f, &f->entries[i]);
    f->dropped = 0;
}

void frags_close(Frags *f) {
    if (!f) return;
    frags_clear(f);
    mem_free(f->mem, f);
}

uint64_t frags_dropped(const Frags *f) {
    return f->dropped + f->used - f->complete;
}

static bool is_of(const Entry *e, const Fragment *g) {
    return e->used && e->id == g->id && e->protocol == g->protocol &&
           address_equal(e->source, g->source) && address_equal(e->destination, g->destination);
}

static Entry *oldest(Frags *f) {
    Entry *found = NULL;
    for (unsigned i = 0; i < MOST_DATAGRAMS; i++) {
        Entry *e = &f->entries[i];
        if (e->used && (!found || e->last < found->last)) found = e;
    }
    return found;
}

static void drop(Frags *f, Entry *e) {
    f->dropped += !e->complete;
    empty(f, e);
}

static void drop_oldest(Frags *f) {
    Entry *e = oldest(f);
    if (!e) return;
    drop(f, e);
}

static Entry *entry_of(Frags *f, const Fragment *g) {
    for (unsigned i = 0; i < MOST_DATAGRAMS; i++) {
        Entry *e = &f->entries[i];
        if (!is_of(e, g)) continue;
        if (g->time - e->last <= (e->complete ? AFTERWARDS : PATIENCE)) return e;
        drop(f, e);
    }
    if (f->used == MOST_DATAGRAMS) drop_oldest(f);
    for (unsigned i = 0; i < MOST_DATAGRAMS; i++) {
        Entry *e = &f->entries[i];
        if (e->used) continue;
        *e = (Entry){.used = true,
                     .source = g->source,
                     .destination = g->destination,
                     .id = g->id,
                     .protocol = g->protocol,
                     .ttl = g->ttl};
        f->used++;
        return e;
    }
    return NULL;
}

static bool add(Frags *f, Entry *e, const Fragment *g) {
    Piece *p = piece_new(f->mem, g->bytes);
    if (!p) return false;
    p->start = g->offset;
    p->trust = g->broken ? TRUST_BROKEN : g->ttl != e->ttl ? TRUST_DOUBTED : TRUST_GOOD;
    if (e->newest) e->newest->next = p;
    else e->first = p;
    e->newest = p;
    e->pieces++;
    e->bytes += g->bytes.n;
    f->held += g->bytes.n;
    return true;
}

/* The datagram as one reading has it, in memory of its own; empty where a place has no byte. */
static Span read_whole(Frags *f, const Entry *e, Reading reading, bool *differs) {
    uint8_t *bytes = mem_alloc(f->mem, e->end);
    const Piece **owner = mem_alloc(f->mem, e->end * sizeof *owner);
    bool whole = bytes && owner;
    if (whole) *differs |= overlap_read(e->first, reading, 0, e->end, bytes, owner);
    for (uint32_t i = 0; whole && i < e->end; i++) whole = owner[i] != NULL;
    mem_free(f->mem, owner);
    if (whole) return span(bytes, e->end);
    mem_free(f->mem, bytes);
    return (Span){0};
}

static bool add_reading(Frags *f, const Entry *e, Reading reading, FragResult *out) {
    bool differs = false;
    Span s = read_whole(f, e, reading, &differs);
    bool known = !s.n || out->count == FRAG_READINGS;
    for (unsigned i = 0; i < out->count; i++)
        if (span_equal(out->readings[i], s)) known = true;
    if (known) mem_free(f->mem, (void *)s.p);
    else out->readings[out->count++] = s;
    return differs;
}

static bool covers(const Entry *e) {
    uint64_t sum = 0;
    for (const Piece *p = e->first; p; p = p->next) sum += p->n;
    return e->end && sum >= e->end;
}

bool frags_take(Frags *f, const Fragment *g, FragResult *out) {
    *out = (FragResult){0};
    if (!g->bytes.n || g->offset + g->bytes.n > MOST_BYTES) return false; /* RFC 791: no such IP */
    while (f->held > MOST_HELD) drop_oldest(f);
    Entry *e = entry_of(f, g);
    if (!e || e->pieces == MOST_PIECES || !add(f, e, g)) return false;
    e->last = g->time;
    if (!g->more && !g->broken && !e->end) e->end = g->offset + (uint32_t)g->bytes.n;
    if (!covers(e) || e->told == MOST_TOLD) return false;
    if (add_reading(f, e, READ_FIRST, out) && out->count)
        for (Reading r = READ_LAST; r < READ_URGENT; r++) add_reading(f, e, r, out);
    out->ttl = e->ttl;
    if (!out->count) return false;
    f->complete += !e->complete;
    e->complete = true;
    e->told++;
    return true;
}

void frags_release(Frags *f, FragResult *out) {
    for (unsigned i = 0; i < out->count; i++) mem_free(f->mem, (void *)out->readings[i].p);
    out->count = 0;
}
