/* Known packers, protectors and installers, by packers.def. */
#include "pe/pe.h"

typedef enum { IN_SECTION, IN_HEADERS, IN_OVERLAY, IN_SECTORS, IN_TAIL, IN_RESOURCE } Where;

enum { SECTOR = 512, TAIL = 64 << 10, MOST_SECTORS = 4096, TYPE_RCDATA = 10 };

typedef struct {
    PePacker packer;
    Where where;
    Span mark;
} Known;

static const Known known[] = {
#define PACKER(name, kind, where, mark)                                                            \
    {{name, PE_##kind, 0}, IN_##where, {(const uint8_t *)(mark), sizeof(mark) - 1}},
#include "pe/packers.def"
};

static bool starts_with(Span s, Span mark) {
    return span_equal(span_sub(s, 0, mark.n), mark);
}

static bool found_at(const Pe *pe, const uint8_t *p, uint64_t *at) {
    if (p) *at = (uint64_t)(p - pe->file.p);
    return p != NULL;
}

static bool in_sections(const Pe *pe, Span mark, uint64_t *at) {
    for (size_t i = 0; i < pe->section_count; i++) {
        if (!span_equal(span_str(pe->sections[i].name), mark)) continue;
        *at = pe->sections_offset + 40 * i;
        return true;
    }
    return false;
}

static bool in_piece(const Pe *pe, Span piece, Span mark, uint64_t *at) {
    return piece.n && found_at(pe, memmem(piece.p, piece.n, mark.p, mark.n), at);
}

static bool in_sectors(const Pe *pe, Span mark, uint64_t *at) {
    uint64_t sector = (pe->overlay + SECTOR - 1) & ~(uint64_t)(SECTOR - 1);
    for (unsigned n = 0; n < MOST_SECTORS && sector < pe->file.n; n++, sector += SECTOR)
        if (starts_with(span_clip(pe->file, sector + 4, UINT64_MAX), mark))
            return *at = sector, true;
    return false;
}

static bool in_resources(const Pe *pe, Span mark, uint64_t *at) {
    for (const PeResource *r = pe->resources; r; r = r->next)
        if (r->type_id == TYPE_RCDATA && !r->type && starts_with(r->bytes, mark))
            return found_at(pe, r->bytes.p, at);
    return false;
}

static bool is_there(const Pe *pe, const Known *k, uint64_t *at) {
    uint64_t headers = pe->sections_offset + 40 * pe->section_count;
    Span overlay = pe_overlay(pe);
    switch (k->where) {
    case IN_SECTION: return in_sections(pe, k->mark, at);
    case IN_HEADERS:
        return headers < pe->headers_size &&
               in_piece(pe, span_clip(pe->file, headers, pe->headers_size - headers), k->mark, at);
    case IN_OVERLAY: return starts_with(overlay, k->mark) && found_at(pe, overlay.p, at);
    case IN_SECTORS: return in_sectors(pe, k->mark, at);
    case IN_TAIL:
        return in_piece(pe, span_clip(overlay, overlay.n > TAIL ? overlay.n - TAIL : 0, TAIL),
                        k->mark, at);
    case IN_RESOURCE: return in_resources(pe, k->mark, at);
    }
    return false;
}

void pe_find_packer(Pe *pe) {
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint64_t at;
        if (!is_there(pe, &known[i], &at)) continue;
        pe->packer = known[i].packer;
        pe->packer.offset = at;
        return;
    }
}
