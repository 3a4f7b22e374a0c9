/* The small tables: TLS, debug, .NET. "PE Format", "The .tls Section" and "The .debug Section";
 * ECMA-335 II.25.3.3 (CLI header) and II.24.2.1 (metadata root). */
#include "pe/pe.h"

enum {
    MAX_CALLBACKS = 1024,
    MAX_DEBUG = 64,
    DEBUG_ENTRY_SIZE = 28,
    DEBUG_CODEVIEW = 2,
    MAX_PATH_BYTES = 4096,
    MAX_VERSION = 255, /* ECMA-335 */
};

static uint64_t directory_offset(const Pe *pe, PeDirectoryIndex index) {
    return pe->directories_offset + 8 * index;
}

/* ---- TLS ---- */

/* Addresses up to a zero. */
static size_t count_callbacks(Span table, unsigned word) {
    Cur c = cur(table);
    size_t n = 0;
    while (n < MAX_CALLBACKS && cur_le(&c, word) != 0) n++;
    return n;
}

Status pe_read_tls(Arena *a, Pe *pe) {
    uint32_t rva = pe->directories[PE_DIR_TLS].rva;
    if (!rva) return ST_OK;
    unsigned word = pe_is_64(pe) ? 8 : 4;
    Cur c = cur(pe_rva(pe, rva, 4 * word + 8));
    cur_skip(&c, 3 * word); /* start and end of the data, address of the index */
    uint64_t callbacks = cur_le(&c, word);
    pe->has_tls = !c.bad;
    if (c.bad) pe_note(a, pe, directory_offset(pe, PE_DIR_TLS), "the TLS table is not in the file");
    if (!callbacks) return a->full ? ST_BUDGET : ST_OK;

    Span table = pe_at(pe, (uint32_t)(callbacks - pe->image_base));
    if (!table.n || callbacks - pe->image_base > UINT32_MAX) {
        pe_note(a, pe, pe_offset(pe, rva), "the list of TLS callbacks is not in the file");
        return a->full ? ST_BUDGET : ST_OK;
    }
    pe->tls_callback_count = count_callbacks(table, word);
    pe->tls_callbacks = arena_new_array(a, uint32_t, pe->tls_callback_count);
    if (!pe->tls_callbacks) return ST_BUDGET;
    c = cur(table);
    for (size_t i = 0; i < pe->tls_callback_count; i++)
        pe->tls_callbacks[i] = (uint32_t)(cur_le(&c, word) - pe->image_base);
    return a->full ? ST_BUDGET : ST_OK;
}

/* ---- debug ---- */

/* "RSDS", GUID, age, path; or the older "NB10", offset, timestamp, age, path. */
static void read_codeview(Pe *pe, const PeDebug *d) {
    Cur c = cur(span_sub(pe->file, d->file_at, d->size));
    uint32_t mark = cur_u32le(&c);
    if (mark == 0x53445352) {
        Span guid = cur_take(&c, 16);
        if (guid.n) memcpy(pe->pdb_guid, guid.p, guid.n);
    } else if (mark == 0x3031424e) {
        cur_skip(&c, 8);
    } else return;
    pe->pdb_age = cur_u32le(&c);
    pe->pdb_path = cur_cstr(&c, MAX_PATH_BYTES);
}

Status pe_read_debug(Arena *a, Pe *pe) {
    PeDirectory directory = pe->directories[PE_DIR_DEBUG];
    if (!directory.rva || !directory.size) return ST_OK;
    Span table = pe_directory(pe, PE_DIR_DEBUG);
    if (table.n < DEBUG_ENTRY_SIZE)
        pe_note(a, pe, directory_offset(pe, PE_DIR_DEBUG), "the debug table is not in the file");
    size_t count = table.n / DEBUG_ENTRY_SIZE;
    pe->debug_count = count < MAX_DEBUG ? count : MAX_DEBUG;
    pe->debug = arena_new_array(a, PeDebug, pe->debug_count);
    if (!pe->debug) return ST_BUDGET;
    Cur c = cur(table);
    for (size_t i = 0; i < pe->debug_count; i++) {
        PeDebug *d = &pe->debug[i];
        cur_skip(&c, 4);
        d->timestamp = cur_u32le(&c);
        cur_skip(&c, 4);
        d->type = cur_u32le(&c);
        d->size = cur_u32le(&c);
        d->rva = cur_u32le(&c);
        d->file_at = cur_u32le(&c);
        if (d->type == DEBUG_CODEVIEW && !pe->pdb_path.n) read_codeview(pe, d);
    }
    return a->full ? ST_BUDGET : ST_OK;
}

/* ---- .NET ---- */

static void read_metadata(Arena *a, Pe *pe, uint32_t rva) {
    Cur c = cur(pe_at(pe, rva));
    uint32_t mark = cur_u32le(&c);
    cur_skip(&c, 8);
    uint32_t size = cur_u32le(&c);
    Span version = cur_take(&c, size < MAX_VERSION ? size : MAX_VERSION);
    if (mark != 0x424a5342 || c.bad) {
        pe_note(a, pe, directory_offset(pe, PE_DIR_CLR), "the .NET metadata is not in the file");
        return;
    }
    Cur text = cur(version);
    pe->dotnet_version = cur_cstr(&text, version.n);
}

Status pe_read_dotnet(Arena *a, Pe *pe) {
    PeDirectory d = pe->directories[PE_DIR_CLR];
    if (!d.rva || !d.size) return ST_OK;
    pe->dotnet = true;
    Cur c = cur(pe_rva(pe, d.rva, 72));
    cur_skip(&c, 8); /* cb, runtime version */
    uint32_t metadata = cur_u32le(&c);
    cur_skip(&c, 4);
    pe->dotnet_flags = cur_u32le(&c);
    if (c.bad)
        pe_note(a, pe, directory_offset(pe, PE_DIR_CLR), "the .NET header is not in the file");
    else read_metadata(a, pe, metadata);
    return a->full ? ST_BUDGET : ST_OK;
}

Status pe_read_tables(Arena *a, Pe *pe) {
    if (!pe_is_pe(pe)) return ST_OK;
    TRY(pe_read_rich(a, pe));
    TRY(pe_read_imports(a, pe));
    pe_hash_imports(pe);
    TRY(pe_read_exports(a, pe));
    TRY(pe_read_resources(a, pe));
    TRY(pe_read_tls(a, pe));
    TRY(pe_read_debug(a, pe));
    return pe_read_dotnet(a, pe);
}
