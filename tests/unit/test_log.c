/* Log lines: only those of the level and above, to the sink that was set. */
#include "base/log.h"
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static LogLevel last_level;
static char last_line[2000];
static int lines;

static void keep(LogLevel level, const char *line) {
    lines++;
    last_level = level;
    strncpy(last_line, line, sizeof last_line - 1);
}

static void the_level_decides(void **state) {
    (void)state;
    log_set_sink(keep);
    log_set_level(LOG_WARN);
    log_info("not wanted");
    log_debug("not wanted");
    assert_int_equal(lines, 0);
    log_warn("%d of %s", 3, "four");
    assert_int_equal(lines, 1);
    assert_int_equal(last_level, LOG_WARN);
    assert_string_equal(last_line, "3 of four");
    log_set_level(LOG_DEBUG);
    log_debug("now");
    assert_string_equal(last_line, "now");
    log_set_sink(NULL);
}

static void a_long_line_is_cut(void **state) {
    (void)state;
    char line[5000];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = 0;
    log_set_sink(keep);
    log_error("%s", line);
    assert_int_equal(strlen(last_line), 1023);
    log_set_sink(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_level_decides),
        cmocka_unit_test(a_long_line_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
