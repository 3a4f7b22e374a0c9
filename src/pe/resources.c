/* Resources. "PE Format", "The .rsrc Section": a tree of three levels, type / name / language,
 * whose offsets count from the root directory. Tables may share bytes, so the entries that are
 * looked at are counted and limited. */
#include "base/text.h"
#include "pe/pe.h"

enum { DIRECTORY_SIZE = 16, LEVELS = 3, MAX_ENTRIES = 16384, MAX_LABEL = 256 };

#define IS_DIRECTORY 0x80000000u

typedef struct {
    Arena *arena;
    Pe *pe;
    Span root;
    PeResource **tail;
    size_t entries;
} Reader;

static uint64_t file_offset(const Reader *r, uint32_t at) {
    return (uint64_t)(r->root.p - r->pe->file.p) + at;
}

/* A counted UTF-16 text, of which the beginning is kept: many entries may share a long one. */
static const char *read_label(Reader *r, uint32_t at) {
    Cur c = cur(r->root);
    cur_seek(&c, at);
    uint16_t units = cur_u16le(&c);
    Span text = cur_take(&c, (uint64_t)units * 2);
    if (c.bad)
        pe_note(r->arena, r->pe, file_offset(r, at), "a resource's name ends past its section");
    return text_from_utf16(r->arena, span_clip(text, 0, MAX_LABEL * 2));
}

static Status add_leaf(Reader *r, const PeResource *path, uint32_t at) {
    Cur c = cur(r->root);
    cur_seek(&c, at);
    PeResource *leaf = arena_one(r->arena, PeResource);
    if (!leaf) return ST_BUDGET;
    *leaf = *path;
    leaf->rva = cur_u32le(&c);
    leaf->size = cur_u32le(&c);
    leaf->code_page = cur_u32le(&c);
    leaf->bytes = pe_rva(r->pe, leaf->rva, leaf->size);
    if (c.bad || (leaf->size && !leaf->bytes.n))
        pe_note(r->arena, r->pe, file_offset(r, at), "a resource of %u bytes is not in the file",
                leaf->size);
    *r->tail = leaf;
    r->tail = &leaf->next;
    return ST_OK;
}

static void name_level(Reader *r, PeResource *path, unsigned level, uint32_t id) {
    const char *label = id & IS_DIRECTORY ? read_label(r, id & ~IS_DIRECTORY) : NULL;
    if (level == 0) path->type_id = id, path->type = label;
    else if (level == 1) path->name_id = id, path->name = label;
    else path->language = id;
}

static Status read_directory(Reader *r, uint32_t at, unsigned level, PeResource path) {
    Cur c = cur(r->root);
    cur_seek(&c, at);
    cur_skip(&c, 12);
    uint32_t count = cur_u16le(&c);
    count += cur_u16le(&c);
    for (uint32_t i = 0; i < count && r->entries < MAX_ENTRIES; i++) {
        uint32_t id = cur_u32le(&c), child = cur_u32le(&c);
        if (c.bad) {
            pe_note(r->arena, r->pe, file_offset(r, at),
                    "a resource directory ends past its section");
            return ST_OK;
        }
        r->entries++;
        name_level(r, &path, level, id);
        if (!(child & IS_DIRECTORY)) TRY(add_leaf(r, &path, child));
        else if (level + 1 < LEVELS) TRY(read_directory(r, child & ~IS_DIRECTORY, level + 1, path));
        else
            pe_note(r->arena, r->pe, file_offset(r, at), "resources nest deeper than three levels");
    }
    return ST_OK;
}

Status pe_read_resources(Arena *a, Pe *pe) {
    uint32_t rva = pe->directories[PE_DIR_RESOURCE].rva;
    if (!rva) return ST_OK;
    Reader r = {.arena = a, .pe = pe, .root = pe_at(pe, rva), .tail = &pe->resources};
    if (r.root.n < DIRECTORY_SIZE) {
        pe_note(a, pe, pe->directories_offset + 8 * PE_DIR_RESOURCE,
                "the resource table (RVA %xh) is not in the file", rva);
        return a->full ? ST_BUDGET : ST_OK;
    }
    Cur stamp = cur(r.root);
    cur_seek(&stamp, 4);
    pe->resource_timestamp = cur_u32le(&stamp);
    TRY(read_directory(&r, 0, 0, (PeResource){0}));
    if (r.entries == MAX_ENTRIES)
        pe_note(a, pe, file_offset(&r, 0), "%d resource entries or more; the rest is not read",
                MAX_ENTRIES);
    return a->full ? ST_BUDGET : ST_OK;
}

const PeResource *pe_find_resource(const Pe *pe, uint32_t type) {
    for (const PeResource *r = pe->resources; r; r = r->next)
        if (r->type_id == type && !r->type && r->bytes.n) return r;
    return NULL;
}
