/* What is wrong with a program's file: nothing with a usual one, and each odd thing by its rule. */
#include "format/judge.h"
#include "tests/support/tinype.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct {
    Sink sink; /* first */
    Buf rules; /* "rule;" each */
} Recorder;

static void record(Sink *s, const Finding *f) {
    buf_printf(&((Recorder *)s)->rules, "%s;", f->rule);
    assert_non_null(value_first(f->evidence));
}

static void assert_rules(Span file, const char *want) {
    Arena a = arena_new(4 << 20);
    Recorder r = {.sink = {.finding = record}, .rules = buf_new(4096)};
    Pe pe;
    assert_int_equal(pe_read(&a, file, &pe), ST_OK);
    assert_int_equal(pe_read_tables(&a, &pe), ST_OK);
    judge_program(&a, &pe, &r.sink);
    buf_byte(&r.rules, 0);
    assert_string_equal((const char *)r.rules.p, want);
    buf_free(&r.rules);
    arena_reset(&a);
}

enum { SECTIONS = TINYPE_NT + 24 + 224, FLAGS = 36, ENTRY = TINYPE_NT + 24 + 16 };

static void put32(Buf *b, size_t at, uint32_t value) {
    for (unsigned k = 0; k < 4; k++) b->p[at + k] = (uint8_t)(value >> 8 * k);
}

static void usual_programs_are_fine(void **state) {
    (void)state;
    for (int is64 = 0; is64 < 2; is64++) {
        TinyPe want = {.is64 = is64, .rich = true, .dotnet = is64, .overlay = "tail"};
        Buf file = tinype_make(&want);
        assert_rules(buf_span(&file), "");
        buf_free(&file);
    }
}

static void each_odd_thing_has_its_rule(void **state) {
    (void)state;
    static const struct {
        size_t at;
        uint32_t value;
        const char *rules;
    } cases[] = {
        {ENTRY, 0x9000, "pe.entry-outside;"},
        {ENTRY, TINYPE_DATA_RVA, "pe.entry-not-code;pe.entry-writable;"},
        {SECTIONS + FLAGS, 0xe0000020, "pe.entry-writable;pe.writable-code;"},
        {SECTIONS, 0x30585055, "pe.packed;"}, /* "UPX0" */
        {SECTIONS, 0x706d762e, ""},           /* ".vmp" is none yet */
        {2, 0x12345678, "pe.rich-forged;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        TinyPe want = {.rich = true};
        Buf file = tinype_make(&want);
        if (cases[i].at == SECTIONS) memset(file.p + SECTIONS, 0, 8);
        put32(&file, cases[i].at, cases[i].value);
        bool in_stub = cases[i].at < 0x60;
        if (!in_stub) assert_true(file.n > cases[i].at + 4);
        assert_rules(buf_span(&file), cases[i].rules);
        buf_free(&file);
    }
}

static void hidden_programs_are_found(void **state) {
    (void)state;
    for (unsigned key = 0; key < 256; key += 85) {
        TinyPe want = {0};
        Buf file = tinype_make(&want), both = buf_new(1 << 16);
        buf_add(&both, buf_span(&file));
        for (size_t i = 0; i < file.n; i++) buf_byte(&both, file.p[i] ^ (uint8_t)key);
        assert_rules(buf_span(&both), key ? "pe.hidden-program;" : "pe.embedded-program;");
        buf_free(&both);
        buf_free(&file);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_programs_are_fine),
        cmocka_unit_test(each_odd_thing_has_its_rule),
        cmocka_unit_test(hidden_programs_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
