/* The nouns as messages: what goes in comes out; every prefix and every flipped bit of a message is
 * refused or read as something well-formed; what a sender must not say is refused. */
#include "base/json.h"
#include "msg/code.h"
#include "msg/job.h"
#include "msg/noun.h"
#include "msg/sink.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
/* after the headers that it builds on */
#include <cmocka.h>

static Arena arena;

static int fresh_arena(void **state) {
    (void)state;
    arena = arena_new(64 << 20);
    return 0;
}

static int drop_arena(void **state) {
    (void)state;
    arena_reset(&arena);
    return 0;
}

/* ---- samples with every field set ---- */

static Value *texts(const char *one, const char *two) {
    Value *l = value_list(&arena);
    value_add(l, value_str(&arena, one));
    value_add(l, value_str(&arena, two));
    return l;
}

static Value *tree(void) {
    Value *m = value_map(&arena), *deep = value_list(&arena);
    value_set(&arena, m, "null", value_null(&arena));
    value_set(&arena, m, "true", value_bool(&arena, true));
    value_set(&arena, m, "low", value_int(&arena, INT64_MIN));
    value_set(&arena, m, "minus", value_int(&arena, -1));
    value_set(&arena, m, "high", value_uint(&arena, UINT64_MAX));
    value_set(&arena, m, "half", value_real(&arena, 0.5));
    value_set(&arena, m, "text", value_text(&arena, span("a\0b\xff", 4)));
    value_set(&arena, m, "", value_str(&arena, ""));
    value_add(deep, value_map(&arena));
    value_add(deep, value_list(&arena));
    value_add(deep, value_str(&arena, "x"));
    value_set(&arena, m, "deep", deep);
    return m;
}

static Artifact sample_artifact(void) {
    return (Artifact){.id = 3,
                      .parent = 1,
                      .offset = MODEL_NO_OFFSET,
                      .name = "C:\\x\xff.exe",
                      .format = "pe32",
                      .description = "Windows program",
                      .origin = "dropped",
                      .size = UINT64_C(3) << 30,
                      .digests = {.md5 = {1, 2, 3}, .sha1 = {4}, .sha256 = {5, 6}},
                      .facts = tree()};
}

static Event sample_event(void) {
    Event e = {
        .run = 2, .artifact = 1, .n = 17, .time = -5, .category = EV_file_event, .count = 4189501};
    event_set(&e, EF_Image, "C:\\a.exe");
    event_set(&e, EF_TargetFilename, "");
    return e;
}

static Call sample_call(void) {
    return (Call){.run = 2,
                  .artifact = 1,
                  .n = 9,
                  .time = 1,
                  .count = 2,
                  .process = 100,
                  .thread = 104,
                  .module = "kernel32",
                  .name = "CreateFileW",
                  .arguments = tree(),
                  .returned = "0x40",
                  .caller = "a.exe+0x1000"};
}

static Finding sample_finding(void) {
    Value *evidence = value_list(&arena), *one = value_map(&arena);
    value_set(&arena, one, "run", value_uint(&arena, 1));
    value_add(evidence, one);
    return (Finding){.rule = "guest.run-key",
                     .severity = SEVERITY_CRITICAL,
                     .title = "A title.",
                     .artifact = 1,
                     .evidence = evidence,
                     .attack = texts("T1547.001", "T1112"),
                     .mbc = NULL};
}

static Run sample_run(void) {
    return (Run){.id = 2,
                 .artifact = 1,
                 .world = "home",
                 .edits = texts("domain=CORP", "ram=8GiB"),
                 .ended = "exit 0",
                 .blocks = 123456789012,
                 .elapsed = 10 * TIME_SECOND,
                 .unmodelled = texts("NtFoo", "NtBar"),
                 .budget = "blocks",
                 .nondeterministic = true,
                 .details = tree(),
                 .processes = tree()};
}

static Job sample_job(void) {
    return (Job){.sample_name = "a.exe",
                 .opener = "b.exe /c",
                 .arguments = texts("/c", ""),
                 .directory = NULL,
                 .world_name = "home",
                 .world = span_str("users:\n"),
                 .edits = texts("domain=CORP", "ram=8GiB"),
                 .budget = {1, 2, 3, 4, 5, 6, 7},
                 .trace = true,
                 .artifact = 1,
                 .run = 1};
}

/* ---- each noun there and back ---- */

/* One kind of message: how to make the sample's payload, and how to read a payload and make it
 * again. */
typedef struct {
    const char *name;
    void (*make)(Buf *out);
    Status (*again)(Span payload, Buf *out);
} Kind;

#define KIND_OF_NOUN(type, noun, extra)                                                            \
    static void make_##noun(Buf *out) {                                                            \
        type x = sample_##noun();                                                                  \
        noun_put_##noun(out, &x);                                                                  \
    }                                                                                              \
    static Status again_##noun(Span payload, Buf *out) {                                           \
        type x;                                                                                    \
        extra;                                                                                     \
        if (s == ST_OK) noun_put_##noun(out, &x);                                                  \
        return s;                                                                                  \
    }

KIND_OF_NOUN(Artifact, artifact, uint64_t bytes;
             Status s = noun_get_artifact(&arena, payload, &x, &bytes))
KIND_OF_NOUN(Event, event, Status s = noun_get_event(&arena, payload, &x))
KIND_OF_NOUN(Call, call, Status s = noun_get_call(&arena, payload, &x))
KIND_OF_NOUN(Finding, finding, Status s = noun_get_finding(&arena, payload, &x))
KIND_OF_NOUN(Run, run, Status s = noun_get_run(&arena, payload, &x))

static void make_skipped(Buf *out) {
    noun_put_skipped(out, "x", "because");
}
static Status again_skipped(Span payload, Buf *out) {
    const char *what, *why;
    TRY(noun_get_skipped(&arena, payload, &what, &why));
    noun_put_skipped(out, what, why);
    return ST_OK;
}
static void make_job(Buf *out) {
    Job j = sample_job();
    job_encode(out, &j);
}
static Status again_job(Span payload, Buf *out) {
    Job j;
    TRY(job_decode(&arena, payload, &j));
    job_encode(out, &j);
    return ST_OK;
}

static const Kind kinds[] = {
    {"artifact", make_artifact, again_artifact},
    {"event", make_event, again_event},
    {"call", make_call, again_call},
    {"finding", make_finding, again_finding},
    {"run", make_run, again_run},
    {"skipped", make_skipped, again_skipped},
    {"job", make_job, again_job},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void goes_there_and_back(void **state) {
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        Buf one = buf_new(1 << 20), two = buf_new(1 << 20);
        kinds[k].make(&one);
        assert_false(one.full);
        if (kinds[k].again(buf_span(&one), &two) != ST_OK) fail_msg("%s", kinds[k].name);
        assert_true(span_equal(buf_span(&one), buf_span(&two)));
        buf_free(&one);
        buf_free(&two);
    }
}

/* Re-encoding hides what both sides forget; so look at some fields themselves. */
static void fields_arrive(void **state) {
    (void)state;
    Buf b = buf_new(1 << 20);
    Event sent = sample_event(), e;
    noun_put_event(&b, &sent);
    assert_int_equal(noun_get_event(&arena, buf_span(&b), &e), ST_OK);
    assert_int_equal(e.n, 17);
    assert_int_equal(e.time, -5);
    assert_int_equal(e.count, 4189501);
    assert_int_equal(e.category, EV_file_event);
    assert_string_equal(event_get(&e, EF_Image), "C:\\a.exe");
    assert_string_equal(event_get(&e, EF_TargetFilename), "");
    buf_clear(&b);

    Artifact put = sample_artifact(), a;
    uint64_t bytes;
    noun_put_artifact(&b, &put);
    assert_int_equal(noun_get_artifact(&arena, buf_span(&b), &a, &bytes), ST_OK);
    assert_int_equal(a.size, UINT64_C(3) << 30);
    assert_memory_equal(&a.digests, &put.digests, sizeof a.digests);
    Buf json = buf_new(1 << 20), want = buf_new(1 << 20);
    json_write(&json, a.facts);
    json_write(&want, put.facts);
    assert_true(span_equal(buf_span(&json), buf_span(&want)));
    buf_free(&json);
    buf_free(&want);
    buf_free(&b);
}

static void every_prefix_is_refused(void **state) {
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        Buf b = buf_new(1 << 20), out = buf_new(1 << 20);
        kinds[k].make(&b);
        for (size_t n = 0; n < b.n; n++) {
            uint8_t *copy = malloc(n ? n : 1); /* so that a read past the end is seen */
            memcpy(copy, b.p, n);
            if (kinds[k].again(span(copy, n), &out) != ST_PROTOCOL)
                fail_msg("%s, %zu bytes", kinds[k].name, n);
            free(copy);
        }
        buf_byte(&b, 0); /* and what is too long */
        assert_int_equal(kinds[k].again(buf_span(&b), &out), ST_PROTOCOL);
        buf_free(&b);
        buf_free(&out);
    }
}

/* A flipped bit may well give another good message; it must be one that can be sent again. */
static void any_flipped_bit_is_survived(void **state) {
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        Buf b = buf_new(1 << 20), out = buf_new(1 << 20), more = buf_new(1 << 20);
        kinds[k].make(&b);
        for (size_t bit = 0; bit < b.n * 8; bit++) {
            b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
            buf_clear(&out);
            buf_clear(&more);
            Status s = kinds[k].again(buf_span(&b), &out);
            assert_true(s == ST_OK || s == ST_PROTOCOL || s == ST_BUDGET);
            if (s == ST_OK) assert_int_equal(kinds[k].again(buf_span(&out), &more), ST_OK);
            b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
            arena.full = false;
        }
        buf_free(&b);
        buf_free(&out);
        buf_free(&more);
    }
}

/* ---- what a hostile sender might say ---- */

static void expect_bad_value(Span bytes) {
    Cur c = cur(bytes);
    msg_get_value(&arena, &c);
    assert_true(c.bad);
}

static void trees_have_limits(void **state) {
    (void)state;
    Buf b = buf_new(4 << 20);
    for (int i = 0; i < 1000; i++) buf_add(&b, span("\6\1", 2)); /* lists of one, nested */
    buf_byte(&b, 0);
    expect_bad_value(buf_span(&b));

    buf_clear(&b); /* more items than nodes are allowed */
    buf_byte(&b, VALUE_LIST);
    msg_put_uint(&b, MSG_VALUE_NODES + 1);
    buf_space(&b, MSG_VALUE_NODES + 1);
    expect_bad_value(buf_span(&b));

    buf_clear(&b); /* a count that no memory holds */
    buf_byte(&b, VALUE_LIST);
    msg_put_uint(&b, UINT64_MAX);
    expect_bad_value(buf_span(&b));
    buf_free(&b);
}

static void odd_trees_are_refused(void **state) {
    (void)state;
    expect_bad_value(span("\x08", 1));                     /* no such kind */
    expect_bad_value(span("\x01\x02", 2));                 /* a boolean of 2 */
    expect_bad_value(span("\x07\x01\x00\x00", 4));         /* a map's item without a key */
    expect_bad_value(span("\x07\x01\x00\x03\x61\x00", 6)); /* a key with a NUL */
    expect_bad_value(span("\x04\0\0\0\0\0\0\xf0\x7f", 9)); /* infinity */
    expect_bad_value(span("\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11)); /* 65 bits */
}

static void a_tree_that_no_reader_takes_is_not_sent(void **state) {
    (void)state;
    Buf b = buf_new(1 << 20);
    Value *v = value_list(&arena);
    for (int i = 0; i < 100; i++) {
        Value *outer = value_list(&arena);
        value_add(outer, v);
        v = outer;
    }
    msg_put_value(&b, v);
    assert_true(b.full);
    buf_free(&b);
}

static void enumerations_are_checked(void **state) {
    (void)state;
    Buf b = buf_new(1 << 20);
    Event e = sample_event();
    Finding f = sample_finding();
    e.category = EV_COUNT;
    noun_put_event(&b, &e);
    assert_int_equal(noun_get_event(&arena, buf_span(&b), &e), ST_PROTOCOL);
    buf_clear(&b);
    e = sample_event();
    e.fields[1].name = EF_COUNT;
    noun_put_event(&b, &e);
    assert_int_equal(noun_get_event(&arena, buf_span(&b), &e), ST_PROTOCOL);
    buf_clear(&b);
    f.severity = SEVERITY_CRITICAL + 1;
    noun_put_finding(&b, &f);
    assert_int_equal(noun_get_finding(&arena, buf_span(&b), &f), ST_PROTOCOL);
    buf_clear(&b);
    f = sample_finding();
    f.attack = f.evidence; /* maps where text belongs */
    noun_put_finding(&b, &f);
    assert_int_equal(noun_get_finding(&arena, buf_span(&b), &f), ST_PROTOCOL);
    buf_free(&b);
}

/* ---- the sink ---- */

typedef struct {
    Sink sink;
    unsigned artifacts, events, calls, findings, runs, skips;
    uint64_t bytes;
    uint32_t sum;
} Tally;

static void tally_artifact(Sink *s, const Artifact *a) {
    Tally *t = (Tally *)s;
    t->artifacts++;
    t->bytes = a->bytes.n;
    for (size_t i = 0; i < a->bytes.n; i++) t->sum += a->bytes.p[i];
    assert_string_equal(a->format, "pe32");
}
static void tally_event(Sink *s, const Event *e) {
    (void)e;
    ((Tally *)s)->events++;
}
static void tally_call(Sink *s, const Call *c) {
    (void)c;
    ((Tally *)s)->calls++;
}
static void tally_finding(Sink *s, const Finding *f) {
    (void)f;
    ((Tally *)s)->findings++;
}
static void tally_run(Sink *s, const Run *r) {
    (void)r;
    ((Tally *)s)->runs++;
}
static void tally_skipped(Sink *s, const char *what, const char *why) {
    (void)what;
    (void)why;
    ((Tally *)s)->skips++;
}

static Tally tally(void) {
    return (Tally){.sink = {tally_artifact, tally_event, tally_call, tally_finding, NULL, tally_run,
                            tally_skipped}};
}

/* So many events that what waits goes several times. */
static void go_through_a_socket(bool gathers) {
    enum { BYTES = 600000, EVENTS = 5000 };
    int s[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
    if (fork() == 0) {
        MsgSink out;
        uint8_t *bytes = malloc(BYTES);
        memset(bytes, 1, BYTES);
        msg_sink_open(&out, s[1]);
        if (gathers) msg_sink_gather(&out);
        Artifact a = sample_artifact();
        a.bytes = span(bytes, BYTES);
        Event e = sample_event();
        Call c = sample_call();
        Finding f = sample_finding();
        Run r = sample_run();
        for (unsigned i = 0; i < EVENTS; i++) sink_event(&out.sink, &e);
        sink_artifact(&out.sink, &a);
        sink_call(&out.sink, &c);
        sink_finding(&out.sink, &f);
        msg_sink_progress(&out, &(MsgProgress){.time = 77, .processes = 2, .calls = 3});
        sink_skipped(&out.sink, "a", "b");
        sink_run(&out.sink, &r);
        msg_sink_end(&out);
        _exit(out.status);
    }
    close(s[1]);
    Tally t = tally();
    FrameReader frames = frame_reader(FRAME_CEILING);
    MsgReceiver r = msg_receiver(1 << 20);
    Frame f;
    Time deadline = time_monotonic() + 20 * TIME_SECOND;
    while (!r.ended) {
        assert_int_equal(frame_receive(&frames, s[0], deadline, &f), ST_OK);
        assert_int_equal(msg_receive(&r, f, &t.sink), ST_OK);
    }
    assert_int_equal(t.artifacts, 1);
    assert_int_equal(t.bytes, BYTES);
    assert_int_equal(t.sum, BYTES);
    assert_int_equal(t.events, EVENTS);
    assert_int_equal(t.calls, 1);
    assert_int_equal(t.findings, 1);
    assert_int_equal(t.runs, 1);
    assert_int_equal(t.skips, 1);
    assert_int_equal(r.progress.time, 77);
    assert_int_equal(r.progress.processes, 2);
    assert_int_equal(r.progress.calls, 3);
    frame_reader_close(&frames);
    msg_receiver_close(&r);
    close(s[0]);
}

static void nouns_go_through_a_socket(void **state) {
    (void)state;
    go_through_a_socket(false);
}

static void gathered_nouns_go_through_a_socket(void **state) {
    (void)state;
    go_through_a_socket(true);
}

static Buf artifact_with_bytes(uint64_t bytes) {
    Buf b = buf_new(1 << 20);
    Artifact a = sample_artifact();
    a.bytes = span("", (size_t)bytes);
    noun_put_artifact(&b, &a);
    return b;
}

static Status receive(MsgReceiver *r, uint32_t type, Span payload) {
    Tally t = tally();
    return msg_receive(r, (Frame){type, payload}, &t.sink);
}

static void a_receiver_believes_nothing(void **state) {
    (void)state;
    Buf ten = artifact_with_bytes(10), many = artifact_with_bytes(1001), event = buf_new(1 << 20);
    make_event(&event);
    Span nine = span("123456789", 9), two = span("12", 2);

    MsgReceiver r = msg_receiver(1000); /* more bytes than are allowed */
    assert_int_equal(receive(&r, MSG_ARTIFACT, buf_span(&many)), ST_PROTOCOL);
    msg_receiver_close(&r);

    r = msg_receiver(1000); /* more bytes than were announced */
    assert_int_equal(receive(&r, MSG_ARTIFACT, buf_span(&ten)), ST_OK);
    assert_int_equal(receive(&r, MSG_BYTES, nine), ST_OK);
    assert_int_equal(receive(&r, MSG_BYTES, two), ST_PROTOCOL);
    msg_receiver_close(&r);

    r = msg_receiver(1000); /* something between the bytes */
    assert_int_equal(receive(&r, MSG_ARTIFACT, buf_span(&ten)), ST_OK);
    assert_int_equal(receive(&r, MSG_EVENT, buf_span(&event)), ST_PROTOCOL);
    msg_receiver_close(&r);

    r = msg_receiver(1000); /* bytes of nothing, unknown types, a job from below, after the end */
    assert_int_equal(receive(&r, MSG_BYTES, nine), ST_PROTOCOL);
    assert_int_equal(receive(&r, 0, nine), ST_PROTOCOL);
    assert_int_equal(receive(&r, MSG_JOB, nine), ST_PROTOCOL);
    assert_int_equal(receive(&r, UINT32_MAX, nine), ST_PROTOCOL);
    assert_int_equal(receive(&r, MSG_END, nine), ST_PROTOCOL);
    assert_int_equal(receive(&r, MSG_EVENT, buf_span(&event)), ST_OK);
    assert_int_equal(receive(&r, MSG_END, (Span){0}), ST_OK);
    assert_int_equal(receive(&r, MSG_EVENT, buf_span(&event)), ST_PROTOCOL);
    msg_receiver_close(&r);
    buf_free(&ten);
    buf_free(&many);
    buf_free(&event);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh_arena, drop_arena)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(goes_there_and_back),
        TEST(fields_arrive),
        TEST(every_prefix_is_refused),
        TEST(any_flipped_bit_is_survived),
        TEST(trees_have_limits),
        TEST(odd_trees_are_refused),
        TEST(a_tree_that_no_reader_takes_is_not_sent),
        TEST(enumerations_are_checked),
        TEST(nouns_go_through_a_socket),
        TEST(gathered_nouns_go_through_a_socket),
        TEST(a_receiver_believes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
