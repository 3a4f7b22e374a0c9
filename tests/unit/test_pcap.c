/* Capture files: the head, and a frame with its time. */
#include "report/pcap.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void the_head_is_that_of_a_capture_in_nanoseconds(void **state) {
    static const uint8_t want[] = {0x4d, 0x3c, 0xb2, 0xa1, 2,    0,    4, 0, 0, 0, 0, 0,
                                   0,    0,    0,    0,    0, 0, 4, 0, 0x71, 0, 0, 0};
    (void)state;
    Buf b = buf_new(100);
    pcap_head(&b, 113);
    assert_int_equal(b.n, sizeof want);
    assert_memory_equal(b.p, want, sizeof want);
    buf_free(&b);
}

static void a_frame_has_its_time_and_its_size(void **state) {
    static const uint8_t want[] = {2, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0, 'a', 'b', 'c'};
    (void)state;
    Buf b = buf_new(100);
    pcap_packet(&b, &(NetFrame){2 * TIME_SECOND + 7, 1, 9, span("abc", 3)});
    assert_int_equal(b.n, sizeof want);
    assert_memory_equal(b.p, want, sizeof want);
    buf_free(&b);
}

static void a_time_before_1970_keeps_its_nanoseconds_positive(void **state) {
    (void)state;
    Buf b = buf_new(100);
    pcap_packet(&b, &(NetFrame){-1, 1, 3, span("abc", 3)});
    Cur c = cur(buf_span(&b));
    assert_int_equal((int32_t)cur_u32le(&c), -1);
    assert_int_equal(cur_u32le(&c), 999999999);
    buf_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_head_is_that_of_a_capture_in_nanoseconds),
        cmocka_unit_test(a_frame_has_its_time_and_its_size),
        cmocka_unit_test(a_time_before_1970_keeps_its_nanoseconds_positive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
