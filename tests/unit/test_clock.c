/* Times as text and back. */
#include "base/clock.h"
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_prints(Time t, const char *want) {
    char text[TIME_TEXT_SIZE];
    time_print(t, text);
    assert_string_equal(text, want);
}

static void assert_reads(const char *text, const char *want) {
    Time t;
    assert_true(time_parse(text, &t));
    assert_prints(t, want);
}

static void prints_as_many_digits_as_needed(void **state) {
    (void)state;
    assert_prints(0, "1970-01-01T00:00:00Z");
    assert_prints(INT64_C(1553504400) * TIME_SECOND, "2019-03-25T09:00:00Z");
    assert_prints(500 * 1000000, "1970-01-01T00:00:00.500Z");
    assert_prints(1000, "1970-01-01T00:00:00.000001Z");
    assert_prints(1, "1970-01-01T00:00:00.000000001Z");
    assert_prints(-1, "1969-12-31T23:59:59.999999999Z");
    assert_prints(INT64_MAX, "2262-04-11T23:47:16.854775807Z");
    assert_prints(INT64_MIN, "1677-09-21T00:12:43.145224192Z");
}

static void reads_what_rfc_3339_allows(void **state) {
    (void)state;
    assert_reads("2019-03-25", "2019-03-25T00:00:00Z");
    assert_reads("2019-03-25T09:00:00.5Z", "2019-03-25T09:00:00.500Z");
    assert_reads("2019-03-25t09:00:00z", "2019-03-25T09:00:00Z");
    assert_reads("2019-03-25 09:00:00+05:30", "2019-03-25T03:30:00Z");
    assert_reads("2019-03-25T23:00:00-02:00", "2019-03-26T01:00:00Z");
    assert_reads("2019-03-25T09:00:00.1234567899Z", "2019-03-25T09:00:00.123456789Z");
    assert_reads("2000-02-29", "2000-02-29T00:00:00Z");
    assert_reads("1900-02-28", "1900-02-28T00:00:00Z");
}

static void refuses_the_rest(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "2019",
                                      "2019-3-25",
                                      "2019-03-25T",
                                      "2019-03-25T09:00Z",
                                      "2019-03-25T09:00:00",
                                      "2019-03-25T09:00:00.Z",
                                      "2019-02-29",
                                      "1900-02-29",
                                      "2019-13-01",
                                      "2019-00-01",
                                      "2019-01-00",
                                      "2019-03-25T24:00:00Z",
                                      "2019-03-25T09:60:00Z",
                                      "2019-03-25T09:00:60Z",
                                      "2019-03-25T09:00:00+24:00",
                                      "2019-03-25T09:00:00Zx",
                                      "2019-03-25x",
                                      "9999-01-01",
                                      "0001-01-01",
                                      "+019-03-25",
                                      "2019-03-25T09:00:00+0530"};
    Time t;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (time_parse(bad[i], &t)) fail_msg("%s was read", bad[i]);
}

/* The C library is the oracle of the calendar. */
static void every_day_of_our_range_comes_back(void **state) {
    (void)state;
    for (int64_t day = -106000; day < 106000; day++) {
        Time t, want = day * 86400 * TIME_SECOND;
        char text[TIME_TEXT_SIZE], oracle[TIME_TEXT_SIZE];
        time_t seconds = day * 86400;
        struct tm date;
        strftime(oracle, sizeof oracle, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &date));
        time_print(want, text);
        assert_string_equal(text, oracle);
        assert_true(time_parse(text, &t));
        assert_true(t == want);
    }
}

static void assert_span(Time ns, const char *want) {
    char text[TIME_TEXT_SIZE];
    time_print_span(ns, text);
    assert_string_equal(text, want);
}

static void spans_for_people(void **state) {
    (void)state;
    assert_span(0, "0 ns");
    assert_span(999, "999 ns");
    assert_span(1500, "1.5 us");
    assert_span(250 * 1000000, "250 ms");
    assert_span(TIME_SECOND * 3 / 2, "1.5 s");
    assert_span(999960000, "1 s");
    assert_span(90 * TIME_SECOND, "1.5 min");
    assert_span(INT64_C(86400) * TIME_SECOND, "1 day");
    assert_span(INT64_C(864000) * TIME_SECOND, "10 days");
    assert_span(-90 * TIME_SECOND, "-1.5 min");
    assert_span(INT64_MIN, "-106752 days");
}

static void assert_seconds(Time ns, const char *want) {
    char text[TIME_TEXT_SIZE];
    time_print_seconds(ns, text);
    assert_string_equal(text, want);
}

static void seconds_for_programs(void **state) {
    (void)state;
    assert_seconds(0, "0");
    assert_seconds(1, "0.000000001");
    assert_seconds(TIME_SECOND / 4, "0.25");
    assert_seconds(INT64_C(864000) * TIME_SECOND, "864000");
    assert_seconds(INT64_C(864000) * TIME_SECOND + 1, "864000.000000001");
    assert_seconds(-TIME_SECOND * 3 / 2, "-1.5");
    assert_seconds(INT64_MIN, "-9223372036.854775808");
}

static void filetimes(void **state) {
    (void)state;
    assert_true(time_to_filetime(0) == UINT64_C(116444736000000000));
    assert_true(time_from_filetime(UINT64_C(131980716000000000)) ==
                INT64_C(1553598000) * TIME_SECOND);
    assert_true(time_from_filetime(time_to_filetime(INT64_C(123456700))) == 123456700);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_as_many_digits_as_needed),
        cmocka_unit_test(reads_what_rfc_3339_allows),
        cmocka_unit_test(refuses_the_rest),
        cmocka_unit_test(every_day_of_our_range_comes_back),
        cmocka_unit_test(spans_for_people),
        cmocka_unit_test(seconds_for_programs),
        cmocka_unit_test(filetimes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
