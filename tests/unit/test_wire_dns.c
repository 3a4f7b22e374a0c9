/* DNS messages. */
#include "wire/dns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define BYTES(literal) span(literal, sizeof(literal) - 1)

/* a.test, asked for its address, is an alias of b.test, which is 10.0.0.1 */
static const char answer[] = "\x12\x34\x81\x80\0\1\0\2\0\0\0\0\1a\4test\0\0\1\0\1"
                             "\xC0\x0C\0\5\0\1\0\0\0\x3C\0\4\1b\xC0\x0E"
                             "\xC0\x24\0\1\0\1\0\0\0\x3C\0\4\x0A\0\0\1";

static void reads_question_and_answer(void **state) {
    (void)state;
    DnsMessage m;
    assert_true(dns_read(BYTES(answer), &m));
    assert_true(m.answer);
    assert_string_equal(m.name, "a.test");
    assert_int_equal(m.type, 1);
    assert_string_equal(m.results, "b.test;10.0.0.1");
    assert_string_equal(dns_type_name(28), "AAAA");
    assert_null(dns_type_name(9999));
}

static void escapes_what_is_no_text(void **state) {
    (void)state;
    DnsMessage m;
    assert_true(dns_read(BYTES("\0\0\1\0\0\1\0\0\0\0\0\0\4a.\nb\0\0\1\0\1"), &m));
    assert_string_equal(m.name, "a\\046\\010b");
}

/* A pointer that leads forward, or to itself, would go on for ever. */
static void pointers_lead_back(void **state) {
    (void)state;
    DnsMessage m;
    assert_false(dns_read(BYTES("\0\0\1\0\0\1\0\0\0\0\0\0\xC0\x0C\0\1\0\1"), &m));
    assert_false(dns_read(BYTES("\0\0\1\0\0\1\0\0\0\0\0\0\xC0\x0E\xC0\x0C\0\1\0\1"), &m));
}

static void forgives_every_prefix(void **state) {
    (void)state;
    for (size_t n = 0; n < sizeof answer - 1; n++) {
        DnsMessage m;
        uint8_t *copy = malloc(n + !n);
        memcpy(copy, answer, n);
        if (dns_read(span(copy, n), &m)) assert_string_equal(m.name, "a.test");
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_question_and_answer),
        cmocka_unit_test(escapes_what_is_no_text),
        cmocka_unit_test(pointers_lead_back),
        cmocka_unit_test(forgives_every_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
