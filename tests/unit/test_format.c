/* What a file is. */
#include "format/format.h"
#include "tests/support/tinype.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA_CAP = 1 << 20 };

static void assert_format(Span file, const char *name, const char *description) {
    Arena a = arena_new(ARENA_CAP);
    Format f;
    assert_int_equal(format_identify(&a, file, &f), ST_OK);
    assert_string_equal(f.name, name);
    if (description) assert_string_equal(f.description, description);
    arena_reset(&a);
}

#define BYTES(literal) span(literal, sizeof(literal) - 1)

static void knows_magic(void **state) {
    (void)state;
    uint8_t tar[512] = {0};
    memcpy(tar + 257, "ustar", 5);
    assert_format(BYTES("PK\x03\x04rest"), "zip", NULL);
    assert_format(BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "ole", NULL);
    assert_format(BYTES("%PDF-1.7"), "pdf", "PDF document");
    assert_format(BYTES("\x7F"
                        "ELF\x02"),
                  "elf", NULL);
    assert_format(BYTES("#!/bin/sh\n"), "script", NULL);
    assert_format(span(tar, sizeof tar), "tar", NULL);
    assert_format(BYTES("PK"), "text", NULL); /* half a magic is none */
}

static void knows_text(void **state) {
    (void)state;
    assert_format((Span){0}, "empty", "empty file");
    assert_format(BYTES("Gr\xC3\xBC\xC3\x9F"
                        "e\r\n"),
                  "text", "text");
    assert_format(BYTES("\xFF\xFEh\0i\0"), "text", "text in UTF-16");
    assert_format(BYTES("\xFE\xFF\0h\0i"), "text", "text in UTF-16");
    assert_format(BYTES("a\0b"), "unknown", NULL);
    assert_format(BYTES("\xC3"), "unknown", NULL);
}

/* The 65,536 bytes that are looked at may end inside a character. */
static void forgives_a_cut_character(void **state) {
    (void)state;
    size_t n = (64 << 10) + 1;
    uint8_t *bytes = malloc(n);
    memset(bytes, 'a', n);
    memcpy(bytes + n - 2, "\xC3\xBC", 2);
    assert_format(span(bytes, n), "text", NULL);
    assert_format(span(bytes, n - 1), "unknown", NULL); /* here the file itself ends in it */
    free(bytes);
}

static void describes_programs(void **state) {
    (void)state;
    static const struct {
        TinyPe want;
        const char *name, *description;
    } cases[] = {
        {{.is64 = true}, "pe32+", "Windows program for 64 bits (amd64), console"},
        {{.subsystem = 2}, "pe32", "Windows program for 32 bits (i386), gui"},
        {{.characteristics = 0x2000}, "pe32", "Windows DLL for 32 bits (i386)"},
        {{.dotnet = true}, "pe32", ".NET program for 32 bits (i386), console"},
        {{.is64 = true, .machine = 0xaa64},
         "pe32+",
         "Windows program for 64 bits (arm64), console"},
        {{.is64 = true, .machine = 0x200}, "pe32+", "Windows program for 64 bits (ia64), console"},
        {{.machine = 0x1234},
         "pe32",
         "Windows program for 32 bits (unknown machine 1234h), console"},
        {{.is64 = true, .subsystem = 1, .import_dll = "ntoskrnl.exe", .import_name = "f"},
         "pe32+",
         "Windows driver for 64 bits (amd64)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Buf file = tinype_make(&cases[i].want);
        assert_format(buf_span(&file), cases[i].name, cases[i].description);
        buf_free(&file);
    }
    assert_format(BYTES("MZ"), "dos", "DOS program");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_magic),
        cmocka_unit_test(knows_text),
        cmocka_unit_test(forgives_a_cut_character),
        cmocka_unit_test(describes_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
