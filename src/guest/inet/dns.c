#include "guest/inet/dns.h"
#include "guest/inet/capture.h"
#include "guest/trace.h"
#include <stdio.h>

enum { CLASS_IN = 1, TTL = 300, FLAG_RESPONSE = 0x8000, FLAG_RECURSION = 0x0180, OPCODE = 0x7800 };

/* ---- reading ---- */

/* Labels without compression: a query's first name has nothing to point back to. */
static bool read_name(Cur *c, char out[INET_LONGEST_NAME + 1]) {
    size_t n = 0;
    for (;;) {
        uint8_t size = cur_u8(c);
        Span label = cur_take(c, size);
        if (c->bad || size > 63) return false;
        if (!size) break;
        if (n + label.n + 1 > INET_LONGEST_NAME) return false;
        if (n) out[n++] = '.';
        for (size_t i = 0; i < label.n; i++) out[n++] = label.p[i] ? (char)label.p[i] : '?';
    }
    out[n] = 0;
    return true;
}

bool dns_read(Span message, DnsQuestion *out) {
    Cur c = cur(message);
    *out = (DnsQuestion){.id = cur_u16be(&c)};
    out->flags = cur_u16be(&c);
    uint16_t questions = cur_u16be(&c);
    cur_skip(&c, 6);
    if (c.bad || !questions || out->flags & FLAG_RESPONSE || !read_name(&c, out->name))
        return false;
    out->type = cur_u16be(&c);
    out->class = cur_u16be(&c);
    return !c.bad;
}

/* ---- writing ---- */

static void put16(Buf *out, unsigned v) {
    buf_byte(out, (uint8_t)(v >> 8));
    buf_byte(out, (uint8_t)v);
}

static void put32(Buf *out, uint32_t v) {
    put16(out, v >> 16);
    put16(out, v & 0xffff);
}

void dns_put_name(Buf *out, const char *name) {
    while (*name) {
        size_t n = strcspn(name, ".");
        if (!n || n > 63) break;
        buf_byte(out, (uint8_t)n);
        buf_add(out, span(name, n));
        name += n;
        name += *name == '.';
    }
    buf_byte(out, 0);
}

static void put_head(Buf *out, const DnsQuestion *q, unsigned flags, unsigned answers) {
    put16(out, q->id);
    put16(out, flags);
    put16(out, 1);
    put16(out, answers);
    put32(out, 0);
    dns_put_name(out, q->name);
    put16(out, q->type);
    put16(out, q->class);
}

void dns_put_query(Buf *out, const DnsQuestion *q) {
    put_head(out, q, 0x0100, 0);
}

enum { TO_QUESTION = 0xc00c }; /* a pointer to the question's name */

static void put_record(Buf *out, uint16_t type, Span data) {
    put16(out, TO_QUESTION);
    put16(out, type);
    put16(out, CLASS_IN);
    put32(out, TTL);
    put16(out, (unsigned)data.n);
    buf_add(out, data);
}

/* ---- answering ---- */

typedef struct {
    unsigned code, count;
    Buf records;
    Buf text; /* for the event */
} Answers;

static void add(Answers *a, uint16_t type, Span data, const char *text) {
    put_record(&a->records, type, data);
    buf_printf(&a->text, "%s%s", a->count++ ? ";" : "", text);
}

static unsigned code_of(NameAnswer answer) {
    switch (answer) {
    case NAME_UNKNOWN: return DNS_NO_NAME;
    case NAME_NO_SERVER: return DNS_SERVER_FAILURE;
    default: return DNS_NO_ERROR;
    }
}

static void add_addresses(Answers *a, const NameResult *r) {
    char text[ADDRESS_TEXT_SIZE];
    for (size_t i = 0; i < r->count; i++) {
        address_print(&r->address[i], text);
        add(a, r->address[i].family == FAMILY_IP6 ? DNS_AAAA : DNS_A, address_ip(&r->address[i]),
            text);
    }
}

/* "4.3.2.1.in-addr.arpa" (RFC 1035 3.5). */
static bool read_reverse(const char *name, Address *out) {
    unsigned a, b, c, d;
    int used = 0;
    *out = (Address){0};
    if (sscanf(name, "%3u.%3u.%3u.%3u.in-addr.arpa%n", &d, &c, &b, &a, &used) != 4) return false;
    if (!used || name[used] || (a | b | c | d) > 255) return false;
    *out = address_ip4((uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d, 0);
    return true;
}

static void add_pointer(Machine *m, const DnsQuestion *q, Answers *a) {
    Address address;
    const char *name = NULL;
    if (read_reverse(q->name, &address)) name = inet_name_of(m, &address);
    if (!name) {
        a->code = DNS_NO_NAME;
        return;
    }
    Buf data = buf_new(INET_LONGEST_NAME + 2);
    dns_put_name(&data, name);
    add(a, DNS_PTR, buf_span(&data), name);
    buf_free(&data);
}

/* Mail servers and name servers below the name itself. */
static void add_server(const DnsQuestion *q, Answers *a) {
    char name[INET_LONGEST_NAME + 8];
    const char *host = q->type == DNS_MX ? "mail" : "ns1";
    snprintf(name, sizeof name, "%s.%s", host, q->name);
    Buf data = buf_new(16);
    if (q->type == DNS_MX) put16(&data, 10); /* preference */
    buf_byte(&data, (uint8_t)strlen(host));
    buf_str(&data, host);
    put16(&data, TO_QUESTION);
    add(a, q->type, buf_span(&data), name);
    buf_free(&data);
}

static NameResult find(Machine *m, const DnsQuestion *q, Answers *a) {
    uint16_t family = q->type == DNS_A      ? FAMILY_IP4
                      : q->type == DNS_AAAA ? FAMILY_IP6
                                            : FAMILY_NONE;
    if (q->type == DNS_PTR) {
        add_pointer(m, q, a);
        return (NameResult){0};
    }
    NameResult r = inet_resolve(m, q->name, family);
    a->code = code_of(r.answer);
    if (q->type == DNS_A || q->type == DNS_AAAA || q->type == DNS_ANY) add_addresses(a, &r);
    else if (!a->code && (q->type == DNS_MX || q->type == DNS_NS)) add_server(q, a);
    return r;
}

/* ---- events ---- */

/* As Sysmon's event 22: the status is that of DnsQuery. */
static void tell(Machine *m, Thread *t, const char *name, const Answers *a) {
    enum { RCODE_NAME_ERROR = 9003, SERVER_FAILURE = 9002, NO_RECORDS = 9501 };
    unsigned status = a->code == DNS_NO_NAME          ? RCODE_NAME_ERROR
                      : a->code == DNS_SERVER_FAILURE ? SERVER_FAILURE
                      : a->count                      ? 0
                                                      : NO_RECORDS;
    const char *answer = a->code == DNS_NO_NAME          ? "no such name"
                         : a->code == DNS_SERVER_FAILURE ? "no answer"
                         : a->count                      ? NULL
                                                         : "nothing";
    const char *results = arena_text(&m->scratch, buf_span(&a->text));
    trace_event(m, t, EV_dns_query, {EF_QueryName, name},
                {EF_QueryStatus, arena_printf(&m->scratch, "%u", status)},
                {EF_QueryResults, a->count ? results : NULL}, {EF_Answer, answer});
}

static Answers answers_new(void) {
    return (Answers){.records = buf_new(DNS_MESSAGE_MOST), .text = buf_new(DNS_MESSAGE_MOST)};
}

static void answers_free(Answers *a) {
    buf_free(&a->records);
    buf_free(&a->text);
}

/* Appends the message; true where a server was asked for it. */
static bool answer(Machine *m, Thread *t, const DnsQuestion *q, Buf *out, unsigned *code) {
    Answers a = answers_new();
    NameResult r = {0};
    if (q->flags & OPCODE || q->class != CLASS_IN) a.code = DNS_NOT_IMPLEMENTED;
    else r = find(m, q, &a);
    bool asked = !r.local && a.code != DNS_NOT_IMPLEMENTED;
    if (asked) tell(m, t, q->name, &a);
    put_head(out, q, FLAG_RESPONSE | FLAG_RECURSION | a.code, a.count);
    buf_add(out, buf_span(&a.records));
    *code = a.code;
    answers_free(&a);
    return asked;
}

unsigned dns_answer(Machine *m, Thread *t, const DnsQuestion *q, Buf *out) {
    unsigned code;
    answer(m, t, q, out, &code);
    return code;
}

/* ---- the computer's own resolver ---- */

/* What is asked of a server takes its time; nobody waits for one that is not there. */
static void take_time(Machine *m, const DnsQuestion *q, Span message) {
    enum { DNS_PORT = 53, RESOLVER_PORT = 50000, PORTS = 4000, LOOKING_UP = 15000000 };
    Address server;
    if (!inet_dns_server(m, &server)) return;
    server.port = DNS_PORT;
    Address own = inet_source(m, &server);
    own.port = (uint16_t)(RESOLVER_PORT + q->id % PORTS);
    Buf query = buf_new(DNS_MESSAGE_MOST);
    dns_put_query(&query, q);
    capture_udp(m, &own, &server, buf_span(&query));
    buf_free(&query);
    m->clock += inet_round_trip(m, &server) + LOOKING_UP;
    bool silent = message.n > 3 && (message.p[3] & 15) == DNS_SERVER_FAILURE;
    if (!silent) capture_udp(m, &server, &own, message);
}

unsigned dns_query(Machine *m, Thread *t, const char *name, uint16_t type, Buf *out) {
    unsigned code;
    DnsQuestion q = {.id = (uint16_t)(0x1a2b + 257 * ++m->inet->questions), .type = type};
    q.class = CLASS_IN;
    snprintf(q.name, sizeof q.name, "%s", name);
    size_t n = strlen(q.name);
    if (n && q.name[n - 1] == '.') q.name[n - 1] = 0;
    if (answer(m, t, &q, out, &code)) take_time(m, &q, buf_span(out));
    return code;
}

/* Both families are one question to the world, and one event, as programs ask it. */
NameResult dns_lookup(Machine *m, Thread *t, const char *name, uint16_t family) {
    Buf message = buf_new(DNS_MESSAGE_MOST);
    NameResult r = inet_resolve(m, name, family);
    if (!r.local) dns_query(m, t, name, family == FAMILY_IP6 ? DNS_AAAA : DNS_A, &message);
    buf_free(&message);
    return r;
}
