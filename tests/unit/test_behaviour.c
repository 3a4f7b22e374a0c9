/* What events mean. */
#include "rule/behaviour.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { ROOM = 32768 };

typedef struct {
    Sink sink;
    char log[ROOM]; /* what came out, a line each */
    unsigned events, findings;
} Recorder;

static void take_event(Sink *s, const Event *e) {
    (void)e;
    ((Recorder *)s)->events++;
}

static void take_finding(Sink *s, const Finding *f) {
    Recorder *r = (Recorder *)s;
    size_t n = strlen(r->log);
    snprintf(r->log + n, ROOM - n, "%s %s %s [%s] [%s] %zu\n", severity_name(f->severity), f->rule,
             f->title, value_get_str(value_first(f->attack), ""),
             value_get_str(value_first(f->mbc), ""), value_count(f->evidence));
    r->findings++;
}

static void take_run(Sink *s, const Run *run) {
    Recorder *r = (Recorder *)s;
    size_t n = strlen(r->log);
    snprintf(r->log + n, ROOM - n, "run %u\n", run->id);
}

#define RECORDER()                                                                                 \
    {                                                                                              \
        .sink = {.event = take_event, .finding = take_finding, .run = take_run }                   \
    }

static void give(Sink *s, EventCategory category, EventFieldName name, const char *value) {
    Event e = {.run = 1, .artifact = 1, .n = 7, .category = category, .count = 1};
    event_set(&e, EF_Image, "C:\\Users\\a\\Setup.exe");
    event_set(&e, name, value);
    sink_event(s, &e);
}

static void finds(EventCategory category, EventFieldName name, const char *value,
                  const char *want) {
    Recorder r = RECORDER();
    Behaviour *b = behaviour_open(&r.sink);
    give(behaviour_sink(b), category, name, value);
    assert_int_equal(r.findings, 0); /* not before the run has ended */
    sink_run(behaviour_sink(b), &(Run){.id = 1, .artifact = 1});
    behaviour_close(b);
    assert_int_equal(r.events, 1);
    const char *after_run = strchr(r.log, '\n') + 1;
    assert_string_equal(after_run, want);
}

static void knows_persistence(void **state) {
    (void)state;
    finds(EV_registry_set, EF_TargetObject,
          "HKU\\S-1-5-21-1-2-3-1001\\Software\\MICROSOFT\\Windows\\CurrentVersion\\Run\\x",
          "medium guest.run-key Starts at every logon by the Run key "
          "HKU\\S-1-5-21-1-2-3-1001\\Software\\MICROSOFT\\Windows\\CurrentVersion\\Run\\x "
          "[T1547.001] [F0012] 1\n");
    finds(EV_registry_set, EF_TargetObject,
          "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Runner\\x", "");
    finds(EV_registry_add, EF_TargetObject,
          "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\x", "");
    finds(
        EV_file_event, EF_TargetFilename,
        "C:\\Users\\a\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\a.lnk",
        "medium guest.startup-folder Starts at every logon from the Startup folder: "
        "C:\\Users\\a\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\a.lnk "
        "[T1547.001] [F0012] 1\n");
    finds(EV_registry_set, EF_TargetObject,
          "HKLM\\System\\CurrentControlSet\\Services\\x\\ImagePath",
          "medium guest.service Installs or changes a service: "
          "HKLM\\System\\CurrentControlSet\\Services\\x\\ImagePath [T1543.003] [F0011] 1\n");
}

static void knows_services(void **state) {
    (void)state;
    finds(EV_service, EF_Operation, "stops",
          "low guest.service-stop Stops a service [T1489] [] 1\n");
    finds(EV_service, EF_Operation, "starts", "");
}

static void knows_injection(void **state) {
    (void)state;
    finds(EV_process_tampering, EF_ProcessId, "8",
          "high guest.hollowing Replaces the image of another process: C:\\Users\\a\\Setup.exe "
          "[T1055.012] [E1055.012] 1\n");
    finds(EV_process_injection, EF_Operation, "queues a call",
          "high guest.remote-call Queues a call for a thread of another process [T1055.004] "
          "[E1055.004] 1\n");
    finds(EV_process_injection, EF_Operation, "sets a thread's registers",
          "high guest.thread-hijack Sets the registers of a thread of another process "
          "[T1055.003] [E1055.003] 1\n");
    finds(EV_process_injection, EF_Operation, "writes memory", "");
}

static void knows_long_delays(void **state) {
    (void)state;
    finds(EV_delay, EF_Duration, "864000",
          "low guest.long-delay Delays by 10 days [T1497.003] [B0003.003] 1\n");
    finds(EV_delay, EF_Duration, "299.9", "");
}

typedef struct {
    const char *seconds, *api, *site;
    uint64_t count;
} Delay;

static void finds_delays(const Delay *delays, size_t n, const char *want) {
    Recorder r = RECORDER();
    Behaviour *b = behaviour_open(&r.sink);
    for (size_t i = 0; i < n; i++) {
        Event e = {.run = 1, .artifact = 1, .n = i + 1, .category = EV_delay};
        e.count = delays[i].count;
        event_set(&e, EF_Duration, delays[i].seconds);
        event_set(&e, EF_Api, delays[i].api);
        event_set(&e, EF_Site, delays[i].site);
        sink_event(behaviour_sink(b), &e);
    }
    sink_run(behaviour_sink(b), &(Run){.id = 1, .artifact = 1});
    behaviour_close(b);
    assert_string_equal(strchr(r.log, '\n') + 1, want);
}
#define FINDS_DELAYS(want, ...)                                                                    \
    finds_delays((const Delay[]){__VA_ARGS__},                                                     \
                 sizeof((const Delay[]){__VA_ARGS__}) / sizeof(Delay), want)

static void adds_short_delays_up(void **state) {
    (void)state;
    FINDS_DELAYS("low guest.long-delay Delays by 1 h with Sleep at a.exe+0x10 (36000 waits) "
                 "[T1497.003] [B0003.003] 2\n",
                 {"0.1", "Sleep", "a.exe+0x10", 18000}, {"0.1", "Sleep", "a.exe+0x10", 18000},
                 {"200", "Sleep", "a.exe+0x20", 1});
    FINDS_DELAYS("low guest.long-delay Delays by 5 min at 3 places together (3 waits) "
                 "[T1497.003] [B0003.003] 3\n",
                 {"100", "Sleep", "a.exe+0x10", 1}, {"100", "Sleep", "a.exe+0x20", 1},
                 {"100", "a loop over GetTickCount", "a.exe+0x20", 1});
    FINDS_DELAYS("", {"100", "Sleep", "a.exe+0x10", 1}, {"100", "Sleep", "a.exe+0x20", 1});
    /* As long as it gets. */
    FINDS_DELAYS(
        "low guest.long-delay Delays by 106752 days with Sleep (18446744073709551615 waits) "
        "[T1497.003] [B0003.003] 1\n",
        {"100", "Sleep", NULL, UINT64_MAX});
}

static void knows_files(void **state) {
    (void)state;
    finds(EV_file_delete, EF_TargetFilename, "c:\\users\\a\\setup.exe",
          "medium guest.self-delete Deletes its own file c:\\users\\a\\setup.exe [T1070.004] "
          "[F0007] 1\n");
    finds(EV_file_delete, EF_TargetFilename, "c:\\users\\a\\other.exe", "");
    finds(EV_file_event, EF_TargetFilename, "C:\\Windows\\System32\\x.dll",
          "low guest.system-write Writes into a system directory: C:\\Windows\\System32\\x.dll [] "
          "[] 1\n");
    finds(EV_file_event, EF_TargetFilename, "C:\\Windows\\Temp\\x.dll", "");
    finds(EV_file_change, EF_TargetFilename, "C:\\Windows\\System32\\Tasks\\Upd",
          "medium guest.task Creates the scheduled task C:\\Windows\\System32\\Tasks\\Upd "
          "[T1053.005] [] 1\n");
}

static void makes_one_of_equal_findings(void **state) {
    (void)state;
    Recorder r = RECORDER();
    Behaviour *b = behaviour_open(&r.sink);
    for (unsigned i = 0; i < 1000; i++)
        give(behaviour_sink(b), EV_memory_exec, EF_Address, "0x1000");
    sink_run(behaviour_sink(b), &(Run){.id = 1, .artifact = 1});
    sink_run(behaviour_sink(b), &(Run){.id = 2, .artifact = 1});
    behaviour_close(b);
    assert_string_equal(r.log,
                        "run 1\nlow guest.written-code Runs code that it wrote to memory itself "
                        "[T1620] [] 20\nrun 2\n");
}

static void bounds_findings(void **state) {
    (void)state;
    Recorder r = RECORDER();
    Behaviour *b = behaviour_open(&r.sink);
    char name[64];
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "C:\\Windows\\System32\\%u", i);
        give(behaviour_sink(b), EV_file_event, EF_TargetFilename, name);
    }
    sink_run(behaviour_sink(b), &(Run){.id = 1, .artifact = 1});
    behaviour_close(b);
    assert_int_equal(r.findings, 101);
    assert_non_null(strstr(r.log, "There were more findings"));
}

static void knows_dropped_programs(void **state) {
    (void)state;
    static const struct {
        const char *format, *origin;
        unsigned findings;
    } cases[] = {{"pe32", "dropped", 1},
                 {"pe32+", "dropped", 1},
                 {"text", "dropped", 0},
                 {"pe32", "input", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Recorder r = RECORDER();
        Behaviour *b = behaviour_open(&r.sink);
        sink_artifact(behaviour_sink(b), &(Artifact){.id = 2,
                                                     .parent = 1,
                                                     .name = "C:\\x.exe",
                                                     .format = cases[i].format,
                                                     .origin = cases[i].origin});
        behaviour_close(b);
        assert_int_equal(r.findings, cases[i].findings);
    }
}

static void a_flood_is_a_finding(void **state) {
    (void)state;
    Recorder r = RECORDER();
    Behaviour *b = behaviour_open(&r.sink);
    sink_run(behaviour_sink(b), &(Run){.id = 1, .artifact = 1, .budget = "sockets"});
    sink_run(behaviour_sink(b), &(Run){.id = 2, .artifact = 1, .budget = "blocks"});
    assert_string_equal(r.log, "run 1\nlow guest.flood Opens sockets without end, until the budget "
                               "stopped it [T1499] [] 1\nrun 2\n");
    behaviour_close(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_is_a_finding), cmocka_unit_test(knows_injection),
        cmocka_unit_test(knows_persistence),    cmocka_unit_test(knows_services),
        cmocka_unit_test(knows_long_delays),    cmocka_unit_test(knows_files),
        cmocka_unit_test(adds_short_delays_up), cmocka_unit_test(makes_one_of_equal_findings),
        cmocka_unit_test(bounds_findings),      cmocka_unit_test(knows_dropped_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
