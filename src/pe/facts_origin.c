/* How a program was made, as far as its file tells: compilers, times, paths, what it calls itself;
 * and what was put into it or around it. */
#include "base/clock.h"
#include "pe/facts.h"

/* ---- Rich header and imphash ---- */

static Value *rich_tools(Arena *a, const Pe *pe) {
    Value *tools = value_list(a);
    for (size_t i = 0; i < pe->rich_count; i++) {
        const PeRichEntry *e = &pe->rich_entries[i];
        Value *tool = value_map(a);
        value_set(a, tool, "product", value_uint(a, e->product));
        value_set(a, tool, "build", value_uint(a, e->build));
        value_set(a, tool, "count", value_uint(a, e->count));
        value_add(tools, tool);
    }
    return tools;
}

static void set_rich(Arena *a, Value *map, const Pe *pe) {
    if (!pe->rich) return;
    Value *rich = value_map(a);
    value_set(a, map, "rich_hash", value_hex(a, span(pe->rich_hash, sizeof pe->rich_hash)));
    value_set(a, rich, "offset", value_uint(a, pe->rich_offset));
    value_set(a, rich, "size", value_uint(a, pe->rich_size));
    value_set(a, rich, "key", facts_hex(a, pe->rich_key));
    value_set(a, rich, "intact", value_bool(a, pe->rich_intact));
    value_set(a, rich, "tools", rich_tools(a, pe));
    value_set(a, map, "rich_header", rich);
}

static void set_imphash(Arena *a, Value *map, const Pe *pe) {
    if (pe->has_imphash)
        value_set(a, map, "imphash", value_hex(a, span(pe->imphash, sizeof pe->imphash)));
}

/* ---- times ---- */

static Value *unix_time(Arena *a, uint32_t seconds) {
    char text[TIME_TEXT_SIZE];
    time_print(seconds * TIME_SECOND, text);
    return value_str(a, text);
}

static void set_time(Arena *a, Value *map, const char *key, uint32_t seconds) {
    if (seconds) value_set(a, map, key, unix_time(a, seconds));
}

static Value *debug_times(Arena *a, const Pe *pe) {
    Value *list = value_list(a);
    uint32_t last = 0;
    for (size_t i = 0; i < pe->debug_count; i++) {
        uint32_t now = pe->debug[i].timestamp;
        if (now && now != last) value_add(list, unix_time(a, now));
        last = now;
    }
    return value_count(list) ? list : NULL;
}

static void set_times(Arena *a, Value *map, const Pe *pe) {
    Value *times = value_map(a);
    set_time(a, times, "header", pe->timestamp);
    set_time(a, times, "export", pe->export_timestamp);
    set_time(a, times, "resource", pe->resource_timestamp);
    set_time(a, times, "pdb", pe->pdb_timestamp);
    value_set(a, times, "debug", debug_times(a, pe));
    value_set(a, times, "reproducible", value_bool(a, pe->reproducible));
    if (!pe->reproducible) value_set(a, times, "agree", value_bool(a, pe_times_agree(pe)));
    value_set(a, map, "times", times);
}

/* ---- debug entries, load configuration ---- */

static Value *debug_entry(Arena *a, const PeDebug *d) {
    Value *map = value_map(a);
    const char *type = pe_debug_type_name(d->type);
    value_set(a, map, "type", type ? value_str(a, type) : value_printf(a, "#%u", d->type));
    value_set(a, map, "offset", value_uint(a, d->file_at));
    value_set(a, map, "size", value_uint(a, d->size));
    return map;
}

static void set_debug(Arena *a, Value *map, const Pe *pe) {
    Value *list = value_list(a);
    for (size_t i = 0; i < pe->debug_count; i++) value_add(list, debug_entry(a, &pe->debug[i]));
    if (pe->debug_count) value_set(a, map, "debug", list);
}

static void set_load_config(Arena *a, Value *map, const Pe *pe) {
    enum { GUARD_CF = 0x100 }; /* IMAGE_GUARD_CF_INSTRUMENTED */
    if (!pe->has_load_config) return;
    Value *config = value_map(a);
    value_set(a, config, "security_cookie", value_bool(a, pe->security_cookie != 0));
    value_set(a, config, "safe_seh_handlers", value_uint(a, pe->seh_handlers));
    value_set(a, config, "control_flow_guard", value_bool(a, pe->guard_flags & GUARD_CF));
    value_set(a, config, "guarded_functions", value_uint(a, pe->guard_functions));
    value_set(a, config, "guard_flags", facts_hex(a, pe->guard_flags));
    value_set(a, map, "load_config", config);
}

/* ---- what it calls itself ---- */

static Value *version_number(Arena *a, const uint16_t v[4]) {
    return value_printf(a, "%u.%u.%u.%u", v[0], v[1], v[2], v[3]);
}

static bool same_language(const PeVersionString *s, const char *language) {
    return s->language == language ||
           (s->language && language && strcmp(s->language, language) == 0);
}

/* One map for each run of strings of one language. */
static Value *version_tables(Arena *a, const PeVersionString *s) {
    Value *tables = value_list(a);
    while (s) {
        const char *language = s->language;
        Value *table = value_map(a), *strings = value_map(a);
        value_set(a, table, "language", value_str(a, language ? language : ""));
        for (; s && same_language(s, language); s = s->next)
            value_set(a, strings, s->key ? s->key : "", value_str(a, s->value ? s->value : ""));
        value_set(a, table, "strings", strings);
        value_add(tables, table);
    }
    return tables;
}

static void set_version(Arena *a, Value *map, const Pe *pe) {
    if (!pe->has_version && !pe->version_strings) return;
    Value *version = value_map(a);
    if (pe->has_version) {
        value_set(a, version, "file", version_number(a, pe->file_version));
        value_set(a, version, "product", version_number(a, pe->product_version));
    }
    value_set(a, version, "tables", version_tables(a, pe->version_strings));
    value_set(a, map, "version", version);
}

static void set_manifest(Arena *a, Value *map, const Pe *pe) {
    if (!pe->execution_level && !pe->assembly && !pe->auto_elevate) return;
    Value *manifest = value_map(a);
    if (pe->assembly) value_set(a, manifest, "assembly", value_str(a, pe->assembly));
    if (pe->execution_level)
        value_set(a, manifest, "execution_level", value_str(a, pe->execution_level));
    value_set(a, manifest, "ui_access", value_bool(a, pe->ui_access));
    value_set(a, manifest, "auto_elevate", value_bool(a, pe->auto_elevate));
    value_set(a, map, "manifest", manifest);
}

/* ---- what was put around it and into it ---- */

static void set_packer(Arena *a, Value *map, const Pe *pe) {
    static const char *const kinds[] = {
        [PE_PACKER] = "packer", [PE_PROTECTOR] = "protector", [PE_INSTALLER] = "installer"};
    if (!pe->packer.kind) return;
    Value *packer = value_map(a);
    value_set(a, packer, "name", value_str(a, pe->packer.name));
    value_set(a, packer, "kind", value_str(a, kinds[pe->packer.kind]));
    value_set(a, packer, "offset", value_uint(a, pe->packer.offset));
    value_set(a, map, "packer", packer);
}

static Value *embedded(Arena *a, const PeEmbedded *e) {
    Value *map = value_map(a);
    value_set(a, map, "offset", value_uint(a, e->offset));
    value_set(a, map, "size", value_uint(a, e->size));
    value_set(a, map, "xor", value_uint(a, e->key));
    value_set(a, map, "in",
              e->resource ? facts_resource_name(a, e->resource) : value_str(a, "overlay"));
    return map;
}

static void set_embedded(Arena *a, Value *map, const Pe *pe) {
    if (!pe->embedded) return;
    Value *list = value_list(a);
    for (const PeEmbedded *e = pe->embedded; e; e = e->next) value_add(list, embedded(a, e));
    value_set(a, map, "embedded", list);
}

void facts_set_origin(Arena *a, Value *map, const Pe *pe) {
    set_rich(a, map, pe);
    set_imphash(a, map, pe);
    set_times(a, map, pe);
    set_debug(a, map, pe);
    set_load_config(a, map, pe);
    set_version(a, map, pe);
    set_manifest(a, map, pe);
    set_packer(a, map, pe);
    set_embedded(a, map, pe);
}
