#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "guest/service/task_xml.h"
#include <limits.h>

#define HOUR (3600 * TIME_SECOND)
#define DAY  (24 * HOUR)

static const char sample[] =
    "<?xml version=\"1.0\"?><Task version=\"1.2\"><Triggers>"
    "<TimeTrigger><Repetition><Interval>P1DT2H3M4S</Interval></Repetition>"
    "<StartBoundary>2019-03-25T09:00:00</StartBoundary></TimeTrigger>"
    "<CalendarTrigger><StartBoundary>2019-03-25T09:00:00Z</StartBoundary>"
    "<ScheduleByDay><DaysInterval>3</DaysInterval></ScheduleByDay></CalendarTrigger>"
    "<CalendarTrigger><StartBoundary>2019-03-25T09:00:00Z</StartBoundary><ScheduleByWeek>"
    "<DaysOfWeek><Tuesday/><Sunday /></DaysOfWeek><WeeksInterval>2</WeeksInterval></ScheduleByWeek>"
    "</CalendarTrigger>"
    "<RegistrationTrigger><Delay>PT5M</Delay></RegistrationTrigger>"
    "<LogonTrigger/><BootTrigger><Enabled>false</Enabled></BootTrigger>"
    "</Triggers><Principals><Principal id=\"a\"><UserId>S-1-5-18</UserId></Principal></Principals>"
    "<Settings><Enabled>true</Enabled></Settings><Actions Context=\"a\"><Exec>"
    "<Command>C:\\a b.exe</Command><Arguments>&quot;x&quot; &amp;&lt;y&gt;&#1;</Arguments>"
    "<WorkingDirectory>C:\\w</WorkingDirectory></Exec></Actions></Task>";

static Time at(const char *text) {
    Time t = 0;
    assert_true(time_parse(text, &t));
    return t;
}

static void reads_a_task(void **state) {
    (void)state;
    Arena a = arena_new(1 << 20);
    TaskPlan p;
    assert_true(task_read(&a, span_str(sample), &p));
    assert_string_equal(p.command, "C:\\a b.exe");
    assert_string_equal(p.arguments, "\"x\" &<y>&#1;");
    assert_string_equal(p.directory, "C:\\w");
    assert_string_equal(p.user, "S-1-5-18");
    assert_true(p.enabled);
    assert_int_equal(p.trigger_count, 5);
    assert_true(p.triggers[0].local && !p.triggers[1].local);
    assert_true(p.triggers[0].repetition == DAY + 2 * HOUR + 184 * TIME_SECOND);
    assert_int_equal(p.triggers[1].interval, 3);
    assert_int_equal(p.triggers[2].kind, TRIGGER_WEEKS);
    assert_int_equal(p.triggers[2].weekdays, 1 | 4);
    assert_true(p.triggers[3].delay == 300 * TIME_SECOND);
    assert_int_equal(p.triggers[4].kind, TRIGGER_EVENT);
    arena_reset(&a);
}

static void knows_when(void **state) {
    (void)state;
    Arena a = arena_new(1 << 20);
    TaskPlan p;
    task_read(&a, span_str(sample), &p);
    Time start = at("2019-03-25T09:00:00Z"), bias = 2 * HOUR; /* a Monday */
    assert_true(task_next(&p.triggers[0], 0, start, bias) == start + bias);
    assert_true(task_next(&p.triggers[1], 0, start + 1, bias) == start + 3 * DAY);
    assert_true(task_next(&p.triggers[2], 0, start, 0) == at("2019-03-26T09:00:00Z"));
    assert_true(task_next(&p.triggers[2], 0, at("2019-03-27T00:00:00Z"), 0) ==
                at("2019-04-07T09:00:00Z"));
    assert_true(task_next(&p.triggers[3], start, start, 0) == start + 300 * TIME_SECOND);
    assert_true(task_next(&p.triggers[4], start, start, 0) == INT64_MAX);
    p.triggers[0].repetition = 0;
    assert_true(task_next(&p.triggers[0], 0, start + bias + 1, bias) == INT64_MAX);
    arena_reset(&a);
}

static void refuses_what_starts_nothing(void **state) {
    (void)state;
    static const char *const none[] = {"",
                                       "<Exec",
                                       "<Exec/>",
                                       "<Exec></Exec>",
                                       "<Exec><Command></Exec>",
                                       "<Execute><Command>a</Command></Execute>"};
    Arena a = arena_new(1 << 20);
    TaskPlan p;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(task_read(&a, span_str(none[i]), &p));
    arena_reset(&a);
}

static void survives_every_prefix(void **state) {
    (void)state;
    for (size_t n = 0; n < sizeof sample - 1; n++) {
        Arena a = arena_new(1 << 20);
        char *copy = malloc(n + 1);
        TaskPlan p;
        memcpy(copy, sample, n);
        task_read(&a, span(copy, n), &p);
        for (size_t i = 0; i < p.trigger_count; i++) task_next(&p.triggers[i], 0, n, 0);
        free(copy);
        arena_reset(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_task),
        cmocka_unit_test(knows_when),
        cmocka_unit_test(refuses_what_starts_nothing),
        cmocka_unit_test(survives_every_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
