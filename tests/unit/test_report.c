/* The report room: what a sink was given, as text and as JSON Lines. */
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_CAP = 1 << 20, OUTPUT_CAP = 1 << 20 };

typedef struct {
    int fd;
    Report *report;
    Sink *sink;
    Arena arena;
    char output[OUTPUT_CAP];
} Fixture;

static int write_to(void *context, Span bytes) {
    int fd = *(int *)context;
    return write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n ? 0 : errno;
}

static Fixture *begin(ReportOptions options) {
    Fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->fd = memfd_create("report", 0);
    assert_true(f->fd >= 0);
    options.write = write_to;
    options.context = &f->fd;
    f->report = report_open(&options);
    assert_non_null(f->report);
    f->sink = report_sink(f->report);
    f->arena = arena_new(ARENA_CAP);
    return f;
}

static const char *end(Fixture *f) {
    assert_int_equal(report_finish(f->report), ST_OK);
    ssize_t n = pread(f->fd, f->output, OUTPUT_CAP - 1, 0);
    assert_true(n >= 0);
    return f->output;
}

static void drop(Fixture *f) {
    report_close(f->report);
    arena_reset(&f->arena);
    close(f->fd);
    free(f);
}

static void has(const char *output, const char *part) {
    if (strstr(output, part)) return;
    fputs(output, stderr);
    fail_msg("no \"%s\"", part);
}

static void has_not(const char *output, const char *part) {
    if (!strstr(output, part)) return;
    fputs(output, stderr);
    fail_msg("\"%s\" is there", part);
}

static const Time start = INT64_C(1553504400) * TIME_SECOND;

static void give_artifact(Fixture *f, uint32_t id, uint32_t parent, const char *name) {
    sink_artifact(f->sink, &(Artifact){.id = id,
                                       .parent = parent,
                                       .offset = MODEL_NO_OFFSET,
                                       .name = name,
                                       .format = "pe32",
                                       .description = "Windows program",
                                       .origin = parent ? "dropped" : "input",
                                       .size = 1234567});
}

static void give_event(Fixture *f, uint64_t n, EventCategory category, uint64_t count,
                       const char *pid, EventFieldName name, const char *value) {
    Event e = {.run = 1, .artifact = 1, .n = n, .time = start + (Time)n * TIME_SECOND};
    e.category = category;
    e.count = count;
    event_set(&e, EF_Image, "C:\\Users\\a\\setup.exe");
    event_set(&e, EF_ProcessId, pid);
    event_set(&e, name, value);
    sink_event(f->sink, &e);
}

static void give_run(Fixture *f) {
    Value *unmodelled = value_list(&f->arena);
    value_add(unmodelled, value_str(&f->arena, "NtFoo"));
    sink_run(f->sink, &(Run){.id = 1,
                             .artifact = 1,
                             .world = "home",
                             .ended = "exit 0",
                             .blocks = 1234,
                             .elapsed = 10 * 24 * 3600 * TIME_SECOND,
                             .unmodelled = unmodelled});
}

static void give_finding(Fixture *f, Severity severity, const char *title) {
    Value *evidence = value_list(&f->arena), *item = value_map(&f->arena);
    Value *attack = value_list(&f->arena);
    value_set(&f->arena, item, "run", value_uint(&f->arena, 1));
    value_set(&f->arena, item, "event", value_uint(&f->arena, 2));
    value_add(evidence, item);
    value_add(attack, value_str(&f->arena, "T1547.001"));
    sink_finding(f->sink, &(Finding){.rule = "guest.test",
                                     .severity = severity,
                                     .title = title,
                                     .artifact = 1,
                                     .evidence = evidence,
                                     .attack = attack});
}

static void give_story(Fixture *f) {
    give_artifact(f, 1, 0, "setup.exe");
    give_event(f, 1, EV_file_event, 1, "10", EF_TargetFilename, "C:\\a.txt");
    give_event(f, 2, EV_registry_set, 1, "10", EF_TargetObject, "HKCU\\Run\\x");
    give_event(f, 3, EV_file_event, 2, "10", EF_TargetFilename, "C:\\a.txt");
    give_event(f, 4, EV_console, 1, "10", EF_Text, "hello\r\nwor");
    give_event(f, 5, EV_console, 1, "10", EF_Text, "ld\x1b[2J\n");
    give_run(f);
    give_artifact(f, 2, 1, "C:\\a.txt");
    give_finding(f, SEVERITY_LOW, "a low one");
    give_finding(f, SEVERITY_HIGH, "a high one");
}

static void writes_json_lines(void **state) {
    (void)state;
    Fixture *f = begin((ReportOptions){.format = REPORT_JSON});
    give_story(f);
    sink_skipped(f->sink, "x.bin", "cannot be read");
    const char *out = end(f);
    has(out, "{\"type\":\"artifact\",\"id\":\"a1\",\"parent\":null,\"offset\":null,\"name\":"
             "\"setup.exe\","
             "\"format\":\"pe32\",\"description\":\"Windows "
             "program\",\"origin\":\"input\",\"size\":1234567,");
    has(out, "\"id\":\"a2\",\"parent\":\"a1\"");
    has(out, "{\"type\":\"event\",\"artifact\":\"a1\",\"run\":\"r1\",\"n\":1,\"time\":\"2019-03-"
             "25T09:00:01Z\","
             "\"category\":\"file_event\",\"count\":1,\"fields\":{\"Image\":\"C:"
             "\\\\Users\\\\a\\\\setup.exe\","
             "\"ProcessId\":\"10\",\"TargetFilename\":\"C:\\\\a.txt\"}}\n");
    has(out,
        "{\"type\":\"run\",\"artifact\":\"a1\",\"id\":\"r1\",\"world\":\"home\",\"edits\":[],"
        "\"ended\":"
        "\"exit 0\",\"blocks\":1234,\"elapsed\":864000,\"unmodelled\":[\"NtFoo\"],\"budget\":null,"
        "\"nondeterministic\":false,\"details\":null,\"processes\":null}\n");
    has(out,
        "\"evidence\":[{\"run\":\"r1\",\"event\":2}],\"attack\":[\"T1547.001\"],\"mbc\":[]}\n");
    has(out,
        "{\"type\":\"summary\",\"artifacts\":2,\"runs\":1,\"findings\":2,\"triggers\":0,"
        "\"skipped\":[{\"what\":\"x.bin\",\"why\":\"cannot be read\"}],\"skipped_count\":1}\n");
    drop(f);
}

static void tells_a_story(void **state) {
    (void)state;
    Fixture *f = begin((ReportOptions){.format = REPORT_TEXT});
    give_story(f);
    const char *out = end(f);
    has(out, "setup.exe\n  what        Windows program, 1,234,567 bytes\n");
    has(out, "creates C:\\a.txt  x 3\n");
    has(out, "    Printed\n      | hello\n      | world\\x1b[2J\n");
    has(out, "    exit 0\n    lived         10 days of its own time, 1,234 basic blocks\n");
    has(out, "Asked for, but not modelled\n    NtFoo\n");
    has(out, "Files that it wrote\n    - C:\\a.txt  Windows program, 1,234,567 bytes\n");
    has(out, "2 artifacts, 1 run, 2 findings\n");
    assert_true(strstr(out, "a high one") < strstr(out, "a low one"));
    assert_true(strstr(out, "a low one") < strstr(out, "What it did"));
    assert_true(strstr(out, "HKCU\\Run\\x") < strstr(out, "creates C:\\a.txt"));
    has_not(out, "\x1b");
    has_not(out, "setup.exe creates"); /* one process: everybody knows who */
    drop(f);
}

static void says_which_process(void **state) {
    (void)state;
    Fixture *f = begin((ReportOptions){.format = REPORT_TEXT});
    give_artifact(f, 1, 0, "setup.exe");
    give_event(f, 1, EV_file_event, 1, "10", EF_TargetFilename, "C:\\a.txt");
    give_event(f, 2, EV_file_event, 1, "20", EF_TargetFilename, "C:\\b.txt");
    has(end(f), "setup.exe creates C:\\b.txt");
    drop(f);
}

static void tells_what_was_not_run(void **state) {
    (void)state;
    Fixture *f = begin((ReportOptions){.format = REPORT_TEXT});
    give_artifact(f, 1, 0, "a.txt");
    sink_skipped(f->sink, "a.txt", "only identified: text");
    sink_skipped(f->sink, "b.txt", "cannot be read");
    const char *out = end(f);
    has(out, "  not run     only identified: text\n");
    has(out, "not analysed  b.txt: cannot be read\n1 artifact, 0 runs, 0 findings, 1 not run, 1 "
             "not analysed\n");
    drop(f);
}

static void spells_fields(void **state) {
    (void)state;
    Fixture *f = begin((ReportOptions){.format = REPORT_TEXT});
    give_artifact(f, 1, 0, "a.exe");
    give_event(f, 1, EV_process_termination, 1, "10", EF_ExitCode, "3221225477");
    give_event(f, 2, EV_process_termination, 1, "11", EF_ExitCode, "3");
    give_event(f, 3, EV_delay, 1, "11", EF_Duration, "864000");
    give_event(f, 4, EV_delay, 2, "11", EF_Duration, "0.5");
    give_event(f, 5, EV_delay, 1, "11", EF_Duration, "0.5");
    give_event(f, 6, EV_delay, UINT64_MAX, "11", EF_Duration, "8");
    const char *out = end(f);
    has(out, "process 10 ends with c0000005\n");
    has(out, "process 11 ends with 3\n");
    has(out, "waits 10 days\n");
    has(out, "waits 500 ms  x 3, 1.5 s in all\n");
    has(out, "waits 8 s  x 18,446,744,073,709,551,615, 106752 days in all\n");
    drop(f);
}

static void explains_exit_codes(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"exit 3221225781", "exit 3221225781 (c0000135: a DLL that it needs was not found)\n"},
        {"exit 3735928559", "exit 3735928559 (deadbeef)\n"},
        {"exit 1", "exit 1\n"},
        {"unhandled exception c0000094 at a.exe+0x1",
         "unhandled exception c0000094 at a.exe+0x1 (it divided by zero)\n"},
        {"unhandled exception 1234 at a.exe+0x1", "unhandled exception 1234 at a.exe+0x1\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Fixture *f = begin((ReportOptions){.format = REPORT_TEXT});
        give_artifact(f, 1, 0, "a.exe");
        sink_run(f->sink, &(Run){.id = 1, .artifact = 1, .ended = cases[i][0]});
        has(end(f), cases[i][1]);
        drop(f);
    }
}

/* The long middle of a user's SID says nothing to a reader. */
static void shortens_users(void **state) {
    (void)state;
    Fixture *f = begin((ReportOptions){.format = REPORT_TEXT});
    give_artifact(f, 1, 0, "a.exe");
    give_event(f, 1, EV_registry_add, 1, "10", EF_TargetObject,
               "HKU\\S-1-5-21-286-113-362-1001\\Software\\x");
    give_event(f, 2, EV_registry_add, 1, "10", EF_TargetObject, "HKU\\S-1-5-18\\Software\\x");
    give_event(f, 3, EV_registry_add, 1, "10", EF_TargetObject, "S-1-5-21-x S-1-5-21-1-2-3");
    const char *out = end(f);
    has(out, "creates key S-1-5-21-x S-1-5-21-...-3\n");
    has(out, "creates key HKU\\S-1-5-21-...-1001\\Software\\x\n");
    has(out, "creates key HKU\\S-1-5-18\\Software\\x\n");
    drop(f);
}

static void colours_and_wraps(void **state) {
    (void)state;
    Fixture *f = begin((ReportOptions){.format = REPORT_TEXT, .color = true, .width = 40});
    give_artifact(f, 1, 0, "setup.exe");
    give_finding(f, SEVERITY_HIGH, "one two three four five six seven");
    const char *out = end(f);
    has(out, "\x1b[1msetup.exe\x1b[0m\n");
    has(out, "\x1b[1;31mHIGH\x1b[0m");
    has(out, "one two three four five\n              six seven");
    drop(f);
}

static void keeps_quiet(void **state) {
    (void)state;
    Fixture *f = begin((ReportOptions){.format = REPORT_TEXT, .quiet = true});
    give_artifact(f, 1, 0, "dull.exe");
    give_artifact(f, 2, 0, "setup.exe");
    give_finding(f, SEVERITY_HIGH, "a high one");
    const char *out = end(f);
    has_not(out, "dull.exe");
    has(out, "setup.exe\n");
    drop(f);
}

/* A program that does a million things costs no more than one that does a thousand. */
static void bounds_what_it_keeps(void **state) {
    (void)state;
    Fixture *f = begin((ReportOptions){.format = REPORT_TEXT});
    char name[32];
    give_artifact(f, 1, 0, "busy.exe");
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "C:\\%u", i);
        give_event(f, i + 1, EV_file_event, 1, "10", EF_TargetFilename, name);
    }
    for (unsigned i = 0; i < 5000; i++)
        give_event(f, i + 5001, EV_console, 1, "10", EF_Text, "all work and no play\n");
    const char *out = end(f);
    has(out, "... and 4,800 more (--json has all)");
    assert_true(strlen(out) < 200000);
    drop(f);
}

static void cuts_long_values(void **state) {
    (void)state;
    Fixture *f = begin((ReportOptions){.format = REPORT_TEXT});
    char *name = calloc(1, 10001);
    for (unsigned i = 0; i < 10000; i += 2) memcpy(name + i, "\xC3\xA9", 2);
    give_artifact(f, 1, 0, "long.exe");
    give_event(f, 1, EV_file_event, 1, "10", EF_TargetFilename, name);
    const char *out = end(f);
    has(out, "\xC3\xA9...");
    has(out, "(10000 bytes)");
    assert_true(strlen(out) < 2000);
    free(name);
    drop(f);
}

static void reports_a_full_disk(void **state) {
    (void)state;
    int full = open("/dev/full", O_WRONLY);
    if (full < 0) skip();
    Report *r =
        report_open(&(ReportOptions){.write = write_to, .context = &full, .format = REPORT_JSON});
    assert_int_equal(report_finish(r), ST_IO);
    assert_int_equal(report_error(r), ENOSPC);
    report_close(r);
    close(full);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_json_lines),  cmocka_unit_test(tells_a_story),
        cmocka_unit_test(says_which_process), cmocka_unit_test(tells_what_was_not_run),
        cmocka_unit_test(spells_fields),      cmocka_unit_test(explains_exit_codes),
        cmocka_unit_test(shortens_users),     cmocka_unit_test(colours_and_wraps),
        cmocka_unit_test(keeps_quiet),        cmocka_unit_test(bounds_what_it_keeps),
        cmocka_unit_test(cuts_long_values),   cmocka_unit_test(reports_a_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
