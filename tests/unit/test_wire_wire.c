/* The whole room: packets in, nouns out, whatever they are wrapped in, and in bounded memory. */
#include "base/buf.h"
#include "wire/internal.h"
#include "wire/wire.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct {
    Sink sink;
    unsigned events[EV_COUNT], findings, hosts;
    char url[128];
} Seen;

static void on_event(Sink *s, const Event *e) {
    Seen *seen = (Seen *)s;
    seen->events[e->category]++;
    const char *url = event_get(e, EF_Url);
    if (url) snprintf(seen->url, sizeof seen->url, "%s", url);
}

static void on_finding(Sink *s, const Finding *f) {
    ((Seen *)s)->findings++;
    assert_non_null(f->encounter);
    assert_true(f->encounter->attacker && f->encounter->victim && f->encounter->flow);
}

static void on_host(Sink *s, const Host *h) {
    ((Seen *)s)->hosts++;
    assert_non_null(h->why);
}

static Seen seen_new(void) {
    return (Seen){.sink = {.event = on_event, .finding = on_finding, .host = on_host}};
}

/* ---- packets ---- */

static void be(Buf *b, uint64_t v, unsigned bytes) {
    for (unsigned i = bytes; i-- > 0;) buf_byte(b, (uint8_t)(v >> 8 * i));
}

/* Without checksums, as a card that computes them leaves them. */
static Buf segment(uint32_t from, uint32_t to, uint16_t sport, uint16_t dport, uint32_t seq,
                   uint32_t ack, uint8_t flags, const char *data) {
    Buf b = buf_new(4096);
    size_t n = strlen(data);
    Datagram d = {.protocol = IP_TCP, .length = (uint32_t)(20 + n)};
    be(&b, 0x4500, 2), be(&b, 40 + n, 2), be(&b, 0, 4), be(&b, 64 << 8 | 6, 2), be(&b, 0, 2);
    be(&b, from, 4), be(&b, to, 4);
    d.source = address_v4(span_sub(buf_span(&b), 12, 4));
    d.destination = address_v4(span_sub(buf_span(&b), 16, 4));
    be(&b, sport, 2), be(&b, dport, 2), be(&b, seq, 4), be(&b, ack, 4), be(&b, 5 << 12 | flags, 2);
    be(&b, 65535, 2);
    uint16_t pseudo = ip_fold(ip_pseudo_sum(&d));
    buf_add(&b, span(&pseudo, 2));
    be(&b, 0, 2);
    buf_str(&b, data);
    return b;
}

static void feed(Wire *w, uint32_t link, Span bytes) {
    static uint64_t number;
    number++;
    wire_packet(w, &(Packet){.number = number,
                             .time = TIME_SECOND + (Time)number * 1000,
                             .link = link,
                             .length = (uint32_t)bytes.n,
                             .bytes = bytes});
}

static const char get[] = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";

/* How one datagram is wrapped: what stands before it. */
static void sees_through(uint32_t link, Span wrapping) {
    Seen seen = seen_new();
    Wire *w = wire_open(&(WireOptions){.sink = &seen.sink, .flows = 16, .reading = -1});
    Buf b = buf_new(8192), s = segment(1, 2, 5000, 8000, 1, 1, 24, get);
    buf_add(&b, wrapping);
    buf_add(&b, buf_span(&s));
    feed(w, link, buf_span(&b));
    wire_finish(w);
    wire_close(w);
    if (seen.events[EV_http_request] != 1) fail_msg("not seen through link %u", link);
    assert_string_equal(seen.url, "http://a.test/x");
    buf_free(&b);
    buf_free(&s);
}

#define BYTES(literal) span(literal, sizeof(literal) - 1)
#define MACS           "\2\2\2\2\2\2\1\1\1\1\1\1"

static void sees_through_layers(void **state) {
    (void)state;
    sees_through(101, (Span){0});
    sees_through(1, BYTES(MACS "\x08\0"));
    sees_through(1, BYTES(MACS "\x81\0\0\5\x08\0"));
    sees_through(1, BYTES(MACS "\x88\xA8\0\5\x81\0\0\6\x08\0"));
    sees_through(1, BYTES(MACS "\x88\x47\0\1\0\x40\0\2\1\x40")); /* two labels */
}

static void sees_through_links(void **state) {
    (void)state;
    sees_through(113, BYTES("\0\0\0\1\0\6\1\1\1\1\1\1\0\0\x08\0"));
    sees_through(276, BYTES("\x08\0\0\0\0\0\0\2\0\1\0\6\1\1\1\1\1\1\0\0"));
    sees_through(0, BYTES("\2\0\0\0"));
    sees_through(108, BYTES("\0\0\0\2"));
    sees_through(9, BYTES("\xFF\3\0\x21"));
    sees_through(1, BYTES(MACS "\x88\x64\x11\0\0\1\0\x4B\0\x21"));
}

static void sees_through_tunnels(void **state) {
    (void)state;
    /* IPv4, GRE; IPv4 in IPv4; IPv4, UDP, VXLAN, Ethernet; lengths of 0 are left to the card */
    sees_through(101, BYTES("\x45\0\0\0\0\0\0\0\x40\x2F\0\0\1\1\1\1\2\2\2\2\0\0\x08\0"));
    sees_through(101, BYTES("\x45\0\0\0\0\0\0\0\x40\x04\0\0\1\1\1\1\2\2\2\2"));
    sees_through(101, BYTES("\x45\0\0\0\0\0\0\0\x40\x11\0\0\1\1\1\1\2\2\2\2\xC0\0\x12\xB5\0\0\0\0"
                            "\x08\0\0\0\0\0\7\0" MACS "\x08\0"));
}

/* ---- bounds ---- */

static void a_flood_of_beginnings_is_bounded(void **state) {
    (void)state;
    Seen seen = seen_new();
    Wire *w = wire_open(&(WireOptions){.sink = &seen.sink, .flows = 1 << 10, .reading = -1});
    Buf s = segment(0, 2, 5000, 445, 1, 0, 2, "");
    for (uint32_t i = 0; i < 1000000; i++) {
        memcpy(s.p + 12, &i, 4);
        feed(w, 101, buf_span(&s));
    }
    WireCounters n = wire_counters(w);
    assert_int_equal(n.flows, 1000000);
    assert_true(n.flows_dropped >= 1000000 - (1 << 10));
    assert_true(n.memory < 1 << 20);
    wire_finish(w);
    wire_close(w);
    assert_int_equal(seen.events[EV_network_connection], 0); /* nobody answered */
    buf_free(&s);
}

/* Talks that begin and never go on: the oldest give way, and that is counted. */
static void half_said_talks_are_bounded(void **state) {
    (void)state;
    Seen seen = seen_new();
    Wire *w = wire_open(
        &(WireOptions){.sink = &seen.sink, .flows = 1 << 12, .memory = 1 << 20, .reading = -1});
    Buf s = segment(0, 2, 5000, 445, 1, 0, 16, "\x01\x02not a whole message of any kind");
    for (uint32_t i = 0; i < 100000; i++) {
        memcpy(s.p + 12, &i, 4);
        feed(w, 101, buf_span(&s));
    }
    WireCounters n = wire_counters(w);
    assert_true(n.flows_dropped > 0);
    assert_true(n.memory <= 1 << 20);
    wire_finish(w);
    wire_close(w);
    buf_free(&s);
}

/* ---- every prefix of the seeds ---- */

static size_t read_span(void *context, uint8_t *to, size_t room) {
    Cur *c = context;
    Span s = cur_take(c, room < cur_left(c) ? room : cur_left(c));
    if (s.n) memcpy(to, s.p, s.n);
    return s.n;
}

static unsigned replay(Span file) {
    Seen seen = seen_new();
    Cur input = cur(file);
    Capture *c = capture_open(read_span, &input);
    Wire *w = wire_open(&(WireOptions){.sink = &seen.sink, .flows = 16, .reading = -1});
    Packet p;
    while (capture_next(c, &p)) {
        uint8_t *copy = malloc(p.bytes.n + !p.bytes.n); /* so that an overread is seen */
        memcpy(copy, p.bytes.p, p.bytes.n);
        p.bytes.p = copy;
        wire_packet(w, &p);
        free(copy);
    }
    wire_finish(w);
    wire_close(w);
    capture_close(c);
    return seen.findings;
}

static Span read_file(const char *path) {
    FILE *f = fopen(path, "rb");
    uint8_t *bytes = malloc(1 << 16);
    size_t n = f ? fread(bytes, 1, 1 << 16, f) : 0;
    if (f) fclose(f);
    return span(bytes, n);
}

static void forgives_every_prefix(void **state) {
    (void)state;
    static const char folder[] = SOURCE_ROOT "/fuzz/corpus/wire_capture";
    DIR *d = opendir(folder);
    unsigned found = 0;
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        Span file = read_file(path);
        found += replay(file) > 0;
        for (size_t n = 0; n < file.n; n += 3) {
            uint8_t *copy = malloc(n + !n);
            memcpy(copy, file.p, n);
            replay(span(copy, n));
            free(copy);
        }
        free((void *)file.p);
    }
    closedir(d);
    assert_true(found >= 5); /* attacks among them */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sees_through_layers),
        cmocka_unit_test(sees_through_links),
        cmocka_unit_test(sees_through_tunnels),
        cmocka_unit_test(a_flood_of_beginnings_is_bounded),
        cmocka_unit_test(half_said_talks_are_bounded),
        cmocka_unit_test(forgives_every_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
