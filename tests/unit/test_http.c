/* HTTP requests as a server reads them. */
#include "guest/inet/http.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char get[] = "GET /a?b=c HTTP/1.1\r\nHost: a.example\r\nAccept:  text/html \r\n\r\n";
static const char post[] = "POST /f HTTP/1.0\r\nContent-Length: 5\r\n\r\nhelloGET";
static const char chunked[] = "POST /f HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
                              "5;x=y\r\nhello\r\n2\r\n, \r\n0\r\nX: y\r\n\r\nrest";

static HttpState read_text(Arena *a, const char *text, HttpRequest *r) {
    return http_read(span_str(text), a, r);
}

static void a_request_without_a_body(void **state) {
    (void)state;
    Arena a = arena_new(1 << 16);
    HttpRequest r;
    assert_int_equal(read_text(&a, get, &r), HTTP_COMPLETE);
    assert_true(span_equal(r.method, span_str("GET")));
    assert_true(span_equal(r.target, span_str("/a?b=c")));
    assert_int_equal(r.minor, 1);
    assert_int_equal(r.header_count, 2);
    assert_true(span_equal(http_header(&r, "ACCEPT"), span_str("text/html")));
    assert_null(http_header(&r, "Cookie").p);
    assert_int_equal(r.size, sizeof get - 1);
    assert_int_equal(r.body.n, 0);
    arena_reset(&a);
}

static void bodies(void **state) {
    (void)state;
    Arena a = arena_new(1 << 16);
    HttpRequest r;
    assert_int_equal(read_text(&a, post, &r), HTTP_COMPLETE);
    assert_int_equal(r.minor, 0);
    assert_true(span_equal(r.body, span_str("hello")));
    assert_int_equal(r.size, sizeof post - 4);
    assert_int_equal(read_text(&a, chunked, &r), HTTP_COMPLETE);
    assert_true(span_equal(r.body, span_str("hello, ")));
    assert_int_equal(r.size, sizeof chunked - 5);
    arena_reset(&a);
}

static void what_is_no_request(void **state) {
    static const char *const bad[] = {
        "GET\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n",
        "G(T / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        ": / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5x\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    };
    (void)state;
    Arena a = arena_new(1 << 16);
    HttpRequest r;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read_text(&a, bad[i], &r), HTTP_BAD);
    assert_int_equal(read_text(&a, "POST / HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n", &r),
                     HTTP_TOO_LARGE);
    arena_reset(&a);
}

/* A request that is still coming is waited for, wherever it was cut. */
static void every_prefix(void **state) {
    const struct {
        const char *text;
        size_t whole;
    } all[] = {{get, sizeof get - 1}, {post, sizeof post - 4}, {chunked, sizeof chunked - 5}};
    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (size_t n = 0; n < all[i].whole; n++) {
            Arena a = arena_new(1 << 16);
            HttpRequest r;
            uint8_t *copy = malloc(n + 1);
            memcpy(copy, all[i].text, n);
            uint8_t *tight = realloc(copy, n ? n : 1);
            HttpState s = http_read(span(tight, n), &a, &r);
            assert_true(s == HTTP_MORE || s == HTTP_BODY);
            free(tight);
            arena_reset(&a);
        }
}

static void values(void **state) {
    (void)state;
    assert_true(http_value_has(span_str("a, Close ,b"), "close"));
    assert_false(http_value_has(span_str("closed"), "close"));
    assert_true(http_value_is(span_str("HEAD"), "head"));
    assert_true(http_begins(span_str("GET /")));
    assert_false(http_begins(span_str("GETX")));
    assert_false(http_begins(span_str("\x16\x03\x01")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_without_a_body),
        cmocka_unit_test(bodies),
        cmocka_unit_test(what_is_no_request),
        cmocka_unit_test(every_prefix),
        cmocka_unit_test(values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
