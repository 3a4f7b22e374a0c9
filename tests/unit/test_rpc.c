#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../support/rpc_machine.h"
#include "guest/rpc/ndr.h"

enum { REQUEST, RESPONSE = 2, FAULT, BIND = 11, BIND_ACK, FIRST = 1, LAST = 2 };

static size_t begin(Buf *b, uint8_t type, uint8_t flags) {
    const uint8_t head[] = {5, 0, type, flags, 0x10, 0, 0, 0};
    size_t at = b->n;
    buf_add(b, span(head, 8));
    buf_le(b, 0, 4);
    buf_le(b, 77, 4);
    return at;
}

static void end(Buf *b, size_t at) {
    b->p[at + 8] = (uint8_t)(b->n - at);
    b->p[at + 9] = (uint8_t)((b->n - at) >> 8);
}

static void add_bind(Buf *b, const uint8_t id[16], uint16_t version) {
    static const uint8_t ndr[20] = {0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f,
                                    0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2};
    size_t at = begin(b, BIND, FIRST | LAST);
    buf_le(b, RPC_FRAGMENT, 2);
    buf_le(b, RPC_FRAGMENT, 2);
    buf_le(b, 0, 4);
    buf_le(b, 1, 4); /* one context */
    buf_le(b, 3, 2);
    buf_le(b, 1, 2);
    buf_add(b, span(id, 16));
    buf_le(b, version, 4);
    buf_add(b, span(ndr, sizeof ndr));
    end(b, at);
}

static void add_request(Buf *b, uint16_t function, Span stub, uint8_t flags) {
    size_t at = begin(b, REQUEST, flags);
    buf_le(b, stub.n, 4);
    buf_le(b, 3, 2);
    buf_le(b, function, 2);
    buf_add(b, stub);
    end(b, at);
}

/* OpenSCManagerW of this machine. */
static Buf open_manager_stub(void) {
    Buf b = buf_new(1 << 10);
    ndr_put_pointer(&b, false);
    ndr_put_pointer(&b, false);
    ndr_put_u32(&b, 0xf003f);
    return b;
}

static Buf conversation(void) {
    Buf b = buf_new(1 << 12), stub = open_manager_stub();
    add_bind(&b, rpc_svcctl.id, rpc_svcctl.version);
    add_request(&b, 15, buf_span(&stub), FIRST | LAST);
    buf_free(&stub);
    return b;
}

/* The next fragment for the client, taken. */
static Span next(RpcConnection *c) {
    Span f = rpc_bytes(c);
    static uint8_t copy[RPC_FRAGMENT];
    memcpy(copy, f.p, f.n);
    rpc_taken(c, f.n);
    return span(copy, f.n);
}

static void take(RpcConnection *c, RpcMachine *r, Span bytes) {
    rpc_take(c, &r->machine, &r->thread, bytes);
}

static void a_manager_is_opened(void **unused) {
    (void)unused;
    RpcMachine r;
    RpcConnection c;
    Buf b = conversation();
    rpc_machine_open(&r);
    rpc_open(&c);
    for (size_t i = 0; i < b.n; i++) take(&c, &r, span(b.p + i, 1)); /* byte by byte */
    assert_false(c.broken);
    Span ack = next(&c);
    assert_int_equal(ack.p[2], BIND_ACK);
    Span answer = next(&c);
    assert_int_equal(answer.p[2], RESPONSE);
    assert_int_equal(answer.p[12], 77);
    assert_int_equal(answer.n, 24 + 20 + 4);
    Cur stub = cur(span(answer.p + 24, 24));
    assert_int_equal(ndr_handle(&stub), 1);
    assert_int_equal(ndr_u32(&stub), ERROR_SUCCESS);
    assert_int_equal(rpc_bytes(&c).n, 0);
    rpc_close(&c);
    rpc_machine_close(&r);
    buf_free(&b);
}

static void a_request_in_two_fragments(void **unused) {
    (void)unused;
    RpcMachine r;
    RpcConnection c;
    Buf b = buf_new(1 << 12), stub = open_manager_stub();
    add_bind(&b, rpc_svcctl.id, rpc_svcctl.version);
    add_request(&b, 15, span(stub.p, 8), FIRST);
    add_request(&b, 15, span(stub.p + 8, stub.n - 8), LAST);
    rpc_machine_open(&r);
    rpc_open(&c);
    take(&c, &r, buf_span(&b));
    next(&c);
    assert_int_equal(next(&c).p[2], RESPONSE);
    rpc_close(&c);
    rpc_machine_close(&r);
    buf_free(&b);
    buf_free(&stub);
}

/* Faults and rejections are answers; the connection goes on. */
static void what_is_not_there(void **unused) {
    (void)unused;
    static const uint8_t unknown[16] = {1, 2, 3};
    RpcMachine r;
    RpcConnection c;
    Buf b = buf_new(1 << 12);
    add_bind(&b, unknown, 1);
    add_bind(&b, rpc_svcctl.id, rpc_svcctl.version);
    add_request(&b, 400, (Span){0}, FIRST | LAST);
    add_request(&b, 15, span("abc", 3), FIRST | LAST);
    rpc_machine_open(&r);
    rpc_open(&c);
    take(&c, &r, buf_span(&b));
    Span rejected = next(&c);
    assert_int_equal(rejected.p[2], BIND_ACK);
    assert_int_equal(rejected.p[rejected.n - 24], 2); /* the provider rejects */
    next(&c);
    assert_int_equal(next(&c).p[2], FAULT);
    assert_int_equal(next(&c).p[2], FAULT);
    assert_false(c.broken);
    take(&c, &r, span_str("GET / HTTP/1.1\r\n\r\n"));
    assert_true(c.broken);
    rpc_close(&c);
    rpc_machine_close(&r);
    buf_free(&b);
}

static void every_prefix(void **unused) {
    (void)unused;
    Buf b = conversation();
    for (size_t n = 0; n < b.n; n++) {
        RpcMachine r;
        RpcConnection c;
        uint8_t *copy = malloc(n + !n);
        memcpy(copy, b.p, n);
        rpc_machine_open(&r);
        rpc_open(&c);
        take(&c, &r, span(copy, n));
        assert_false(c.broken);
        rpc_close(&c);
        rpc_machine_close(&r);
        free(copy);
    }
    buf_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manager_is_opened),
        cmocka_unit_test(a_request_in_two_fragments),
        cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(every_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
