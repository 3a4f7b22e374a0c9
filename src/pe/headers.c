/* DOS, NT and optional header, section table. "PE Format" (Microsoft), sections "MS-DOS Stub" to
 * "Section Table".
 *
 *     0             MZ header, e_lfanew at 3Ch
 *     80h...        Rich header, where Microsoft's linker was at work
 *     e_lfanew      "PE\0\0", file header (20 bytes), optional header, section table
 *     SizeOfHeaders sections' bytes, then the overlay
 *
 * As Windows does, fields are read from where they would lie even where SizeOfOptionalHeader says
 * that the header is shorter; what lies past the end of the file reads as zero. */
#include "pe/pe.h"

enum {
    FILE_HEADER_SIZE = 20,
    SECTION_HEADER_SIZE = 40,
    MAX_NOTES = 64,
    PAGE = 0x1000,
    SECTOR = 0x200,
};

/* ---- notes ---- */

static void add_note(Arena *a, Pe *pe, uint64_t offset, bool refused, const char *format,
                     va_list args) {
    bool first_refusal = refused && !pe_refused(pe);
    if (pe->note_count++ >= MAX_NOTES && !first_refusal) return;
    PeNote *note = arena_one(a, PeNote);
    char *text = note ? arena_vprintf(a, format, args) : NULL;
    if (!text) return;
    *note = (PeNote){.offset = offset, .text = text, .refused = refused};
    if (pe->last_note) pe->last_note->next = note;
    else pe->notes = note;
    pe->last_note = note;
}

void pe_note(Arena *a, Pe *pe, uint64_t offset, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add_note(a, pe, offset, false, format, args);
    va_end(args);
}

void pe_note_refused(Arena *a, Pe *pe, uint64_t offset, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add_note(a, pe, offset, true, format, args);
    va_end(args);
}

const char *pe_refused(const Pe *pe) {
    for (const PeNote *n = pe->notes; n; n = n->next)
        if (n->refused) return n->text;
    return NULL;
}

/* ---- which kind of program ---- */

static PeKind kind_of(Span file, uint32_t at) {
    Span mark = span_sub(file, at, 2);
    if (!mark.p) return PE_DOS;
    if (memcmp(mark.p, "NE", 2) == 0) return PE_NE;
    if (memcmp(mark.p, "LE", 2) == 0 || memcmp(mark.p, "LX", 2) == 0) return PE_LE;
    mark = span_sub(file, at, 4);
    return mark.p && memcmp(mark.p, "PE\0", 4) == 0 ? PE_32 : PE_DOS;
}

static bool read_dos_header(Arena *a, Pe *pe) {
    Cur c = cur(pe->file);
    if (cur_u16le(&c) != 0x5a4d || c.bad) return false;
    pe->kind = PE_DOS;
    cur_seek(&c, 0x3c);
    pe->nt_offset = cur_u32le(&c);
    if (c.bad) {
        pe_note(a, pe, 0, "the file ends inside its MZ header");
        return false;
    }
    pe->kind = kind_of(pe->file, pe->nt_offset);
    if (pe->kind == PE_DOS && pe->nt_offset >= pe->file.n)
        pe_note(a, pe, 0x3c, "e_lfanew (%xh) lies past the end of the file", pe->nt_offset);
    return pe->kind == PE_32;
}

/* ---- file header and optional header ---- */

static void read_file_header(Pe *pe, Cur *c) {
    pe->machine = cur_u16le(c);
    pe->section_total = cur_u16le(c);
    pe->timestamp = cur_u32le(c);
    pe->symbol_offset = cur_u32le(c);
    pe->symbol_count = cur_u32le(c);
    pe->optional_size = cur_u16le(c);
    pe->characteristics = cur_u16le(c);
}

static void read_optional_header(Pe *pe, Cur *c) {
    pe->kind = cur_u16le(c) == 0x20b ? PE_32PLUS : PE_32;
    unsigned word = pe_is_64(pe) ? 8 : 4;
    pe->linker_major = cur_u8(c);
    pe->linker_minor = cur_u8(c);
    pe->code_size = cur_u32le(c);
    pe->data_size = cur_u32le(c);
    pe->bss_size = cur_u32le(c);
    pe->entry = cur_u32le(c);
    pe->code_base = cur_u32le(c);
    if (!pe_is_64(pe)) cur_skip(c, 4); /* BaseOfData */
    pe->image_base = cur_le(c, word);
    pe->section_alignment = cur_u32le(c);
    pe->file_alignment = cur_u32le(c);
    pe->os_major = cur_u16le(c);
    pe->os_minor = cur_u16le(c);
    pe->image_major = cur_u16le(c);
    pe->image_minor = cur_u16le(c);
    pe->subsystem_major = cur_u16le(c);
    pe->subsystem_minor = cur_u16le(c);
    cur_skip(c, 4); /* Win32VersionValue */
    pe->image_size = cur_u32le(c);
    pe->headers_size = cur_u32le(c);
    pe->checksum_offset = c->at;
    pe->checksum = cur_u32le(c);
    pe->subsystem = cur_u16le(c);
    pe->dll_characteristics = cur_u16le(c);
    pe->stack_reserve = cur_le(c, word);
    pe->stack_commit = cur_le(c, word);
    pe->heap_reserve = cur_le(c, word);
    pe->heap_commit = cur_le(c, word);
    pe->loader_flags = cur_u32le(c);
    pe->directory_total = cur_u32le(c);
    pe->directories_offset = c->at;
    for (unsigned i = 0; i < PE_DIR_COUNT && i < pe->directory_total && !c->bad; i++) {
        pe->directories[i].rva = cur_u32le(c);
        pe->directories[i].size = cur_u32le(c);
    }
}

static bool power_of_two(uint32_t n) {
    return n && (n & (n - 1)) == 0;
}

/* What NtCreateSection(SEC_IMAGE) refuses in the headers. */
static void check_headers(Arena *a, Pe *pe, uint16_t magic) {
    uint64_t file_header = (uint64_t)pe->nt_offset + 4, optional = file_header + FILE_HEADER_SIZE;
    if (pe->nt_offset & 3)
        pe_note_refused(a, pe, 0x3c, "e_lfanew (%xh) is not a multiple of 4", pe->nt_offset);
    if (magic != 0x10b && magic != 0x20b)
        pe_note_refused(a, pe, optional, "the optional header's magic is %xh", magic);
    if (!(pe->characteristics & PE_FILE_EXECUTABLE_IMAGE))
        pe_note_refused(a, pe, file_header + 18, "the header does not say that this is an image");
    if (!power_of_two(pe->file_alignment) || !power_of_two(pe->section_alignment) ||
        pe->section_alignment < pe->file_alignment)
        pe_note_refused(a, pe, optional + 32, "section alignment %xh with file alignment %xh",
                        pe->section_alignment, pe->file_alignment);
    else if (pe->file_alignment % SECTOR && pe->file_alignment != pe->section_alignment)
        pe_note_refused(a, pe, optional + 36, "file alignment %xh is less than a sector",
                        pe->file_alignment);
    if (pe->headers_size >= pe->image_size)
        pe_note_refused(a, pe, optional + 56, "headers of %xh bytes in an image of %xh",
                        pe->headers_size, pe->image_size);
    if (pe->image_base & 0xffff)
        pe_note_refused(a, pe, optional + 24, "the image base is not a multiple of 64 KiB");
    if (pe->directory_total > PE_DIR_COUNT)
        pe_note(a, pe, pe->directories_offset - 4, "%u data directories; there are 16",
                pe->directory_total);
}

/* ---- sections ---- */

/* Below a page, Windows maps the whole file as it is. */
static bool mapped_flat(const Pe *pe) {
    return pe->section_alignment < PAGE;
}

/* The loader's rules: no virtual size means the raw size, bytes start at a sector, whole sectors
 * come, but never more than the pages that the section has. */
static void map_section(const Pe *pe, PeSection *s) {
    uint64_t size = s->virtual_size ? s->virtual_size : s->raw_size;
    uint64_t pages = (size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    s->memory_size = pages > UINT32_MAX ? UINT32_MAX & ~(uint32_t)(PAGE - 1) : (uint32_t)pages;
    if (mapped_flat(pe)) {
        s->file_at = s->virtual_address;
        s->mapped = (uint32_t)span_clip(pe->file, s->file_at, size).n;
        return;
    }
    if (!s->raw_offset) return;
    s->file_at = s->raw_offset & ~(uint32_t)(SECTOR - 1);
    uint64_t bytes =
        ((uint64_t)s->raw_size + s->raw_offset % SECTOR + SECTOR - 1) & ~(uint64_t)(SECTOR - 1);
    if (bytes > s->memory_size) bytes = s->memory_size;
    s->mapped = (uint32_t)span_clip(pe->file, s->file_at, bytes).n;
}

static void read_section(Pe *pe, Cur *c, PeSection *s) {
    memcpy(s->name, cur_take(c, 8).p, 8);
    s->virtual_size = cur_u32le(c);
    s->virtual_address = cur_u32le(c);
    s->raw_size = cur_u32le(c);
    s->raw_offset = cur_u32le(c);
    cur_skip(c, 12); /* object files' relocations and line numbers */
    s->characteristics = cur_u32le(c);
    map_section(pe, s);
}

static void check_section(Arena *a, Pe *pe, size_t i, uint64_t header) {
    const PeSection *s = &pe->sections[i];
    uint64_t end = (uint64_t)s->raw_offset + s->raw_size;
    if (s->raw_offset && s->raw_size && end > pe->file.n)
        pe_note_refused(a, pe, header + 16, "section %zu ends at %llxh, past the end of the file",
                        i + 1, (unsigned long long)end);
    if ((uint64_t)s->virtual_address + s->memory_size >
        (((uint64_t)pe->image_size + PAGE - 1) & ~(uint64_t)(PAGE - 1)))
        pe_note_refused(a, pe, header + 8, "section %zu ends past the image's size", i + 1);
    if (!mapped_flat(pe) && s->virtual_address % pe->section_alignment)
        pe_note_refused(a, pe, header + 12, "section %zu starts at %xh, which is not aligned",
                        i + 1, s->virtual_address);
    if (i && s->virtual_address < s[-1].virtual_address + s[-1].memory_size && !mapped_flat(pe))
        pe_note_refused(a, pe, header + 12, "section %zu overlaps the one before it", i + 1);
}

static Status read_sections(Arena *a, Pe *pe) {
    pe->sections_offset = (uint64_t)pe->nt_offset + 4 + FILE_HEADER_SIZE + pe->optional_size;
    Cur c = cur(pe->file);
    cur_seek(&c, pe->sections_offset);
    pe->section_count = cur_left(&c) / SECTION_HEADER_SIZE;
    if (pe->section_count < pe->section_total)
        pe_note_refused(a, pe, (uint64_t)pe->nt_offset + 6,
                        "%u sections, but only %zu headers are in the file", pe->section_total,
                        pe->section_count);
    else pe->section_count = pe->section_total;

    pe->sections = arena_new_array(a, PeSection, pe->section_count);
    if (!pe->sections) return ST_BUDGET;
    pe->sections_ascend = true;
    for (size_t i = 0; i < pe->section_count; i++) {
        uint64_t header = c.at;
        read_section(pe, &c, &pe->sections[i]);
        check_section(a, pe, i, header);
        if (i && pe->sections[i].virtual_address <= pe->sections[i - 1].virtual_address)
            pe->sections_ascend = false;
    }
    return ST_OK;
}

/* ---- overlay ---- */

/* The COFF symbol table that GNU's linker leaves behind the sections: 18 bytes a symbol, then the
 * string table, whose first word is its size. */
static uint64_t end_of_symbols(const Pe *pe) {
    uint64_t at = (uint64_t)pe->symbol_offset + (uint64_t)pe->symbol_count * 18;
    Cur c = cur(pe->file);
    cur_seek(&c, at);
    uint32_t strings = cur_u32le(&c);
    return pe->symbol_offset && !c.bad && strings <= pe->file.n - at ? at + strings : 0;
}

static uint64_t find_overlay(const Pe *pe) {
    uint64_t end = pe->headers_size < pe->file.n ? pe->headers_size : pe->file.n;
    for (size_t i = 0; i < pe->section_count; i++) {
        const PeSection *s = &pe->sections[i];
        uint64_t last = (uint64_t)s->raw_offset + s->raw_size;
        if (s->raw_offset && s->raw_size && last > end) end = last;
    }
    if (pe->symbol_offset >= end && end_of_symbols(pe) > end) end = end_of_symbols(pe);
    return end < pe->file.n ? end : pe->file.n;
}

Status pe_read(Arena *a, Span file, Pe *out) {
    *out = (Pe){.file = file, .overlay = file.n};
    if (!read_dos_header(a, out)) return a->full ? ST_BUDGET : ST_OK;
    pe_find_rich(out);
    Cur c = cur(file);
    cur_seek(&c, (uint64_t)out->nt_offset + 4);
    read_file_header(out, &c);
    Cur magic = c;
    read_optional_header(out, &c);
    if (c.bad) pe_note_refused(a, out, file.n, "the file ends inside its headers");
    else check_headers(a, out, cur_u16le(&magic));
    TRY(read_sections(a, out));
    out->overlay = find_overlay(out);
    return a->full ? ST_BUDGET : ST_OK;
}
