/* Derived facts: registry values and directories that follow from others. */
#include "world/notation.h"
#include <stdio.h>
#include <stdlib.h>

typedef enum { EACH_ONCE, EACH_CPU, EACH_DRIVE, EACH_CDROM, EACH_MAC, EACH_USB } Each;

typedef struct {
    Each each;
    uint32_t type;
    const char *subject, *template;
} RegistryRow;

static const RegistryRow registry_rows[] = {
#define REGISTRY_VALUE(each, subject, type, template) {EACH_##each, REG_##type, subject, template},
#define DIRECTORY(path)
#include "world/derived.def"
};

static const char *const directories[] = {
#define REGISTRY_VALUE(each, subject, type, template)
#define DIRECTORY(path) path,
#include "world/derived.def"
};

/* ---- one value ---- */

static Status data_of_number(Arena *a, const char *text, unsigned size, WorldValue *out) {
    uint8_t *raw = arena_alloc(a, size);
    if (!raw) return ST_BUDGET;
    uint64_t n = *text == '-' ? (uint64_t)strtoll(text, NULL, 10) : strtoull(text, NULL, 10);
    for (unsigned i = 0; i < size; i++) raw[i] = (uint8_t)(n >> 8 * i);
    out->bytes = span(raw, size);
    return ST_OK;
}

/* Text with its NUL; a list has one text here, and one NUL more. */
static Status data_of_text(Arena *a, const char *text, bool list, WorldValue *out) {
    char *copy = arena_alloc(a, strlen(text) + 2);
    if (!copy) return ST_BUDGET;
    memcpy(copy, text, strlen(text));
    Span wide = text_to_utf16(a, span(copy, strlen(text) + list));
    if (!wide.p) return ST_BUDGET;
    out->bytes = span(wide.p, wide.n + 2);
    return ST_OK;
}

static Status make_value(Arena *a, uint32_t type, const char *text, WorldValue *out) {
    *out = (WorldValue){.set = true, .number = type};
    if (type == REG_DWORD) return data_of_number(a, text, 4, out);
    if (type == REG_QWORD) return data_of_number(a, text, 8, out);
    return data_of_text(a, text, type == REG_MULTI_SZ, out);
}

/* The item to fill in, or NULL in *out where the world itself says what is there. */
static Status claim(World *w, FactId fact, const char *subject, WorldItem **out) {
    const char *canonical, *problem;
    *out = NULL;
    Status status =
        subject_canonical(w->arena, fact_subject(fact), span_str(subject), &canonical, &problem);
    if (status == ST_SYNTAX) return ST_OK; /* a fact that fits no name */
    TRY(status);
    size_t count = w->tables[fact].count;
    WorldItem *item = world_item_make(w, fact, canonical);
    if (!item) return ST_BUDGET;
    if (w->tables[fact].count > count) item->derived = true;
    if (!item->derived) return ST_OK;
    item->removed = false;
    *out = item;
    return ST_OK;
}

static Status derive_value(World *w, const RegistryRow *row, const WorldItem *of, unsigned index) {
    TemplateContext c = {.world = w, .arena = w->arena, .item = of, .index = index};
    WorldItem *item;
    const char *subject = template_expand(&c, row->subject);
    const char *text = template_expand(&c, row->template);
    if (!subject || !text) return ST_BUDGET;
    TRY(claim(w, FACT_registry, subject, &item));
    if (!item) return ST_OK;
    item->made_from = row->template;
    item->made_for = of;
    return make_value(w->arena, row->type, text, &item->values[0]);
}

/* ---- one row ---- */

enum { MOST_CPUS = 256 };

static Status derive_cpus(World *w, const RegistryRow *row) {
    int64_t count = world_number(w, FACT_cpu_count);
    for (unsigned i = 0; i < MOST_CPUS && i < count; i++) TRY(derive_value(w, row, NULL, i));
    return ST_OK;
}

static Status derive_drives(World *w, const RegistryRow *row, const char *type) {
    unsigned n = 0;
    for (const WorldItem *i = world_first(w, FACT_drive); i; i = world_next(i))
        if (strcmp(item_text(i, FACT_drive), type) == 0) TRY(derive_value(w, row, i, n++));
    return ST_OK;
}

static Status derive_usb(World *w, const RegistryRow *row) {
    unsigned n = 0;
    for (const WorldItem *i = world_first(w, FACT_usb); i; i = world_next(i))
        TRY(derive_value(w, row, i, n++));
    return ST_OK;
}

static Status derive_adapters(World *w, const RegistryRow *row) {
    for (const WorldItem *i = world_first(w, FACT_mac); i; i = world_next(i))
        TRY(derive_value(w, row, i, (unsigned)strtoul(i->subject, NULL, 10)));
    return ST_OK;
}

static Status derive_row(World *w, const RegistryRow *row) {
    switch (row->each) {
    case EACH_ONCE: return derive_value(w, row, NULL, 0);
    case EACH_CPU: return derive_cpus(w, row);
    case EACH_DRIVE: return derive_drives(w, row, "fixed");
    case EACH_CDROM: return derive_drives(w, row, "cdrom");
    case EACH_USB: return derive_usb(w, row);
    case EACH_MAC: return derive_adapters(w, row);
    }
    return ST_INTERNAL;
}

static Status derive_directory(World *w, const char *template) {
    WorldItem *item;
    const char *path = world_expand(w, w->arena, template);
    if (!path) return ST_BUDGET;
    TRY(claim(w, FACT_directory, path, &item));
    if (item) item->made_from = template;
    return ST_OK;
}

/* A world that tells of no drive has a C: all the same. */
static Status derive_drive(World *w) {
    WorldItem *item;
    return world_first(w, FACT_drive) ? ST_OK : claim(w, FACT_drive, "C", &item);
}

/* Where accounts are told, the user has one too, as an administrator. */
static Status derive_account(World *w) {
    const char *user = world_text(w, FACT_user), *sid = world_user_sid(w);
    WorldItem *item = NULL;
    if (world_first(w, FACT_account) && !world_find(w, FACT_account, user))
        TRY(claim(w, FACT_account, user, &item));
    if (!item) return ST_OK;
    item->values[0] = (WorldValue){.set = true, .bytes = span_str(sid)};
    item->values[FACT_account_admin - FACT_account] = (WorldValue){.set = true, .number = 1};
    return ST_OK;
}

/* ---- all ---- */

/* What was derived from how things were before an edit is gone, unless it is derived again. */
static void forget(World *w, FactId fact) {
    for (WorldItem *i = w->tables[fact].first; i; i = i->next)
        if (i->derived) i->removed = true;
}

Status world_derive(World *w) {
    forget(w, FACT_registry);
    forget(w, FACT_directory);
    forget(w, FACT_drive);
    forget(w, FACT_account);
    TRY(derive_drive(w));
    TRY(derive_account(w));
    for (size_t i = 0; i < sizeof registry_rows / sizeof *registry_rows; i++)
        TRY(derive_row(w, &registry_rows[i]));
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        TRY(derive_directory(w, directories[i]));
    return ST_OK;
}

/* ---- adapters ---- */

/* Windows gives an adapter a random GUID; here it follows from its MAC and number. The version and
 * variant bits say "random" (RFC 4122, 4.4). */
void world_adapter_guid(const WorldItem *adapter, char out[WORLD_GUID_SIZE]) {
    Span mac = item_value(adapter, FACT_mac)->bytes;
    Buf seed = buf_new(256);
    buf_add(&seed, mac);
    buf_str(&seed, adapter->subject);
    uint8_t d[16];
    hash_md5(buf_span(&seed), d);
    buf_free(&seed);
    d[6] = (uint8_t)((d[6] & 0x0F) | 0x40);
    d[8] = (uint8_t)((d[8] & 0x3F) | 0x80);
    snprintf(out, WORLD_GUID_SIZE,
             "{%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X}", d[0], d[1],
             d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11], d[12], d[13], d[14],
             d[15]);
}
