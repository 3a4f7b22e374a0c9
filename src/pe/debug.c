/* The debug directory. "PE Format", "The .debug Section". Of its entries CodeView names the PDB (in
 * the layouts "RSDS" and the older "NB10"), and REPRO says that the linker made every timestamp of
 * the file out of its content, so that they are no times. */
#include "pe/pe.h"

enum {
    MAX_DEBUG = 64,
    ENTRY_SIZE = 28,
    MAX_PATH_BYTES = 4096,
    CODEVIEW = 2,
    REPRO = 16,
};

#define RSDS 0x53445352u
#define NB10 0x3031424eu

static void read_codeview(Pe *pe, const PeDebug *d) {
    Cur c = cur(span_sub(pe->file, d->file_at, d->size));
    uint32_t mark = cur_u32le(&c);
    if (mark == RSDS) {
        Span guid = cur_take(&c, 16);
        if (guid.n) memcpy(pe->pdb_guid, guid.p, guid.n);
    } else if (mark == NB10) {
        cur_skip(&c, 4); /* offset */
        pe->pdb_timestamp = cur_u32le(&c);
    } else return;
    pe->pdb_age = cur_u32le(&c);
    pe->pdb_path = cur_cstr(&c, MAX_PATH_BYTES);
    pe->pdb_offset = d->file_at;
}

static void read_entry(Pe *pe, Cur *c, PeDebug *d) {
    cur_skip(c, 4);
    d->timestamp = cur_u32le(c);
    cur_skip(c, 4);
    d->type = cur_u32le(c);
    d->size = cur_u32le(c);
    d->rva = cur_u32le(c);
    d->file_at = cur_u32le(c);
    if (d->type == CODEVIEW && !pe->pdb_path.n) read_codeview(pe, d);
    if (d->type == REPRO) pe->reproducible = true;
}

Status pe_read_debug(Arena *a, Pe *pe) {
    PeDirectory directory = pe->directories[PE_DIR_DEBUG];
    if (!directory.rva || !directory.size) return ST_OK;
    Span table = pe_directory(pe, PE_DIR_DEBUG);
    if (table.n < ENTRY_SIZE)
        pe_note(a, pe, pe->directories_offset + 8 * PE_DIR_DEBUG,
                "the debug table is not in the file");
    size_t count = table.n / ENTRY_SIZE;
    if (count > MAX_DEBUG)
        pe_note(a, pe, pe_offset(pe, directory.rva), "%zu debug entries; %d are read", count,
                MAX_DEBUG);
    pe->debug_count = count < MAX_DEBUG ? count : MAX_DEBUG;
    pe->debug = arena_new_array(a, PeDebug, pe->debug_count);
    if (!pe->debug) return ST_BUDGET;
    Cur c = cur(table);
    for (size_t i = 0; i < pe->debug_count; i++) read_entry(pe, &c, &pe->debug[i]);
    return a->full ? ST_BUDGET : ST_OK;
}
