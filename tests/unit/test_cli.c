/* The command line, over an engine of this test that looks at nothing: its inputs' names say what
 * it shall report. */
#include "cli/cli.h"
#include "tests/support/fakeengine.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { CAPTURE_CAP = 1 << 16 };

/* ---- capturing ---- */

static char out_text[CAPTURE_CAP], err_text[CAPTURE_CAP];

static int redirect(int fd, const char *name) {
    int kept = dup(fd), file = memfd_create(name, 0);
    assert_true(kept >= 0 && file >= 0);
    dup2(file, fd);
    close(file);
    return kept;
}

static void restore(int fd, int kept, char *text) {
    ssize_t n = pread(fd, text, CAPTURE_CAP - 1, 0);
    text[n > 0 ? n : 0] = 0;
    dup2(kept, fd);
    close(kept);
}

#define COAX(...) coax((const char *const[]){"coax", __VA_ARGS__, NULL})

static int coax(const char *const *argv) {
    int argc = 0;
    while (argv[argc]) argc++;
    int out = redirect(STDOUT_FILENO, "out"), err = redirect(STDERR_FILENO, "err");
    int status = cli_main(argc, argv);
    restore(STDOUT_FILENO, out, out_text);
    restore(STDERR_FILENO, err, err_text);
    return status;
}

static void has(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("no \"%s\" in:\n%s", part, text);
}

/* ---- tests ---- */

static void gives_the_exit_status(void **state) {
    (void)state;
    assert_int_equal(COAX("fine"), 0);
    assert_int_equal(COAX("info"), 0);
    assert_int_equal(COAX("bad"), 1);
    assert_int_equal(COAX("unreadable"), 2);
    assert_int_equal(COAX("unreadable", "fine"), 2);
    assert_int_equal(COAX("unreadable", "bad"), 1);
    assert_int_equal(coax((const char *const[]){"coax", NULL}), 2);
    has(err_text, "usage: coax");
}

static void takes_options_anywhere(void **state) {
    (void)state;
    assert_int_equal(COAX("--json", "a", "-j4", "b", "--set", "domain=X", "--set=ram=1GiB", "-t"),
                     0);
    assert_string_equal(fake.paths, "a|b|");
    assert_string_equal(fake.edits, "domain=X|ram=1GiB|");
    assert_int_equal(fake.options.jobs, 4);
    assert_true(fake.options.trace);
    assert_int_equal(fake.options.mode, ENGINE_ANALYSE);
    has(out_text, "{\"type\":\"summary\"");
}

static void ends_options_at_two_dashes(void **state) {
    (void)state;
    assert_int_equal(COAX("--", "--json", "run"), 0);
    assert_string_equal(fake.paths, "--json|run|");
    assert_int_equal(COAX("-"), 0);
    assert_string_equal(fake.paths, "-|");
}

static void gives_the_rest_to_the_program(void **state) {
    (void)state;
    assert_int_equal(COAX("--json", "run", "-w", "office", "x.exe", "/q", "--json", "--", "-z"), 0);
    assert_int_equal(fake.options.mode, ENGINE_RUN);
    assert_string_equal(fake.options.world, "office");
    assert_string_equal(fake.paths, "x.exe|");
    assert_string_equal(fake.arguments, "/q|--json|--|-z|");
    assert_int_equal(COAX("run"), 2);
    has(err_text, "run wants a program");
}

static void reads_budgets(void **state) {
    (void)state;
    assert_int_equal(COAX("--blocks", "5M", "--time", "30d", "--memory=512MiB", "--events=10k",
                          "--wall", "90s", "--written", "4096", "--calls", "7k", "x"),
                     0);
    assert_int_equal(fake.options.budget.blocks, 5000000);
    assert_true(fake.options.budget.elapsed == 30 * 86400 * TIME_SECOND);
    assert_int_equal(fake.options.budget.memory, 512 << 20);
    assert_int_equal(fake.options.budget.events, 10000);
    assert_int_equal(fake.options.budget.written, 4096);
    assert_int_equal(fake.options.budget.calls, 7000);
    assert_true(fake.options.wall == 90 * TIME_SECOND);
}

static void explains_mistakes(void **state) {
    (void)state;
    static const struct {
        const char *words[4];
        const char *says;
    } cases[] = {
        {{"--jsn", "x"}, "there is no option --jsn; did you mean --json?"},
        {{"--zzzzzz", "x"}, "there is no option --zzzzzz (see coax help)"},
        {{"-Z", "x"}, "there is no option -Z"},
        {{"--json=yes", "x"}, "--json takes no argument"},
        {{"x", "--world"}, "--world wants a name"},
        {{"--jobs", "0", "x"}, "--jobs wants a number from 1 to 256, not \"0\""},
        {{"--blocks", "many", "x"}, "--blocks wants a number such as 500M, not \"many\""},
        {{"--time", "99999999999d", "x"}, "--time wants a time"},
        {{"--color", "red", "x"}, "--color wants auto, always or never"},
        {{"version", "--json"}, "coax version has no option --json"},
        {{"help", "nothing"}, "there is no command nothing"},
        {{"--world", "nowhere", "x"}, "there is no world nowhere"},
        {{"--json"}, "no file given"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *argv[6] = {"coax"};
        for (size_t k = 0; k < 4; k++) argv[k + 1] = cases[i].words[k];
        assert_int_equal(coax(argv), 2);
        has(err_text, cases[i].says);
        assert_string_equal(out_text, "");
    }
}

static void helps(void **state) {
    (void)state;
    assert_int_equal(COAX("help"), 0);
    has(out_text, "Usage: coax [OPTIONS] FILE...");
    has(out_text, "  version ");
    has(out_text, "-j, --jobs N");
    assert_int_equal(COAX("run", "--help"), 0);
    has(out_text, "Usage: coax run [OPTIONS] PROGRAM [ARGUMENTS...]");
    assert_int_equal(COAX("--help"), 0);
    has(out_text, "Exit status:");
    assert_int_equal(COAX("help", "version"), 0);
    assert_null(strstr(out_text, "--json"));
    assert_int_equal(COAX("--version"), 0);
    assert_int_equal(strncmp(out_text, "coax ", 5), 0);
}

static void hints_at_a_mistyped_command(void **state) {
    (void)state;
    assert_int_equal(COAX("hlep"), 0);
    has(err_text, "did you mean coax help?");
}

static void doctor_says_what_is_missing(void **state) {
    (void)state;
    fake.health = HEALTH_WEAK;
    assert_int_equal(COAX("doctor"), 0);
    has(out_text, "weak      pack: as it is\n            mend it\n");
    fake.health = HEALTH_MISSING;
    assert_int_equal(COAX("doctor"), 2);
    has(out_text, "missing   pack: as it is\n");
    assert_int_equal(COAX("doctor", "--color=always"), 2);
    has(out_text, "\033[");
}

static void world_shows_and_checks(void **state) {
    (void)state;
    assert_int_equal(COAX("world", "show", "--set", "domain=CORP"), 0);
    assert_string_equal(out_text, "computer=PC\nowner=\\x1b[31m\n");
    assert_string_equal(fake.edits, "domain=CORP|");
    assert_int_equal(COAX("world", "show", "office"), 0);
    has(out_text, "computer=office\n");
    assert_int_equal(COAX("world", "show", "nowhere"), 2);
    has(err_text, "there is no world nowhere");
    assert_int_equal(COAX("world", "check", "home", "nowhere", "office"), 2);
    assert_int_equal(COAX("world", "check", "home"), 0);
    assert_string_equal(out_text, "");
    assert_int_equal(COAX("world"), 2);
    assert_int_equal(COAX("world", "check"), 2);
    assert_int_equal(COAX("world", "paint", "home"), 2);
    has(err_text, "coax world wants show");
}

static void stops_at_an_interrupt(void **state) {
    (void)state;
    fake.interruptions = 0;
    assert_int_equal(COAX("interrupt"), 0);
    assert_int_equal(fake.interruptions, 1);
}

static void fails_where_the_report_is_lost(void **state) {
    (void)state;
    int kept = dup(STDOUT_FILENO), full = open("/dev/full", O_WRONLY);
    if (full < 0) skip();
    const char *argv[] = {"coax", "bad", NULL};
    dup2(full, STDOUT_FILENO);
    int err = redirect(STDERR_FILENO, "err"), status = cli_main(2, argv);
    restore(STDERR_FILENO, err, err_text);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(full);
    assert_int_equal(status, 2);
    has(err_text, "the report could not be written: No space left on device");
}

static void measures_nearness(void **state) {
    (void)state;
    assert_int_equal(nearest_distance("json", "json", 2), 0);
    assert_int_equal(nearest_distance("jsn", "json", 2), 1);
    assert_int_equal(nearest_distance("", "ab", 2), 2);
    assert_int_equal(nearest_distance("kitten", "sitting", 9), 3);
    assert_int_equal(nearest_distance("kitten", "sitting", 1), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_exit_status),
        cmocka_unit_test(takes_options_anywhere),
        cmocka_unit_test(ends_options_at_two_dashes),
        cmocka_unit_test(gives_the_rest_to_the_program),
        cmocka_unit_test(reads_budgets),
        cmocka_unit_test(explains_mistakes),
        cmocka_unit_test(helps),
        cmocka_unit_test(hints_at_a_mistyped_command),
        cmocka_unit_test(doctor_says_what_is_missing),
        cmocka_unit_test(world_shows_and_checks),
        cmocka_unit_test(stops_at_an_interrupt),
        cmocka_unit_test(fails_where_the_report_is_lost),
        cmocka_unit_test(measures_nearness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
