/* Exports. "PE Format", "The .edata Section".
 *
 * Three arrays: addresses (by ordinal - base), names (sorted) and, parallel to the names, indices
 * into the addresses. An address inside the export directory is a forwarder's text. */
#include "pe/pe.h"

enum { MAX_EXPORTS = 65536, MAX_NAME = 4096 };

typedef struct {
    Span addresses, names, indices;
    uint32_t base, functions, named;
} Table;

static uint32_t limit(Arena *a, Pe *pe, uint32_t count, Span array, unsigned size,
                      const char *what) {
    uint64_t most = array.n / size < MAX_EXPORTS ? array.n / size : MAX_EXPORTS;
    if (count <= most) return count;
    pe_note(a, pe, pe->directories_offset + 8 * PE_DIR_EXPORT,
            "the export table claims %u %s; %llu are read", count, what, (unsigned long long)most);
    return (uint32_t)most;
}

static bool read_table(Arena *a, Pe *pe, Table *t) {
    Cur c = cur(pe_rva(pe, pe->directories[PE_DIR_EXPORT].rva, 40));
    cur_skip(&c, 4);
    pe->export_timestamp = cur_u32le(&c);
    cur_skip(&c, 4);
    uint32_t name = cur_u32le(&c);
    t->base = cur_u32le(&c);
    uint32_t functions = cur_u32le(&c), named = cur_u32le(&c);
    t->addresses = pe_at(pe, cur_u32le(&c));
    t->names = pe_at(pe, cur_u32le(&c));
    t->indices = pe_at(pe, cur_u32le(&c));
    if (c.bad) {
        pe_note(a, pe, pe->directories_offset + 8 * PE_DIR_EXPORT,
                "the export table (RVA %xh) is not in the file",
                pe->directories[PE_DIR_EXPORT].rva);
        return false;
    }
    pe->export_name = pe_text(a, pe, name, MAX_NAME);
    t->functions = limit(a, pe, functions, t->addresses, 4, "functions");
    t->named = limit(a, pe, named, t->names, 4, "names");
    if (t->named > t->indices.n / 2) t->named = limit(a, pe, t->named, t->indices, 2, "names");
    return true;
}

static uint32_t word_at(Span array, size_t index, unsigned size) {
    Cur c = cur(span_sub(array, index * size, size));
    return (uint32_t)cur_le(&c, size);
}

static void add(Arena *a, Pe *pe, const Table *t, uint32_t index, Span name) {
    PeDirectory d = pe->directories[PE_DIR_EXPORT];
    PeExport *e = &pe->exports[pe->export_count++];
    *e = (PeExport){.name = name, .ordinal = t->base + index};
    e->rva = word_at(t->addresses, index, 4);
    if (e->rva >= d.rva && e->rva - d.rva < d.size) e->forwarder = pe_text(a, pe, e->rva, MAX_NAME);
}

Status pe_read_exports(Arena *a, Pe *pe) {
    Table t;
    if (!pe->directories[PE_DIR_EXPORT].rva || !read_table(a, pe, &t))
        return a->full ? ST_BUDGET : ST_OK;
    pe->exports = arena_new_array(a, PeExport, (size_t)t.functions + t.named);
    uint8_t *has_name = arena_alloc(a, t.functions);
    if (!pe->exports || !has_name) return ST_BUDGET;
    for (uint32_t i = 0; i < t.named; i++) {
        uint32_t index = word_at(t.indices, i, 2);
        if (index >= t.functions) continue;
        has_name[index] = 1;
        add(a, pe, &t, index, pe_text(a, pe, word_at(t.names, i, 4), MAX_NAME));
    }
    for (uint32_t i = 0; i < t.functions; i++)
        if (!has_name[i] && word_at(t.addresses, i, 4)) add(a, pe, &t, i, (Span){0});
    return a->full ? ST_BUDGET : ST_OK;
}
