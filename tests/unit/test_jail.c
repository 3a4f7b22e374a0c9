/* A jailed worker can open no file and no socket, run no program and see no other process; each
 * layer holds alone; and every death is told as what it was. The prisoner (prisoner.c) makes the
 * attempts. */
#include "jail/frame.h"
#include "jail/jail.h"
#include "jail/lock.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
/* after the headers that it builds on */
#include <cmocka.h>

static const char *prisoner_path;
static JailProbe host;

typedef enum { REFUSED, SUCCEEDED, LAYER_MISSING, SILENT } Answer;

typedef struct {
    Answer answer;
    int error; /* errno of a refused attempt */
    JailDeath death;
} Outcome;

static Jail start(const char *lock, const char *attempt, unsigned cpu_seconds, bool forks) {
    int program = open(prisoner_path, O_PATH | O_CLOEXEC), sample = open("/etc/hostname", O_RDONLY);
    const char *const arguments[] = {"prisoner", lock, attempt, NULL};
    JailSpawn spawn = {.program = program,
                       .arguments = arguments,
                       .handed = {sample},
                       .handed_count = 1,
                       .cpu_seconds = cpu_seconds,
                       .forks = forks};
    Jail j = {0};
    assert_true(program >= 0 && sample >= 0);
    assert_int_equal(jail_spawn(&spawn, &j), ST_OK);
    close(program);
    close(sample);
    return j;
}

static Outcome finish(Jail *j) {
    Outcome o = {.answer = SILENT};
    FrameReader r = frame_reader(64);
    Frame f;
    Time deadline = time_monotonic() + 20 * TIME_SECOND;
    if (frame_receive(&r, j->socket, deadline, &f) == ST_OK) {
        Cur c = cur(f.payload);
        o.answer = (Answer)f.type;
        o.error = (int)cur_u32le(&c);
    }
    frame_reader_close(&r);
    assert_int_equal(jail_wait(j, deadline, &o.death), ST_OK);
    jail_close(j);
    return o;
}

static Outcome try_it(const char *lock, const char *attempt) {
    Jail j = start(lock, attempt, 0, strcmp(lock, "all+fork") == 0);
    return finish(&j);
}

static void expect_refused(const char *lock, const char *attempt) {
    Outcome o = try_it(lock, attempt);
    if (o.answer == LAYER_MISSING) {
        print_message("skipped: this kernel lacks %s\n", lock);
        skip();
    }
    if (o.answer != REFUSED) fail_msg("%s with %s: answer %d", attempt, lock, o.answer);
    assert_true(o.error != 0);
}

static void expect_forbidden(const char *lock, const char *attempt) {
    Outcome o = try_it(lock, attempt);
    if (o.answer != SILENT || o.death.end != JAIL_FORBIDDEN)
        fail_msg("%s: answer %d, death %d %d", attempt, o.answer, o.death.end, o.death.number);
}

static void expect_success(const char *lock, const char *attempt) {
    Outcome o = try_it(lock, attempt);
    if (o.answer != SUCCEEDED)
        fail_msg("%s with %s: answer %d, %s", attempt, lock, o.answer, strerror(o.error));
}

/* The attempts are real: without a lock they succeed. */
static void attempts_succeed_outside(void **state) {
    (void)state;
    static const char *const all[] = {"nothing", "open", "stat",   "list-root",
                                      "tcp",     "unix", "memory", "dumpable"};
    for (size_t i = 0; i < sizeof all / sizeof *all - 1; i++) expect_success("none", all[i]);
    Jail j = start("none", "fork", 0, true);
    assert_int_equal(finish(&j).answer, SUCCEEDED);
    expect_success("none", "make-executable");
    expect_success("none", "executable-memory");
}

static void opens_no_file(void **state) {
    (void)state;
    static const char *const all[] = {"open", "create", "stat", "list-root"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) expect_refused("all", all[i]);
    expect_forbidden("all", "open-raw");
    expect_forbidden("all", "write-file");
    expect_refused("all", "write-sample");
    expect_refused("all", "map-sample");
    assert_int_equal(access("/tmp/coax-prisoner", F_OK), -1);
}

static void opens_no_socket(void **state) {
    (void)state;
    static const char *const all[] = {"tcp", "udp6", "unix", "netlink", "connect"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) expect_forbidden("all", all[i]);
}

static void runs_no_program(void **state) {
    (void)state;
    expect_forbidden("all", "exec");
    expect_forbidden("all", "fork");
    expect_forbidden("all", "thread");
    expect_refused("all", "executable-memory");
    expect_refused("all", "make-executable");
}

static void sees_no_process(void **state) {
    (void)state;
    expect_forbidden("all", "see-process");
    expect_forbidden("all", "signal-parent");
    expect_forbidden("all", "ptrace");
    expect_forbidden("all", "read-process");
}

static void gains_no_privilege(void **state) {
    (void)state;
    expect_forbidden("all", "mount");
    expect_forbidden("all", "change-user");
    expect_forbidden("all", "new-user-namespace");
    expect_forbidden("all", "duplicate");
}

static void has_only_what_it_was_handed(void **state) {
    (void)state;
    expect_refused("none", "core");
    Outcome o = try_it("none", "other-descriptors");
    assert_int_equal(o.answer, REFUSED);
    expect_refused("all", "other-descriptors"); /* by seccomp; the one above is the proof */
}

/* What a computation needs still works. */
static void computes(void **state) {
    (void)state;
    expect_success("all", "nothing");
    expect_success("all", "memory");
}

static void forks_where_it_may(void **state) {
    (void)state;
    expect_success("all+fork", "fork");
    expect_forbidden("all+fork", "thread");
    expect_forbidden("all+fork", "exec");
    if (host.layers & JAIL_PROCESS_IDS) expect_refused("all+fork", "see-process");
}

/* ---- every layer alone ---- */

static void need(unsigned layer, const char *name) {
    if (host.layers & layer) return;
    print_message("skipped: this kernel does not let us have %s\n", name);
    skip();
}

static void layer_process_ids(void **state) {
    (void)state;
    need(JAIL_PROCESS_IDS, "a process ID namespace");
    expect_refused("process-ids", "see-process");
}

static void layer_empty_root(void **state) {
    (void)state;
    need(JAIL_EMPTY_ROOT, "a mount namespace");
    static const char *const all[] = {"open", "create", "stat", "list-root", "exec"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) expect_refused("empty-root", all[i]);
}

static void layer_no_network(void **state) {
    (void)state;
    need(JAIL_NO_NETWORK, "a network namespace");
    Outcome o = try_it("no-network", "connect");
    assert_int_equal(o.answer, REFUSED);
    assert_int_equal(o.error, ENETUNREACH);
}

static void layer_no_privilege(void **state) {
    (void)state;
    expect_refused("no-privilege", "mount");
    expect_refused("no-privilege", "change-user");
    expect_refused("no-privilege", "dumpable");
}

static void layer_landlock(void **state) {
    (void)state;
    need(JAIL_LANDLOCK, "Landlock");
    expect_refused("landlock", "open");
    expect_refused("landlock", "create");
    expect_refused("landlock", "exec");
    expect_success("landlock", "stat"); /* the known limit of Landlock, for which others stand in */
    if (host.landlock >= 4) expect_refused("landlock", "connect");
}

static void layer_seccomp(void **state) {
    (void)state;
    expect_refused("seccomp", "open");
    expect_refused("seccomp", "stat");
    expect_forbidden("seccomp", "tcp");
    expect_forbidden("seccomp", "exec");
    expect_forbidden("seccomp", "signal-parent");
}

/* ---- deaths ---- */

static void expect_death(const char *attempt, JailEnd end, int number, const char *text) {
    Outcome o = try_it("all", attempt);
    char printed[JAIL_DEATH_TEXT];
    jail_death_print(o.death, printed);
    assert_int_equal(o.answer, SILENT);
    assert_int_equal(o.death.end, end);
    assert_int_equal(o.death.number, number);
    assert_string_equal(printed, text);
}

static void tells_deaths_apart(void **state) {
    (void)state;
    expect_death("exit3", JAIL_EXITED, 3, "exit status 3");
    expect_death("crash", JAIL_SIGNALLED, SIGSEGV, "signal 11 (SIGSEGV)");
    expect_death("abort", JAIL_SIGNALLED, SIGABRT, "signal 6 (SIGABRT)");
    expect_death("exec", JAIL_FORBIDDEN, SIGSYS, "killed by seccomp at a forbidden system call");
}

static void processor_time_ends(void **state) {
    (void)state;
    Jail j = start("all", "spin", 1, false);
    Outcome o = finish(&j);
    assert_int_equal(o.death.end, JAIL_SIGNALLED);
    assert_int_equal(o.death.number, SIGKILL);
}

static void kills_a_sleeper(void **state) {
    (void)state;
    Jail j = start("all", "sleep", 0, false);
    JailDeath death;
    assert_int_equal(jail_wait(&j, time_monotonic() + TIME_SECOND / 20, &death), ST_TIMEOUT);
    death = jail_kill(&j);
    assert_int_equal(death.end, JAIL_SIGNALLED);
    assert_int_equal(death.number, SIGKILL);
    jail_close(&j);
    jail_close(&j);
}

static void a_program_that_cannot_run_is_an_error(void **state) {
    (void)state;
    int text = open("/etc/hostname", O_PATH | O_CLOEXEC);
    const char *const arguments[] = {"x", NULL};
    Jail j = {0};
    assert_int_equal(jail_spawn(&(JailSpawn){.program = text, .arguments = arguments}, &j), ST_IO);
    assert_true(errno == EACCES || errno == ENOEXEC);
    assert_int_equal(j.pid, 0);
    close(text);
}

/* The process between is the coax that is killed; its worker must be gone soon. */
static void dies_with_its_parent(void **state) {
    (void)state;
    int end[2];
    assert_int_equal(pipe(end), 0);
    pid_t between = fork();
    if (between == 0) {
        /* the worker's standard input is no way out: it inherits the pipe's writing end as 4 */
        int program = open(prisoner_path, O_PATH | O_CLOEXEC);
        const char *const arguments[] = {"prisoner", "none", "spin", NULL};
        Jail j;
        JailSpawn spawn = {.program = program,
                           .arguments = arguments,
                           .handed = {end[1]},
                           .handed_count = 1,
                           .cpu_seconds = 20};
        if (jail_spawn(&spawn, &j) != ST_OK) _exit(1);
        raise(SIGKILL);
    }
    close(end[1]);
    char byte;
    assert_int_equal(read(end[0], &byte, 1), 0); /* ends once the last writer is dead */
    assert_int_equal(waitpid(between, NULL, 0), between);
    close(end[0]);
}

static void probe_is_honest(void **state) {
    (void)state;
    assert_true(host.usable);
    assert_int_equal(host.layers & JAIL_REQUIRED, JAIL_REQUIRED);
    assert_int_equal((host.layers & JAIL_LANDLOCK) != 0, host.landlock > 0);
    for (unsigned bit = 0; bit < JAIL_LAYER_COUNT; bit++)
        assert_true(strlen(jail_layer_text(bit)) > 0);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: test_jail PRISONER\n");
        return 2;
    }
    prisoner_path = arguments[1];
    host = jail_probe();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probe_is_honest),
        cmocka_unit_test(attempts_succeed_outside),
        cmocka_unit_test(opens_no_file),
        cmocka_unit_test(opens_no_socket),
        cmocka_unit_test(runs_no_program),
        cmocka_unit_test(sees_no_process),
        cmocka_unit_test(gains_no_privilege),
        cmocka_unit_test(has_only_what_it_was_handed),
        cmocka_unit_test(computes),
        cmocka_unit_test(forks_where_it_may),
        cmocka_unit_test(layer_process_ids),
        cmocka_unit_test(layer_empty_root),
        cmocka_unit_test(layer_no_network),
        cmocka_unit_test(layer_no_privilege),
        cmocka_unit_test(layer_landlock),
        cmocka_unit_test(layer_seccomp),
        cmocka_unit_test(tells_deaths_apart),
        cmocka_unit_test(processor_time_ends),
        cmocka_unit_test(kills_a_sleeper),
        cmocka_unit_test(a_program_that_cannot_run_is_an_error),
        cmocka_unit_test(dies_with_its_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
