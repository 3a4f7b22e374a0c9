/* The small tables: TLS, .NET; and all of them. "PE Format", "The .tls Section"; ECMA-335 II.25.3.3
 * (CLI header) and II.24.2.1 (metadata root). */
#include "pe/pe.h"

enum {
    MAX_CALLBACKS = 1024,
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
    cur_skip(&c, 4); /* cb */
    pe->dotnet_major = cur_u16le(&c);
    pe->dotnet_minor = cur_u16le(&c);
    uint32_t metadata = cur_u32le(&c);
    cur_skip(&c, 4);
    pe->dotnet_flags = cur_u32le(&c);
    pe->dotnet_entry = cur_u32le(&c);
    cur_skip(&c, 8); /* resources */
    pe->dotnet_strong_name.rva = cur_u32le(&c);
    pe->dotnet_strong_name.size = cur_u32le(&c);
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
    TRY(pe_read_bound_imports(a, pe));
    TRY(pe_read_exports(a, pe));
    TRY(pe_read_resources(a, pe));
    TRY(pe_read_tls(a, pe));
    TRY(pe_read_debug(a, pe));
    TRY(pe_read_load_config(a, pe));
    TRY(pe_read_version(a, pe));
    TRY(pe_read_manifest(a, pe));
    pe_measure(pe);
    TRY(pe_find_embedded(a, pe));
    pe_find_packer(pe);
    return pe_read_dotnet(a, pe);
}
