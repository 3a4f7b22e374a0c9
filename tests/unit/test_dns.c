/* DNS questions, and addresses as Windows has them. */
#include "guest/inet/dns.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint8_t query[] = {0x12, 0x34, 1, 0,   0, 1,   0,   0,   0,   0, 0, 0,  3, 'w',
                                'w',  'w',  1, 'x', 4, 't', 'e', 's', 't', 0, 0, 28, 0, 1};

static void a_question_is_read_and_written(void **state) {
    (void)state;
    DnsQuestion q;
    assert_true(dns_read(span(query, sizeof query), &q));
    assert_int_equal(q.id, 0x1234);
    assert_string_equal(q.name, "www.x.test");
    assert_int_equal(q.type, DNS_AAAA);
    Buf b = buf_new(100);
    dns_put_query(&b, &q);
    assert_int_equal(b.n, sizeof query);
    assert_memory_equal(b.p, query, sizeof query);
    buf_free(&b);
}

static void every_prefix_is_none(void **state) {
    (void)state;
    for (size_t n = 0; n < sizeof query; n++) {
        DnsQuestion q;
        uint8_t *copy = malloc(n ? n : 1);
        memcpy(copy, query, n);
        assert_false(dns_read(span(copy, n), &q));
        free(copy);
    }
}

static void what_is_no_question(void **state) {
    (void)state;
    DnsQuestion q;
    uint8_t bad[sizeof query];
    memcpy(bad, query, sizeof bad);
    bad[2] = 0x81; /* an answer */
    assert_false(dns_read(span(bad, sizeof bad), &q));
    memcpy(bad, query, sizeof bad);
    bad[12] = 0xc0; /* a pointer */
    assert_false(dns_read(span(bad, sizeof bad), &q));
}

static void addresses(void **state) {
    (void)state;
    static const uint8_t in[16] = {2, 0, 0x1f, 0x90, 192, 168, 1, 2};
    uint8_t out[SOCKADDR_SIZE6];
    char text[ADDRESS_TEXT_SIZE];
    Address a, six;
    assert_true(address_read(span(in, sizeof in), &a));
    assert_int_equal(a.port, 8080);
    address_print(&a, text);
    assert_string_equal(text, "192.168.1.2");
    assert_int_equal(address_write(&a, out), sizeof in);
    assert_memory_equal(out, in, sizeof in);
    assert_false(address_read(span(in, 15), &a));
    six = address_mapped(&a);
    assert_int_equal(six.family, FAMILY_IP6);
    six = address_unmapped(&six);
    assert_true(address_same_ip(&six, &a));
    assert_true(address_is_private(&a));
    assert_true(address_parse("11.2.3.4", &a) && !address_is_private(&a));
    assert_true(address_parse("2600::1", &a) && !address_is_private(&a));
    assert_true(address_parse("fe80::1", &a) && address_is_private(&a));
    assert_false(address_parse("1.2.3", &a));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_is_read_and_written),
        cmocka_unit_test(every_prefix_is_none),
        cmocka_unit_test(what_is_no_question),
        cmocka_unit_test(addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
