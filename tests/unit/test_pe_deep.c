/* What is read out of a program besides the loader's tables: versions, manifests, programs inside,
 * packers, times, checksums. The oracle for real files is tests/python/test_pe_oracle.py. */
#include "pe/pe.h"
#include "tests/support/tinype.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA_CAP = 4 << 20, VERSION = 16, MANIFEST = 24 };

/* ---- a version resource, built as winver.h describes it ---- */

static void pad(Buf *b) {
    while (b->n & 3) buf_byte(b, 0);
}

static void put16(Buf *b, size_t at, size_t value) {
    b->p[at] = (uint8_t)value;
    b->p[at + 1] = (uint8_t)(value >> 8);
}

static void wide(Buf *b, const char *text) {
    do buf_le(b, (uint8_t)*text, 2);
    while (*text++);
}

static size_t begin(Buf *b, const char *key, size_t value_length) {
    pad(b);
    size_t at = b->n;
    buf_le(b, 0, 2);
    buf_le(b, value_length, 2);
    buf_le(b, 1, 2);
    wide(b, key);
    pad(b);
    return at;
}

static void end(Buf *b, size_t at) {
    put16(b, at, b->n - at);
}

static void string(Buf *b, const char *key, const char *value) {
    size_t at = begin(b, key, strlen(value) + 1);
    wide(b, value);
    end(b, at);
}

static Buf make_version(void) {
    Buf b = buf_new(4096);
    size_t root = begin(&b, "VS_VERSION_INFO", 52);
    static const uint32_t fixed[13] = {0xfeef04bd,          0x10000, 0x60001,
                                       0x1db10000 | 0x5678, 0x20003, 0x40005};
    for (unsigned i = 0; i < 13; i++) buf_le(&b, fixed[i], 4);
    size_t strings = begin(&b, "StringFileInfo", 0), table = begin(&b, "040904b0", 0);
    string(&b, "CompanyName", "ACME");
    string(&b, "OriginalFilename", "setup.exe");
    end(&b, table);
    end(&b, strings);
    size_t variables = begin(&b, "VarFileInfo", 0);
    string(&b, "Translation", "x");
    end(&b, variables);
    end(&b, root);
    return b;
}

static void read_version(Arena *a, Pe *pe, PeResource *r, Span bytes) {
    *r = (PeResource){.type_id = VERSION, .bytes = bytes, .size = (uint32_t)bytes.n};
    *pe = (Pe){.file = bytes, .kind = PE_32, .resources = r};
    assert_int_equal(pe_read_version(a, pe), ST_OK);
}

static void reads_versions(void **state) {
    (void)state;
    Buf b = make_version();
    Arena a = arena_new(ARENA_CAP);
    PeResource r;
    Pe pe;
    read_version(&a, &pe, &r, buf_span(&b));
    assert_true(pe.has_version);
    assert_int_equal(pe.file_version[0], 6);
    assert_int_equal(pe.file_version[2], 0x1db1);
    assert_int_equal(pe.product_version[3], 5);
    const PeVersionString *s = pe.version_strings;
    assert_string_equal(s->language, "040904b0");
    assert_string_equal(s->key, "CompanyName");
    assert_string_equal(s->value, "ACME");
    assert_string_equal(s->next->value, "setup.exe");
    assert_null(s->next->next); /* Translation is no string */
    for (size_t n = 0; n < b.n; n++) {
        uint8_t *copy = malloc(n ? n : 1);
        memcpy(copy, b.p, n);
        read_version(&a, &pe, &r, span(copy, n));
        free(copy);
    }
    arena_reset(&a);
    buf_free(&b);
}

/* A child that claims to be longer than its parent must not make work for ever. */
static void versions_end_with_their_parent(void **state) {
    (void)state;
    Arena a = arena_new(ARENA_CAP);
    Buf b = make_version();
    for (size_t at = 0; at + 1 < b.n; at += 2) {
        uint8_t low = b.p[at], high = b.p[at + 1];
        put16(&b, at, 0xffff);
        PeResource r;
        Pe pe;
        read_version(&a, &pe, &r, buf_span(&b));
        b.p[at] = low, b.p[at + 1] = high;
    }
    arena_reset(&a);
    buf_free(&b);
}

/* ---- manifests ---- */

static Pe read_manifest(Arena *a, PeResource *r, Span text) {
    *r = (PeResource){.type_id = MANIFEST, .bytes = text};
    Pe pe = {.file = text, .kind = PE_32, .resources = r};
    assert_int_equal(pe_read_manifest(a, &pe), ST_OK);
    return pe;
}

static void reads_manifests(void **state) {
    (void)state;
    static const char text[] =
        "<?xml version='1.0'?><assembly><!-- <requestedExecutionLevel level='asInvoker'/> -->"
        "<assemblyIdentity version='1.0' name='ACME.Setup'/><asmv3:trustInfo><security>"
        "<requestedPrivileges><asmv3:requestedExecutionLevel level = \"requireAdministrator\" "
        "uiAccess=\"true\"/></requestedPrivileges></security></asmv3:trustInfo>"
        "<autoElevate> true</autoElevate></assembly>";
    Arena a = arena_new(ARENA_CAP);
    PeResource r;
    Pe pe = read_manifest(&a, &r, span_str(text));
    assert_string_equal(pe.execution_level, "requireAdministrator");
    assert_string_equal(pe.assembly, "ACME.Setup");
    assert_true(pe.ui_access);
    assert_true(pe.auto_elevate);
    for (size_t n = 0; n < sizeof text; n++) {
        uint8_t *copy = malloc(n ? n : 1);
        memcpy(copy, text, n);
        (void)read_manifest(&a, &r, span(copy, n));
        free(copy);
    }
    arena_reset(&a);
}

/* ---- programs inside ---- */

typedef struct {
    Buf file, inner;
    Arena arena;
    Pe pe;
} Carrier;

/* A program whose overlay is some text, then another program XORed with the key. */
static Carrier carry(uint8_t key, const char *before, size_t copies) {
    TinyPe small = {0};
    Carrier c = {.arena = arena_new(ARENA_CAP), .inner = tinype_make(&small)};
    TinyPe outer = {.is64 = true};
    Buf made = tinype_make(&outer);
    c.file = buf_new(1 << 20);
    buf_add(&c.file, buf_span(&made));
    buf_str(&c.file, before);
    for (size_t n = 0; n < copies; n++)
        for (size_t i = 0; i < c.inner.n; i++) buf_byte(&c.file, c.inner.p[i] ^ key);
    buf_free(&made);
    assert_int_equal(pe_read(&c.arena, buf_span(&c.file), &c.pe), ST_OK);
    assert_int_equal(pe_read_tables(&c.arena, &c.pe), ST_OK);
    return c;
}

static void put_down(Carrier *c) {
    arena_reset(&c->arena);
    buf_free(&c->file);
    buf_free(&c->inner);
}

static void finds_programs_inside(void **state) {
    (void)state;
    static const uint8_t keys[] = {0, 0x01, 0x5a, 0xff};
    for (size_t i = 0; i < sizeof keys; i++) {
        Carrier c = carry(keys[i], "some text", 1);
        const PeEmbedded *e = c.pe.embedded;
        assert_non_null(e);
        assert_int_equal(e->offset, TINYPE_SIZE + 9);
        assert_int_equal(e->size, c.inner.n);
        assert_int_equal(e->key, keys[i]);
        assert_null(e->resource);
        assert_null(e->next);
        put_down(&c);
    }
    Carrier c = carry(0x77, "", 2);
    assert_int_equal(c.pe.embedded->size, c.inner.n);
    assert_int_equal(c.pe.embedded->next->offset, TINYPE_SIZE + c.inner.n);
    put_down(&c);
    c = carry(0, "MZ and nothing behind it, MZMZMZ", 0);
    assert_null(c.pe.embedded);
    put_down(&c);
}

/* ---- packers ---- */

static PePacker packer_with(const char *section, const char *overlay) {
    TinyPe want = {.overlay = overlay};
    Buf file = tinype_make(&want);
    Arena a = arena_new(ARENA_CAP);
    Pe pe;
    assert_int_equal(pe_read(&a, buf_span(&file), &pe), ST_OK);
    if (section) {
        memset(file.p + pe.sections_offset, 0, 8);
        memcpy(file.p + pe.sections_offset, section, strlen(section));
        assert_int_equal(pe_read(&a, buf_span(&file), &pe), ST_OK);
    }
    assert_int_equal(pe_read_tables(&a, &pe), ST_OK);
    arena_reset(&a);
    buf_free(&file);
    return pe.packer;
}

static void knows_packers(void **state) {
    (void)state;
    assert_int_equal(packer_with(NULL, NULL).kind, 0);
    assert_string_equal(packer_with("UPX0", NULL).name, "UPX");
    assert_int_equal(packer_with(".vmp0", NULL).kind, PE_PROTECTOR);
    assert_string_equal(packer_with(NULL, ";!@Install@!UTF-8!").name, "7-Zip self-extractor");
    assert_string_equal(packer_with(NULL, "1234\xEF\xBE\xAD\xDENullsoftInst").name, "NSIS");
    assert_string_equal(packer_with(NULL, "data MEI\x0C\x0B\x0A\x0B\x0E tail").name, "PyInstaller");
}

/* ---- times, sums ---- */

static void compares_times(void **state) {
    (void)state;
    PeDebug debug = {.timestamp = 1553504400};
    Pe pe = {.kind = PE_32, .timestamp = 1553504400, .debug = &debug, .debug_count = 1};
    const char *where;
    uint32_t other;
    assert_false(pe_odd_time(&pe, &other, &where));
    pe.timestamp = 1237885200; /* ten years before */
    assert_true(pe_odd_time(&pe, &other, &where));
    assert_int_equal(other, 1553504400);
    assert_string_equal(where, "the debug directory");
    assert_false(pe_times_agree(&pe));
    pe.reproducible = true;
    assert_false(pe_odd_time(&pe, &other, &where));
}

/* By the definition, one word after the other. */
static uint32_t slow_checksum(Span file, size_t field) {
    uint32_t sum = 0;
    for (size_t at = 0; at < file.n; at += 2) {
        uint32_t word = 0;
        for (size_t k = at; k < at + 2 && k < file.n; k++)
            if (k < field || k >= field + 4) word |= (uint32_t)file.p[k] << 8 * (k - at);
        sum += word;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum + (uint32_t)file.n;
}

static void computes_checksums(void **state) {
    (void)state;
    static const char *const overlays[] = {NULL, "a", "ab", "abcdefg", "\xff\xff\xff\xff\xff"};
    for (size_t i = 0; i < sizeof overlays / sizeof overlays[0]; i++) {
        TinyPe want = {.overlay = overlays[i]};
        Buf file = tinype_make(&want);
        Arena a = arena_new(ARENA_CAP);
        Pe pe;
        memset(file.p + TINYPE_NT + 24 + 64, 0xa5, 4);
        assert_int_equal(pe_read(&a, buf_span(&file), &pe), ST_OK);
        pe_measure(&pe);
        assert_int_equal(pe.right_checksum, slow_checksum(buf_span(&file), pe.checksum_offset));
        arena_reset(&a);
        buf_free(&file);
    }
}

static void measures_entropy(void **state) {
    (void)state;
    uint8_t all[512];
    for (size_t i = 0; i < sizeof all; i++) all[i] = (uint8_t)i;
    assert_true(pe_entropy(span(all, 512)) == 8);
    assert_true(pe_entropy(span(all, 3)) == 1.585);
    assert_true(pe_entropy((Span){0}) == 0);
}

/* ---- load configuration, bound imports ---- */

static void put32(Buf *b, size_t at, uint32_t value) {
    for (unsigned k = 0; k < 4; k++) b->p[at + k] = (uint8_t)(value >> 8 * k);
}

static void reads_load_config_and_bound_imports(void **state) {
    (void)state;
    enum { AT = TINYPE_TEXT_AT, RVA = TINYPE_TEXT_RVA, DIRECTORIES = TINYPE_NT + 24 + 96 };
    TinyPe want = {0};
    Buf file = tinype_make(&want);
    put32(&file, DIRECTORIES + 8 * PE_DIR_LOAD_CONFIG, RVA);
    put32(&file, DIRECTORIES + 8 * PE_DIR_BOUND_IMPORT, RVA + 0x100);
    memset(file.p + AT, 0, 0x200);
    put32(&file, AT, 92);          /* Size */
    put32(&file, AT + 60, 0x4021); /* SecurityCookie */
    put32(&file, AT + 68, 7);      /* SEHandlerCount */
    put32(&file, AT + 88, 0x100);  /* GuardFlags */
    put32(&file, AT + 0x100, 1553504400);
    put32(&file, AT + 0x104, 0x20); /* where the name is */
    memcpy(file.p + AT + 0x120, "KERNEL32.dll", 13);
    Arena a = arena_new(ARENA_CAP);
    Pe pe;
    assert_int_equal(pe_read(&a, buf_span(&file), &pe), ST_OK);
    assert_int_equal(pe_read_tables(&a, &pe), ST_OK);
    assert_true(pe.has_load_config);
    assert_int_equal(pe.security_cookie, 0x4021);
    assert_int_equal(pe.seh_handlers, 7);
    assert_int_equal(pe.guard_flags, 0x100);
    assert_non_null(pe.bound);
    assert_int_equal(pe.bound->timestamp, 1553504400);
    assert_true(span_equal(pe.bound->dll, span_str("KERNEL32.dll")));
    assert_null(pe.bound->next);
    arena_reset(&a);
    buf_free(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_versions),
        cmocka_unit_test(versions_end_with_their_parent),
        cmocka_unit_test(reads_manifests),
        cmocka_unit_test(finds_programs_inside),
        cmocka_unit_test(knows_packers),
        cmocka_unit_test(compares_times),
        cmocka_unit_test(computes_checksums),
        cmocka_unit_test(measures_entropy),
        cmocka_unit_test(reads_load_config_and_bound_imports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
