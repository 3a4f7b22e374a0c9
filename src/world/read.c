/* Personas: a YAML map of facts, held to the table in facts.def. */
#include "base/yaml.h"
#include "world/internal.h"
#include <inttypes.h>

typedef struct {
    World *world;
    WorldError *error;
} Reader;

static Status fail(Reader *r, const Value *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static Status fail(Reader *r, const Value *at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(r->world->arena, format, args);
    va_end(args);
    *r->error = (WorldError){text ? text : status_text(ST_BUDGET), at->line, at->column};
    return text ? ST_SYNTAX : ST_BUDGET;
}

static Status fail_key(Reader *r, const Value *at, const char *what, const char *key) {
    return world_fail(r->world->arena, r->error, at->key_line, at->key_column, "%s: %s", key, what);
}

/* ---- scalars to notation ---- */

static bool is_numeric(FactType type) {
    return type == FACT_TYPE_NUMBER || type == FACT_TYPE_FLAGS || type == FACT_TYPE_SIZE;
}

static Status join_words(Reader *r, const Value *list, Span *out) {
    Buf words = buf_new(1 << 20);
    for (const Value *v = value_first(list); v; v = v->next) {
        if (v->kind != VALUE_TEXT) {
            buf_free(&words);
            return fail(r, v, "a list of words holds text only");
        }
        if (words.n) buf_byte(&words, ' ');
        buf_add(&words, v->text);
    }
    *out = arena_bytes(r->world->arena, buf_span(&words));
    buf_free(&words);
    return out->p ? ST_OK : ST_BUDGET;
}

static Status natural(Reader *r, FactId id, const Value *v, Span *out) {
    FactType type = fact_info(id)->type;
    const char *prefix = type != FACT_TYPE_REGISTRY ? ""
                         : v->natural > UINT32_MAX  ? "qword:"
                                                    : "dword:";
    if (!is_numeric(type) && type != FACT_TYPE_REGISTRY)
        return fail(r, v, "%s takes no number: put it into quotes", fact_info(id)->name);
    char *text = arena_printf(r->world->arena, "%s%" PRIu64, prefix, v->natural);
    if (!text) return ST_BUDGET;
    *out = span_str(text);
    return ST_OK;
}

/* The value as edits spell it. */
static Status notation(Reader *r, FactId id, const Value *v, Span *out) {
    FactType type = fact_info(id)->type;
    switch (v->kind) {
    case VALUE_TEXT: *out = v->text; return ST_OK;
    case VALUE_UINT: return natural(r, id, v, out);
    case VALUE_INT: {
        char *text = arena_printf(r->world->arena, "%" PRId64, v->integer);
        if (!text) return ST_BUDGET;
        *out = span_str(text);
        return type == FACT_TYPE_NUMBER ? ST_OK : fail(r, v, "this cannot be negative");
    }
    case VALUE_BOOL:
        if (type != FACT_TYPE_BOOL)
            return fail(r, v, "%s takes no true or false: put it into quotes", fact_info(id)->name);
        *out = span_str(v->boolean ? "true" : "false");
        return ST_OK;
    case VALUE_LIST:
        if (type == FACT_TYPE_WORDS) return join_words(r, v, out);
        return fail(r, v, "%s is no list", fact_info(id)->name);
    case VALUE_REAL: return fail(r, v, "put a number with a fraction into quotes");
    case VALUE_NULL: return fail(r, v, "the value of %s is missing", fact_info(id)->name);
    case VALUE_MAP: return fail(r, v, "%s is no map", fact_info(id)->name);
    }
    return ST_INTERNAL;
}

/* ---- items ---- */

static Status read_value(Reader *r, WorldItem *item, FactId id, const Value *v) {
    Span text;
    const char *problem;
    WorldValue *value = &item->values[id - item->fact];
    TRY(notation(r, id, v, &text));
    Status status = value_parse(r->world->arena, id, text, NULL, value, &problem);
    if (status == ST_SYNTAX) return fail(r, v, "%s", problem);
    value->line = v->line;
    value->column = v->column;
    return status;
}

static bool find_key(FactId fact, const char *key, FactId *out) {
    for (FactId id = fact; id < fact + fact_value_count(fact); id++)
        if (strcmp(fact_info(id)->key, key) == 0) return *out = id, true;
    return false;
}

/* {content: .., size: ..} */
static Status read_map(Reader *r, WorldItem *item, const Value *map) {
    for (const Value *v = value_first(map); v; v = v->next) {
        FactId id;
        if (!find_key(item->fact, v->key, &id)) return fail_key(r, v, "unknown key", v->key);
        TRY(read_value(r, item, id, v));
    }
    return ST_OK;
}

/* A value, a map of the fact's keys, or nothing where being there is all. */
static Status read_item(Reader *r, WorldItem *item, const Value *v) {
    if (v->kind == VALUE_MAP) return read_map(r, item, v);
    if (v->kind == VALUE_NULL && item->template) return ST_OK;
    return read_value(r, item, item->fact, v);
}

static Status make_item(Reader *r, FactId fact, Span subject, uint32_t line, uint32_t column,
                        WorldItem **out) {
    const char *canonical, *problem;
    World *w = r->world;
    Status status = subject_canonical(w->arena, fact_subject(fact), subject, &canonical, &problem);
    if (status == ST_SYNTAX)
        return world_fail(w->arena, r->error, line, column, "%.*s: %s", (int)subject.n,
                          (const char *)subject.p, problem);
    TRY(status);
    WorldItem *item = world_item_make(w, fact, canonical);
    if (!item) return ST_BUDGET;
    if (item->line)
        return world_fail(w->arena, r->error, line, column,
                          item->removed ? "%s is not there: line %u" : "%s is there twice: line %u",
                          canonical, item->line);
    item->removed = item->derived = false;
    item->line = line;
    item->column = column;
    *out = item;
    return ST_OK;
}

/* A registry key with a map of its values; an empty map is an empty key. */
static Status read_registry_key(Reader *r, const Value *key) {
    World *w = r->world;
    WorldItem *item;
    if (value_count(key) == 0)
        return make_item(r, FACT_key, span_str(key->key), key->key_line, key->key_column, &item);
    for (const Value *v = value_first(key); v; v = v->next) {
        char *subject = arena_printf(w->arena, "%s\\\\%s", key->key, v->key);
        if (!subject) return ST_BUDGET;
        TRY(make_item(r, FACT_registry, span_str(subject), v->key_line, v->key_column, &item));
        TRY(read_value(r, item, FACT_registry, v));
    }
    return ST_OK;
}

static Status read_subjects(Reader *r, FactId fact, const Value *list) {
    for (const Value *v = value_first(list); v; v = v->next) {
        WorldItem *item;
        if (v->kind != VALUE_TEXT) return fail(r, v, "a list of subjects holds text only");
        TRY(make_item(r, fact, v->text, v->line, v->column, &item));
    }
    return ST_OK;
}

static Status read_keyed(Reader *r, FactId fact, const Value *map) {
    if (map->kind == VALUE_LIST) return read_subjects(r, fact, map);
    if (map->kind != VALUE_MAP)
        return fail(r, map, "%s wants a map of its subjects", fact_info(fact)->name);
    for (const Value *v = value_first(map); v; v = v->next) {
        WorldItem *item;
        if (fact == FACT_registry && v->kind == VALUE_MAP) {
            TRY(read_registry_key(r, v));
            continue;
        }
        TRY(make_item(r, fact, span_str(v->key), v->key_line, v->key_column, &item));
        TRY(read_item(r, item, v));
    }
    return ST_OK;
}

static Status read_single(Reader *r, FactId fact, const Value *v) {
    WorldItem *item = world_item_make(r->world, fact, NULL);
    if (!item) return ST_BUDGET;
    item->line = v->key_line;
    item->column = v->key_column;
    return read_item(r, item, v);
}

/* ---- without ---- */

/* NAME alone stands for every process of that name. */
static void remove_namesakes(World *w, const WorldItem *named) {
    size_t n = strlen(named->folded);
    if (strchr(named->folded, '#')) return;
    for (WorldItem *i = w->tables[FACT_process].first; i; i = i->next)
        if (i != named && subject_name_length(i->folded) == n &&
            memcmp(i->folded, named->folded, n) == 0)
            world_remove(w, i);
}

static Status read_removed(Reader *r, FactId fact, const Value *list) {
    if (list->kind != VALUE_LIST) return fail(r, list, "`without` wants lists of subjects");
    for (const Value *v = value_first(list); v; v = v->next) {
        WorldItem *item;
        if (v->kind != VALUE_TEXT) return fail(r, v, "a list of subjects holds text only");
        TRY(make_item(r, fact, v->text, v->line, v->column, &item));
        world_remove(r->world, item);
        if (fact == FACT_process) remove_namesakes(r->world, item);
    }
    return ST_OK;
}

static Status read_fact_name(Reader *r, const Value *v, FactId *out) {
    if (fact_find(span_str(v->key), out) && fact_info(*out)->fact == *out) return ST_OK;
    return fail_key(r, v, "there is no such fact", v->key);
}

static Status read_without(Reader *r, const Value *map) {
    if (map->kind != VALUE_MAP) return fail(r, map, "`without` wants a map of facts");
    for (const Value *v = value_first(map); v; v = v->next) {
        FactId fact;
        TRY(read_fact_name(r, v, &fact));
        if (fact_subject(fact) == SUBJECT_NONE)
            return fail_key(r, v, "this fact has no subjects", v->key);
        TRY(read_removed(r, fact, v));
    }
    return ST_OK;
}

/* ---- documents ---- */

const char world_separator[] = "\n---\n";
static const char extends_key[] = "extends";

const char *world_extends(Arena *a, Span yaml) {
    const Value *root;
    YamlError bad;
    if (yaml_read(a, yaml, &root, &bad) != ST_OK || root->kind != VALUE_MAP) return NULL;
    const char *name = value_get_str(value_get(root, extends_key), NULL);
    return name && *name ? name : NULL;
}

/* Without what it extends a persona would be another world. */
static Status check_extends(Reader *r, const Value *v, bool first) {
    if (v->kind != VALUE_TEXT || v->text.n == 0)
        return fail(r, v, "`extends` wants the name of a world");
    return first ? fail(r, v, "the world that this extends is not given") : ST_OK;
}

static Status read_facts(Reader *r, const Value *root, bool first) {
    if (root->kind == VALUE_NULL) return ST_OK; /* an empty file says nothing */
    if (root->kind != VALUE_MAP) return fail(r, root, "a world is a map of facts");
    const Value *without = value_get(root, "without"), *extends = value_get(root, extends_key);
    if (extends) TRY(check_extends(r, extends, first));
    if (without) TRY(read_without(r, without));
    for (const Value *v = value_first(root); v; v = v->next) {
        FactId fact;
        if (v == without || v == extends) continue;
        TRY(read_fact_name(r, v, &fact));
        TRY(fact_subject(fact) == SUBJECT_NONE ? read_single(r, fact, v) : read_keyed(r, fact, v));
    }
    return ST_OK;
}

static Status read_document(Reader *r, Span yaml, bool first) {
    const Value *root;
    YamlError bad;
    Status status = yaml_read(r->world->arena, yaml, &root, &bad);
    if (status == ST_SYNTAX) *r->error = (WorldError){bad.text, bad.line, bad.column};
    TRY(status);
    return read_facts(r, root, first);
}

/* What was told so far has its places in another file. */
static void forget_places(World *w) {
    for (FactId fact = 0; fact < FACT_COUNT; fact++)
        for (WorldItem *i = w->tables[fact].first; i; i = i->next) {
            i->line = i->column = 0;
            for (unsigned v = 0; v < fact_value_count(fact); v++)
                i->values[v].line = i->values[v].column = 0;
        }
}

/* The document up to the next separator; *rest is what follows it, empty where it is the last. */
static Span next_document(Span text, Span *rest) {
    size_t n = strlen(world_separator);
    const uint8_t *end = text.n ? memmem(text.p, text.n, world_separator, n) : NULL;
    size_t at = end ? (size_t)(end - text.p) : text.n;
    *rest = end ? span_clip(text, at + n, SIZE_MAX) : (Span){0};
    return span_clip(text, 0, at);
}

static Status read_documents(Reader *r, Span text) {
    bool first = true;
    for (Span rest = text; first || rest.n; first = false) {
        Span document = next_document(rest, &rest);
        if (!first) TRY(world_bind(r->world));
        if (!first) forget_places(r->world);
        TRY(read_document(r, document, first));
    }
    return ST_OK;
}

static Status read_world(Arena *a, Span yaml, const char *name, World **out, WorldError *error) {
    Reader r = {.error = error};
    TRY(world_new(a, name, &r.world));
    TRY(read_documents(&r, yaml));
    TRY(world_bind(r.world));
    TRY(world_check(r.world, error));
    *out = r.world;
    return ST_OK;
}

Status world_read(Arena *a, Span yaml, const char *name, World **out, WorldError *error) {
    *error = (WorldError){0};
    Status status = read_world(a, yaml, name, out, error);
    if (status == ST_BUDGET)
        *error = (WorldError){"the world does not fit its memory budget", 1, 1};
    return status;
}
