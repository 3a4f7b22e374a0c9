/* The engine with a scripted worker (fake_guest.c): it survives, and tells as a finding, any death
 * at any message; the order and the ids are those of the input whatever the number of jobs; what
 * cannot be read is named; the work can be interrupted at any time. */
#include "base/json.h"
#include "engine/engine.h"
#include "engine/packs.h"
#include "tests/support/tinype.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
/* after the headers that it builds on */
#include <cmocka.h>

static char folder[] = "/tmp/coax-test-engine-XXXXXX";
static const char *fake_guest;

/* ---- files ---- */

static const char *path_of(const char *name) {
    static char path[8][512];
    static unsigned next;
    char *p = path[next++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

static void write_file(const char *name, Span bytes) {
    FILE *f = fopen(path_of(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    fclose(f);
}

static void write_program(const char *name) {
    Buf b = tinype_make(&(TinyPe){.is64 = true});
    write_file(name, buf_span(&b));
    buf_free(&b);
}

/* Headers only: the guest that is started here reads no more of them. */
static void write_pack(Arena *a, PackId id, uint32_t machine) {
    const char *name = pack_name(a, id), *dash = strchr(name, '-');
    Buf b = buf_new(1 << 10);
    buf_str(&b, "COAXPACK");
    buf_le(&b, 2, 4);
    buf_le(&b, machine, 4);
    buf_space(&b, 16);
    buf_le(&b, 216, 8); /* size of the file */
    buf_space(&b, 200 - b.n);
    buf_add(&b, span(dash + 1, (size_t)(strchr(name, '.') - dash - 1)));
    buf_space(&b, 216 - b.n);
    write_file(name, buf_span(&b));
    buf_free(&b);
}

static void write_packs(void) {
    Arena a = arena_new(1 << 16);
    write_pack(&a, PACK_X64, 0x8664);
    write_pack(&a, PACK_X86, 0x14C);
    arena_reset(&a);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    setenv("COAX_CACHE", folder, 1);
    write_packs();
    write_file("w.yaml", span_str("computer: TEST\n"));
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- a sink that writes everything down ---- */

typedef struct {
    Sink sink;
    Buf log; /* a line for each noun */
    unsigned artifacts, events, runs, findings, skipped;
    char ended[128], rule[64], title[256], evidence[256];
    bool nondeterministic;
} Record;

static void record_artifact(Sink *s, const Artifact *a) {
    Record *r = (Record *)s;
    char hex[65];
    r->artifacts++;
    hash_hex(span(a->digests.sha256, 32), hex);
    buf_printf(&r->log, "a%u of a%u %s %s %s %" PRIu64 " %s\n", a->id, a->parent, a->name,
               a->format, a->origin, a->size, hex);
}

static void record_event(Sink *s, const Event *e) {
    Record *r = (Record *)s;
    r->events++;
    buf_printf(&r->log, "event r%u a%u %" PRIu64 " %s\n", e->run, e->artifact, e->n,
               event_category_name(e->category));
}

static void record_call(Sink *s, const Call *c) {
    buf_printf(&((Record *)s)->log, "call r%u a%u %s\n", c->run, c->artifact, c->name);
}

static void record_finding(Sink *s, const Finding *f) {
    Record *r = (Record *)s;
    Buf evidence = buf_new(sizeof r->evidence - 1);
    r->findings++;
    json_write(&evidence, f->evidence);
    snprintf(r->rule, sizeof r->rule, "%s", f->rule);
    snprintf(r->title, sizeof r->title, "%s", f->title);
    snprintf(r->evidence, sizeof r->evidence, "%.*s", (int)evidence.n, (const char *)evidence.p);
    buf_printf(&r->log, "finding a%u %s %s %s\n", f->artifact, f->rule, f->title, r->evidence);
    buf_free(&evidence);
}

static void record_run(Sink *s, const Run *run) {
    Record *r = (Record *)s;
    r->runs++;
    r->nondeterministic = run->nondeterministic;
    snprintf(r->ended, sizeof r->ended, "%s", run->ended);
    buf_printf(&r->log, "run r%u a%u %s: %s\n", run->id, run->artifact, run->world, run->ended);
}

static void record_skipped(Sink *s, const char *what, const char *why) {
    Record *r = (Record *)s;
    r->skipped++;
    buf_printf(&r->log, "skipped %s: %s\n", what, why);
}

static Record new_record(void) {
    return (Record){.sink = {record_artifact, record_event, record_call, record_finding, NULL,
                             record_run, record_skipped},
                    .log = buf_new(64 << 20)};
}

static bool logged(Record *r, const char *line) {
    buf_byte(&r->log, 0);
    r->log.n--;
    return strstr((const char *)r->log.p, line) != NULL;
}

/* ---- running the engine ---- */

static EngineOptions options(unsigned jobs) {
    return (EngineOptions){
        .jobs = jobs, .world = path_of("w.yaml"), .wall = 20 * TIME_SECOND, .guest = fake_guest};
}

static Engine *open_engine(EngineOptions o) {
    Engine *e;
    char message[ENGINE_MESSAGE] = "";
    if (engine_open(&o, &e, message) != ST_OK) fail_msg("%s", message);
    return e;
}

static EngineSummary run(EngineOptions o, const char *const *paths, size_t count, Record *r) {
    Engine *e = open_engine(o);
    EngineSummary s;
    *r = new_record();
    assert_int_equal(engine_run(e, paths, count, &r->sink, &s), ST_OK);
    engine_close(e);
    return s;
}

static EngineSummary run_one(EngineOptions o, const char *name, Record *r) {
    const char *path = path_of(name);
    return run(o, &path, 1, r);
}

/* ---- a good worker ---- */

static void tells_a_story(void **state) {
    (void)state;
    Record r;
    write_program("good.exe");
    EngineSummary s = run_one(options(1), "good.exe", &r);
    assert_int_equal(s.artifacts, 2);
    assert_int_equal(s.runs, 1);
    assert_int_equal(s.findings, 1);
    assert_int_equal(s.failed + s.unreadable + s.skipped, 0);
    assert_string_equal(r.ended, "exit 0");
    assert_true(logged(&r, "a1 of a0"));
    assert_true(logged(&r, "pe32+ input 3584 "));
    /* the worker's word for the format is not taken */
    assert_true(logged(&r, "a2 of a1 C:\\dropped.txt text dropped 600000 "));
    assert_true(logged(&r, "event r1 a1 2 file_event"));
    assert_true(logged(&r, "finding a2 fake.rule A finding. [{\"artifact\":2,\"run\":1}]"));
    buf_free(&r.log);
}

static void ids_go_on(void **state) {
    (void)state;
    Record r;
    const char *paths[] = {path_of("good.exe"), path_of("good.exe")};
    run(options(2), paths, 2, &r);
    assert_true(logged(&r, "a3 of a0"));
    assert_true(logged(&r, "a4 of a3 C:\\dropped.txt"));
    assert_true(logged(&r, "event r2 a3 1 process_creation"));
    assert_true(logged(&r, "finding a4 fake.rule A finding. [{\"artifact\":4,\"run\":2}]"));
    buf_free(&r.log);
}

/* ---- every death at every message ---- */

typedef struct {
    const char *how;
    const char *ended; /* of the run, where the worker did not tell it itself */
    const char *rule;
    const char *title; /* a part of it */
} Death;

#define BROKEN_RUN "worker killed: it broke the protocol"

static const Death deaths[] = {
    {"segv", "worker died: signal 11 (SIGSEGV)", "engine.worker-died", "signal 11 (SIGSEGV)"},
    {"abort", "worker died: signal 6 (SIGABRT)", "engine.worker-died", "signal 6 (SIGABRT)"},
    {"forbidden", "worker died: killed by seccomp at a forbidden system call", "engine.worker-died",
     "seccomp"},
    {"exit3", "worker died: exit status 3", "engine.worker-died", "exit status 3"},
    {"exit0", "worker died: exit status 0", "engine.worker-died", "exit status 0"},
    {"hang", "stopped: 400 ms of wall clock", "engine.wall-clock", "400 ms"},
    {"mute", "worker killed: no sign of life for 400 ms", "engine.worker-died", "no sign of life"},
    {"flood", "worker killed: it sent more than its budgets allow", "engine.worker-died",
     "more than"},
    {"garbage", BROKEN_RUN, "engine.worker-died", "broke the protocol"},
    {"huge", BROKEN_RUN, "engine.worker-died", "broke the protocol"},
    {"badnoun", BROKEN_RUN, "engine.worker-died", "broke the protocol"},
    {"badtype", BROKEN_RUN, "engine.worker-died", "broke the protocol"},
    {"job", BROKEN_RUN, "engine.worker-died", "broke the protocol"},
    {"cut", "worker died: exit status 0", "engine.worker-died", "exit status 0"},
    {"close", "worker died: signal 9 (SIGKILL)", "engine.worker-died", "signal 9 (SIGKILL)"},
};

enum { MESSAGES = 10, RUN_MESSAGE = 7, END_MESSAGE = 8 };

/* The number of the last event that was told before the message. */
static unsigned last_event(unsigned message) {
    return message >= 7 ? 3 : message >= 2 ? 2 : message;
}

static void die(const Death *d, unsigned message) {
    char name[64], want[64];
    Record r;
    EngineOptions o = options(1);
    bool hangs = strcmp(d->how, "hang") == 0, mute = strcmp(d->how, "mute") == 0;
    if (hangs) o.wall = 400 * TIME_SECOND / 1000;
    if (mute) o.silence = 400 * TIME_SECOND / 1000;
    o.most_bytes = 4 << 20;
    snprintf(name, sizeof name, "%u-%s.exe", message, d->how);
    write_program(name);
    EngineSummary s = run_one(o, name, &r);
    unlink(path_of(name));
    bool told_run = message > RUN_MESSAGE;
    if (r.runs != 1 || s.runs != 1 || strcmp(r.rule, d->rule) != 0 || !strstr(r.title, d->title) ||
        strcmp(r.ended, told_run ? "exit 0" : d->ended) != 0)
        fail_msg("%s: %u runs, %s; %s: %s", name, r.runs, r.ended, r.rule, r.title);
    if (strcmp(d->how, "flood") == 0) strcpy(want, "\"event\":99");
    else if (last_event(message)) snprintf(want, sizeof want, "\"event\":%u", last_event(message));
    else strcpy(want, "no event");
    if (!strstr(r.evidence, want)) fail_msg("%s: %s lacks %s", name, r.evidence, want);
    if (!told_run) assert_int_equal(r.nondeterministic, hangs || mute);
    buf_free(&r.log);
}

/* After MSG_END a worker may still die, hang or babble, which is told as well; but to exit with 0
 * is right then. */
static void survives(const Death *d) {
    for (unsigned message = 0; message < MESSAGES; message++) {
        bool after_end = message > END_MESSAGE;
        if (after_end && strcmp(d->how, "exit0") == 0) continue;
        if (after_end && strcmp(d->how, "flood") == 0) continue; /* the first frame breaks it */
        if (after_end && strcmp(d->how, "cut") == 0) continue;   /* the same */
        die(d, message);
    }
}

static void survives_any_death_at_any_message(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) survives(&deaths[i]);
}

/* A run that only takes its time is not taken for one that hangs. */
static void signs_of_life_are_heard(void **state) {
    (void)state;
    Record r;
    EngineOptions o = options(1);
    o.silence = 400 * TIME_SECOND / 1000;
    o.wall = 900 * TIME_SECOND / 1000;
    write_program("5-lives.exe");
    run_one(o, "5-lives.exe", &r);
    assert_string_equal(r.ended, "stopped: 900 ms of wall clock");
    buf_free(&r.log);
}

static void babble_after_the_end_is_told(void **state) {
    (void)state;
    static const char *const names[] = {"9-flood.exe", "9-cut.exe"};
    for (size_t i = 0; i < 2; i++) {
        Record r;
        write_program(names[i]);
        run_one(options(1), names[i], &r);
        assert_string_equal(r.ended, "exit 0");
        assert_string_equal(r.rule, "engine.worker-died");
        assert_non_null(strstr(r.title, "broke the protocol"));
        buf_free(&r.log);
    }
}

/* A dead worker costs its own input and nothing else. */
static void the_others_are_told(void **state) {
    (void)state;
    Record r;
    write_program("1-segv.exe");
    write_program("3-garbage.exe");
    const char *paths[] = {path_of("1-segv.exe"), path_of("good.exe"), path_of("3-garbage.exe"),
                           path_of("good.exe")};
    EngineSummary s = run(options(2), paths, 4, &r);
    assert_int_equal(s.runs, 4);
    assert_true(logged(&r, "run r2 a2 w: exit 0"));
    assert_true(logged(&r, "run r4 a6 w: exit 0"));
    buf_free(&r.log);
}

/* ---- order ---- */

static Buf log_of(unsigned jobs, const char *const *paths, size_t count) {
    Record r;
    EngineSummary s = run(options(jobs), paths, count, &r);
    assert_false(s.interrupted);
    return r.log;
}

static void the_number_of_jobs_changes_nothing(void **state) {
    (void)state;
    static const char *const names[] = {"4-slow.exe", "good.exe",   "1-slow.exe", "notes.txt",
                                        "1-segv.exe", "9-long.exe", "2-slow.exe", "absent.exe",
                                        "good.exe",   "0-slow.exe", "good.exe",   "2-garbage.exe"};
    enum { COUNT = sizeof names / sizeof *names };
    const char *paths[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        if (strstr(names[i], ".exe") && !strstr(names[i], "absent")) write_program(names[i]);
        paths[i] = strdup(path_of(names[i]));
    }
    write_file("notes.txt", span_str("some notes\n"));
    Buf one = log_of(1, paths, COUNT);
    assert_true(one.n > 1000);
    for (unsigned jobs = 2; jobs <= 8; jobs *= 2) {
        Buf many = log_of(jobs, paths, COUNT);
        if (!span_equal(buf_span(&one), buf_span(&many)))
            fail_msg("-j 1:\n%.*s\n-j %u:\n%.*s", (int)one.n, one.p, jobs, (int)many.n, many.p);
        buf_free(&many);
    }
    buf_free(&one);
    for (size_t i = 0; i < COUNT; i++) free((void *)paths[i]);
}

/* While the first input takes its time the others tell more than we are ready to keep. */
static void waiting_workers_take_bounded_memory(void **state) {
    (void)state;
    enum { COUNT = 8, EVENTS = 30000 };
    const char *paths[COUNT] = {strdup(path_of("5-slow.exe"))};
    Record r;
    write_program("5-slow.exe");
    write_program("30000-long.exe");
    for (size_t i = 1; i < COUNT; i++) paths[i] = strdup(path_of("30000-long.exe"));
    r = new_record();
    r.log.max = 1; /* only counted */
    Engine *e = open_engine(options(COUNT));
    EngineSummary s;
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    assert_int_equal(engine_run(e, paths, COUNT, &r.sink, &s), ST_OK);
    getrusage(RUSAGE_SELF, &after);
    assert_int_equal(r.events, (COUNT - 1) * EVENTS + COUNT * 3);
#if !defined __SANITIZE_ADDRESS__ /* which keeps what was freed */
    /* 30 MB each were told; kept are 1 MiB each, which a growing buffer may double */
    assert_true(after.ru_maxrss - before.ru_maxrss < 40 << 10);
#endif
    engine_close(e);
    buf_free(&r.log);
    for (size_t i = 0; i < COUNT; i++) free((void *)paths[i]);
}

/* ---- evidence ---- */

static void folders_are_walked_in_order(void **state) {
    (void)state;
    Record r;
    mkdir(path_of("d"), 0700);
    mkdir(path_of("d/b"), 0700);
    mkdir(path_of("d/empty"), 0700);
    write_file("d/z.txt", span_str("z"));
    write_file("d/b/y.txt", span_str("y"));
    write_file("d/b/x.txt", span_str("x"));
    write_file("d/a.txt", span_str(""));
    assert_int_equal(symlink("a.txt", path_of("d/link")), 0);
    assert_int_equal(symlink("..", path_of("d/b/loop")), 0);
    assert_int_equal(mkfifo(path_of("d/pipe"), 0600), 0);
    EngineSummary s = run_one(options(4), "d", &r);
    assert_int_equal(s.artifacts, 4);
    assert_int_equal(s.unreadable, 1);
    static const char *const order[] = {"/d/a.txt empty",
                                        "/d/b/loop: a symbolic link",
                                        "/d/b/x.txt text",
                                        "/d/b/y.txt text",
                                        "/d/empty: the folder is empty",
                                        "/d/link: a symbolic link",
                                        "/d/pipe: it is a pipe",
                                        "/d/z.txt text"};
    size_t at = 0;
    buf_byte(&r.log, 0);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const char *found = strstr((const char *)r.log.p + at, order[i]);
        if (!found) fail_msg("%s is not in its place:\n%s", order[i], r.log.p);
        at = (size_t)(found - (const char *)r.log.p);
    }
    buf_free(&r.log);
}

static void a_named_link_is_followed(void **state) {
    (void)state;
    Record r;
    EngineSummary s = run_one(options(1), "d/link", &r);
    assert_int_equal(s.artifacts, 1);
    assert_int_equal(s.unreadable, 0);
    buf_free(&r.log);
}

static void what_cannot_be_read_is_named(void **state) {
    (void)state;
    Record r;
    const char *paths[] = {path_of("nowhere"), "/dev/null", "", path_of("good.exe")};
    EngineSummary s = run(options(2), paths, 4, &r);
    assert_int_equal(s.unreadable, 3);
    assert_int_equal(s.skipped, 3);
    assert_int_equal(s.runs, 1);
    assert_true(logged(&r, "nowhere: No such file or directory"));
    assert_true(logged(&r, "/dev/null: it is a device"));
    buf_free(&r.log);
}

static void programs_that_cannot_run_say_why(void **state) {
    (void)state;
    static const struct {
        TinyPe pe;
        const char *ended;
    } cases[] = {
        {{.machine = 0xaa64, .is64 = true}, "run r1 a1 w: not started: it is made for arm64"},
        {{.machine = 0x200, .is64 = true}, "run r1 a1 w: not started: it is made for ia64"},
        {{.dotnet = true}, "run r1 a1 w: not started: it is a .NET program"},
        {{.characteristics = 0x2000}, "run r1 a1 w: not started: it is a DLL"},
        {{.subsystem = 1}, "run r1 a1 w: not started: it is a driver"},
        {{.subsystem = 10}, "run r1 a1 w: not started: it is no program for the Windows desktop"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Record r;
        Buf b = tinype_make(&cases[i].pe);
        write_file("odd.exe", buf_span(&b));
        EngineSummary s = run_one(options(1), "odd.exe", &r);
        buf_free(&b);
        if (!logged(&r, cases[i].ended)) fail_msg("%s:\n%s", cases[i].ended, r.log.p);
        assert_int_equal(s.failed, 0);
        buf_free(&r.log);
    }
}

static void every_prefix_of_a_program_is_told(void **state) {
    (void)state;
    Buf b = tinype_make(&(TinyPe){.is64 = true});
    enum { STEP = 97 };
    size_t count = b.n / STEP;
    const char **paths = calloc(count, sizeof *paths);
    mkdir(path_of("prefixes"), 0700);
    for (size_t i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof name, "prefixes/%04zu.exe", i);
        write_file(name, span_clip(buf_span(&b), 0, i * STEP));
        paths[i] = strdup(path_of(name));
    }
    Record r;
    EngineSummary s = run(options(2), paths, count, &r);
    assert_int_equal(s.unreadable + s.failed, 0);
    assert_true(s.artifacts >= count);
    assert_false(logged(&r, "engine.worker-died"));
    for (size_t i = 0; i < count; i++) free((void *)paths[i]);
    free(paths);
    buf_free(&b);
    buf_free(&r.log);
}

static int open_descriptors(void) {
    int n = 0;
    for (int fd = 0; fd < 1024; fd++) n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void two_thousand_inputs(void **state) {
    (void)state;
    enum { COUNT = 2000 };
    const char *paths[COUNT];
    const char *text = strdup(path_of("notes.txt")), *absent = strdup(path_of("nowhere"));
    for (size_t i = 0; i < COUNT; i++) paths[i] = i % 3 ? text : absent;
    Record r;
    int before = open_descriptors();
    EngineSummary s = run(options(2), paths, COUNT, &r);
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(s.artifacts, COUNT - (COUNT + 2) / 3);
    assert_int_equal(s.unreadable, (COUNT + 2) / 3);
    free((void *)text);
    free((void *)absent);
    buf_free(&r.log);
}

static void a_sparse_file_is_hashed(void **state) {
    (void)state;
    Record r;
    write_file("sparse", span_str("data"));
    assert_int_equal(truncate(path_of("sparse"), 100 << 20), 0);
    run_one(options(1), "sparse", &r);
    /* (printf data; head -c 104857596 /dev/zero) | sha256sum */
    assert_true(logged(&r, "104857600 "));
    assert_true(logged(&r, "e09db515af7f0a43a82243144b54171fcd94bbe07577e2d6c6ffe77feb9da5ed"));
    buf_free(&r.log);
}

/* ---- what is missing ---- */

static void a_missing_pack_or_guest_is_our_fault(void **state) {
    (void)state;
    Record r;
    EngineOptions o = options(1);
    o.guest = path_of("nowhere");
    EngineSummary s = run_one(o, "good.exe", &r);
    assert_int_equal(s.failed, 1);
    assert_string_equal(r.ended, "not started: coax-guest does not lie next to coax");
    buf_free(&r.log);

    o.guest = path_of("notes.txt"); /* no program */
    s = run_one(o, "good.exe", &r);
    assert_int_equal(s.failed, 1);
    assert_non_null(strstr(r.ended, "not started: no worker"));
    buf_free(&r.log);

    Arena a = arena_new(1 << 16);
    const char *pack = arena_str(&a, path_of(pack_name(&a, PACK_X64)));
    assert_int_equal(rename(pack, path_of("away")), 0);
    s = run_one(options(1), "good.exe", &r);
    assert_int_equal(rename(path_of("away"), pack), 0);
    assert_int_equal(s.failed, 1);
    assert_string_equal(r.ended, "not started: the guest's 64-bit pack: there is none; "
                                 "./bootstrap --packs makes it (coax doctor)");
    buf_free(&r.log);
    arena_reset(&a);
}

static void to_run_no_program_is_misuse(void **state) {
    (void)state;
    Record r;
    EngineOptions o = options(1);
    o.mode = ENGINE_RUN;
    EngineSummary s = run_one(o, "notes.txt", &r);
    assert_int_equal(s.failed, 1);
    assert_string_equal(r.ended, "not started: it is no Windows program");
    buf_free(&r.log);

    const char *path = "C:\\Windows\\System32\\cmd.exe"; /* of the world */
    s = run(o, &path, 1, &r);
    assert_int_equal(s.failed, 0);
    assert_int_equal(s.artifacts, 1); /* what it dropped */
    assert_string_equal(r.ended, "exit 0");
    buf_free(&r.log);
}

static void wrong_options_are_told(void **state) {
    (void)state;
    static const char *const edits[] = {"computer=OTHER", "nonsense:+x"};
    char message[ENGINE_MESSAGE];
    Engine *e;
    EngineOptions o = options(1);
    o.world = "no-such-world";
    assert_true(engine_open(&o, &e, message) != ST_OK);
    assert_non_null(strstr(message, "no-such-world"));
    write_file("bad.yaml", span_str("computer: TEST\nno_such_fact: 1\n"));
    o.world = path_of("bad.yaml");
    assert_true(engine_open(&o, &e, message) != ST_OK);
    assert_non_null(strstr(message, "bad.yaml:2:"));
    o = options(1);
    o.edits = edits;
    o.edit_count = 2;
    assert_true(engine_open(&o, &e, message) != ST_OK);
    assert_non_null(strstr(message, "nonsense:+x"));
}

/* ---- interruption ---- */

static Engine *interrupted;

static void on_signal(int number) {
    (void)number;
    engine_interrupt(interrupted);
}

/* Ctrl-C once the second input has told its two events. */
static bool interrupt_the_second(void *context, const EngineProgress *now) {
    (void)context;
    if (now->done == 1 && now->events == 2) raise(SIGINT);
    return true;
}

static void an_interrupt_ends_the_work(void **state) {
    (void)state;
    write_program("5-hang.exe");
    const char *paths[] = {path_of("good.exe"), path_of("5-hang.exe"), path_of("good.exe"),
                           path_of("notes.txt")};
    Record r = new_record();
    EngineSummary s;
    EngineOptions o = options(1);
    o.progress = interrupt_the_second;
    interrupted = open_engine(o);
    signal(SIGINT, on_signal);
    Time began = time_monotonic();
    assert_int_equal(engine_run(interrupted, paths, 4, &r.sink, &s), ST_OK);
    assert_true(time_monotonic() - began < 5 * TIME_SECOND);
    assert_true(s.interrupted);
    assert_int_equal(s.runs, 2);
    assert_string_equal(r.ended, "stopped: interrupted");
    assert_true(r.nondeterministic);
    assert_int_equal(s.skipped, 2); /* a looker had been asked of the third and the fourth */
    signal(SIGINT, SIG_DFL);
    engine_close(interrupted);
    buf_free(&r.log);
}

static bool stop_after_the_first(void *context, const EngineProgress *now) {
    (void)context;
    return now->done < 1;
}

/* How a full disk ends the work. */
static void progress_can_end_the_work(void **state) {
    (void)state;
    const char *paths[] = {path_of("notes.txt"), path_of("notes.txt"), path_of("notes.txt"),
                           path_of("notes.txt")};
    Record r;
    EngineOptions o = options(1);
    o.progress = stop_after_the_first;
    EngineSummary s = run(o, paths, 4, &r);
    assert_true(s.interrupted);
    assert_true(s.artifacts < 4);
    buf_free(&r.log);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: test_engine FAKE-GUEST\n");
        return 2;
    }
    fake_guest = arguments[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_story),
        cmocka_unit_test(ids_go_on),
        cmocka_unit_test(survives_any_death_at_any_message),
        cmocka_unit_test(signs_of_life_are_heard),
        cmocka_unit_test(babble_after_the_end_is_told),
        cmocka_unit_test(the_others_are_told),
        cmocka_unit_test(the_number_of_jobs_changes_nothing),
        cmocka_unit_test(waiting_workers_take_bounded_memory),
        cmocka_unit_test(folders_are_walked_in_order),
        cmocka_unit_test(a_named_link_is_followed),
        cmocka_unit_test(what_cannot_be_read_is_named),
        cmocka_unit_test(programs_that_cannot_run_say_why),
        cmocka_unit_test(every_prefix_of_a_program_is_told),
        cmocka_unit_test(two_thousand_inputs),
        cmocka_unit_test(a_sparse_file_is_hashed),
        cmocka_unit_test(a_missing_pack_or_guest_is_our_fault),
        cmocka_unit_test(to_run_no_program_is_misuse),
        cmocka_unit_test(wrong_options_are_told),
        cmocka_unit_test(an_interrupt_ends_the_work),
        cmocka_unit_test(progress_can_end_the_work),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
