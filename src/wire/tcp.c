/* tcp: streams out of segments (RFC 9293), as the receiver may have read them.
 *
 * Bytes wait until the receiver acknowledged them, because until then another segment may say
 * something else about the same place. What was acknowledged is final: a later copy is no evasion,
 * nobody reads it. Where the copies differ, all readings of overlap.h are inspected that differ.
 * Where only one direction was captured, bytes wait until enough others stand behind them.
 *
 * RST and FIN end nothing here: they may never have reached the receiver. A flow ends when nothing
 * is heard of it, or when a handshake begins another one. */
#include "wire/event.h"
#include "wire/internal.h"
#include "wire/session.h"

enum {
    FIN = 1,
    SYN = 2,
    RST = 4,
    ACK = 16,
    URG = 32,
    REACH = 16 << 20, /* how far from the expected place a segment may be */
    WINDOW = 64 << 10, /* bytes that a sender may have on their way (without scaling) */
    HOLD_MOST = 256 << 10, /* of one direction of one flow */
    PIECES_MOST = 2048,
    HOLE_PATIENCE = 64, /* packets of the flow, once what is missing was acknowledged */
    CHUNK = 16 << 10,   /* bytes read at a time where readings differ */
    TTL_SLACK = 3,      /* hops that a route may change by */
};

typedef struct Group Group;
struct Group { /* readings that have been the same so far */
    Group *next;
    uint32_t mask;
    Session *session;
};

typedef struct {
    bool based;
    bool guessed; /* from the first segment seen, not from a handshake */
    bool released;
    bool disordered; /* pieces are not one after the other */
    bool acked_known;
    uint32_t next; /* sequence number of the first byte that was not inspected yet */
    uint32_t high; /* behind the last byte seen */
    uint32_t acked;
    uint32_t held, pieces, waited, strays;
    uint8_t ttl;
    bool cut; /* the capture has only the beginnings of its segments */
    Piece *first, *last;
} Half;

struct Tcp {
    Half halves[2];
    Group *groups;
    bool closed;
};

typedef struct {
    uint32_t seq, ack;
    uint8_t flags, ttl;
    uint32_t urgent; /* offset of the urgent byte + 1, or 0 */
    Trust trust;
    Span data;
} Segment;

static int32_t distance(uint32_t from, uint32_t to) {
    return (int32_t)(to - from);
}

/* ---- segments ---- */

/* A card that computes checksums leaves the pseudo header's sum in the field: captures of the
 * sender itself have that, and it is no fault. */
static Trust judge_checksum(Wire *w, const Datagram *d) {
    if (d->broken) return TRUST_BROKEN;
    if (d->cut || d->payload.n < 18) return TRUST_GOOD;
    uint64_t pseudo = ip_pseudo_sum(d);
    if (ip_fold(ip_sum(pseudo, d->payload)) == UINT16_MAX) return TRUST_GOOD;
    uint16_t field;
    memcpy(&field, d->payload.p + 16, 2);
    if (field == ip_fold(pseudo)) return TRUST_GOOD;
    w->counters.bad_checksums++;
    return TRUST_BROKEN;
}

static bool parse(const Datagram *d, Segment *out) {
    Cur c = cur(d->payload);
    cur_skip(&c, 4);
    *out = (Segment){.ttl = d->ttl, .seq = cur_u32be(&c)};
    out->ack = cur_u32be(&c);
    size_t header = (size_t)(cur_u8(&c) >> 4) * 4;
    out->flags = cur_u8(&c);
    cur_skip(&c, 4);
    uint32_t urgent = cur_u16be(&c);
    if (c.bad || header < 20 || header > d->payload.n) return false;
    out->data = span_clip(d->payload, header, d->payload.n);
    /* the pointer names the byte behind the urgent one (RFC 9293 3.8.5; stacks go by RFC 793) */
    if ((out->flags & URG) && urgent && urgent <= out->data.n) out->urgent = urgent;
    return true;
}

/* ---- groups of readings ---- */

static void free_groups(Wire *w, Tcp *t) {
    while (t->groups) {
        Group *next = t->groups->next;
        session_free(t->groups->session);
        mem_free(&w->mem, t->groups);
        t->groups = next;
    }
}

static Group *new_group(Wire *w, Session *s, uint32_t mask) {
    Group *g = s ? mem_alloc(&w->mem, sizeof *g) : NULL;
    if (!g) session_free(s);
    else *g = (Group){.mask = mask, .session = s};
    return g;
}

static uint32_t all_readings(const Wire *w) {
    return w->options.reading >= 0 ? 1u << w->options.reading : READ_ALL;
}

static bool open_stream(Wire *w, Flow *f) {
    bool midstream = !f->isn_known[0] && !f->isn_known[1];
    Tcp *t = mem_alloc(&w->mem, sizeof *t);
    if (!t) {
        w->counters.streams_dropped++;
        return false;
    }
    Group *g = new_group(w, session_new(w, f, midstream), all_readings(w));
    if (!g) {
        mem_free(&w->mem, t);
        w->counters.streams_dropped++;
        return false;
    }
    t->groups = g;
    f->tcp = t;
    flow_rank(w, f, RANK_TALK);
    if (!f->told) event_connection(w, f);
    return true;
}

/* ---- handing bytes on ---- */

/* A part that was drawn from one piece after the other. */
static void tell_runs(Session *s, unsigned from, const uint8_t *bytes, const Piece **owner,
                      uint32_t start, uint32_t n, bool skip_urgent) {
    for (uint32_t at = 0, end; at < n; at = end) {
        const Piece *p = owner[at];
        uint32_t urgent = p->urgent ? p->start + p->urgent - 1 - start : n;
        for (end = at; end < n && owner[end] == p; end++)
            if (skip_urgent && end == urgent) break;
        session_data(s, from, span(bytes + at, end - at), p->frame, p->time);
        if (skip_urgent && end == urgent && end < n && owner[end] == p) end++;
    }
}

/* Memory for one chunk in all readings. */
static uint8_t *bytes_of(const Wire *w, Reading r) {
    return w->scratch + (size_t)r * CHUNK;
}

static const Piece **owners_of(const Wire *w, Reading r) {
    return (const Piece **)(w->scratch + (size_t)READ_COUNT * CHUNK) + (size_t)r * CHUNK;
}

static bool open_scratch(Wire *w) {
    if (!w->scratch)
        w->scratch = mem_alloc(&w->mem, (size_t)READ_COUNT * CHUNK * (1 + sizeof(Piece *)));
    return w->scratch != NULL;
}

static bool urgent_in(const Piece **owner, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (owner[i]->urgent) return true;
    return false;
}

static bool same_reading(const Wire *w, Reading a, Reading b, uint32_t n) {
    if (memcmp(bytes_of(w, a), bytes_of(w, b), n) != 0) return false;
    return (a != READ_URGENT && b != READ_URGENT) || !urgent_in(owners_of(w, READ_URGENT), n);
}

static Reading lowest(uint32_t mask) {
    return (Reading)__builtin_ctz(mask);
}

/* Takes the readings that differ from the group's lowest one into groups of their own. */
static void split(Wire *w, Tcp *t, Group *g, uint32_t n) {
    Reading mine = lowest(g->mask);
    uint32_t others = 0;
    for (Reading r = mine + 1; r < READ_COUNT; r++)
        if ((g->mask >> r & 1) && !same_reading(w, mine, r, n)) others |= 1u << r;
    if (!others) return;
    Group *more = new_group(w, session_clone(g->session), others);
    if (!more) {
        w->counters.streams_dropped++;
        return;
    }
    more->session->muted = true;
    g->mask &= ~others;
    more->next = g->next;
    g->next = more;
    split(w, t, more, n);
}

static void tell_readings(Wire *w, Tcp *t, unsigned from, uint32_t start, uint32_t n) {
    const Half *h = &t->halves[from];
    w->counters.conflicts++;
    for (Reading r = 0; r < READ_COUNT; r++)
        overlap_read(h->first, r, start, n, bytes_of(w, r), owners_of(w, r));
    for (Group *g = t->groups; g;) {
        Group *next = g->next; /* splitting puts the new ones between */
        split(w, t, g, n);
        g = next;
    }
    for (Group *g = t->groups; g; g = g->next) {
        Reading r = lowest(g->mask);
        tell_runs(g->session, from, bytes_of(w, r), owners_of(w, r), start, n, r == READ_URGENT);
    }
}

/* ---- releasing what is final ---- */

static void unlink_told(Wire *w, Half *h) {
    Piece **link = &h->first, *last = NULL;
    while (*link) {
        Piece *p = *link;
        if (distance(p->start + p->n, h->next) < 0) {
            last = p;
            link = &p->next;
            continue;
        }
        *link = p->next;
        h->held -= p->n;
        h->pieces--;
        mem_free(&w->mem, p);
    }
    h->last = last;
    if (!h->first) h->disordered = false;
}

static void tell_span(Tcp *t, unsigned from, Span bytes, const Piece *p) {
    for (Group *g = t->groups; g; g = g->next)
        session_data(g->session, from, bytes, p->frame, p->time);
}

/* Pieces that lie one after the other. */
static void release_ordered(Wire *w, Tcp *t, unsigned from, uint32_t upto) {
    Half *h = &t->halves[from];
    while (h->first && distance(h->next, upto) > 0) {
        Piece *p = h->first;
        uint32_t at = h->next - p->start, n = p->n - at;
        if (p->urgent) break; /* two readings */
        if (n > (uint32_t)distance(h->next, upto)) n = (uint32_t)distance(h->next, upto);
        h->released = true;
        h->next += n;
        tell_span(t, from, span(p->bytes + at, n), p);
        if (at + n < p->n) return;
        h->first = p->next;
        if (!h->first) h->last = NULL;
        h->held -= p->n;
        h->pieces--;
        mem_free(&w->mem, p);
    }
}

/* How far pieces lie from `start` on, at most n: what is behind need not be read. 0 where a hole
 * begins there. */
static uint32_t reach_of(const Half *h, uint32_t start, uint32_t n) {
    bool hole = true;
    uint32_t reach = 0;
    for (const Piece *p = h->first; p; p = p->next) {
        int64_t begin = distance(start, p->start), end = begin + p->n;
        if (begin <= 0 && end > 0) hole = false;
        if (end > reach) reach = (uint32_t)end;
    }
    if (hole) return 0;
    return reach < n ? reach : n;
}

/* The next bytes in any order, as far as there is no hole; false where there is none. */
static bool release_chunk(Wire *w, Tcp *t, unsigned from, uint32_t upto) {
    Half *h = &t->halves[from];
    uint32_t n = (uint32_t)distance(h->next, upto), have = 0, start = h->next;
    n = reach_of(h, start, n < CHUNK ? n : CHUNK);
    if (!n || !open_scratch(w)) return false;
    uint8_t *bytes = bytes_of(w, READ_FIRST);
    const Piece **owner = owners_of(w, READ_FIRST);
    bool differs = overlap_read(h->first, READ_FIRST, start, n, bytes, owner);
    while (have < n && owner[have]) have++;
    if (!have) return false;
    h->released = true;
    h->next += have;
    if (differs) tell_readings(w, t, from, start, have);
    else
        for (Group *g = t->groups; g; g = g->next)
            tell_runs(g->session, from, bytes, owner, start, have, false);
    unlink_told(w, h);
    return true;
}

static void release(Wire *w, Tcp *t, unsigned from, uint32_t upto) {
    Half *h = &t->halves[from];
    if (!h->first || distance(h->next, upto) <= 0) return;
    if (!h->disordered) release_ordered(w, t, from, upto);
    while (h->first && distance(h->next, upto) > 0 && release_chunk(w, t, from, upto)) {}
}

/* ---- holes ---- */

/* Where the next byte behind the hole is. */
static uint32_t behind_hole(const Half *h) {
    uint32_t nearest = h->high;
    for (const Piece *p = h->first; p; p = p->next)
        if (distance(p->start, nearest) > 0) nearest = p->start;
    return nearest;
}

static void give_up_hole(Wire *w, Tcp *t, unsigned from, uint32_t to) {
    Half *h = &t->halves[from];
    uint32_t n = to - h->next;
    if (distance(h->next, to) <= 0) return;
    w->counters.gaps++;
    w->counters.gap_bytes += n;
    h->next = to;
    h->waited = 0;
    for (Group *g = t->groups; g; g = g->next) session_gap(g->session, from, n);
    unlink_told(w, h);
}

static bool too_much(const Half *h) {
    return h->held > HOLD_MOST || h->pieces > PIECES_MOST;
}

/* What no acknowledgement will ever tell about: the other direction was not captured. But a byte may
 * be sent only once those a window before it were acknowledged. */
static uint32_t final_one_sided(const Half *h) {
    return distance(h->next, h->high - WINDOW) > 0 ? h->high - WINDOW : h->next;
}

static uint32_t final_up_to(const Flow *f, const Half *h, unsigned from) {
    if (too_much(h)) return h->high;
    if (h->acked_known) return distance(h->acked, h->high) < 0 ? h->high : h->acked;
    return f->seen[!from] ? h->next : final_one_sided(h);
}

static void advance(Wire *w, Flow *f, unsigned from) {
    Tcp *t = f->tcp;
    Half *h = &t->halves[from];
    uint32_t upto = final_up_to(f, h, from);
    if (distance(h->next, upto) <= 0) return;
    release(w, t, from, upto);
    if (distance(h->next, upto) <= 0) {
        h->waited = 0;
        return;
    }
    /* a hole before what is final: the packet may only be late in the capture */
    if (++h->waited < HOLE_PATIENCE && !too_much(h) && !h->cut) return;
    uint32_t to = behind_hole(h);
    if (distance(upto, to) > 0) to = upto;
    give_up_hole(w, t, from, to);
    release(w, t, from, upto);
}

/* ---- handshakes ---- */

static void begin_half(Half *h, uint32_t next, bool guessed) {
    h->based = true;
    h->guessed = guessed;
    h->next = h->high = next;
}

/* A new connection of the same two ends and ports. */
static void restart(Wire *w, Flow *f, unsigned from, uint32_t isn) {
    if (f->tcp) {
        tcp_finish(w, f);
        tcp_drop(w, f);
    }
    f->isn_known[!from] = f->isn_sure = f->reset = f->fin[0] = f->fin[1] = f->told = false;
    f->isn_known[from] = true;
    f->isn[from] = isn;
    f->first_frame = w->frame;
    f->first = w->now;
}

static void take_syn(Wire *w, Flow *f, unsigned from, const Segment *s) {
    bool over = f->reset || (f->fin[0] && f->fin[1]);
    if (f->isn_known[from] && f->isn[from] == s->seq) return;
    if (f->tcp && over && !(s->flags & ACK)) restart(w, f, from, s->seq);
    else if (!f->isn_known[from]) {
        f->isn_known[from] = true;
        f->isn[from] = s->seq;
    } else f->other_isn = s->seq; /* one of them is a decoy, or the port is used again */
}

/* The server's SYN, ACK says which of the client's SYNs it saw. */
static void take_syn_ack(Wire *w, Flow *f, unsigned from, const Segment *s) {
    uint32_t isn = s->ack - 1;
    if (f->isn_known[!from] && f->isn[!from] != isn && f->other_isn == isn) {
        if (f->tcp) restart(w, f, !from, isn);
        f->isn[!from] = isn;
    }
    if (!f->isn_known[!from]) f->isn[!from] = isn;
    f->isn_known[!from] = f->isn_sure = true;
}

static void base_half(Flow *f, unsigned from, uint32_t seq) {
    Half *h = &f->tcp->halves[from];
    uint32_t first = f->isn[from] + 1;
    if (f->isn_known[from] && !f->isn_sure && f->other_isn + 1 == seq) first = seq;
    begin_half(h, f->isn_known[from] ? first : seq, !f->isn_known[from]);
}

/* ---- a segment's data ---- */

static Trust judge_ttl(Half *h, const Segment *s) {
    if (s->ttl > h->ttl) h->ttl = s->ttl;
    return s->ttl + TTL_SLACK < h->ttl && s->trust == TRUST_GOOD ? TRUST_DOUBTED : s->trust;
}

/* Nobody looks at these bytes, whatever they are. */
static bool is_unwanted(const Tcp *t, const Half *h, unsigned from, const Segment *s) {
    return !h->first && s->seq == h->next && !s->urgent && !t->groups->next &&
           session_unwanted(t->groups->session, from) >= s->data.n;
}

static void pass_over(Half *h, Tcp *t, unsigned from, Span data) {
    h->next += (uint32_t)data.n;
    h->released = true;
    h->strays = 0;
    if (distance(h->high, h->next) > 0) h->high = h->next;
    session_data(t->groups->session, from, data, 0, 0);
}

static void hold(Wire *w, Half *h, const Segment *s, Trust trust) {
    size_t size = sizeof(Piece) + s->data.n;
    Piece *p = mem_alloc(&w->mem, size);
    if (!p) {
        w->counters.streams_dropped++;
        return;
    }
    p->n = (uint32_t)s->data.n;
    memcpy(p->bytes, s->data.p, s->data.n);
    p->start = s->seq;
    p->frame = w->frame;
    p->time = w->now;
    p->urgent = s->urgent;
    p->trust = trust;
    if (h->last ? h->last->start + h->last->n != p->start : p->start != h->next)
        h->disordered = true;
    if (h->last) h->last->next = p;
    else h->first = p;
    h->last = p;
    h->held += p->n;
    h->pieces++;
    if (distance(h->high, p->start + p->n) > 0) h->high = p->start + p->n;
}

/* Far from what is expected. Where nothing else comes any more, the capture lacks what was between.
 */
static bool astray(Half *h) {
    return ++h->strays > HOLE_PATIENCE;
}

/* Without the part that was inspected already. False where nothing is left, or it is nowhere near.
 */
static bool trim(Half *h, Segment *s) {
    int32_t ahead = distance(h->next, s->seq);
    if (h->guessed && !h->released && (ahead > REACH || ahead < -REACH))
        return true; /* either the first one or this one is astray: an acknowledgement will tell */
    if (ahead < 0 && h->guessed && !h->released && -ahead < REACH) {
        h->next = s->seq; /* the first segment that we saw was not the first */
        h->disordered = true;
        return true;
    }
    if (ahead > REACH && !astray(h)) return false;
    if (ahead <= REACH) h->strays = 0;
    if (ahead >= 0) return true;
    uint32_t old = -(uint32_t)ahead;
    if (old >= s->data.n) return false;
    s->data = span_clip(s->data, old, s->data.n);
    s->seq += old;
    s->urgent = s->urgent > old ? s->urgent - old : 0;
    return true;
}

static void take_data(Wire *w, Flow *f, unsigned from, Segment *s, const Datagram *d) {
    if (!f->tcp && !open_stream(w, f)) return;
    Tcp *t = f->tcp;
    Half *h = &t->halves[from];
    if (!h->based) base_half(f, from, s->seq);
    if (d->cut) h->cut = true;
    if (!trim(h, s)) return;
    if (is_unwanted(t, h, from, s)) {
        pass_over(h, t, from, s->data);
        return;
    }
    if (s->trust == TRUST_GOOD) s->trust = judge_checksum(w, d);
    hold(w, h, s, judge_ttl(h, s));
}

/* The first segment that was seen was astray: the stream is where it is acknowledged. */
static void move_base(Half *h, uint32_t ack) {
    h->next = h->high = ack;
    for (const Piece *p = h->first; p; p = p->next) {
        uint32_t end = p->start + p->n;
        if (ack - p->start > REACH || ack - end > REACH) continue;
        if (distance(p->start, h->next) > 0) h->next = p->start;
    }
    h->disordered = true;
}

static void take_ack(Flow *f, unsigned from, uint32_t ack) {
    Half *other = &f->tcp->halves[!from];
    if (!other->based) return;
    if (other->acked_known && distance(other->acked, ack) <= 0) return;
    bool far = distance(other->next, ack) > REACH || distance(other->next, ack) < -REACH;
    if (far && (!other->guessed || other->released)) return;
    if (far) move_base(other, ack);
    other->acked = ack;
    other->acked_known = true;
}

static void take_control(Wire *w, Flow *f, unsigned from, const Segment *s) {
    if (s->flags & SYN) {
        if (s->flags & ACK) take_syn_ack(w, f, from, s);
        take_syn(w, f, from, s);
    }
    if (s->flags & RST) f->reset = true;
    if (s->flags & FIN) f->fin[from] = true;
    if (f->reset || (f->fin[0] && f->fin[1])) flow_rank(w, f, f->tcp ? RANK_CLOSED : RANK_EMPTY);
}

void tcp_segment(Wire *w, Flow *f, unsigned from, const Datagram *d) {
    Segment s;
    if (!parse(d, &s)) return;
    if (d->broken) s.trust = TRUST_BROKEN;
    if (s.flags & (SYN | FIN | RST)) {
        s.trust = judge_checksum(w, d);
        if (s.trust != TRUST_BROKEN) take_control(w, f, from, &s);
    }
    if (s.flags & SYN) s.seq++; /* data may come along (RFC 7413) */
    if (s.data.n) take_data(w, f, from, &s, d);
    if (!f->tcp) return;
    if ((s.flags & ACK) && s.trust != TRUST_BROKEN) take_ack(f, from, s.ack);
    /* what is acknowledged comes first, then what acknowledges it */
    advance(w, f, !from);
    advance(w, f, from);
}

/* ---- the end ---- */

void tcp_finish(Wire *w, Flow *f) {
    Tcp *t = f->tcp;
    for (unsigned from = 0; from < 2; from++) {
        Half *h = &t->halves[from];
        while (h->first) {
            release(w, t, from, h->high);
            if (!h->first) break;
            uint32_t before = h->next;
            give_up_hole(w, t, from, behind_hole(h));
            if (h->next == before) break;
        }
    }
}

void tcp_drop(Wire *w, Flow *f) {
    Tcp *t = f->tcp;
    if (!t) return;
    for (unsigned from = 0; from < 2; from++) {
        Half *h = &t->halves[from];
        h->next = h->high;
        while (h->first) {
            Piece *p = h->first;
            h->first = p->next;
            mem_free(&w->mem, p);
        }
    }
    free_groups(w, t);
    mem_free(&w->mem, t);
    f->tcp = NULL;
}
