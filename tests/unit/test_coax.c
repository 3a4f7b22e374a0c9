/* libcoax, over an engine of the tests. */
#include "tests/support/fakeengine.h"
#include <coax.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

typedef struct {
    unsigned lines, most;
    char first[1024];
} Receiver;

static int on_line(void *context, const char *json, size_t length) {
    Receiver *r = context;
    assert_true(length > 2 && json[0] == '{' && json[length - 1] == '}');
    if (!r->lines++) memcpy(r->first, json, length < 1023 ? length : 1023);
    return r->most && r->lines == r->most;
}

static int analyse(Coax *c, const char *path, Receiver *r) {
    return coax_analyse(c, &path, 1, on_line, r);
}

static void gives_lines_and_results(void **state) {
    (void)state;
    Coax *c = coax_open();
    Receiver r = {0};
    assert_int_equal(analyse(c, "fine", &r), COAX_NOTHING);
    assert_int_equal(r.lines, 2);
    assert_non_null(strstr(r.first, "\"type\":\"artifact\""));
    assert_int_equal(analyse(c, "bad", &r), COAX_FINDINGS);
    assert_int_equal(analyse(c, "info", &r), COAX_NOTHING);
    assert_int_equal(analyse(c, "unreadable", &r), COAX_TROUBLE);
    assert_non_null(strstr(coax_message(c), "could not be read"));
    assert_int_equal(analyse(c, "fine", &r), COAX_NOTHING);
    assert_string_equal(coax_message(c), "");
    coax_close(c);
}

static void passes_options_on(void **state) {
    (void)state;
    Coax *c = coax_open();
    Receiver r = {0};
    const char *arguments[] = {"/q", "-x"};
    char edit[] = "domain=X";
    assert_int_equal(coax_set(c, "world", "office"), 0);
    assert_int_equal(coax_set(c, "set", edit), 0);
    edit[0] = '?'; /* it was copied */
    assert_int_equal(coax_set(c, "jobs", "3"), 0);
    assert_int_equal(coax_set(c, "trace", "yes"), 0);
    assert_int_equal(coax_run(c, "x.exe", arguments, 2, on_line, &r), COAX_NOTHING);
    assert_int_equal(fake.options.mode, ENGINE_RUN);
    assert_int_equal(fake.options.jobs, 3);
    assert_true(fake.options.trace);
    assert_string_equal(fake.edits, "domain=X|");
    assert_string_equal(fake.arguments, "/q|-x|");
    assert_string_equal(fake.paths, "x.exe|");
    coax_close(c);
}

static void refuses_wrong_options(void **state) {
    (void)state;
    Coax *c = coax_open();
    Receiver r = {0};
    assert_int_equal(coax_set(c, "colour", "red"), COAX_TROUBLE);
    assert_string_equal(coax_message(c), "there is no option colour");
    assert_int_equal(coax_set(c, "jobs", "many"), COAX_TROUBLE);
    assert_int_equal(coax_set(c, "trace", "perhaps"), COAX_TROUBLE);
    assert_int_equal(coax_set(c, "world", "nowhere"), 0);
    assert_int_equal(analyse(c, "fine", &r), COAX_TROUBLE);
    assert_string_equal(coax_message(c), "there is no world nowhere");
    coax_close(c);
}

static void ends_where_the_receiver_wants(void **state) {
    (void)state;
    Coax *c = coax_open();
    Receiver r = {.most = 1};
    assert_int_equal(analyse(c, "bad", &r), COAX_TROUBLE);
    assert_int_equal(r.lines, 1);
    assert_string_equal(coax_message(c), "the receiver of the lines ended it");
    coax_interrupt(c); /* nothing runs: nothing happens */
    coax_close(c);
    coax_close(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_lines_and_results),
        cmocka_unit_test(passes_options_on),
        cmocka_unit_test(refuses_wrong_options),
        cmocka_unit_test(ends_where_the_receiver_wants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
