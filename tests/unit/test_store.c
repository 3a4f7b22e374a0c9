/* The case file: what is told comes back as it was, sessions see what was there before them, what
 * did not end is not there and is named, older schemas are brought up, and what is no case of ours
 * is refused with a sentence. */
#include "report/report.h"
#include "store/schema.h"
#include "store/store.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char path[FOLDER_PATH], message[STORE_MESSAGE];

static void fresh(const char *name) {
    folder_path(name, path);
}

static Store *open_case(StoreMode mode) {
    Store *s = NULL;
    if (store_open(path, mode, TIME_SECOND, &s, message) != ST_OK) fail_msg("%s", message);
    return s;
}

/* ---- sessions ---- */

static Buf lost;

static void note_lost(void *context, const StoreLost *l) {
    (void)context;
    buf_printf(&lost, "%s;", l->name);
}

static Store *begin(void) {
    Store *s = open_case(STORE_WRITE);
    buf_clear(&lost);
    assert_int_equal(store_begin(s, "0", note_lost, NULL), ST_OK);
    return s;
}

static void assert_lost(const char *want) {
    buf_byte(&lost, 0);
    assert_string_equal((const char *)lost.p, want);
    lost.n--;
}

static void finish(Store *s) {
    assert_int_equal(store_finish(s, false), ST_OK);
    assert_null(store_problem(s));
    store_close(s);
}

/* ---- nouns ---- */

static Value *texts(Arena *a, const char *one, const char *two) {
    Value *list = value_list(a);
    value_add(list, value_str(a, one));
    value_add(list, two ? value_text(a, span_str(two)) : NULL);
    return list;
}

static Artifact file(uint32_t id, const char *name, uint8_t byte) {
    Artifact a = {.id = id,
                  .offset = MODEL_NO_OFFSET,
                  .name = name,
                  .format = "pe32",
                  .description = "a program",
                  .origin = "input",
                  .size = 1000};
    memset(a.digests.sha256, byte, sizeof a.digests.sha256);
    memset(a.digests.md5, byte + 1, sizeof a.digests.md5);
    return a;
}

static void tell_artifacts(Sink *to, Arena *a, const char *name) {
    Value *facts = value_map(a), *pe = value_map(a), *signature = value_map(a),
          *signatures = value_list(a);
    value_set(a, pe, "imphash", value_str(a, "0123"));
    value_set(a, pe, "entropy", value_real(a, 7.25));
    value_set(a, facts, "pe", pe);
    value_set(a, signature, "valid", value_bool(a, false));
    value_add(signatures, signature);
    Artifact input = file(1, name, 0x11), inside = file(2, "a\nb\xff", 0x22);
    input.facts = facts;
    input.signatures = signatures;
    inside.parent = 1;
    inside.offset = UINT64_C(1) << 40;
    inside.origin = "overlay";
    inside.description = NULL;
    sink_artifact(to, &input);
    sink_artifact(to, &inside);
}

static void tell_run(Sink *to, Arena *a) {
    Event e = {.run = 1, .artifact = 1, .n = 1, .time = 5, .category = EV_dns_query, .count = 3};
    event_set(&e, EF_QueryName, "x.example");
    Value *arguments = value_map(a);
    value_set(a, arguments, "dwMilliseconds", value_uint(a, UINT64_MAX));
    sink_event(to, &e);
    sink_call(to, &(Call){.run = 1,
                          .artifact = 1,
                          .n = 2,
                          .time = 6,
                          .count = 1,
                          .process = 4,
                          .thread = 8,
                          .module = "kernel32",
                          .name = "Sleep",
                          .arguments = arguments,
                          .returned = "void",
                          .caller = "a.exe+0x10"});
    sink_run(to, &(Run){.id = 1,
                        .artifact = 1,
                        .world = "home",
                        .edits = texts(a, "ram=8GiB", NULL),
                        .ended = "exit 0",
                        .blocks = 99,
                        .elapsed = TIME_SECOND,
                        .unmodelled = texts(a, "NtFoo", NULL),
                        .budget = "calls",
                        .nondeterministic = true});
}

static void tell_judgements(Sink *to, Arena *a) {
    Value *evidence = value_list(a), *one = value_map(a);
    value_set(a, one, "artifact", value_uint(a, 2));
    value_set(a, one, "offset", value_uint(a, 77));
    value_add(evidence, one);
    Encounter met = {.attacker = "10.0.0.1",
                     .victim = "10.0.0.2",
                     .flow = "tcp 10.0.0.1 1 10.0.0.2 445",
                     .stages = texts(a, "probe", "leak"),
                     .cve = texts(a, "CVE-2017-0144", NULL),
                     .succeeded = -1,
                     .exploit = true,
                     .first = 10,
                     .last = 20};
    sink_finding(to, &(Finding){.rule = "a.rule",
                                .severity = SEVERITY_HIGH,
                                .title = "A title",
                                .artifact = 2,
                                .evidence = evidence,
                                .attack = texts(a, "T1480", NULL),
                                .mbc = texts(a, "B0025", NULL)});
    sink_finding(to, &(Finding){.rule = "smb.x",
                                .severity = SEVERITY_INFO,
                                .title = "Met",
                                .artifact = 1,
                                .evidence = value_list(a),
                                .encounter = &met});
    sink_trigger(to, &(Trigger){.artifact = 1,
                                .fact = "file",
                                .subject = "C:\\a.log",
                                .polarity = "must",
                                .test = "contains",
                                .values = texts(a, "123", "45\xff"),
                                .site = "a.exe+0x20",
                                .edit = "file:C:\\a.log=123",
                                .counter = "file:-C:\\a.log",
                                .reveals = texts(a, "it connects", NULL),
                                .proved = "world",
                                .runs = {1},
                                .attack = texts(a, "T1480", NULL)});
}

static void tell_rest(Sink *to, Arena *a, const char *name) {
    sink_host(to, &(Host){.artifact = 1,
                          .address = "10.0.0.2",
                          .patch = PATCH_UNPATCHED,
                          .why = "it leaks",
                          .frame = 7,
                          .system = "Windows 7",
                          .clients = 2,
                          .infected_by = "10.0.0.1",
                          .infected_at = 30});
    sink_persona(to, &(Persona){.artifact = 1,
                                .run = 1,
                                .world = "pos",
                                .reference = "home",
                                .avoided = true,
                                .shown = 1,
                                .all = 3,
                                .missing = texts(a, "it asks", NULL)});
    sink_skipped(to, name, "it is odd");
    sink_skipped(to, "something else", "no time");
}

static void tell_all(Sink *to, Arena *a, const char *name) {
    sink_begun(to, name);
    tell_artifacts(to, a, name);
    tell_run(to, a);
    tell_judgements(to, a);
    tell_rest(to, a, name);
}

static void end(Sink *to, const char *name, const char *key, bool sound) {
    sink_ended(to, &(InputEnd){.name = name, .artifact = 1, .key = key, .sound = sound});
}

/* An input of one file. */
static void tell_small(Store *s, uint32_t id, const char *name, const char *key, bool sound) {
    Sink *to = store_sink(s);
    Artifact a = file(id, name, (uint8_t)name[0]);
    sink_begun(to, name);
    sink_artifact(to, &a);
    end(to, name, key, sound);
}

/* ---- what comes back ---- */

static int to_buf(void *context, Span bytes) {
    buf_add(context, bytes);
    return 0;
}

static Report *open_report(Buf *out) {
    *out = buf_new(1 << 20);
    return report_open(&(ReportOptions){.write = to_buf, .context = out, .format = REPORT_JSON});
}

static void close_report(Report *r, Buf *out) {
    assert_int_equal(report_finish(r), ST_OK);
    report_close(r);
    buf_byte(out, 0);
}

static void a_report_comes_back_to_the_byte(void **state) {
    (void)state;
    fresh("whole.case");
    Arena a = arena_new(1 << 20);
    Buf told, again;
    Report *r = open_report(&told);
    tell_all(report_sink(r), &a, "in.exe");
    close_report(r, &told);
    Store *s = begin();
    tell_all(store_sink(s), &a, "in.exe");
    end(store_sink(s), "in.exe", "key", true);
    finish(s);
    s = open_case(STORE_READ);
    StoreIds ids = {0};
    r = open_report(&again);
    assert_int_equal(store_replay(s, 1, NULL, NULL, &ids, report_sink(r)), ST_OK);
    close_report(r, &again);
    assert_string_equal((const char *)again.p, (const char *)told.p);
    assert_non_null(strstr((const char *)told.p, "\"persona\"")); /* all of it was there */
    assert_int_equal(ids.artifacts, 2);
    assert_int_equal(ids.runs, 1);
    assert_int_equal(store_replay(s, 3, NULL, NULL, &ids, report_sink(r)), ST_NOT_FOUND);
    store_close(s);
    buf_free(&told);
    buf_free(&again);
    arena_reset(&a);
}

static bool count_input(void *context, const StoreInput *i) {
    buf_printf(context, "%llu %s %llu;", (unsigned long long)i->id, i->name,
               (unsigned long long)i->sightings);
    return true;
}

static void assert_listed(Store *s, const char *want) {
    Buf b = buf_new(1 << 16);
    assert_int_equal(store_list(s, &(StoreFilter){.severity = -1}, count_input, &b), ST_OK);
    buf_byte(&b, 0);
    assert_string_equal((const char *)b.p, want);
    buf_free(&b);
}

static void a_session_knows_what_was_there_before_it(void **state) {
    (void)state;
    fresh("known.case");
    Store *s = begin();
    tell_small(s, 1, "a", "key a", true);
    tell_small(s, 2, "b", "key b", false);
    assert_int_equal(store_settle(s, 0), ST_OK);
    assert_int_equal(store_known(s, "key a"), 0); /* of this session itself */
    finish(s);
    s = begin();
    assert_int_equal(store_known(s, "key a"), 1);
    assert_int_equal(store_known(s, "key b"), 0); /* another run might give another answer */
    tell_small(s, 1, "a2", "key a", true);        /* analysed again: takes the older one's place */
    finish(s);
    s = open_case(STORE_READ);
    assert_listed(s, "2 b 1;3 a2 2;");
    store_close(s);
}

static void what_did_not_end_is_not_there(void **state) {
    (void)state;
    fresh("unended.case");
    Store *s = begin();
    tell_small(s, 1, "whole", NULL, false);
    Artifact half = file(2, "half", 9);
    sink_begun(store_sink(s), "half");
    sink_artifact(store_sink(s), &half);
    finish(s);
    s = open_case(STORE_READ);
    assert_listed(s, "1 whole 1;");
    store_close(s);
}

/* A process that dies between two inputs, its store open. */
static void die_at_work(void) {
    Store *s = begin();
    Sink *to = store_sink(s);
    tell_small(s, 1, "kept", NULL, false);
    store_settle(s, 0);
    tell_small(s, 2, "waiting", NULL, false); /* for its transaction */
    sink_begun(to, "half way");
    Artifact a = file(3, "half way", 3);
    sink_artifact(to, &a);
    _exit(0);
}

static int status_of(void (*work)(void)) {
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        work();
        _exit(99);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void the_dead_are_told_once(void **state) {
    (void)state;
    fresh("dead.case");
    assert_int_equal(status_of(die_at_work), 0);
    Store *s = begin();
    assert_lost("waiting;half way;");
    assert_listed(s, "1 kept 1;");
    Store *beside = open_case(STORE_WRITE); /* another coax, while this one lives */
    assert_int_equal(store_begin(beside, "0", note_lost, NULL), ST_OK);
    assert_lost("waiting;half way;");
    finish(beside);
    finish(s);
    s = begin();
    assert_lost("");
    finish(s);
}

/* ---- schemas ---- */

static sqlite3 *database(void) {
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static void execute(sqlite3 *db, const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) fail_msg("%s", sqlite3_errmsg(db));
}

static void print_columns(Buf *out) {
    sqlite3_stmt *q;
    sqlite3 *db = database();
    assert_int_equal(
        sqlite3_prepare_v2(
            db,
            "SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c.pk FROM sqlite_schema t,"
            " pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1",
            -1, &q, NULL),
        SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW) buf_printf(out, "%s\n", sqlite3_column_text(q, 0));
    sqlite3_finalize(q);
    sqlite3_close(db);
    buf_byte(out, 0);
}

static void make_version_1(void) {
    sqlite3 *db = database();
    assert_int_equal(schema_migrate(db, 1), SQLITE_OK);
    execute(db, "INSERT INTO sessions(began, ended, outcome, version, process) "
                "VALUES('2026-01-01T00:00:00Z',"
                " '2026-01-01T00:00:01Z', 'done', '0', '1 1 x');"
                "INSERT INTO inputs VALUES(1, 1, 1, '2026-01-01T00:00:00Z', 'old key', 1);"
                "INSERT INTO sightings VALUES(1, 1, '2026-01-01T00:00:00Z', 'old.exe');"
                "INSERT INTO artifacts VALUES(1, 1, 1, NULL,"
                " '0000000000000000000000000000000000000000000000000000000000000001',"
                " '0000000000000000000000000000000000000001', '00000000000000000000000000000001',"
                " 5, NULL, 'old.exe', 'text', 'a text', 'input', NULL)");
    sqlite3_close(db);
}

static void an_older_case_is_brought_up(void **state) {
    (void)state;
    Buf fresh_columns = buf_new(1 << 16), columns = buf_new(1 << 16);
    fresh("new.case");
    store_close(open_case(STORE_WRITE));
    print_columns(&fresh_columns);
    fresh("old.case");
    make_version_1();
    Store *s = begin();
    assert_int_equal(store_known(s, "old key"), 1);
    assert_listed(s, "1 old.exe 1;");
    Arena a = arena_new(1 << 20); /* what version 1 had no place for */
    tell_all(store_sink(s), &a, "new.exe");
    end(store_sink(s), "new.exe", NULL, false);
    finish(s);
    Buf out;
    StoreIds ids = {0};
    Report *r = open_report(&out);
    s = open_case(STORE_READ);
    assert_int_equal(store_replay(s, 1, NULL, NULL, &ids, report_sink(r)), ST_OK);
    assert_int_equal(store_replay(s, 2, NULL, NULL, &ids, report_sink(r)), ST_OK);
    store_close(s);
    close_report(r, &out);
    assert_non_null(strstr((const char *)out.p, "\"old.exe\""));
    assert_non_null(strstr((const char *)out.p, "\"type\":\"persona\""));
    print_columns(&columns);
    assert_string_equal((const char *)columns.p, (const char *)fresh_columns.p);
    buf_free(&columns);
    buf_free(&fresh_columns);
    buf_free(&out);
    arena_reset(&a);
}

/* ---- refusals ---- */

static void assert_refused(StoreMode mode, Status status, const char *words) {
    Store *s = NULL;
    assert_int_equal(store_open(path, mode, 0, &s, message), status);
    assert_null(s);
    assert_non_null(strstr(message, path));
    if (!strstr(message, words)) fail_msg("no \"%s\" in: %s", words, message);
}

static void what_is_no_case_is_refused(void **state) {
    (void)state;
    fresh("newer.case");
    store_close(open_case(STORE_WRITE));
    sqlite3 *db = database();
    execute(db, "PRAGMA user_version=99");
    sqlite3_close(db);
    assert_refused(STORE_READ, ST_UNSUPPORTED, "newer coax (its schema is version 99");
    assert_refused(STORE_WRITE, ST_UNSUPPORTED, "newer coax");
    fresh("other.db");
    db = database();
    execute(db, "CREATE TABLE t(x)");
    sqlite3_close(db);
    assert_refused(STORE_WRITE, ST_USAGE, "another program's database");
    fresh("text.case");
    folder_write("text.case", span_str("A text of some length, which is no database at all.\n"));
    assert_refused(STORE_WRITE, ST_IO, "no SQLite database");
    fresh("missing.case");
    assert_refused(STORE_READ, ST_NOT_FOUND, "there is no such case");
    fresh("empty.case");
    folder_write("empty.case", (Span){0});
    assert_refused(STORE_READ, ST_USAGE, "it is empty");
    fresh(".");
    assert_refused(STORE_WRITE, ST_USAGE, "it is a folder");
}

static Status try_open(StoreMode mode) {
    Store *s = NULL;
    Status status = store_open(path, mode, 0, &s, message);
    store_close(s);
    return status;
}

/* As somebody who may only read it, root or not. */
static void read_only_work(void) {
    if (geteuid() == 0 && (setgid(65534) || setuid(65534))) _exit(98);
    if (try_open(STORE_READ) != ST_OK) _exit(1);
    if (try_open(STORE_WRITE) == ST_OK || !strstr(message, "read-only")) _exit(2);
    _exit(0);
}

static void old_read_only_work(void) {
    if (geteuid() == 0 && (setgid(65534) || setuid(65534))) _exit(98);
    if (try_open(STORE_READ) == ST_OK || !strstr(message, "older version, and read-only")) _exit(1);
    _exit(0);
}

static void make_read_only(void) {
    char all[FOLDER_PATH];
    assert_int_equal(chmod(folder_path(".", all), 0555), 0);
    assert_int_equal(chmod(path, 0444), 0);
}

static void make_writable(void) {
    char all[FOLDER_PATH];
    assert_int_equal(chmod(folder_path(".", all), 0755), 0);
}

static void a_read_only_case_is_read(void **state) {
    (void)state;
    fresh("locked.case");
    finish(begin());
    make_read_only();
    assert_int_equal(status_of(read_only_work), 0);
    make_writable();
    fresh("locked-old.case");
    make_version_1();
    make_read_only();
    assert_int_equal(status_of(old_read_only_work), 0);
    make_writable();
}

/* ---- forgetting ---- */

static void nothing_is_left_of_what_was_forgotten(void **state) {
    (void)state;
    fresh("forget.case");
    Arena a = arena_new(1 << 20);
    Store *s = begin();
    tell_all(store_sink(s), &a, "secret-name.exe");
    sink_entity(
        store_sink(s),
        &(Entity){.artifact = 1, .kind = EN_domain, .value = "secret.example", .via = "dns_query"});
    end(store_sink(s), "secret-name.exe", NULL, false);
    finish(s);
    s = open_case(STORE_CHANGE);
    assert_int_equal(store_forget(s, 1), ST_OK);
    assert_int_equal(store_forget(s, 1), ST_NOT_FOUND);
    assert_int_equal(store_compact(s), ST_OK);
    store_close(s);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    static char bytes[1 << 20];
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    assert_true(n > 4096 && n < sizeof bytes);
    assert_null(memmem(bytes, n, "secret", 6));
    assert_null(memmem(bytes, n, "x.example", 9));
    arena_reset(&a);
}

static int set_up(void **state) {
    lost = buf_new(1 << 16);
    return folder_make(state);
}

static int tear_down(void **state) {
    buf_free(&lost);
    return folder_remove(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_comes_back_to_the_byte),
        cmocka_unit_test(a_session_knows_what_was_there_before_it),
        cmocka_unit_test(what_did_not_end_is_not_there),
        cmocka_unit_test(the_dead_are_told_once),
        cmocka_unit_test(an_older_case_is_brought_up),
        cmocka_unit_test(what_is_no_case_is_refused),
        cmocka_unit_test(a_read_only_case_is_read),
        cmocka_unit_test(nothing_is_left_of_what_was_forgotten),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
