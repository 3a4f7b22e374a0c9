/* RVA to file, as the loader maps it, and what is read through it everywhere. */
#include "pe/pe.h"

enum { FLAT_BELOW = 0x1000, MAX_UNSORTED = 96 };

/* Sections ascend in every file that Windows loads. Where they do not, the first one that holds
 * the RVA counts, and only as many are searched as Windows XP would have accepted, so that a file
 * with 65,535 of them costs no more than another. */
const PeSection *pe_section_of(const Pe *pe, uint32_t rva) {
    size_t low = 0, high = pe->section_count;
    if (!pe->sections_ascend) {
        for (size_t i = 0; i < pe->section_count && i < MAX_UNSORTED; i++) {
            const PeSection *s = &pe->sections[i];
            if (rva >= s->virtual_address && rva - s->virtual_address < s->memory_size) return s;
        }
        return NULL;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pe->sections[middle].virtual_address <= rva) low = middle + 1;
        else high = middle;
    }
    if (!low) return NULL;
    const PeSection *s = &pe->sections[low - 1];
    return rva - s->virtual_address < s->memory_size ? s : NULL;
}

Span pe_at(const Pe *pe, uint32_t rva) {
    if (pe->section_alignment < FLAT_BELOW) return span_clip(pe->file, rva, UINT64_MAX);
    const PeSection *s = pe_section_of(pe, rva);
    if (s)
        return span_clip(span_clip(pe->file, s->file_at, s->mapped), rva - s->virtual_address,
                         UINT64_MAX);
    return span_clip(span_clip(pe->file, 0, pe->headers_size), rva, UINT64_MAX);
}

Span pe_rva(const Pe *pe, uint32_t rva, uint64_t n) {
    return span_sub(pe_at(pe, rva), 0, n);
}

uint64_t pe_offset(const Pe *pe, uint32_t rva) {
    Span s = pe_at(pe, rva);
    return s.n ? (uint64_t)(s.p - pe->file.p) : PE_NO_OFFSET;
}

/* A text may end in the zeroes that the loader adds behind a section's bytes. */
static bool zeroes_follow(const Pe *pe, uint32_t rva) {
    const PeSection *s = pe_section_of(pe, rva);
    return s && s->mapped < s->memory_size && s->file_at + s->mapped <= pe->file.n;
}

Span pe_text(Arena *a, const Pe *pe, uint32_t rva, size_t max) {
    Span rest = pe_at(pe, rva);
    Cur c = cur(rest);
    Span text = cur_cstr(&c, max);
    if (!c.bad) return text;
    return rest.n < max && zeroes_follow(pe, rva) ? arena_bytes(a, rest) : (Span){0};
}

Span pe_directory(const Pe *pe, PeDirectoryIndex index) {
    PeDirectory d = pe->directories[index];
    if (!d.rva || !d.size) return (Span){0};
    return span_clip(pe_at(pe, d.rva), 0, d.size);
}

/* A signature stands behind the sections too and is no overlay. */
Span pe_overlay(const Pe *pe) {
    Span tail = span_clip(pe->file, pe->overlay, UINT64_MAX);
    PeDirectory certificates = pe->directories[PE_DIR_SECURITY];
    if (!certificates.size || certificates.rva < pe->overlay) return tail;
    Span before = span_clip(tail, 0, certificates.rva - pe->overlay);
    uint64_t end = (uint64_t)certificates.rva + certificates.size;
    bool padding = before.n < 8; /* the table is aligned to 8 */
    return padding ? span_clip(pe->file, end, UINT64_MAX) : before;
}

/* ---- base relocations: blocks of {page, size, entries of 4 bits type and 12 bits offset} ---- */

PeRelocs pe_relocs(const Pe *pe) {
    return (PeRelocs){.left = pe_directory(pe, PE_DIR_RELOC)};
}

static bool next_block(PeRelocs *i) {
    Cur c = cur(i->left);
    i->page = cur_u32le(&c);
    uint32_t size = cur_u32le(&c);
    if (c.bad || size < 8) return false;
    i->entries = cur(span_clip(i->left, 8, size - 8));
    i->left = span_clip(i->left, size, UINT64_MAX);
    return true;
}

bool pe_reloc_next(PeRelocs *i, PeReloc *out) {
    while (cur_left(&i->entries) < 2)
        if (!next_block(i)) return false;
    uint16_t entry = cur_u16le(&i->entries);
    *out = (PeReloc){.type = (uint8_t)(entry >> 12), .rva = i->page + (entry & 0xfff)};
    return true;
}
