/* Names are labels, and pointers backwards: each must lead further back, so that they end. */
#include "wire/dns.h"
#include "wire/app.h"
#include "wire/event.h"
#include <arpa/inet.h>
#include <stdio.h>

enum { MOST_LABELS = 128, MOST_ANSWERS = 64, A = 1, CNAME = 5, PTR = 12, AAAA = 28 };

const char *dns_type_name(uint16_t type) {
    static const struct {
        uint16_t type;
        const char *name;
    } names[] = {{1, "A"},    {2, "NS"},    {5, "CNAME"}, {6, "SOA"},    {12, "PTR"}, {15, "MX"},
                 {16, "TXT"}, {28, "AAAA"}, {33, "SRV"},  {65, "HTTPS"}, {255, "ANY"}};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].type == type) return names[i].name;
    return NULL;
}

static void add_label(char out[DNS_NAME], size_t *n, Span label) {
    if (*n && *n < DNS_NAME - 1) out[(*n)++] = '.';
    for (size_t i = 0; i < label.n; i++) {
        uint8_t b = label.p[i];
        bool plain = b > 0x20 && b != '.' && b != '\\' && b != 0x7F;
        if (*n + 5 >= DNS_NAME) return;
        if (plain) out[(*n)++] = (char)b;
        else *n += (size_t)snprintf(out + *n, 5, "\\%03u", b); /* as RFC 1035 5.1 writes it */
    }
}

/* Reads a name; the cursor ends behind it in the message, wherever its pointers led. */
static bool read_name(Cur *c, char out[DNS_NAME]) {
    Cur at = *c;
    size_t n = 0, earliest = c->at;
    bool jumped = false;
    for (unsigned labels = 0; labels < MOST_LABELS; labels++) {
        uint8_t length = cur_u8(&at);
        if (at.bad) break;
        if (length >= 0xC0) {
            size_t to = (size_t)(length & 0x3F) << 8 | cur_u8(&at);
            if (!jumped) c->at = at.at;
            jumped = true;
            if (at.bad || to >= earliest) break;
            earliest = to;
            cur_seek(&at, to);
            continue;
        }
        if (length > 63) break;
        if (!length) {
            if (!jumped) c->at = at.at;
            out[n] = 0;
            return true;
        }
        add_label(out, &n, cur_take(&at, length));
    }
    c->bad = true;
    return false;
}

static void add_result(DnsMessage *m, const char *text) {
    size_t n = strlen(m->results), more = strlen(text);
    if (!more || n + more + 2 > sizeof m->results) return;
    if (n) m->results[n++] = ';';
    memcpy(m->results + n, text, more + 1);
}

static void read_answer(Cur *c, DnsMessage *m) {
    char name[DNS_NAME], text[DNS_NAME] = "";
    if (!read_name(c, name)) return;
    uint16_t type = cur_u16be(c);
    cur_skip(c, 6);
    size_t length = cur_u16be(c);
    size_t end = c->at + length;
    if (c->bad || length > cur_left(c)) {
        c->bad = true;
        return;
    }
    Span data = span_clip(c->span, c->at, length);
    if (type == A && data.n == 4) inet_ntop(AF_INET, data.p, text, sizeof text);
    else if (type == AAAA && data.n == 16) inet_ntop(AF_INET6, data.p, text, sizeof text);
    else if ((type == CNAME || type == PTR) && !read_name(c, text)) return;
    add_result(m, text);
    cur_seek(c, end);
}

bool dns_read(Span message, DnsMessage *out) {
    Cur c = cur(message);
    *out = (DnsMessage){0};
    cur_skip(&c, 2);
    uint16_t flags = cur_u16be(&c), questions = cur_u16be(&c), answers = cur_u16be(&c);
    cur_skip(&c, 4);
    out->answer = flags & 0x8000;
    out->code = flags & 15;
    if (c.bad || questions != 1 || (flags & 0x7800)) return false; /* a standard query */
    if (!read_name(&c, out->name)) return false;
    out->type = cur_u16be(&c);
    cur_skip(&c, 2);
    if (c.bad) return false;
    for (unsigned i = 0; i < answers && i < MOST_ANSWERS && !c.bad; i++) read_answer(&c, out);
    return true;
}

/* ---- events ---- */

/* As Sysmon's event 22: the status is that of DnsQuery. */
static void tell_answer(Wire *w, Event *e, const DnsMessage *m) {
    enum { NAME_ERROR = 9003, SERVER_FAILURE = 9002, NO_RECORDS = 9501 };
    unsigned status = m->code == 3  ? NAME_ERROR
                      : m->code     ? SERVER_FAILURE
                      : *m->results ? 0
                                    : NO_RECORDS;
    event_set(e, EF_QueryStatus, event_number(w, status));
    if (*m->results) event_set(e, EF_QueryResults, m->results);
    else event_set(e, EF_Answer, m->code == 3 ? "no such name" : m->code ? "no answer" : "nothing");
}

static void tell(Wire *w, Flow *f, const DnsMessage *m, Time time) {
    Event e = event_new(w, f, EV_dns_query);
    const char *type = dns_type_name(m->type);
    e.time = time;
    event_set(&e, EF_QueryName, m->name);
    event_set(&e, EF_QueryType, type ? type : event_number(w, m->type));
    if (m->answer) tell_answer(w, &e, m);
    event_emit(w, &e);
}

/* One event for the question, and one for its answer. */
void dns_datagram(Wire *w, Flow *f, unsigned from, Span message) {
    DnsMessage m;
    (void)from;
    if (dns_read(message, &m)) tell(w, f, &m, w->now);
}

/* ---- over TCP: each message behind its length ---- */

typedef struct {
    uint8_t *part[2];
    uint32_t n[2], room[2];
    bool lost[2];
} Dns;

static bool dns_open(Session *s) {
    s->state = mem_alloc(&s->wire->mem, sizeof(Dns));
    return s->state != NULL;
}

static void dns_close(Session *s) {
    Dns *d = s->state;
    for (unsigned i = 0; i < 2; i++) mem_free(&s->wire->mem, d->part[i]);
    mem_free(&s->wire->mem, d);
}

static bool dns_clone(Session *to, const Session *from) {
    Dns *d = mem_copy(&to->wire->mem, from->state, sizeof *d);
    if (!d) return false;
    for (unsigned i = 0; i < 2; i++) {
        d->part[i] = d->part[i] ? mem_copy(&to->wire->mem, d->part[i], d->room[i]) : NULL;
        if (!d->part[i]) d->n[i] = d->room[i] = 0;
    }
    to->state = d;
    return true;
}

static void dns_data(Session *s, unsigned from, Span bytes) {
    Dns *d = s->state;
    while (bytes.n && !d->lost[from]) {
        uint32_t have = d->n[from];
        uint32_t need = have < 2 ? 2 : 2 + ((uint32_t)d->part[from][0] << 8 | d->part[from][1]);
        Span step = span_clip(bytes, 0, need - have);
        if (!mem_grow(&s->wire->mem, (void **)&d->part[from], &d->room[from], need, 1)) {
            d->lost[from] = true;
            return;
        }
        if (step.n) memcpy(d->part[from] + have, step.p, step.n);
        d->n[from] += (uint32_t)step.n;
        bytes = span_clip(bytes, step.n, bytes.n);
        if (have < 2 || d->n[from] < need) continue; /* a length may be zero, too */
        DnsMessage m;
        d->n[from] = 0;
        if (dns_read(span(d->part[from] + 2, need - 2), &m) && !s->muted)
            tell(s->wire, s->flow, &m, s->time);
    }
}

static void dns_gap(Session *s, unsigned from, uint32_t bytes) {
    (void)bytes;
    ((Dns *)s->state)->lost[from] = true;
}

static uint64_t dns_unwanted(const Session *s, unsigned from) {
    return ((const Dns *)s->state)->lost[from] ? UINT64_MAX : 0;
}

const App app_dns = {.name = "dns",
                     .open = dns_open,
                     .close = dns_close,
                     .clone = dns_clone,
                     .data = dns_data,
                     .gap = dns_gap,
                     .unwanted = dns_unwanted};
