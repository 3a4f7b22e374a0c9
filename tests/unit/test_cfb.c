/* Compound files: what is in one that wixl wrote, and every prefix of it. */
#include "format/cfb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint8_t bytes[1 << 20];

static Span read_file(void) {
    FILE *f = fopen(SOURCE_ROOT "/fuzz/corpus/cfb/own.msi", "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return span(bytes, n);
}

static void streams_are_found_and_read(void **state) {
    (void)state;
    Arena a = arena_new(16 << 20);
    const CfbEntry *children[64];
    Cfb c;
    assert_int_equal(cfb_read(&a, read_file(), &c), ST_OK);
    assert_null(c.fault);
    size_t count = cfb_children(&c, &c.entries[0], children, 64), signatures = 0, cabinets = 0;
    assert_true(count > 5);
    for (size_t i = 0; i < count; i++) {
        Span s = cfb_stream(&a, &c, children[i]);
        assert_int_equal(s.n, children[i]->size);
        signatures += s.n > 4 && s.p[0] == 0x30 && s.p[1] == 0x82;
        cabinets += s.n > 4 && memcmp(s.p, "MSCF", 4) == 0;
    }
    assert_int_equal(signatures, 1);
    assert_int_equal(cabinets, 1);
    assert_int_equal(c.end, c.file.n);
    arena_reset(&a);
}

static void circles_end(void **state) {
    (void)state;
    Span file = read_file();
    uint8_t *copy = malloc(file.n);
    memcpy(copy, file.p, file.n);
    Cfb c;
    Arena a = arena_new(64 << 20);
    assert_int_equal(cfb_read(&a, file, &c), ST_OK);
    uint32_t fat = copy[76] | (uint32_t)copy[77] << 8;
    for (size_t i = 0; i < 128; i++) { /* every sector is followed by itself */
        uint8_t *entry = copy + ((size_t)fat + 1) * 512 + 4 * i;
        entry[0] = (uint8_t)i;
        entry[1] = entry[2] = entry[3] = 0;
    }
    assert_int_equal(cfb_read(&a, span(copy, file.n), &c), ST_OK);
    for (size_t i = 0; i < c.entry_count && i < 100; i++)
        assert_true(cfb_stream(&a, &c, &c.entries[i]).n <= file.n);
    arena_reset(&a);
    free(copy);
}

static void every_prefix_is_survived(void **state) {
    (void)state;
    Span file = read_file();
    for (size_t n = 0; n < file.n; n++) {
        Arena a = arena_new(16 << 20);
        uint8_t *copy = malloc(n + !n);
        memcpy(copy, file.p, n);
        Cfb c;
        if (cfb_read(&a, span(copy, n), &c) == ST_OK && !c.fault)
            for (size_t i = 0; i < c.entry_count; i++) (void)cfb_stream(&a, &c, &c.entries[i]);
        free(copy);
        arena_reset(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_are_found_and_read),
        cmocka_unit_test(circles_end),
        cmocka_unit_test(every_prefix_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
