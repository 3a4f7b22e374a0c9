/* Bounded memory, with the room's own bounds: floods of a million, and an attack in the middle of each that
 * is found nevertheless. */
#include "base/buf.h"
#include "wire/internal.h"
#include "wire/smb1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

enum { MILLION = 1000000, MOST_RESIDENT = 64 << 10 /* KiB */ };

enum { FIN = 1, SYN = 2, ACK = 16 };

static unsigned findings;

static void on_finding(Sink *s, const Finding *f) {
    (void)s;
    findings += strcmp(f->rule, "wire.eternalblue") == 0;
}

static Sink sink = {.finding = on_finding};

static void be(Buf *b, uint64_t v, unsigned bytes) {
    for (unsigned i = bytes; i-- > 0;) buf_byte(b, (uint8_t)(v >> 8 * i));
}

/* ---- SMB, inert ---- */

/* A message of a transaction that announces more than it brings. */
static void put_message(Buf *b, uint8_t command, uint16_t mid, Span words) {
    be(b, 32 + 1 + words.n + 2, 4);
    be(b, 0xFF534D42, 4);
    buf_byte(b, command);
    be(b, 0, 4), be(b, 0x1801C0, 3), be(b, 0, 12); /* status, flags, and up to the TID */
    buf_le(b, 1, 2), buf_le(b, 2, 2), buf_le(b, 3, 2), buf_le(b, mid, 2); /* TID, PID, UID, MID */
    buf_byte(b, (uint8_t)(words.n / 2));
    buf_add(b, words);
    buf_le(b, 0, 2);
}

static void put_unfinished(Buf *b, uint16_t mid) {
    Buf words = buf_new(64);
    buf_le(&words, 0, 2), buf_le(&words, 512, 2); /* parameters, data: announced */
    be(&words, 0, 22);
    buf_byte(&words, 0), buf_byte(&words, 0); /* setup */
    put_message(b, SMB1_TRANSACTION, mid, buf_span(&words));
    buf_free(&words);
}

static void put_attack(Buf *b) {
    Buf first = buf_new(64), second = buf_new(64);
    be(&first, 0, 3), buf_le(&first, 0, 4), buf_le(&first, 0x103D0, 4);
    be(&first, 0, 27);
    put_message(b, SMB1_NT_TRANSACT, 7, buf_span(&first));
    be(&second, 0, 18);
    put_message(b, SMB1_TRANSACTION2_SECONDARY, 7, buf_span(&second));
    buf_free(&first);
    buf_free(&second);
}

/* ---- packets ---- */

typedef struct {
    uint32_t from, to;
    uint16_t sport, dport;
    uint32_t seq, ack;
    uint8_t flags;
} Head;

static void feed(Wire *w, Head h, Span data) {
    static uint64_t number;
    Buf b = buf_new(4096);
    be(&b, 0x4500, 2), be(&b, 40 + data.n, 2), be(&b, 0, 4), be(&b, 64 << 8 | 6, 2);
    be(&b, 0, 2); /* both checksums are left to the card */
    be(&b, h.from, 4), be(&b, h.to, 4);
    Datagram d = {.protocol = IP_TCP,
                  .length = (uint32_t)(20 + data.n),
                  .source = address_v4(span_sub(buf_span(&b), 12, 4)),
                  .destination = address_v4(span_sub(buf_span(&b), 16, 4))};
    be(&b, h.sport, 2), be(&b, h.dport, 2), be(&b, h.seq, 4), be(&b, h.ack, 4);
    be(&b, 5 << 12 | h.flags, 2), be(&b, 65535, 2);
    uint16_t pseudo = ip_fold(ip_pseudo_sum(&d));
    buf_add(&b, span(&pseudo, 2));
    be(&b, 0, 2);
    buf_add(&b, data);
    number++;
    wire_packet(w, &(Packet){.number = number,
                             .time = TIME_SECOND + (Time)number * 1000,
                             .link = 101,
                             .length = (uint32_t)b.n,
                             .bytes = buf_span(&b)});
    buf_free(&b);
}

/* Both directions of a handshake. */
static void shake(Wire *w, uint32_t from, uint16_t port) {
    feed(w, (Head){from, 2, port, 445, 0, 0, SYN}, (Span){0});
    feed(w, (Head){2, from, 445, port, 0, 1, SYN | ACK}, (Span){0});
}

static void attack(Wire *w) {
    enum { ATTACKER = 0xC0A80001, PORT = 5555 };
    Buf b = buf_new(1024);
    put_attack(&b);
    shake(w, ATTACKER, PORT);
    feed(w, (Head){ATTACKER, 2, PORT, 445, 1, 1, ACK}, buf_span(&b));
    feed(w, (Head){2, ATTACKER, 445, PORT, 1, 1 + (uint32_t)b.n, ACK}, (Span){0});
    buf_free(&b);
}

/* ---- floods ---- */

static void bounded(void (*one)(Wire *w, uint32_t i)) {
    findings = 0;
    Wire *w = wire_open(&(WireOptions){.sink = &sink, .artifact = 1, .reading = -1});
    for (uint32_t i = 0; i < MILLION; i++) {
        one(w, i);
        if (i == MILLION / 2) attack(w);
    }
    WireCounters n = wire_counters(w);
    assert_true(n.memory <= WIRE_MEMORY);
    assert_true(n.flows_dropped > 0); /* it is told that not everything was looked at */
    wire_finish(w);
    wire_close(w);
    assert_int_equal(findings, 1);
#if !defined __SANITIZE_ADDRESS__
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    if (usage.ru_maxrss > MOST_RESIDENT) fail_msg("%ld KiB", usage.ru_maxrss);
#endif
}

static void begin(Wire *w, uint32_t i) {
    feed(w, (Head){0x0B000000 + i, 2, 5000, 445, i, 0, SYN}, (Span){0});
}

static void half_open(Wire *w, uint32_t i) {
    shake(w, 0x0B000000 + i, 5000);
}

/* Of a hundred thousand clients, ten each. */
static void leave_unfinished(Wire *w, uint32_t i) {
    uint32_t client = 0x0B000000 + i % 100000, turn = i / 100000;
    Buf b = buf_new(256);
    put_unfinished(&b, (uint16_t)turn);
    uint32_t seq = 1 + turn * (uint32_t)b.n;
    if (!turn) shake(w, client, 5000);
    feed(w, (Head){client, 2, 5000, 445, seq, 1, ACK}, buf_span(&b));
    feed(w, (Head){2, client, 445, 5000, 1, seq + (uint32_t)b.n, ACK}, (Span){0});
    buf_free(&b);
}

static void a_flood_of_syns(void **state) {
    (void)state;
    bounded(begin);
}

static void a_million_half_open_flows(void **state) {
    (void)state;
    bounded(half_open);
}

static void a_million_unfinished_transactions(void **state) {
    (void)state;
    bounded(leave_unfinished);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_of_syns),
        cmocka_unit_test(a_million_half_open_flows),
        cmocka_unit_test(a_million_unfinished_transactions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
