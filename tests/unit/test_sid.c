#include "guest/sid.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_parses_and_prints(void **state) {
    (void)state;
    Arena a = arena_new(1 << 12);
    static const uint8_t user[] = {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0,    0, 1, 0,
                                   0, 0, 2, 0, 0, 0, 3, 0, 0,  0, 0xe9, 3, 0, 0};
    Sid s = sid_parse("S-1-5-21-1-2-3-1001");
    assert_int_equal(s.n, sizeof user);
    assert_memory_equal(s.bytes, user, sizeof user);
    assert_string_equal(sid_text(&a, &s), "S-1-5-21-1-2-3-1001");
    Sid group = sid_sibling(&s, 513);
    assert_string_equal(sid_text(&a, &group), "S-1-5-21-1-2-3-513");
    Sid everyone = sid_parse("S-1-1-0");
    assert_int_equal(everyone.n, 12);
    arena_reset(&a);
}

static void test_refuses_what_is_none(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "S-1-",
                                      "S-2-5-1",
                                      "S-1-5-x",
                                      "S-1-5-1-",
                                      "S-1-5-1 ",
                                      "S-1--5",
                                      "S-1-5-4294967296",
                                      "S-1-5-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_int_equal(sid_parse(bad[i]).n, 0);
}

static void test_reads_every_prefix(void **state) {
    (void)state;
    Sid s = sid_parse("S-1-5-32-544");
    for (size_t n = 0; n <= s.n; n++) {
        uint8_t *copy = malloc(n + (n == 0));
        memcpy(copy, s.bytes, n);
        assert_int_equal(sid_read(span(copy, n)).n, n == s.n ? s.n : 0);
        free(copy);
    }
}

static bool is_user(void *context, const Sid *who, bool deny) {
    (void)deny;
    return sid_equal(context, who);
}

/* Denies 2 to the user, allows 70h to everyone, fh and GENERIC_WRITE to the user. */
static Buf sample_acl(const Sid *user) {
    Buf b = buf_new(1 << 12);
    size_t begin = acl_begin(&b);
    acl_allow(&b, user, 2, 0);
    b.p[begin + 8] = 1;
    Sid everyone = sid_parse("S-1-1-0");
    acl_allow(&b, &everyone, 0x70, 0);
    acl_allow(&b, user, 0x4000000f, 0);
    acl_end(&b, begin, 3);
    return b;
}

static void test_checks_access(void **state) {
    (void)state;
    Sid user = sid_parse("S-1-5-21-1-2-3-1001");
    Buf b = sample_acl(&user);
    AclAsker asker = {is_user, &user, {0x100, 0x200, 0x400, 0x800}};
    assert_int_equal(acl_granted(buf_span(&b), 1, &asker), 1);
    assert_int_equal(acl_granted(buf_span(&b), 9, &asker), 9);
    assert_int_equal(acl_granted(buf_span(&b), 2, &asker), 0);
    assert_int_equal(acl_granted(buf_span(&b), 0x10, &asker), 0);
    assert_int_equal(acl_granted(buf_span(&b), 0x2000000, &asker), 0x20d);
    assert_int_equal(acl_granted(buf_span(&b), 0x2000010, &asker), 0);
    for (size_t n = 0; n < b.n; n++) {
        uint8_t *copy = malloc(n + (n == 0));
        memcpy(copy, b.p, n);
        assert_int_equal(acl_granted(span(copy, n), 1, &asker), 0);
        free(copy);
    }
    buf_free(&b);
}

static void test_writes_a_descriptor(void **state) {
    (void)state;
    Sid user = sid_parse("S-1-1-0");
    Buf b = buf_new(1 << 12);
    sd_write(&b, sid_span(&user), (Span){0}, (Span){0});
    static const uint8_t want[] = {1, 0, 0, 0x80, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                   0, 0, 0, 0,    1,  1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};
    assert_int_equal(b.n, sizeof want);
    assert_memory_equal(b.p, want, sizeof want);
    buf_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parses_and_prints),   cmocka_unit_test(test_refuses_what_is_none),
        cmocka_unit_test(test_reads_every_prefix),  cmocka_unit_test(test_checks_access),
        cmocka_unit_test(test_writes_a_descriptor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
