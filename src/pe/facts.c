/* A Pe as a map for reports. Addresses, RVAs and flag words are text in hex ("0x1000"); file
 * offsets, sizes and counts are numbers. What a file does not have is left out. */
#include "base/clock.h"
#include "pe/pe.h"
#include <math.h>

/* Tables may share bytes, so that a small file could ask for endless lists of long names. */
enum { MAX_LISTED = 20000, LONGEST_NAME = 512 };

static Value *hex(Arena *a, uint64_t number) {
    return value_printf(a, "0x%llx", (unsigned long long)number);
}

static Value *offset_or_null(Arena *a, uint64_t offset) {
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

/* Shannon's, in bits per byte, to three digits. */
static double entropy(Span bytes) {
    size_t counts[256] = {0};
    double sum = 0;
    for (size_t i = 0; i < bytes.n; i++) counts[bytes.p[i]]++;
    for (unsigned i = 0; i < 256; i++) {
        if (!counts[i]) continue;
        double share = (double)counts[i] / (double)bytes.n;
        sum -= share * log2(share);
    }
    return round(sum * 1000) / 1000;
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
    return name ? value_str(a, name) : hex(a, pe->machine);
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
    value_set(a, map, "characteristics", hex(a, pe->characteristics));
    value_set(a, map, "dll_characteristics", hex(a, pe->dll_characteristics));
    value_set(a, map, "entry", hex(a, pe->entry));
    value_set(a, map, "image_base", hex(a, pe->image_base));
    value_set(a, map, "image_size", value_uint(a, pe->image_size));
    value_set(a, map, "headers_size", value_uint(a, pe->headers_size));
    value_set(a, map, "section_alignment", value_uint(a, pe->section_alignment));
    value_set(a, map, "file_alignment", value_uint(a, pe->file_alignment));
    value_set(a, map, "checksum", hex(a, pe->checksum));
    value_set(a, map, "rich", value_bool(a, pe->rich));
}

static void set_rich(Arena *a, Value *map, const Pe *pe) {
    if (!pe->rich) return;
    Value *rich = value_map(a), *tools = value_list(a);
    value_set(a, map, "rich_hash", value_hex(a, span(pe->rich_hash, sizeof pe->rich_hash)));
    value_set(a, rich, "offset", value_uint(a, pe->rich_offset));
    value_set(a, rich, "size", value_uint(a, pe->rich_size));
    value_set(a, rich, "key", hex(a, pe->rich_key));
    value_set(a, rich, "intact", value_bool(a, pe->rich_intact));
    for (size_t i = 0; i < pe->rich_count; i++) {
        const PeRichEntry *e = &pe->rich_entries[i];
        Value *tool = value_map(a);
        value_set(a, tool, "product", value_uint(a, e->product));
        value_set(a, tool, "build", value_uint(a, e->build));
        value_set(a, tool, "count", value_uint(a, e->count));
        value_add(tools, tool);
    }
    value_set(a, rich, "tools", tools);
    value_set(a, map, "rich_header", rich);
}

static void set_imphash(Arena *a, Value *map, const Pe *pe) {
    if (pe->has_imphash)
        value_set(a, map, "imphash", value_hex(a, span(pe->imphash, sizeof pe->imphash)));
}

static Value *directories(Arena *a, const Pe *pe) {
    Value *map = value_map(a);
    for (unsigned i = 0; i < PE_DIR_COUNT; i++) {
        PeDirectory d = pe->directories[i];
        if (!d.rva && !d.size) continue;
        Value *entry = value_map(a);
        if (i == PE_DIR_SECURITY) value_set(a, entry, "offset", value_uint(a, d.rva));
        else value_set(a, entry, "rva", hex(a, d.rva));
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

static Value *section(Arena *a, const Pe *pe, const PeSection *s, uint64_t *looked_at) {
    Value *map = value_map(a);
    value_set(a, map, "name", value_str(a, s->name));
    value_set(a, map, "rva", hex(a, s->virtual_address));
    value_set(a, map, "virtual_size", value_uint(a, s->virtual_size));
    value_set(a, map, "offset", value_uint(a, s->raw_offset));
    value_set(a, map, "raw_size", value_uint(a, s->raw_size));
    value_set(a, map, "flags", section_flags(a, s));
    Span bytes = span_clip(pe->file, s->raw_offset, s->raw_offset ? s->raw_size : 0);
    *looked_at += bytes.n;
    bool again = *looked_at > 4 * (uint64_t)pe->file.n;
    value_set(a, map, "entropy", again ? value_null(a) : value_real(a, entropy(bytes)));
    return map;
}

static Value *sections(Arena *a, const Pe *pe) {
    Value *list = value_list(a);
    uint64_t looked_at = 0; /* thousands of sections may share the same bytes */
    for (size_t i = 0; i < pe->section_count && i < MAX_LISTED; i++)
        value_add(list, section(a, pe, &pe->sections[i], &looked_at));
    return list;
}

/* A signature stands behind the sections too and is no overlay. */
static Span overlay(const Pe *pe) {
    Span tail = span_clip(pe->file, pe->overlay, UINT64_MAX);
    PeDirectory certificates = pe->directories[PE_DIR_SECURITY];
    if (!certificates.size || certificates.rva < pe->overlay) return tail;
    Span before = span_clip(tail, 0, certificates.rva - pe->overlay);
    uint64_t end = (uint64_t)certificates.rva + certificates.size;
    bool padding = before.n < 8; /* the table is aligned to 8 */
    return padding ? span_clip(pe->file, end, UINT64_MAX) : before;
}

static void set_overlay(Arena *a, Value *map, const Pe *pe) {
    Span bytes = overlay(pe);
    if (!bytes.n) return;
    Value *entry = value_map(a);
    value_set(a, entry, "offset", value_uint(a, (uint64_t)(bytes.p - pe->file.p)));
    value_set(a, entry, "size", value_uint(a, bytes.n));
    value_set(a, entry, "entropy", value_real(a, entropy(bytes)));
    value_set(a, map, "overlay", entry);
}

/* ---- imports and exports ---- */

static Value *name(Arena *a, Span text) {
    return value_text(a, span_clip(text, 0, LONGEST_NAME));
}

static Value *function_name(Arena *a, const PeImportedFunction *f) {
    return f->by_ordinal ? value_printf(a, "#%u", f->ordinal) : name(a, f->name);
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
        value_set(a, map, "dll", name(a, dll->dll));
        value_set(a, map, "delayed", value_bool(a, dll->delayed));
        value_set(a, map, "functions", functions);
        size_t some = list_some(a, map, "more", dll->count, &listed);
        for (size_t i = 0; i < some; i++)
            value_add(functions, function_name(a, &dll->functions[i]));
        value_add(list, map);
    }
    return list;
}

static Value *export(Arena *a, const PeExport *e) {
    Value *map = value_map(a);
    if (e->name.n) value_set(a, map, "name", name(a, e->name));
    value_set(a, map, "ordinal", value_uint(a, e->ordinal));
    value_set(a, map, "rva", hex(a, e->rva));
    if (e->forwarder.n) value_set(a, map, "forwarder", name(a, e->forwarder));
    return map;
}

static void set_exports(Arena *a, Value *map, const Pe *pe) {
    if (!pe->export_count) return;
    Value *list = value_list(a);
    size_t listed = 0, some = list_some(a, map, "exports_more", pe->export_count, &listed);
    for (size_t i = 0; i < some; i++) value_add(list, export(a, &pe->exports[i]));
    value_set(a, map, "export_name", name(a, pe->export_name));
    value_set(a, map, "exports", list);
}

/* ---- the other tables ---- */

static Value *resource_label(Arena *a, const char *text, const char *known, uint32_t id) {
    if (text || known) return value_str(a, text ? text : known);
    return value_printf(a, "#%u", id);
}

static Value *resource(Arena *a, const Pe *pe, const PeResource *r) {
    Value *map = value_map(a);
    value_set(a, map, "type",
              resource_label(a, r->type, pe_resource_type_name(r->type_id), r->type_id));
    value_set(a, map, "name", resource_label(a, r->name, NULL, r->name_id));
    value_set(a, map, "language", value_uint(a, r->language));
    value_set(a, map, "offset", offset_or_null(a, pe_offset(pe, r->rva)));
    value_set(a, map, "size", value_uint(a, r->size));
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
        value_add(list, hex(a, pe->tls_callbacks[i]));
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
    value_set(a, pdb, "path", name(a, pe->pdb_path));
    value_set(a, pdb, "guid", guid(a, pe->pdb_guid));
    value_set(a, pdb, "age", value_uint(a, pe->pdb_age));
    value_set(a, map, "pdb", pdb);
}

static void set_dotnet(Arena *a, Value *map, const Pe *pe) {
    if (!pe->dotnet) return;
    Value *dotnet = value_map(a);
    value_set(a, dotnet, "version", value_text(a, pe->dotnet_version));
    value_set(a, dotnet, "flags", hex(a, pe->dotnet_flags));
    value_set(a, map, "dotnet", dotnet);
}

static Value *notes(Arena *a, const Pe *pe) {
    Value *list = value_list(a);
    for (const PeNote *n = pe->notes; n; n = n->next) {
        Value *map = value_map(a);
        value_set(a, map, "offset", offset_or_null(a, n->offset));
        value_set(a, map, "text", value_str(a, n->text));
        value_set(a, map, "refused", value_bool(a, n->refused));
        value_add(list, map);
    }
    return list;
}

Value *pe_facts(Arena *a, const Pe *pe) {
    Value *map = value_map(a);
    if (pe_is_pe(pe)) {
        set_headers(a, map, pe);
        set_rich(a, map, pe);
        set_imphash(a, map, pe);
        value_set(a, map, "directories", directories(a, pe));
        value_set(a, map, "sections", sections(a, pe));
        set_overlay(a, map, pe);
        value_set(a, map, "imports", imports(a, pe));
        set_exports(a, map, pe);
        set_resources(a, map, pe);
        set_tls(a, map, pe);
        set_pdb(a, map, pe);
        set_dotnet(a, map, pe);
    }
    if (pe->notes) value_set(a, map, "notes", notes(a, pe));
    return a->full ? NULL : map;
}
