/* Who keeps which bytes where pieces overlap. */
#include "wire/overlap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { WIDTH = 12 };

static Mem mem = {.cap = 1 << 20};

static Piece *add(Piece *first, uint32_t start, const char *text, Trust trust) {
    Piece *p = piece_new(&mem, span_str(text)), *last = first;
    p->start = start;
    p->trust = trust;
    if (!first) return p;
    while (last->next) last = last->next;
    last->next = p;
    return first;
}

static void drop(Piece *p) {
    while (p) {
        Piece *next = p->next;
        mem_free(&mem, p);
        p = next;
    }
}

static bool reads(const Piece *first, Reading r, uint32_t start, const char *want) {
    uint8_t bytes[WIDTH];
    const Piece *owner[WIDTH];
    uint32_t n = (uint32_t)strlen(want);
    bool differs = overlap_read(first, r, start, n, bytes, owner);
    for (uint32_t i = 0; i < n; i++) assert_int_equal(owner[i] ? bytes[i] : '.', want[i]);
    return differs;
}

/* The pieces of Shankar and Paxson's table, as far as they tell policies apart. */
static void policies_differ(void **state) {
    (void)state;
    Piece *p = add(NULL, 2, "oooo", TRUST_GOOD); /* 2..5 */
    p = add(p, 0, "nnnn", TRUST_GOOD);           /* begins before */
    assert_true(reads(p, READ_FIRST, 0, "nnoooo"));
    assert_true(reads(p, READ_LAST, 0, "nnnnoo"));
    assert_true(reads(p, READ_BSD, 0, "nnnnoo"));
    assert_true(reads(p, READ_LINUX, 0, "nnnnoo"));
    assert_true(reads(p, READ_RIGHT, 0, "nnoooo"));
    assert_true(reads(p, READ_SOLARIS, 0, "nnoooo"));
    drop(p);
    p = add(NULL, 0, "oooo", TRUST_GOOD);
    p = add(p, 0, "nnnn", TRUST_GOOD); /* the same place */
    assert_true(reads(p, READ_BSD, 0, "oooo"));
    assert_true(reads(p, READ_LINUX, 0, "nnnn"));
    assert_true(reads(p, READ_RIGHT, 0, "nnnn"));
    drop(p);
    p = add(NULL, 0, "oooo", TRUST_GOOD);
    p = add(p, 2, "nnnn", TRUST_GOOD); /* begins behind, ends behind */
    assert_true(reads(p, READ_BSD, 0, "oooonn"));
    assert_true(reads(p, READ_LINUX, 0, "oooonn"));
    assert_true(reads(p, READ_RIGHT, 0, "oonnnn"));
    assert_true(reads(p, READ_SOLARIS, 0, "oonnnn"));
    drop(p);
}

static void trust_comes_first(void **state) {
    (void)state;
    Piece *p = add(NULL, 0, "dddd", TRUST_DOUBTED);
    p = add(p, 0, "gggg", TRUST_GOOD);
    p = add(p, 0, "bbbb", TRUST_BROKEN);
    assert_true(reads(p, READ_FIRST, 0, "gggg"));
    assert_true(reads(p, READ_LAST, 0, "gggg"));
    assert_true(reads(p, READ_FIRST_ANY, 0, "dddd"));
    assert_true(reads(p, READ_LAST_ANY, 0, "gggg")); /* a bad checksum never wins */
    drop(p);
    p = add(NULL, 0, "bbbb", TRUST_BROKEN); /* unless there is nothing else */
    assert_false(reads(p, READ_FIRST, 0, "bbbb"));
    drop(p);
}

static void equal_copies_do_not_differ(void **state) {
    (void)state;
    Piece *p = add(NULL, 4, "efgh", TRUST_GOOD);
    p = add(p, 0, "abcdef", TRUST_GOOD);
    for (Reading r = 0; r < READ_COUNT; r++) assert_false(reads(p, r, 0, "abcdefgh.."));
    drop(p);
}

static void positions_wrap_around(void **state) {
    (void)state;
    Piece *p = add(NULL, UINT32_MAX - 1, "abcd", TRUST_GOOD);
    p = add(p, 2, "ef", TRUST_GOOD);
    assert_false(reads(p, READ_FIRST, UINT32_MAX - 2, ".abcdef."));
    drop(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_differ),
        cmocka_unit_test(trust_comes_first),
        cmocka_unit_test(equal_copies_do_not_differ),
        cmocka_unit_test(positions_wrap_around),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
