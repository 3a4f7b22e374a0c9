/* Frames: any split of the bytes gives the same frames; a peer that floods, hangs, lies about a
 * length or ends at any byte yields a status. */
#include "jail/frame.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
/* after the headers that it builds on */
#include <cmocka.h>

enum { CEILING = 1000 };

static Time soon(void) {
    return time_monotonic() + TIME_SECOND / 20;
}
static Time later(void) {
    return time_monotonic() + 10 * TIME_SECOND;
}

/* Three frames: a short one, an empty one, one as long as the ceiling allows. */
static Buf sample(void) {
    uint8_t longest[CEILING];
    for (size_t i = 0; i < sizeof longest; i++) longest[i] = (uint8_t)i;
    Buf b = buf_new(1 << 20);
    frame_append(&b, 7, span_str("hello"));
    frame_append(&b, 8, (Span){0});
    frame_append(&b, 9, span(longest, sizeof longest));
    return b;
}

/* Reads frames until bytes are missing; returns their number, or -1 at a broken one. */
static int count_frames(FrameReader *r) {
    Frame f;
    Status s;
    int n = 0;
    while ((s = frame_next(r, &f)) == ST_OK) n++;
    return s == ST_NOT_FOUND ? n : -1;
}

static void any_split_gives_the_same(void **state) {
    (void)state;
    Buf b = sample();
    for (size_t step = 1; step <= b.n; step++) {
        FrameReader r = frame_reader(CEILING);
        int n = 0;
        for (size_t at = 0; at < b.n; at += step) {
            assert_int_equal(frame_feed(&r, span_clip(buf_span(&b), at, step)), ST_OK);
            n += count_frames(&r);
        }
        assert_int_equal(n, 3);
        assert_int_equal(frame_held(&r), 0);
        frame_reader_close(&r);
    }
    buf_free(&b);
}

static void payloads_come_out_as_they_went_in(void **state) {
    (void)state;
    Buf b = sample();
    FrameReader r = frame_reader(CEILING);
    Frame f;
    assert_int_equal(frame_feed(&r, buf_span(&b)), ST_OK);
    assert_int_equal(frame_next(&r, &f), ST_OK);
    assert_int_equal(f.type, 7);
    assert_true(span_equal(f.payload, span_str("hello")));
    assert_int_equal(frame_next(&r, &f), ST_OK);
    assert_int_equal(f.type, 8);
    assert_int_equal(f.payload.n, 0);
    assert_int_equal(frame_next(&r, &f), ST_OK);
    assert_int_equal(f.payload.n, CEILING);
    assert_int_equal(f.payload.p[CEILING - 1], (CEILING - 1) & 255);
    assert_int_equal(frame_next(&r, &f), ST_NOT_FOUND);
    frame_reader_close(&r);
    buf_free(&b);
}

static void every_prefix_is_incomplete(void **state) {
    (void)state;
    Buf b = sample();
    for (size_t n = 0; n < b.n; n++) {
        uint8_t *copy = malloc(n + 1);
        memcpy(copy, b.p, n);
        FrameReader r = frame_reader(CEILING);
        assert_int_equal(frame_feed(&r, span(copy, n)), ST_OK);
        free(copy);
        int frames = count_frames(&r);
        assert_int_equal(frames, (n >= 13) + (n >= 21));
        assert_int_equal(frame_held(&r) != 0, n != 0 && n != 13 && n != 21);
        frame_reader_close(&r);
    }
    buf_free(&b);
}

static void a_length_above_the_ceiling_is_broken_for_good(void **state) {
    (void)state;
    static const uint32_t lengths[] = {CEILING + 1, 1u << 31, UINT32_MAX, UINT32_MAX - 7};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        FrameReader r = frame_reader(CEILING);
        Buf b = buf_new(100);
        buf_le(&b, lengths[i], 4);
        buf_le(&b, 1, 4);
        Frame f;
        assert_int_equal(frame_feed(&r, buf_span(&b)), ST_OK);
        assert_int_equal(frame_next(&r, &f), ST_PROTOCOL);
        frame_append(&b, 1, span_str("x"));
        assert_int_equal(frame_next(&r, &f), ST_PROTOCOL);
        frame_reader_close(&r);
        buf_free(&b);
    }
}

static void a_reader_keeps_no_more_than_its_share(void **state) {
    (void)state;
    FrameReader r = frame_reader(CEILING);
    uint8_t zeroes[5000] = {0};
    size_t taken = 0;
    while (frame_feed(&r, span(zeroes, sizeof zeroes)) == ST_OK) taken += sizeof zeroes;
    assert_true(taken < CEILING + (128u << 10));
    assert_true(count_frames(&r) > 0);
    assert_int_equal(frame_feed(&r, span(zeroes, sizeof zeroes)), ST_OK);
    frame_reader_close(&r);
}

/* ---- over a socket ---- */

typedef struct {
    int here, there;
    FrameReader r;
} Line;

static Line line(void) {
    int s[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
    return (Line){s[0], s[1], frame_reader(CEILING)};
}

static void hang_up(Line *l) {
    if (l->there >= 0) close(l->there);
    l->there = -1;
}

static void drop(Line *l) {
    hang_up(l);
    close(l->here);
    frame_reader_close(&l->r);
}

static void sends_and_receives(void **state) {
    (void)state;
    Line l = line();
    Frame f;
    assert_int_equal(frame_send(l.there, 5, span_str("abc"), -1, later()), ST_OK);
    assert_int_equal(frame_receive(&l.r, l.here, later(), &f), ST_OK);
    assert_int_equal(f.type, 5);
    assert_true(span_equal(f.payload, span_str("abc")));
    hang_up(&l);
    assert_int_equal(frame_receive(&l.r, l.here, later(), &f), ST_CLOSED);
    assert_int_equal(frame_send(l.here, 5, span_str("abc"), -1, later()), ST_CLOSED);
    drop(&l);
}

static void a_peer_may_end_at_any_byte(void **state) {
    (void)state;
    Buf b = buf_new(100);
    frame_append(&b, 5, span_str("abc"));
    for (size_t n = 0; n < b.n; n++) {
        Line l = line();
        Frame f;
        assert_int_equal(write(l.there, b.p, n), n);
        hang_up(&l);
        assert_int_equal(frame_receive(&l.r, l.here, later(), &f), n ? ST_PROTOCOL : ST_CLOSED);
        drop(&l);
    }
    buf_free(&b);
}

static void a_peer_may_hang_at_any_byte(void **state) {
    (void)state;
    Buf b = buf_new(100);
    frame_append(&b, 5, span_str("abc"));
    Line l = line();
    for (size_t n = 0; n < b.n; n++) {
        Frame f;
        assert_int_equal(frame_receive(&l.r, l.here, time_monotonic(), &f), ST_TIMEOUT);
        assert_int_equal(write(l.there, b.p + n, 1), 1);
    }
    Frame f;
    assert_int_equal(frame_receive(&l.r, l.here, later(), &f), ST_OK);
    drop(&l);
    buf_free(&b);
}

static void a_peer_that_does_not_read_times_out(void **state) {
    (void)state;
    Line l = line();
    uint8_t *much = calloc(1, 8 << 20);
    assert_int_equal(frame_send(l.here, 1, span(much, 8 << 20), -1, soon()), ST_TIMEOUT);
    free(much);
    drop(&l);
}

static void filling_never_blocks(void **state) {
    (void)state;
    Line l = line();
    Frame f;
    assert_int_equal(frame_fill(&l.r, l.here), ST_OK);
    assert_int_equal(frame_send(l.there, 5, span_str("abc"), -1, later()), ST_OK);
    assert_int_equal(frame_fill(&l.r, l.here), ST_OK);
    assert_int_equal(frame_next(&l.r, &f), ST_OK);
    hang_up(&l);
    assert_int_equal(frame_fill(&l.r, l.here), ST_CLOSED);
    drop(&l);
}

static void passes_a_descriptor(void **state) {
    (void)state;
    Line l = line();
    int p[2], got;
    char byte = 0;
    Frame f;
    assert_int_equal(pipe(p), 0);
    assert_int_equal(frame_send(l.there, 5, span_str("take"), p[0], later()), ST_OK);
    close(p[0]);
    assert_int_equal(frame_receive_passed(&l.r, l.here, later(), &f, &got), ST_OK);
    assert_true(got >= 0);
    assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
    assert_int_equal(write(p[1], "y", 1), 1);
    assert_int_equal(read(got, &byte, 1), 1);
    assert_int_equal(byte, 'y');
    close(got);
    assert_int_equal(frame_send(l.there, 5, span_str("none"), -1, later()), ST_OK);
    assert_int_equal(frame_receive_passed(&l.r, l.here, later(), &f, &got), ST_OK);
    assert_int_equal(got, -1);
    close(p[1]);
    drop(&l);
}

static int open_descriptors(void) {
    int n = 0;
    for (int fd = 0; fd < 256; fd++) n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

/* coax never asks for a worker's descriptors: they must not pile up. */
static void unwanted_descriptors_do_not_arrive(void **state) {
    (void)state;
    Line l = line();
    Frame f;
    int before = open_descriptors();
    for (int i = 0; i < 50; i++) {
        assert_int_equal(frame_send(l.there, 5, span_str("x"), l.there, later()), ST_OK);
        assert_int_equal(frame_receive(&l.r, l.here, later(), &f), ST_OK);
    }
    assert_int_equal(open_descriptors(), before);
    drop(&l);
}

int main(void) {
    signal(SIGPIPE, SIG_DFL); /* a closed peer must be a status all the same */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_split_gives_the_same),
        cmocka_unit_test(payloads_come_out_as_they_went_in),
        cmocka_unit_test(every_prefix_is_incomplete),
        cmocka_unit_test(a_length_above_the_ceiling_is_broken_for_good),
        cmocka_unit_test(a_reader_keeps_no_more_than_its_share),
        cmocka_unit_test(sends_and_receives),
        cmocka_unit_test(a_peer_may_end_at_any_byte),
        cmocka_unit_test(a_peer_may_hang_at_any_byte),
        cmocka_unit_test(a_peer_that_does_not_read_times_out),
        cmocka_unit_test(filling_never_blocks),
        cmocka_unit_test(passes_a_descriptor),
        cmocka_unit_test(unwanted_descriptors_do_not_arrive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
