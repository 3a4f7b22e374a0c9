/* A Pe as a map for reports. Addresses, RVAs and flag words are text in hex ("0x1000"); file
 * offsets, sizes and counts are numbers. What a file does not have is left out. */
#include "pe/facts.h"
#include "base/clock.h"
#include "base/hash.h"

/* Tables may share bytes, so that a small file could ask for endless lists of long names. */
enum { MAX_LISTED = 20000, LONGEST_NAME = 512 };

Value *facts_hex(Arena *a, uint64_t number) {
    return value_printf(a, "0x%llx", (unsigned long long)number);
}

Value *facts_offset(Arena *a, uint64_t offset) {
    return offset == PE_NO_OFFSET ? value_null(a) : value_uint(a, offset);
}

static Value *version(Arena *a, unsigned major, unsigned minor) {
    return value_printf(a, "%u.%u", major, minor);
}

static Value *unix_time(Arena *a, uint32_t seconds) {
    char text[TIME_TEXT_SIZE];
    time_print(seconds * TIME_SECOND, text);
    return value_str(a, text);
}

/* ---- headers ---- */

static Value *kinds(Arena *a, const Pe *pe) {
    Value *list = value_list(a);
    if (pe_is_dll(pe)) value_add(list, value_str(a, "dll"));
    if (pe_is_driver(pe)) value_add(list, value_str(a, "driver"));
    if (pe->dotnet) value_add(list, value_str(a, ".net"));
    return list;
}

static Value *machine(Arena *a, const Pe *pe) {
    const char *name = pe_machine_name(pe->machine);
    return name ? value_str(a, name) : facts_hex(a, pe->machine);
}

static Value *subsystem(Arena *a, const Pe *pe) {
    const char *name = pe_subsystem_name(pe->subsystem);
    return name ? value_str(a, name) : value_uint(a, pe->subsystem);
}

static void set_headers(Arena *a, Value *map, const Pe *pe) {
    value_set(a, map, "machine", machine(a, pe));
    value_set(a, map, "subsystem", subsystem(a, pe));
    value_set(a, map, "kinds", kinds(a, pe));
    value_set(a, map, "timestamp", unix_time(a, pe->timestamp));
    value_set(a, map, "linker", version(a, pe->linker_major, pe->linker_minor));
    value_set(a, map, "subsystem_version", version(a, pe->subsystem_major, pe->subsystem_minor));
    value_set(a, map, "characteristics", facts_hex(a, pe->characteristics));
    value_set(a, map, "dll_characteristics", facts_hex(a, pe->dll_characteristics));
    value_set(a, map, "entry", facts_hex(a, pe->entry));
    value_set(a, map, "image_base", facts_hex(a, pe->image_base));
    value_set(a, map, "image_size", value_uint(a, pe->image_size));
    value_set(a, map, "headers_size", value_uint(a, pe->headers_size));
    value_set(a, map, "section_alignment", value_uint(a, pe->section_alignment));
    value_set(a, map, "file_alignment", value_uint(a, pe->file_alignment));
    value_set(a, map, "checksum", facts_hex(a, pe->checksum));
    if (pe->checksum)
        value_set(a, map, "checksum_right", value_bool(a, pe->right_checksum == pe->checksum));
    value_set(a, map, "rich", value_bool(a, pe->rich));
}

static Value *directories(Arena *a, const Pe *pe) {
    Value *map = value_map(a);
    for (unsigned i = 0; i < PE_DIR_COUNT; i++) {
        PeDirectory d = pe->directories[i];
        if (!d.rva && !d.size) continue;
        Value *entry = value_map(a);
        if (i == PE_DIR_SECURITY) value_set(a, entry, "offset", value_uint(a, d.rva));
        else value_set(a, entry, "rva", facts_hex(a, d.rva));
        value_set(a, entry, "size", value_uint(a, d.size));
        value_set(a, map, pe_directory_name((PeDirectoryIndex)i), entry);
    }
    return map;
}

/* ---- sections and overlay ---- */

static Value *section_flags(Arena *a, const PeSection *s) {
    return value_printf(a, "%c%c%c%s", s->characteristics & PE_SCN_READ ? 'r' : '-',
                        s->characteristics & PE_SCN_WRITE ? 'w' : '-',
                        s->characteristics & PE_SCN_EXECUTE ? 'x' : '-',
                        s->characteristics & PE_SCN_SHARED ? "s" : "");
}

static Value *measured(Arena *a, double entropy) {
    return entropy < 0 ? value_null(a) : value_real(a, entropy);
}

static Value *section(Arena *a, const PeSection *s) {
    Value *map = value_map(a);
    value_set(a, map, "name", value_str(a, s->name));
    value_set(a, map, "rva", facts_hex(a, s->virtual_address));
    value_set(a, map, "virtual_size", value_uint(a, s->virtual_size));
    value_set(a, map, "offset", value_uint(a, s->raw_offset));
    value_set(a, map, "raw_size", value_uint(a, s->raw_size));
    value_set(a, map, "flags", section_flags(a, s));
    value_set(a, map, "entropy", measured(a, s->entropy));
    return map;
}

static Value *sections(Arena *a, const Pe *pe) {
    Value *list = value_list(a);
    for (size_t i = 0; i < pe->section_count && i < MAX_LISTED; i++)
        value_add(list, section(a, &pe->sections[i]));
    return list;
}

static void set_overlay(Arena *a, Value *map, const Pe *pe) {
    Span bytes = pe_overlay(pe);
    if (!bytes.n) return;
    Value *entry = value_map(a);
    value_set(a, entry, "offset", value_uint(a, (uint64_t)(bytes.p - pe->file.p)));
    value_set(a, entry, "size", value_uint(a, bytes.n));
    value_set(a, entry, "entropy", value_real(a, pe_entropy(bytes)));
    uint8_t digest[32];
    hash_sha256(bytes, digest);
    value_set(a, entry, "sha256", value_hex(a, span(digest, sizeof digest)));
    value_set(a, map, "overlay", entry);
}

/* ---- imports and exports ---- */

Value *facts_name(Arena *a, Span text) {
    return value_text(a, span_clip(text, 0, LONGEST_NAME));
}

static Value *function_name(Arena *a, const PeImportedFunction *f) {
    return f->by_ordinal ? value_printf(a, "#%u", f->ordinal) : facts_name(a, f->name);
}

/* How many of `count` more entries are listed; the map says how many are not. */
static size_t list_some(Arena *a, Value *map, const char *key, size_t count, size_t *listed) {
    size_t some = count < MAX_LISTED - *listed ? count : MAX_LISTED - *listed;
    *listed += some;
    if (some < count) value_set(a, map, key, value_uint(a, count - some));
    return some;
}

static Value *imports(Arena *a, const Pe *pe) {
    Value *list = value_list(a);
    size_t listed = 0;
    for (const PeImport *dll = pe->imports; dll; dll = dll->next) {
        Value *map = value_map(a), *functions = value_list(a);
        value_set(a, map, "dll", facts_name(a, dll->dll));
        value_set(a, map, "delayed", value_bool(a, dll->delayed));
        value_set(a, map, "functions", functions);
        size_t some = list_some(a, map, "more", dll->count, &listed);
        for (size_t i = 0; i < some; i++)
            value_add(functions, function_name(a, &dll->functions[i]));
        value_add(list, map);
    }
    return list;
}

static void set_bound(Arena *a, Value *map, const Pe *pe) {
    if (!pe->bound) return;
    Value *list = value_list(a);
    for (const PeBound *b = pe->bound; b; b = b->next) {
        Value *entry = value_map(a);
        value_set(a, entry, "dll", facts_name(a, b->dll));
        value_set(a, entry, "timestamp", unix_time(a, b->timestamp));
        value_add(list, entry);
    }
    value_set(a, map, "bound_imports", list);
}

static Value *export(Arena *a, const PeExport *e) {
    Value *map = value_map(a);
    if (e->name.n) value_set(a, map, "name", facts_name(a, e->name));
    value_set(a, map, "ordinal", value_uint(a, e->ordinal));
    value_set(a, map, "rva", facts_hex(a, e->rva));
    if (e->forwarder.n) value_set(a, map, "forwarder", facts_name(a, e->forwarder));
    return map;
}

static void set_exports(Arena *a, Value *map, const Pe *pe) {
    if (!pe->export_count) return;
    Value *list = value_list(a);
    size_t listed = 0, some = list_some(a, map, "exports_more", pe->export_count, &listed);
    for (size_t i = 0; i < some; i++) value_add(list, export(a, &pe->exports[i]));
    value_set(a, map, "export_name", facts_name(a, pe->export_name));
    value_set(a, map, "exports", list);
}

/* ---- the other tables ---- */

static Value *resource_label(Arena *a, const char *text, const char *known, uint32_t id) {
    if (text || known) return value_str(a, text ? text : known);
    return value_printf(a, "#%u", id);
}

static Value *resource_type(Arena *a, const PeResource *r) {
    return resource_label(a, r->type, pe_resource_type_name(r->type_id), r->type_id);
}

Value *facts_resource_name(Arena *a, const PeResource *r) {
    return value_printf(a, "%s/%s/%u", value_get_str(resource_type(a, r), ""),
                        value_get_str(resource_label(a, r->name, NULL, r->name_id), ""),
                        r->language);
}

static Value *resource(Arena *a, const Pe *pe, const PeResource *r) {
    Value *map = value_map(a);
    value_set(a, map, "type", resource_type(a, r));
    value_set(a, map, "name", resource_label(a, r->name, NULL, r->name_id));
    value_set(a, map, "language", value_uint(a, r->language));
    value_set(a, map, "offset", facts_offset(a, pe_offset(pe, r->rva)));
    value_set(a, map, "size", value_uint(a, r->size));
    value_set(a, map, "entropy", measured(a, r->entropy));
    return map;
}

static void set_resources(Arena *a, Value *map, const Pe *pe) {
    if (!pe->resources) return;
    Value *list = value_list(a);
    for (const PeResource *r = pe->resources; r; r = r->next) value_add(list, resource(a, pe, r));
    value_set(a, map, "resources", list);
}

static void set_tls(Arena *a, Value *map, const Pe *pe) {
    if (!pe->has_tls) return;
    Value *list = value_list(a);
    for (size_t i = 0; i < pe->tls_callback_count; i++)
        value_add(list, facts_hex(a, pe->tls_callbacks[i]));
    value_set(a, map, "tls_callbacks", list);
}

/* As Microsoft's tools spell it: three little-endian numbers, then bytes. */
static Value *guid(Arena *a, const uint8_t g[16]) {
    return value_printf(a, "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X",
                        g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11],
                        g[12], g[13], g[14], g[15]);
}

static void set_pdb(Arena *a, Value *map, const Pe *pe) {
    if (!pe->pdb_path.n) return;
    Value *pdb = value_map(a);
    value_set(a, pdb, "path", facts_name(a, pe->pdb_path));
    value_set(a, pdb, "guid", guid(a, pe->pdb_guid));
    value_set(a, pdb, "age", value_uint(a, pe->pdb_age));
    value_set(a, pdb, "offset", value_uint(a, pe->pdb_offset));
    value_set(a, map, "pdb", pdb);
}

/* ECMA-335 II.25.3.3.1 */
enum {
    DOTNET_IL_ONLY = 0x1,
    DOTNET_32BIT = 0x2,
    DOTNET_STRONG_NAME = 0x8,
    DOTNET_NATIVE_ENTRY = 0x10,
};

static void set_dotnet(Arena *a, Value *map, const Pe *pe) {
    if (!pe->dotnet) return;
    Value *dotnet = value_map(a);
    value_set(a, dotnet, "version", value_text(a, pe->dotnet_version));
    value_set(a, dotnet, "flags", facts_hex(a, pe->dotnet_flags));
    value_set(a, dotnet, "runtime", version(a, pe->dotnet_major, pe->dotnet_minor));
    value_set(a, dotnet, "il_only", value_bool(a, pe->dotnet_flags & DOTNET_IL_ONLY));
    value_set(a, dotnet, "needs_32_bits", value_bool(a, pe->dotnet_flags & DOTNET_32BIT));
    value_set(a, dotnet, "native_entry", value_bool(a, pe->dotnet_flags & DOTNET_NATIVE_ENTRY));
    value_set(a, dotnet, "strong_name", value_bool(a, pe->dotnet_flags & DOTNET_STRONG_NAME));
    value_set(a, dotnet, "entry", facts_hex(a, pe->dotnet_entry));
    value_set(a, map, "dotnet", dotnet);
}

static void set_notes(Arena *a, Value *map, const Pe *pe) {
    if (!pe->notes) return;
    Value *list = value_list(a);
    for (const PeNote *n = pe->notes; n; n = n->next) {
        Value *note = value_map(a);
        value_set(a, note, "offset", facts_offset(a, n->offset));
        value_set(a, note, "text", value_str(a, n->text));
        value_set(a, note, "refused", value_bool(a, n->refused));
        value_add(list, note);
    }
    value_set(a, map, "notes", list);
    size_t listed = value_count(list);
    if (pe->note_count > listed)
        value_set(a, map, "notes_more", value_uint(a, pe->note_count - listed));
}

Value *pe_facts(Arena *a, const Pe *pe) {
    Value *map = value_map(a);
    if (pe_is_pe(pe)) {
        set_headers(a, map, pe);
        facts_set_origin(a, map, pe);
        value_set(a, map, "directories", directories(a, pe));
        value_set(a, map, "sections", sections(a, pe));
        set_overlay(a, map, pe);
        value_set(a, map, "imports", imports(a, pe));
        set_bound(a, map, pe);
        set_exports(a, map, pe);
        set_resources(a, map, pe);
        set_tls(a, map, pe);
        set_pdb(a, map, pe);
        set_dotnet(a, map, pe);
    }
    set_notes(a, map, pe);
    return a->full ? NULL : map;
}
