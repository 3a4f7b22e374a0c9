/* The PE reader: a small file with every table, its prefixes, flipped bits, and odd headers. */
#include "base/hash.h"
#include "pe/pe.h"
#include "tests/support/tinype.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA_CAP = 1 << 20 };

typedef struct {
    Buf file;
    Arena arena;
    Pe pe;
} Fixture;

static Fixture read_tiny(TinyPe want) {
    Fixture f = {.file = tinype_make(&want), .arena = arena_new(ARENA_CAP)};
    assert_int_equal(pe_read(&f.arena, buf_span(&f.file), &f.pe), ST_OK);
    return f;
}

static void reread(Fixture *f) {
    assert_int_equal(pe_read(&f->arena, buf_span(&f->file), &f->pe), ST_OK);
}

static void drop(Fixture *f) {
    arena_reset(&f->arena);
    buf_free(&f->file);
}

static void put32(Fixture *f, size_t at, uint32_t value) {
    for (unsigned k = 0; k < 4; k++) f->file.p[at + k] = (uint8_t)(value >> 8 * k);
}

static void reads_headers(void **state) {
    (void)state;
    for (int is64 = 0; is64 < 2; is64++) {
        Fixture f = read_tiny((TinyPe){.is64 = is64, .rich = true, .overlay = "tail"});
        const Pe *pe = &f.pe;
        assert_int_equal(pe->kind, is64 ? PE_32PLUS : PE_32);
        assert_string_equal(pe_format_name(pe), is64 ? "pe32+" : "pe32");
        assert_string_equal(pe_machine_name(pe->machine), is64 ? "amd64" : "i386");
        assert_true(pe->image_base == (is64 ? UINT64_C(0x140000000) : 0x400000));
        assert_int_equal(pe->entry, TINYPE_TEXT_RVA);
        assert_int_equal(pe->timestamp, 1553504400);
        assert_int_equal(pe->subsystem, PE_SUBSYSTEM_CONSOLE);
        assert_int_equal(pe->stack_reserve, 0x100000);
        assert_int_equal(pe->section_count, 2);
        assert_string_equal(pe->sections[1].name, ".data");
        assert_int_equal(pe->overlay, TINYPE_SIZE);
        assert_true(pe->rich);
        assert_int_equal(pe->rich_offset, 0x60);
        assert_int_equal(pe->rich_size, 0x20);
        assert_null(pe_refused(pe));
        assert_int_equal(pe->note_count, 0);
        drop(&f);
    }
}

static void maps_as_the_loader(void **state) {
    (void)state;
    Fixture f = read_tiny((TinyPe){0});
    assert_int_equal(pe_offset(&f.pe, 0), 0);
    assert_int_equal(pe_offset(&f.pe, 0x3ff), 0x3ff);
    assert_true(pe_offset(&f.pe, 0x400) == PE_NO_OFFSET);
    assert_int_equal(pe_offset(&f.pe, TINYPE_TEXT_RVA), TINYPE_TEXT_AT);
    assert_int_equal(pe_offset(&f.pe, TINYPE_TEXT_RVA + 0x1ff), TINYPE_TEXT_AT + 0x1ff);
    assert_true(pe_offset(&f.pe, TINYPE_TEXT_RVA + 0x200) == PE_NO_OFFSET);
    assert_true(pe_offset(&f.pe, 0x3000) == PE_NO_OFFSET);
    assert_true(pe_offset(&f.pe, UINT32_MAX) == PE_NO_OFFSET);
    assert_int_equal(pe_rva(&f.pe, TINYPE_DATA_RVA, 0x800).n, 0x800);
    assert_int_equal(pe_rva(&f.pe, TINYPE_DATA_RVA, 0x801).n, 0);
    drop(&f);
}

static size_t section_field(const Fixture *f, size_t index, size_t field) {
    return f->pe.sections_offset + index * 40 + field;
}

static void starts_sections_at_a_sector(void **state) {
    (void)state;
    Fixture f = read_tiny((TinyPe){0});
    put32(&f, section_field(&f, 0, 20), TINYPE_TEXT_AT + 0x10);
    reread(&f);
    assert_int_equal(f.pe.sections[0].file_at, TINYPE_TEXT_AT);
    assert_int_equal(f.pe.sections[0].mapped, 0x400); /* sectors that the bytes touch */
    drop(&f);
}

static void takes_the_raw_size_without_a_virtual_one(void **state) {
    (void)state;
    Fixture f = read_tiny((TinyPe){0});
    put32(&f, section_field(&f, 0, 8), 0);
    reread(&f);
    assert_int_equal(f.pe.sections[0].memory_size, 0x1000);
    assert_int_equal(f.pe.sections[0].mapped, 0x200);
    drop(&f);
}

static void maps_small_alignments_flat(void **state) {
    (void)state;
    Fixture f = read_tiny((TinyPe){0});
    put32(&f, TINYPE_NT + 24 + 32, 0x200);
    reread(&f);
    assert_int_equal(pe_offset(&f.pe, 0x700), 0x700);
    drop(&f);
}

static void names_what_windows_refuses(void **state) {
    (void)state;
    static const struct {
        size_t at;
        uint32_t value;
        const char *says;
    } cases[] = {
        {0x3c, TINYPE_NT, NULL},
        {TINYPE_NT + 24 + 28, 0x400001, "image base"},
        {TINYPE_NT + 24 + 32, 0x3000, "section alignment"},
        {TINYPE_NT + 24 + 36, 0x10, "less than a sector"},
        {TINYPE_NT + 24 + 56, 0x300, "headers of"},
        {TINYPE_NT + 4, 0xffff014c, "headers are in the file"},
        {TINYPE_NT + 24 + 224 + 16, 0x10000, "past the end of the file"},
        {TINYPE_NT + 24 + 224 + 12, 0x1234, "not aligned"},
        {TINYPE_NT + 24 + 224 + 8, 0x1800, "overlaps"},
        {TINYPE_NT + 24 + 224 + 48, 0xfffff000, "past the image's size"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Fixture f = read_tiny((TinyPe){0});
        put32(&f, cases[i].at, cases[i].value);
        reread(&f);
        const char *why = pe_refused(&f.pe);
        bool found = false;
        for (const PeNote *n = f.pe.notes; n && cases[i].says; n = n->next)
            found = found || (n->refused && strstr(n->text, cases[i].says));
        if (cases[i].says ? !found : why != NULL)
            fail_msg("case %zu: %s", i, why ? why : "nothing refused");
        drop(&f);
    }
}

static void tells_other_programs_apart(void **state) {
    (void)state;
    static const struct {
        const char *mark;
        PeKind kind;
    } cases[] = {{"NE", PE_NE}, {"LE", PE_LE}, {"LX", PE_LE}, {"PE\x01", PE_DOS}, {"zz", PE_DOS}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Fixture f = read_tiny((TinyPe){0});
        memcpy(f.file.p + TINYPE_NT, cases[i].mark, strlen(cases[i].mark));
        reread(&f);
        assert_int_equal(f.pe.kind, cases[i].kind);
        drop(&f);
    }
    Arena a = arena_new(ARENA_CAP);
    Pe pe;
    assert_int_equal(pe_read(&a, span_str("hello"), &pe), ST_OK);
    assert_int_equal(pe.kind, PE_NONE);
    assert_int_equal(pe_read(&a, (Span){0}, &pe), ST_OK);
    assert_int_equal(pe.kind, PE_NONE);
    arena_reset(&a);
}

static void names_an_e_lfanew_past_the_end(void **state) {
    (void)state;
    Fixture f = read_tiny((TinyPe){0});
    put32(&f, 0x3c, 0xfffffff0);
    reread(&f);
    assert_int_equal(f.pe.kind, PE_DOS);
    assert_non_null(f.pe.notes);
    assert_int_equal(f.pe.notes->offset, 0x3c);
    drop(&f);
}

static Fixture read_full(TinyPe want) {
    Fixture f = read_tiny(want);
    assert_int_equal(pe_read_tables(&f.arena, &f.pe), ST_OK);
    return f;
}

static void assert_text(Span s, const char *want) {
    assert_int_equal(s.n, strlen(want));
    assert_memory_equal(s.p, want, s.n);
    assert_int_equal(s.p[s.n], 0); /* a NUL follows */
}

static void reads_imports(void **state) {
    (void)state;
    for (int is64 = 0; is64 < 2; is64++) {
        Fixture f = read_full(
            (TinyPe){.is64 = is64, .import_dll = "KERNEL32.dll", .import_name = "ExitProcess"});
        const PeImport *now = f.pe.imports, *late = now->next;
        assert_text(now->dll, "KERNEL32.dll");
        assert_false(now->delayed);
        assert_int_equal(now->count, 2);
        assert_text(now->functions[0].name, "ExitProcess");
        assert_int_equal(now->functions[0].ordinal, 5);
        assert_int_equal(now->functions[0].slot, TINYPE_DATA_RVA + 0x50);
        assert_true(now->functions[1].by_ordinal);
        assert_int_equal(now->functions[1].ordinal, 7);
        assert_text(late->dll, "late.dll");
        assert_true(late->delayed);
        assert_int_equal(late->count, 2);
        assert_null(late->next);
        drop(&f);
    }
}

static void reads_exports(void **state) {
    (void)state;
    Fixture f = read_full((TinyPe){.is64 = true});
    assert_text(f.pe.export_name, "tiny.dll");
    assert_int_equal(f.pe.export_count, 3);
    assert_text(f.pe.exports[0].name, "alpha");
    assert_int_equal(f.pe.exports[0].ordinal, 5);
    assert_int_equal(f.pe.exports[0].rva, TINYPE_TEXT_RVA);
    assert_int_equal(f.pe.exports[1].ordinal, 6);
    assert_int_equal(f.pe.exports[1].name.n, 0);
    assert_text(f.pe.exports[2].forwarder, "other.beta");
    drop(&f);
}

static void reads_the_rich_header(void **state) {
    (void)state;
    Fixture f = read_full((TinyPe){.rich = true});
    assert_int_equal(f.pe.rich_count, 1);
    assert_int_equal(f.pe.rich_entries[0].product, 0x0102);
    assert_int_equal(f.pe.rich_entries[0].build, 0x0304);
    assert_int_equal(f.pe.rich_entries[0].count, 9);
    assert_true(f.pe.rich_intact);
    f.file.p[2]++; /* e_cblp: the checksum covers the DOS header */
    reread(&f);
    assert_int_equal(pe_read_rich(&f.arena, &f.pe), ST_OK);
    assert_false(f.pe.rich_intact);
    drop(&f);
}

/* What pefile says of the same imports: "kernel32.exitprocess,kernel32.ord7", and for a DLL whose
 * ordinals have names "ws2_32.socket,ws2_32.getsockopt". */
static void hashes_imports(void **state) {
    (void)state;
    static const struct {
        const char *dll, *name, *hash;
    } cases[] = {{"KERNEL32.dll", "ExitProcess", "69052387c5b38d0b9c6f3f9fc76cddf4"},
                 {"WS2_32.dll", "socket", "2d690f2f896dd3501cc103c6195c5992"},
                 {"lib.so", "f", "875f2d7b58d45df5e8be5bbde0dde470"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Fixture f = read_full((TinyPe){.import_dll = cases[i].dll, .import_name = cases[i].name});
        char hex[33];
        assert_true(f.pe.has_imphash);
        hash_hex(span(f.pe.imphash, 16), hex);
        assert_string_equal(hex, cases[i].hash);
        drop(&f);
    }
    Fixture f = read_full((TinyPe){0});
    assert_false(f.pe.has_imphash);
    drop(&f);
}

static void bounds_claimed_exports(void **state) {
    (void)state;
    Fixture f = read_tiny((TinyPe){0});
    put32(&f, TINYPE_DATA_AT + 0x160 + 20, 0xffffffff);
    put32(&f, TINYPE_DATA_AT + 0x160 + 24, 0xffffffff);
    reread(&f);
    assert_int_equal(pe_read_exports(&f.arena, &f.pe), ST_OK);
    assert_int_equal(f.pe.note_count, 2);
    assert_true(f.pe.export_count < 1000);
    drop(&f);
}

static void reads_resources(void **state) {
    (void)state;
    Fixture f = read_full((TinyPe){0});
    const PeResource *r = f.pe.resources;
    assert_int_equal(r->type_id, 10);
    assert_string_equal(pe_resource_type_name(r->type_id), "RCDATA");
    assert_string_equal(r->name, "DATA");
    assert_int_equal(r->language, 1033);
    assert_text(span_sub(r->bytes, 0, 15), "0123456789abcde");
    assert_null(r->next);
    drop(&f);
}

/* A directory that is its own child must not nest for ever. */
static void bounds_looping_resources(void **state) {
    (void)state;
    Fixture f = read_tiny((TinyPe){0});
    put32(&f, TINYPE_DATA_AT + 0x400 + 20, 0x80000000);
    reread(&f);
    assert_int_equal(pe_read_resources(&f.arena, &f.pe), ST_OK);
    assert_null(f.pe.resources);
    assert_non_null(strstr(f.pe.notes->text, "deeper than three levels"));
    drop(&f);
}

/* Every section of these is refused in more than one way. */
static void lists_few_of_many_notes(void **state) {
    (void)state;
    Fixture f = read_tiny((TinyPe){.is64 = true});
    f.file.p[f.pe.nt_offset + 6] = 0xe8, f.file.p[f.pe.nt_offset + 7] = 3;
    for (unsigned i = 0; i < 1000 * 40; i++) buf_byte(&f.file, 0xff);
    reread(&f);
    size_t listed = 0;
    for (const PeNote *n = f.pe.notes; n; n = n->next) listed++;
    assert_non_null(pe_refused(&f.pe));
    assert_int_equal(listed, 64);
    assert_true(f.pe.note_count > 1000);
    const Value *facts = pe_facts(&f.arena, &f.pe);
    assert_int_equal(value_get_uint(value_get(facts, "notes_more"), 0), f.pe.note_count - 64);
    drop(&f);
}

static void reads_small_tables(void **state) {
    (void)state;
    for (int is64 = 0; is64 < 2; is64++) {
        Fixture f = read_full((TinyPe){.is64 = is64, .dotnet = true});
        assert_true(f.pe.has_tls);
        assert_int_equal(f.pe.tls_callback_count, 1);
        assert_int_equal(f.pe.tls_callbacks[0], TINYPE_TEXT_RVA);
        assert_text(f.pe.pdb_path, "C:\\build\\tiny.pdb");
        assert_int_equal(f.pe.pdb_age, 3);
        assert_int_equal(f.pe.pdb_guid[15], 15);
        assert_true(f.pe.dotnet);
        assert_text(f.pe.dotnet_version, "v4.0.30319");
        assert_int_equal(f.pe.note_count, 0);
        drop(&f);
    }
}

static void knows_drivers(void **state) {
    (void)state;
    static const struct {
        uint16_t subsystem;
        const char *dll;
        bool driver;
    } cases[] = {{1, "ntoskrnl.exe", true},
                 {1, "NTDLL.dll", false},
                 {3, "ntoskrnl.exe", false},
                 {1, NULL, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Fixture f = read_full((TinyPe){
            .subsystem = cases[i].subsystem, .import_dll = cases[i].dll, .import_name = "f"});
        assert_int_equal(pe_is_driver(&f.pe), cases[i].driver);
        drop(&f);
    }
}

static void makes_facts(void **state) {
    (void)state;
    Fixture f = read_full((TinyPe){.is64 = true,
                                   .import_dll = "a.dll",
                                   .import_name = "f",
                                   .dotnet = true,
                                   .overlay = "tail"});
    const Value *facts = pe_facts(&f.arena, &f.pe);
    assert_string_equal(value_get_str(value_get(facts, "machine"), ""), "amd64");
    assert_string_equal(value_get_str(value_get(facts, "timestamp"), ""), "2019-03-25T09:00:00Z");
    assert_int_equal(value_count(value_get(facts, "sections")), 2);
    const Value *text = value_first(value_get(facts, "sections"));
    assert_string_equal(value_get_str(value_get(text, "flags"), ""), "r-x");
    assert_true(value_get(text, "entropy")->real == 0); /* nothing but c3 */
    assert_int_equal(value_get_uint(value_get(value_get(facts, "overlay"), "size"), 0), 4);
    assert_string_equal(value_get_str(value_get(value_get(facts, "pdb"), "guid"), ""),
                        "03020100-0504-0706-0809-0A0B0C0D0E0F");
    assert_int_equal(value_count(value_get(facts, "imports")), 2);
    assert_null(value_get(facts, "notes"));
    drop(&f);
}

static void iterates_relocations(void **state) {
    (void)state;
    Fixture f = read_tiny((TinyPe){.is64 = true});
    PeRelocs i = pe_relocs(&f.pe);
    PeReloc r;
    assert_true(pe_reloc_next(&i, &r));
    assert_int_equal(r.type, 10);
    assert_int_equal(r.rva, TINYPE_TEXT_RVA + 0x10);
    assert_true(pe_reloc_next(&i, &r));
    assert_int_equal(r.type, 0);
    assert_false(pe_reloc_next(&i, &r));
    drop(&f);
}

static void stays_in_its_budget(void **state) {
    (void)state;
    TinyPe want = {0};
    Buf file = tinype_make(&want);
    Arena a = arena_new(16);
    Pe pe;
    assert_int_equal(pe_read(&a, buf_span(&file), &pe), ST_BUDGET);
    arena_reset(&a);
    buf_free(&file);
}

/* Everything that a reader does with a file. */
static void read_all(Span file) {
    Arena a = arena_new(ARENA_CAP);
    Pe pe;
    if (pe_read(&a, file, &pe) == ST_OK && pe_read_tables(&a, &pe) == ST_OK) {
        (void)pe_facts(&a, &pe);
        PeReloc r;
        for (PeRelocs i = pe_relocs(&pe); pe_reloc_next(&i, &r);) (void)pe_rva(&pe, r.rva, 4);
    }
    arena_reset(&a);
}

static void survives_every_prefix(void **state) {
    (void)state;
    TinyPe want = {.import_dll = "a.dll", .import_name = "f", .dotnet = true, .rich = true};
    Buf file = tinype_make(&want);
    for (size_t n = 0; n <= file.n; n++) {
        uint8_t *copy = malloc(n ? n : 1); /* its own block, so that ASan sees an overread */
        memcpy(copy, file.p, n);
        read_all(span(copy, n));
        free(copy);
    }
    buf_free(&file);
}

static void survives_flipped_bits(void **state) {
    (void)state;
    TinyPe want = {.is64 = true, .import_dll = "a.dll", .import_name = "f", .dotnet = true};
    Buf file = tinype_make(&want);
    for (size_t at = 0; at < file.n; at++) {
        if (at >= TINYPE_TEXT_AT && at < TINYPE_DATA_AT) continue; /* code is not read */
        for (unsigned bit = 0; bit < 8; bit++) {
            file.p[at] ^= (uint8_t)(1u << bit);
            read_all(buf_span(&file));
            file.p[at] ^= (uint8_t)(1u << bit);
        }
    }
    buf_free(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_headers),
        cmocka_unit_test(maps_as_the_loader),
        cmocka_unit_test(starts_sections_at_a_sector),
        cmocka_unit_test(takes_the_raw_size_without_a_virtual_one),
        cmocka_unit_test(maps_small_alignments_flat),
        cmocka_unit_test(names_what_windows_refuses),
        cmocka_unit_test(tells_other_programs_apart),
        cmocka_unit_test(names_an_e_lfanew_past_the_end),
        cmocka_unit_test(reads_imports),
        cmocka_unit_test(reads_exports),
        cmocka_unit_test(reads_the_rich_header),
        cmocka_unit_test(hashes_imports),
        cmocka_unit_test(bounds_claimed_exports),
        cmocka_unit_test(reads_resources),
        cmocka_unit_test(bounds_looping_resources),
        cmocka_unit_test(lists_few_of_many_notes),
        cmocka_unit_test(reads_small_tables),
        cmocka_unit_test(knows_drivers),
        cmocka_unit_test(makes_facts),
        cmocka_unit_test(iterates_relocations),
        cmocka_unit_test(stays_in_its_budget),
        cmocka_unit_test(survives_every_prefix),
        cmocka_unit_test(survives_flipped_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
