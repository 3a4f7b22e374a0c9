/* Imports and delay-load imports. "PE Format", "The .idata Section" and "Delay-Load Import Tables".
 *
 * A descriptor names a DLL and two parallel arrays of thunks: the lookup table, and the address
 * table that the loader overwrites. As the loader does, the directory's size is not looked at: a
 * descriptor without a name or an address table ends the list. */
#include "pe/pe.h"

enum {
    DESCRIPTOR_SIZE = 20,
    DELAY_DESCRIPTOR_SIZE = 32,
    MAX_DLLS = 4096,
    MAX_FUNCTIONS = 65536, /* of all DLLs */
    MAX_NAME = 4096,       /* C++ names are long */
};

typedef struct {
    Arena *arena;
    Pe *pe;
    PeImport **tail;
    size_t dlls, functions;
} Reader;

static bool has_ordinal(const Pe *pe, uint64_t thunk) {
    return thunk >> (pe_is_64(pe) ? 63 : 31) & 1;
}

static void read_function(Reader *r, uint64_t thunk, PeImportedFunction *f) {
    f->by_ordinal = has_ordinal(r->pe, thunk);
    if (f->by_ordinal) {
        f->ordinal = (uint16_t)thunk;
        return;
    }
    Cur hint = cur(pe_at(r->pe, (uint32_t)thunk));
    f->ordinal = cur_u16le(&hint);
    f->name = pe_text(r->arena, r->pe, (uint32_t)thunk + 2, MAX_NAME);
}

/* Counts up to one more than `most`, so that many DLLs with one long table cost no more than one.
 */
static size_t count_thunks(Span table, unsigned word, size_t most) {
    Cur c = cur(table);
    size_t n = 0;
    while (n <= most && cur_le(&c, word) != 0) n++;
    return n;
}

static Status read_functions(Reader *r, PeImport *dll, uint32_t lookup, uint32_t addresses) {
    unsigned word = pe_is_64(r->pe) ? 8 : 4;
    Span table = pe_at(r->pe, lookup);
    size_t most = MAX_FUNCTIONS - r->functions;
    dll->count = count_thunks(table, word, most);
    if (dll->count > most) {
        pe_note(r->arena, r->pe, pe_offset(r->pe, lookup),
                "more than %d imported functions; the rest is not read", MAX_FUNCTIONS);
        dll->count = most;
    }
    r->functions += dll->count;
    dll->functions = arena_new_array(r->arena, PeImportedFunction, dll->count);
    if (!dll->functions) return ST_BUDGET;
    Cur c = cur(table);
    for (size_t i = 0; i < dll->count; i++) {
        dll->functions[i].slot = addresses + (uint32_t)(i * word);
        read_function(r, cur_le(&c, word), &dll->functions[i]);
    }
    return ST_OK;
}

static Status add_dll(Reader *r, Span name, bool delayed, uint32_t lookup, uint32_t addresses) {
    PeImport *dll = arena_one(r->arena, PeImport);
    if (!dll) return ST_BUDGET;
    *dll = (PeImport){.dll = name, .delayed = delayed};
    *r->tail = dll;
    r->tail = &dll->next;
    r->dlls++;
    return read_functions(r, dll, lookup, addresses);
}

/* Without a lookup table the loader reads the address table, which Borland's linker counts on. */
static Status read_imports(Reader *r) {
    Pe *pe = r->pe;
    uint32_t at = pe->directories[PE_DIR_IMPORT].rva;
    if (!at) return ST_OK;
    if (!pe_at(pe, at).n)
        pe_note(r->arena, pe, pe->directories_offset + 8 * PE_DIR_IMPORT,
                "the import table (RVA %xh) is not in the file", at);
    for (Cur c = cur(pe_at(pe, at)); cur_left(&c) >= DESCRIPTOR_SIZE && r->dlls < MAX_DLLS;) {
        uint64_t offset = (uint64_t)(c.span.p - pe->file.p) + c.at;
        uint32_t lookup = cur_u32le(&c);
        cur_skip(&c, 8); /* TimeDateStamp, ForwarderChain */
        uint32_t name = cur_u32le(&c), addresses = cur_u32le(&c);
        if (!name || !addresses) return ST_OK;
        Span dll = pe_text(r->arena, pe, name, MAX_NAME);
        if (!dll.n) pe_note(r->arena, pe, offset + 12, "an imported DLL has no name");
        TRY(add_dll(r, dll, false, pe_at(pe, lookup).n && lookup ? lookup : addresses, addresses));
    }
    return ST_OK;
}

/* Visual C++ 6 wrote addresses where later linkers write RVAs, and left Attributes at 0. */
static uint32_t delay_rva(const Pe *pe, uint32_t attributes, uint32_t value) {
    return attributes & 1 || !value ? value : value - (uint32_t)pe->image_base;
}

static Status read_delay_imports(Reader *r) {
    Pe *pe = r->pe;
    Span table = pe_at(pe, pe->directories[PE_DIR_DELAY_IMPORT].rva);
    if (!pe->directories[PE_DIR_DELAY_IMPORT].rva) return ST_OK;
    for (Cur c = cur(table); cur_left(&c) >= DELAY_DESCRIPTOR_SIZE && r->dlls < MAX_DLLS;) {
        uint32_t attributes = cur_u32le(&c), name = cur_u32le(&c);
        cur_skip(&c, 4); /* ModuleHandle */
        uint32_t addresses = cur_u32le(&c), lookup = cur_u32le(&c);
        cur_skip(&c, 12); /* bound and unload tables, TimeDateStamp */
        if (!name) return ST_OK;
        Span dll = pe_text(r->arena, pe, delay_rva(pe, attributes, name), MAX_NAME);
        TRY(add_dll(r, dll, true, delay_rva(pe, attributes, lookup),
                    delay_rva(pe, attributes, addresses)));
    }
    return ST_OK;
}

Status pe_read_imports(Arena *a, Pe *pe) {
    Reader r = {.arena = a, .pe = pe, .tail = &pe->imports};
    TRY(read_imports(&r));
    TRY(read_delay_imports(&r));
    if (r.dlls == MAX_DLLS)
        pe_note(a, pe, pe->directories_offset + 8 * PE_DIR_IMPORT,
                "%d imported DLLs or more; the rest is not read", MAX_DLLS);
    return a->full ? ST_BUDGET : ST_OK;
}

/* ---- bound imports: what the addresses were bound to, by the time of each DLL ---- */

enum { BOUND_SIZE = 8 };

static PeBound *new_bound(Arena *a, Span table, uint32_t timestamp, uint16_t name) {
    Cur c = cur(span_clip(table, name, MAX_NAME));
    PeBound *b = arena_one(a, PeBound);
    if (b) *b = (PeBound){.dll = cur_cstr(&c, MAX_NAME), .timestamp = timestamp};
    return b;
}

/* Forwarders' entries follow their DLL's and look the same; all are listed. */
Status pe_read_bound_imports(Arena *a, Pe *pe) {
    uint32_t rva = pe->directories[PE_DIR_BOUND_IMPORT].rva;
    if (!rva) return ST_OK;
    Span table = pe_at(pe, rva);
    if (!table.n)
        pe_note(a, pe, pe->directories_offset + 8 * PE_DIR_BOUND_IMPORT,
                "the table of bound imports is not in the file");
    PeBound **tail = &pe->bound;
    size_t count = 0;
    for (Cur c = cur(table); cur_left(&c) >= BOUND_SIZE && count < MAX_DLLS; count++) {
        uint32_t timestamp = cur_u32le(&c);
        uint16_t name = cur_u16le(&c);
        cur_skip(&c, 2);
        if (!timestamp && !name) return ST_OK;
        if (!(*tail = new_bound(a, table, timestamp, name))) return ST_BUDGET;
        tail = &(*tail)->next;
    }
    return a->full ? ST_BUDGET : ST_OK;
}

static bool imports_from(const Pe *pe, const char *dll) {
    for (const PeImport *i = pe->imports; i; i = i->next)
        if (i->dll.n == strlen(dll) && strncasecmp((const char *)i->dll.p, dll, i->dll.n) == 0)
            return true;
    return false;
}

bool pe_is_driver(const Pe *pe) {
    return pe_is_pe(pe) && pe->subsystem == PE_SUBSYSTEM_NATIVE && !imports_from(pe, "ntdll.dll");
}
