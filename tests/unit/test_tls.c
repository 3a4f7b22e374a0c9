/* TLS as the pretend servers read and write it. */
#include "guest/inet/tls.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static TlsHello hello(void) {
    TlsHello h = {.server_name = "www.x.test"};
    for (size_t i = 0; i < TLS_RANDOM; i++) h.random[i] = (uint8_t)(i * 5);
    return h;
}

static void a_hello_is_read_back(void **state) {
    (void)state;
    TlsHello in = hello(), out;
    TlsRecord r;
    bool bad;
    Buf b = buf_new(1 << 16);
    tls_put_hello(&b, &in);
    Cur c = cur(buf_span(&b));
    assert_true(tls_record(&c, &r, &bad));
    assert_int_equal(r.type, TLS_HANDSHAKE);
    assert_int_equal(c.at, b.n);
    assert_true(tls_read_hello(r.body, &out));
    assert_memory_equal(out.random, in.random, TLS_RANDOM);
    assert_string_equal(out.server_name, "www.x.test");
    buf_free(&b);
}

static void the_server_sends_its_certificate(void **state) {
    (void)state;
    TlsHello in = hello();
    TlsRecord r;
    bool bad;
    Buf b = buf_new(1 << 16);
    tls_put_server(&b, &in, span_str("certificate"));
    Cur c = cur(buf_span(&b));
    assert_true(tls_record(&c, &r, &bad));
    Span list = tls_message(r.body, TLS_CERTIFICATE);
    assert_int_equal(list.n, 3 + 3 + 11);
    assert_memory_equal(list.p + 6, "certificate", 11);
    assert_non_null(tls_message(r.body, TLS_SERVER_DONE).p);
    assert_null(tls_message(r.body, TLS_FINISHED).p);
    buf_free(&b);
}

static void data_comes_out_as_it_went_in(void **state) {
    (void)state;
    TlsRecord r;
    bool bad;
    Buf b = buf_new(1 << 16);
    tls_put_data(&b, span_str("plain"), 7);
    assert_int_equal(b.n, TLS_HEAD + TLS_NONCE + 5 + TLS_TAG);
    Cur c = cur(buf_span(&b));
    assert_true(tls_record(&c, &r, &bad));
    assert_true(span_equal(tls_plain(r.body), span_str("plain")));
    assert_int_equal(tls_plain(span("x", 1)).n, 0);
    buf_free(&b);
}

static void every_prefix_waits_for_more(void **state) {
    (void)state;
    TlsHello in = hello(), out;
    Buf b = buf_new(1 << 16);
    tls_put_hello(&b, &in);
    for (size_t n = 0; n < b.n; n++) {
        TlsRecord r;
        bool bad;
        uint8_t *copy = malloc(n ? n : 1);
        memcpy(copy, b.p, n);
        Cur c = cur(span(copy, n));
        assert_false(tls_record(&c, &r, &bad));
        assert_false(bad);
        if (n > TLS_HEAD) assert_false(tls_read_hello(span(copy + TLS_HEAD, n - TLS_HEAD), &out));
        free(copy);
    }
    buf_free(&b);
}

static void what_is_no_record(void **state) {
    (void)state;
    TlsRecord r;
    bool bad;
    Cur c = cur(span("GET / HTTP/1.1", 14));
    assert_false(tls_record(&c, &r, &bad));
    assert_true(bad);
    c = cur(span("\x16\x03\x01\xff\xff", 5));
    assert_false(tls_record(&c, &r, &bad));
    assert_true(bad);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_is_read_back),
        cmocka_unit_test(the_server_sends_its_certificate),
        cmocka_unit_test(data_comes_out_as_it_went_in),
        cmocka_unit_test(every_prefix_waits_for_more),
        cmocka_unit_test(what_is_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
