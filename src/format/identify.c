/* What a file is: programs by their headers, others by bytes at a fixed place (formats.def), and
 * text by having nothing else in it. */
#include "base/text.h"
#include "format/format.h"

enum { TEXT_LOOK = 64 << 10 };

typedef struct {
    const char *name, *description;
    size_t at;
    Span magic;
} Magic;

static const Magic magics[] = {
#define FORMAT(name, description, at, magic)                                                       \
    {name, description, at, {(const uint8_t *)(magic), sizeof(magic) - 1}},
#include "format/formats.def"
};

static bool identify_by_magic(Span file, Format *out) {
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        const Magic *m = &magics[i];
        if (!span_equal(span_sub(file, m->at, m->magic.n), m->magic)) continue;
        *out = (Format){m->name, m->description};
        return true;
    }
    return false;
}

/* ---- programs ---- */

static const char *kind(const Pe *pe) {
    if (pe_is_driver(pe)) return "Windows driver";
    if (pe->dotnet) return pe_is_dll(pe) ? ".NET library" : ".NET program";
    if (pe->subsystem >= PE_SUBSYSTEM_EFI_APPLICATION && pe->subsystem <= 13) return "EFI program";
    return pe_is_dll(pe) ? "Windows DLL" : "Windows program";
}

static const char *describe_pe(Arena *a, const Pe *pe) {
    const char *machine = pe_machine_name(pe->machine), *face = pe_subsystem_name(pe->subsystem);
    unsigned bits = pe_is_64(pe) ? 64 : 32;
    if (!machine) machine = arena_printf(a, "unknown machine %xh", pe->machine);
    bool shown = pe->subsystem == PE_SUBSYSTEM_GUI || pe->subsystem == PE_SUBSYSTEM_CONSOLE;
    return arena_printf(a, "%s for %u bits (%s)%s%s", kind(pe), bits, machine ? machine : "",
                        shown && !pe_is_dll(pe) ? ", " : "", shown && !pe_is_dll(pe) ? face : "");
}

Format format_of_program(Arena *a, const Pe *pe) {
    static const char *const older[] = {[PE_DOS] = "DOS program",
                                        [PE_NE] = "16-bit Windows program",
                                        [PE_LE] = "LE program (VxD, OS/2)"};
    return (Format){pe_format_name(pe), pe_is_pe(pe) ? describe_pe(a, pe) : older[pe->kind]};
}

static Status identify_program(Arena *a, Span file, Format *out) {
    Pe pe;
    TRY(pe_read(a, file, &pe));
    if (pe_is_pe(&pe)) {
        TRY(pe_read_imports(a, &pe));
        TRY(pe_read_dotnet(a, &pe));
    }
    *out = format_of_program(a, &pe);
    return a->full ? ST_BUDGET : ST_OK;
}

/* ---- text ---- */

static bool is_text_character(uint32_t c) {
    return c >= 0x20 ? c != 0x7F && c != TEXT_REPLACEMENT
                     : c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* A character that the look cuts in two is not held against it. */
static bool is_utf8_text(Span file) {
    Span look = span_clip(file, 0, TEXT_LOOK);
    for (size_t at = 0; at < look.n;) {
        bool cut = look.n < file.n && look.n - at < 4;
        if (!is_text_character(text_utf8_next(look, &at)) && !cut) return false;
    }
    return true;
}

static bool is_utf16_text(Span file) {
    Cur c = cur(span_clip(file, 0, TEXT_LOOK));
    uint16_t mark = cur_u16be(&c);
    if (mark != 0xFFFE && mark != 0xFEFF) return false;
    while (cur_left(&c) >= 2) {
        uint64_t unit = mark == 0xFFFE ? cur_u16le(&c) : cur_u16be(&c);
        if (!is_text_character((uint32_t)unit)) return false;
    }
    return true;
}

/* ---- all ---- */

Status format_identify(Arena *a, Span file, Format *out) {
    if (!file.n) *out = (Format){"empty", "empty file"};
    else if (file.n >= 2 && memcmp(file.p, "MZ", 2) == 0) return identify_program(a, file, out);
    else if (identify_by_magic(file, out)) return ST_OK;
    else if (is_utf8_text(file)) *out = (Format){"text", "text"};
    else if (is_utf16_text(file)) *out = (Format){"text", "text in UTF-16"};
    else *out = (Format){"unknown", "data of an unknown format"};
    return ST_OK;
}
