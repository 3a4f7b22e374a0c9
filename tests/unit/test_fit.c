/* Fits and units: the arithmetic between a fact and what a compare shows, and its way back. */
#include "lure/units.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
// cmocka wants the three above first
#include <cmocka.h>

static const uint64_t sizes[FIT_SAMPLES] = {UINT64_C(8) << 30, UINT64_C(12) << 30,
                                            UINT64_C(16) << 30};

static void expect_back(const uint64_t from[FIT_SAMPLES], const uint64_t shown[FIT_SAMPLES],
                        unsigned width) {
    Fit f;
    uint64_t back;
    assert_true(fit_find(from, shown, width, &f));
    assert_true(fit_invert(&f, shown[1], &back));
    assert_int_equal(back, from[1]);
}

static void numbers(void **state) {
    uint64_t shown[FIT_SAMPLES];
    (void)state;
    for (int i = 0; i < FIT_SAMPLES; i++) shown[i] = sizes[i] - (UINT64_C(16) << 30);
    expect_back(sizes, shown, 8);
    for (int i = 0; i < FIT_SAMPLES; i++) shown[i] = (sizes[i] >> 30) ^ 0x5a5a;
    expect_back(sizes, shown, 4);
    for (int i = 0; i < FIT_SAMPLES; i++) shown[i] = 1000 - (sizes[i] >> 20);
    expect_back(sizes, shown, 8);
    const uint64_t small[FIT_SAMPLES] = {4, 7, 11};
    for (int i = 0; i < FIT_SAMPLES; i++) shown[i] = small[i] * 3 + 17;
    expect_back(small, shown, 4);
    for (int i = 0; i < FIT_SAMPLES; i++)
        shown[i] = __builtin_bswap32((uint32_t)small[i]) ^ 0xc0ffee;
    expect_back(small, shown, 4);
}

/* Numbers that are no function of the fact fit nothing, nor do those that stand still. */
static void no_fit(void **state) {
    const uint64_t from[FIT_SAMPLES] = {4, 7, 11}, wild[FIT_SAMPLES] = {0x9e37, 0x1234567, 0x51},
                   still[FIT_SAMPLES] = {9, 9, 9};
    Fit f;
    (void)state;
    assert_false(fit_find(from, wild, 4, &f));
    assert_false(fit_find(from, still, 4, &f));
    assert_false(fit_find(from, wild, 0, &f));
}

static void expect_answer(const char *const texts[FIT_SAMPLES], const char *wanted, bool joined) {
    Arena a = arena_new(1 << 16);
    Span values[FIT_SAMPLES];
    Unit units[MOST_UNITS] = {0}, bytes[MOST_UNITS];
    size_t n = strlen(wanted) + 1;
    Answer answer;
    for (int i = 0; i < FIT_SAMPLES; i++) values[i] = span_str(texts[i]);
    for (size_t k = 0; k < n; k++) {
        Unit *u = &units[joined ? k / 8 : k];
        unsigned shift = joined ? 8 * (k % 8) : 0;
        u->width = joined ? 8 : 1;
        u->wanted |= (uint64_t)((uint8_t)wanted[k] ^ (0x31 + k)) << shift;
        for (int i = 0; i < FIT_SAMPLES; i++) {
            uint8_t c = k < strlen(texts[i]) ? (uint8_t)texts[i][k] : 0;
            u->shown[i] |= (uint64_t)(c ^ (0x31 + k)) << shift;
        }
    }
    size_t count = joined ? units_split(units, (n + 7) / 8, bytes) : n;
    assert_true(units_solve(&a, values, joined ? bytes : units, count, &answer));
    assert_true(answer.ended);
    assert_int_equal(answer.last, strlen(wanted));
    assert_memory_equal(answer.bytes, wanted, strlen(wanted));
    arena_reset(&a);
}

/* Wanted texts that are shorter than the value, longer, and compared eight letters at once. */
static void texts(void **state) {
    static const char *const values[FIT_SAMPLES] = {"marta", "dcdpi", "utwab"};
    (void)state;
    expect_answer(values, "bob", false);
    expect_answer(values, "operator8", false);
    expect_answer(values, "svc_bkp", true);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test(no_fit),
                                       cmocka_unit_test(texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
