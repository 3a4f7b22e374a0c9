/* Packets out of pcap and pcapng, whole and broken. */
#include "base/buf.h"
#include "wire/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* One byte at a time, so that every refill is met. */
static size_t read_slowly(void *context, uint8_t *to, size_t room) {
    Cur *c = context;
    if (!room || !cur_left(c)) return 0;
    *to = cur_u8(c);
    return 1;
}

typedef struct {
    unsigned packets;
    Packet first, last; /* their bytes are gone */
    uint8_t first_byte;
    bool problem;
    uint64_t orphans;
} Seen;

static Seen read_all(Span file) {
    Seen seen = {0};
    Cur input = cur(file);
    Capture *c = capture_open(read_slowly, &input);
    Packet p;
    while (capture_next(c, &p)) {
        if (!seen.packets++) seen.first = p;
        if (p.bytes.n) seen.first_byte = p.bytes.p[0];
        seen.last = p;
    }
    seen.problem = capture_problem(c) != NULL;
    seen.orphans = capture_orphans(c);
    capture_close(c);
    return seen;
}

static void put(Buf *b, uint64_t v, unsigned bytes, bool big) {
    for (unsigned i = 0; i < bytes; i++) buf_byte(b, (uint8_t)(v >> 8 * (big ? bytes - 1 - i : i)));
}

static Buf pcap(uint32_t magic, bool big, uint32_t fraction) {
    Buf b = buf_new(4096);
    put(&b, magic, 4, big);
    put(&b, 2, 2, big), put(&b, 4, 2, big), put(&b, 0, 8, big), put(&b, 65535, 4, big);
    put(&b, 1, 4, big);
    for (unsigned i = 0; i < 2; i++) {
        put(&b, 1000 + i, 4, big), put(&b, fraction, 4, big), put(&b, 3, 4, big),
            put(&b, 9, 4, big);
        buf_str(&b, "abc");
    }
    return b;
}

static void reads_pcap(void **state) {
    (void)state;
    for (unsigned kind = 0; kind < 4; kind++) {
        bool nano = kind & 1, big = kind & 2;
        Buf b = pcap(nano ? 0xA1B23C4D : 0xA1B2C3D4, big, 500);
        Seen s = read_all(buf_span(&b));
        assert_int_equal(s.packets, 2);
        assert_false(s.problem);
        assert_int_equal(s.first.number, 1);
        assert_int_equal(s.first.length, 9);
        assert_int_equal(s.first.bytes.n, 3);
        assert_int_equal(s.first.link, 1);
        assert_true(s.first.time == 1000 * TIME_SECOND + (nano ? 500 : 500000));
        assert_int_equal(s.first_byte, 'a');
        buf_free(&b);
    }
}

static void block(Buf *out, uint32_t type, Span body, bool big) {
    size_t padded = (body.n + 3) / 4 * 4;
    put(out, type, 4, big);
    put(out, padded + 12, 4, big);
    buf_add(out, body);
    put(out, 0, (unsigned)(padded - body.n), big);
    put(out, padded + 12, 4, big);
}

static void section(Buf *out, bool big) {
    Buf b = buf_new(64);
    put(&b, 0x1A2B3C4D, 4, big), put(&b, 1, 2, big), put(&b, 0, 2, big),
        put(&b, UINT64_MAX, 8, big);
    block(out, 0x0A0D0D0A, buf_span(&b), big);
    buf_free(&b);
}

static void interface(Buf *out, uint16_t link, uint8_t resolution, int64_t offset, bool big) {
    Buf b = buf_new(64);
    put(&b, link, 2, big), put(&b, 0, 2, big), put(&b, 2, 4, big);
    put(&b, 9, 2, big), put(&b, 1, 2, big), put(&b, resolution, 1, big), put(&b, 0, 3, big);
    put(&b, 14, 2, big), put(&b, 8, 2, big), put(&b, (uint64_t)offset, 8, big);
    put(&b, 0, 4, big);
    block(out, 1, buf_span(&b), big);
    buf_free(&b);
}

static void enhanced(Buf *out, uint32_t number, uint64_t ticks, bool big) {
    Buf b = buf_new(64);
    put(&b, number, 4, big), put(&b, ticks >> 32, 4, big), put(&b, ticks & UINT32_MAX, 4, big);
    put(&b, 2, 4, big), put(&b, 7, 4, big);
    buf_str(&b, "xy");
    block(out, 6, buf_span(&b), big);
    buf_free(&b);
}

static Buf pcapng(void) {
    Buf b = buf_new(4096);
    for (unsigned big = 0; big < 2; big++) {
        section(&b, big);
        interface(&b, 1, 6, 0, big);
        interface(&b, 101, 9, 100, big);
        block(&b, 0x0BAD, span_str("a block that nobody knows"), big);
        enhanced(&b, 0, 2000000, big);
        enhanced(&b, 1, 3000000001, big);
        enhanced(&b, 7, 1, big); /* of no interface */
        block(&b, 3, span("\0\0\0\2zz", 6), big);
    }
    return b;
}

static void reads_pcapng(void **state) {
    (void)state;
    Buf b = pcapng();
    Seen s = read_all(buf_span(&b));
    assert_false(s.problem);
    assert_int_equal(s.packets, 6);
    assert_int_equal(s.orphans, 2);
    assert_int_equal(s.first.link, 1);
    assert_true(s.first.time == 2 * TIME_SECOND);
    assert_int_equal(s.last.number, 8);
    assert_int_equal(s.first_byte, 'z');
    buf_free(&b);
}

static void keeps_nanoseconds_and_offset(void **state) {
    (void)state;
    Buf b = buf_new(4096);
    section(&b, false);
    interface(&b, 101, 9, 100, false);
    enhanced(&b, 0, 3000000001, false);
    Seen s = read_all(buf_span(&b));
    assert_true(s.first.time == 103 * TIME_SECOND + 1);
    assert_int_equal(s.first.link, 101);
    buf_free(&b);
}

/* What is cut off is said, and nothing is read behind the end. */
static void forgives_every_prefix(void **state) {
    (void)state;
    Buf files[] = {pcap(0xA1B2C3D4, false, 1), pcap(0xA1B23C4D, true, 1), pcapng()};
    for (unsigned i = 0; i < 3; i++) {
        Seen whole = read_all(buf_span(&files[i]));
        for (size_t n = 0; n < files[i].n; n++) {
            uint8_t *copy = malloc(n + !n);
            memcpy(copy, files[i].p, n);
            Seen s = read_all(span(copy, n));
            assert_true(s.packets <= whole.packets);
            assert_true(s.problem || s.packets + s.orphans < whole.packets + whole.orphans ||
                        n > 400);
            free(copy);
        }
        buf_free(&files[i]);
    }
}

static void refuses_nonsense(void **state) {
    (void)state;
    Buf b = pcap(0xA1B2C3D4, false, 1);
    put(&b, 1, 8, false), put(&b, UINT32_MAX, 8, false); /* a packet of 4 GiB */
    Seen s = read_all(buf_span(&b));
    assert_int_equal(s.packets, 2);
    assert_true(s.problem);
    assert_true(read_all(span_str("no capture at all")).problem);
    assert_true(read_all((Span){0}).problem);
    buf_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_pcap),
        cmocka_unit_test(reads_pcapng),
        cmocka_unit_test(keeps_nanoseconds_and_offset),
        cmocka_unit_test(forgives_every_prefix),
        cmocka_unit_test(refuses_nonsense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
