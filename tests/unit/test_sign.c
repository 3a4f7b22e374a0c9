/* The parts of signatures that need no authority, and every prefix of good files (fuzz/corpus). */
#include "base/log.h"
#include "sign/abuse.h"
#include "sign/der.h"
#include "sign/name.h"
#include "sign/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static Arena arena;

static int open_arena(void **state) {
    (void)state;
    arena = arena_new(64 << 20);
    return 0;
}

static int close_arena(void **state) {
    (void)state;
    arena_reset(&arena);
    return 0;
}

static Time time_of(uint8_t tag, const char *text) {
    uint8_t bytes[64] = {tag, (uint8_t)strlen(text)};
    memcpy(bytes + 2, text, strlen(text));
    Cur c = cur(span(bytes, strlen(text) + 2));
    Time t = der_time(&c);
    return c.bad ? -1 : t;
}

static void times_are_read(void **state) {
    (void)state;
    Time want;
    assert_true(time_parse("2024-02-29T12:34:56Z", &want));
    assert_int_equal(time_of(DER_UTC_TIME, "240229123456Z"), want);
    assert_int_equal(time_of(DER_GENERALIZED_TIME, "20240229123456Z"), want);
    assert_int_equal(time_of(DER_GENERALIZED_TIME, "20240229123456.5Z"), want + TIME_SECOND / 2);
    assert_int_equal(time_of(DER_UTC_TIME, "700101000000Z"), 0);
    assert_true(time_parse("1968-03-01", &want));
    assert_int_equal(time_of(DER_UTC_TIME, "680301000000Z"), want);
    assert_int_equal(time_of(DER_GENERALIZED_TIME, "99991231235959Z"), INT64_MAX);
    assert_int_equal(time_of(DER_UTC_TIME, "241301000000Z"), -1);
    assert_int_equal(time_of(DER_UTC_TIME, "2402291234"), -1);
    assert_int_equal(time_of(DER_UTC_TIME, "24022912345xZ"), -1);
}

static void lengths_are_held_against_what_is_there(void **state) {
    (void)state;
    static const uint8_t good[] = {0x30, 0x03, 0x02, 0x01, 0x05},
                         longer[] = {0x30, 0x82, 0x01, 0x00, 0x02},
                         endless[] = {0x30, 0x80, 0x00, 0x00},
                         huge[] = {0x30, 0x84, 0xff, 0xff, 0xff, 0xff};
    Cur c = cur(span(good, sizeof good)), inner = der_enter(&c, DER_SEQUENCE);
    assert_int_equal(der_uint(&inner), 5);
    assert_true(der_done(&inner) && der_done(&c));
    const Span bad[] = {span(longer, sizeof longer), span(endless, sizeof endless),
                        span(huge, sizeof huge)};
    for (size_t i = 0; i < 3; i++) {
        Der d;
        c = cur(bad[i]);
        assert_false(der_next(&c, &d));
        assert_true(c.bad);
    }
}

static void serials_are_one_number_in_all_spellings(void **state) {
    (void)state;
    static const char *const hex[] = {
        "05e6a0be5ac359c7ff11f4b467ab20fc", "05:E6:A0:BE:5A:C3:59:C7:FF:11:F4:B4:67:AB:20:FC",
        "0x5e6a0be5ac359c7ff11f4b467ab20fc", "00 05 e6 a0 be 5a c3 59 c7 ff 11 f4 b4 67 ab 20 fc"};
    Span want = abuse_serial(&arena, "7843628523364867095217719341547725052", true);
    for (size_t i = 0; i < 4; i++) {
        Span s = abuse_serial(&arena, hex[i], false);
        assert_int_equal(s.n, 16);
        assert_true(span_equal(s, want));
    }
    assert_int_equal(abuse_serial(&arena, "", false).n, 0);
    assert_int_equal(abuse_serial(&arena, "0", true).n, 0);
    assert_int_equal(abuse_serial(&arena, "xyz", false).n, 0);
    assert_int_equal(abuse_serial(&arena, "12a", true).n, 0);
}

/* A Name of one common name. */
static Span name_of(uint8_t tag, const char *text) {
    size_t n = strlen(text);
    uint8_t *p = arena_alloc(&arena, n + 16);
    const uint8_t head[] = {0x30,      (uint8_t)(n + 11),
                            0x31,      (uint8_t)(n + 9),
                            0x30,      (uint8_t)(n + 7),
                            0x06,      3,
                            0x55,      0x04,
                            0x03,      tag,
                            (uint8_t)n};
    memcpy(p, head, sizeof head);
    memcpy(p + sizeof head, text, n);
    return span(p, sizeof head + n);
}

static void names_are_compared_as_text(void **state) {
    (void)state;
    assert_string_equal(name_text(&arena, name_of(DER_UTF8, "A firm")), "CN=A firm");
    assert_true(name_equal(name_of(DER_UTF8, "A firm"), name_of(0x13, "a  FIRM ")));
    assert_false(name_equal(name_of(DER_UTF8, "A firm"), name_of(DER_UTF8, "Afirm")));
    assert_false(name_equal(name_of(DER_UTF8, "A firm"), name_of(DER_UTF8, "A firm x")));
    assert_false(name_equal((Span){0}, (Span){0}));
    assert_int_equal(name_hash(name_of(DER_UTF8, "A firm")), name_hash(name_of(0x13, " a  FIRM ")));
    assert_int_not_equal(name_hash(name_of(DER_UTF8, "A firm")),
                         name_hash(name_of(DER_UTF8, "Afirm")));
}

static void lists_of_all_forms_are_read(void **state) {
    (void)state;
    static const char *const lists[] = {
        "\xef\xbb\xbf"
        "Cert MD5,Serial,Subject,Issuer\n,99,\"Firm, Ltd\",Own CA\n",
        "# comment\n# "
        "\"time_stamp\",\"serial_number\",\"thumbprint\",\"subject_cn\",\"issuer_cn\"\n\"x\","
        "\"63\",\"\",\"Firm\",\"Own CA\"\n",
        "Hash,Malware,Signer,Issuer Short,Issuer,Serial,Thumbprint\r\nab,Loader,Firm,Own,Own "
        "CA,0063,\r\n"};
    static const uint8_t serial[] = {99};
    Cert c = {.serial = span(serial, 1),
              .issuer = name_of(DER_UTF8, "Own CA"),
              .subject = name_of(DER_UTF8, "Another")};
    for (size_t i = 0; i < 3; i++) {
        AbuseList l = {0};
        assert_true(abuse_read(&arena, &l, "list", span_str(lists[i])));
        assert_string_equal(abuse_look_up(&arena, &l, &c, true).word, "listed");
        c.issuer = name_of(DER_UTF8, "Other CA");
        assert_string_equal(abuse_look_up(&arena, &l, &c, true).word, "none");
        c.issuer = name_of(DER_UTF8, "Own CA");
    }
    AbuseList none = {0};
    assert_false(abuse_read(&arena, &none, "list", span_str("a,b,c\n1,2,3\n")));
    assert_string_equal(abuse_look_up(&arena, &none, &c, true).word, "unknown");
}

/* ---- every prefix ---- */

static Span read_file(const char *name) {
    char path[512];
    snprintf(path, sizeof path, SOURCE_ROOT "/fuzz/corpus/%s", name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    uint8_t *p = arena_alloc(&arena, 1 << 20);
    size_t n = fread(p, 1, 1 << 20, f);
    fclose(f);
    return span(p, n);
}

static size_t signatures_of(SignTrust *t, Span file) {
    Arena a = arena_new(16 << 20);
    Sink nobody = {0};
    const Value *signatures;
    assert_int_equal(sign_file(t, &a, file, &nobody, &signatures), ST_OK);
    size_t n = value_count(signatures);
    for (const Value *s = value_first(signatures); s; s = s->next)
        assert_false(value_get(s, "valid")->boolean); /* there are no roots */
    arena_reset(&a);
    return n;
}

static void every_prefix_is_survived(void **state) {
    (void)state;
    static const char *const files[] = {"sign/stamped.exe", "sign/own.cab",  "sign/own.ps1",
                                        "sign/own.wsf",     "sign/list.cat", "cfb/own.msi"};
    static const size_t counts[] = {2, 1, 1, 1, 1, 1};
    SignOptions none = {0};
    SignTrust *t = sign_open(&none);
    for (size_t i = 0; i < 6; i++) {
        Span file = read_file(files[i]);
        assert_int_equal(signatures_of(t, file), counts[i]);
        for (size_t n = 0; n < file.n; n++) {
            uint8_t *copy = malloc(n + !n); /* of exactly that size, for the sanitizer */
            memcpy(copy, file.p, n);
            (void)signatures_of(t, span(copy, n));
            free(copy);
        }
    }
    sign_close(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(lengths_are_held_against_what_is_there),
        cmocka_unit_test(serials_are_one_number_in_all_spellings),
        cmocka_unit_test(names_are_compared_as_text),
        cmocka_unit_test(lists_of_all_forms_are_read),
        cmocka_unit_test(every_prefix_is_survived),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
