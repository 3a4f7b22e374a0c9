/* YAML through libyaml's event parser: events become a tree with an explicit stack, so that nothing
 * recurses over the input. The core schema is YAML 1.2's, 10.3.2. */
#include "base/yaml.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

enum { DEEPEST = 64 };

typedef struct {
    Arena *arena;
    Span text;
    YamlError *error;
    yaml_parser_t parser;
    const Value *root;
    struct {
        Value *collection;
        const char *key; /* of the value to come, in a map */
        yaml_mark_t key_at;
    } stack[DEEPEST];
    unsigned depth;
} Reader;

static Status fail(Reader *r, yaml_mark_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static Status fail(Reader *r, yaml_mark_t at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(r->arena, format, args);
    va_end(args);
    *r->error = (YamlError){.text = text ? text : status_text(ST_BUDGET),
                            .line = (uint32_t)at.line + 1,
                            .column = (uint32_t)at.column + 1};
    return ST_SYNTAX;
}

/* ---- scalars ---- */

/* Plain scalars hold no NUL: libyaml refuses control characters outside of escapes. */
static bool one_of(const char *s, const char *const words[], size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(s, words[i]) == 0) return true;
    return false;
}
#define ONE_OF(s, ...)                                                                             \
    one_of((s), (const char *const[]){__VA_ARGS__},                                                \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static bool all_of(const char *s, const char *set) {
    return *s && s[strspn(s, set)] == 0;
}

/* An integer that does not fit 64 bits is none; it stays a number as a real. */
static Value *integer(Arena *a, const char *s) {
    bool negative = *s == '-';
    const char *digits = *s == '-' || *s == '+' ? s + 1 : s;
    int base = 10;
    if (digits == s && strncmp(s, "0x", 2) == 0) base = 16, digits += 2;
    else if (digits == s && strncmp(s, "0o", 2) == 0) base = 8, digits += 2;
    if (!all_of(digits, base == 16  ? "0123456789abcdefABCDEF"
                        : base == 8 ? "01234567"
                                    : "0123456789"))
        return NULL;
    errno = 0;
    uint64_t n = strtoull(digits, NULL, base);
    if (errno == ERANGE || (negative && n > (uint64_t)INT64_MAX + 1)) return NULL;
    return negative && n ? value_int(a, (int64_t)(0 - n)) : value_uint(a, n);
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_real(const char *s) {
    static const char digits[] = "0123456789";
    if (*s == '-' || *s == '+') s++;
    size_t whole = strspn(s, digits), part = 0;
    s += whole;
    if (*s == '.') {
        part = strspn(++s, digits);
        s += part;
    }
    if (whole + part == 0) return false;
    if (*s != 'e' && *s != 'E') return *s == 0;
    s++;
    if (*s == '-' || *s == '+') s++;
    return all_of(s, digits);
}

static Value *plain(Arena *a, Span text) {
    const char *s = (const char *)text.p;
    if (ONE_OF(s, "", "~", "null", "Null", "NULL")) return value_null(a);
    if (ONE_OF(s, "true", "True", "TRUE")) return value_bool(a, true);
    if (ONE_OF(s, "false", "False", "FALSE")) return value_bool(a, false);
    if (strchr("+-.0123456789", *s)) {
        size_t used = a->used;
        Value *v = integer(a, s);
        if (v || a->used != used || a->full) return v;
        if (is_real(s)) return value_real(a, strtod(s, NULL));
    }
    return value_text(a, text);
}

/* ---- the tree ---- */

static Status place(Reader *r, Value *v, yaml_mark_t at) {
    if (!v) return ST_BUDGET;
    v->line = (uint32_t)at.line + 1;
    v->column = (uint32_t)at.column + 1;
    if (r->depth == 0) {
        r->root = v;
        return ST_OK;
    }
    typeof(r->stack[0]) *top = &r->stack[r->depth - 1];
    if (top->key) {
        v->key = top->key;
        v->key_line = (uint32_t)top->key_at.line + 1;
        v->key_column = (uint32_t)top->key_at.column + 1;
        top->key = NULL;
    }
    value_add(top->collection, v);
    return ST_OK;
}

static bool wants_key(const Reader *r) {
    return r->depth && r->stack[r->depth - 1].collection->kind == VALUE_MAP &&
           !r->stack[r->depth - 1].key;
}

static Status read_key(Reader *r, Span text, yaml_mark_t at) {
    if (memchr(text.p, 0, text.n)) return fail(r, at, "a key holds a NUL character");
    typeof(r->stack[0]) *top = &r->stack[r->depth - 1];
    top->key = arena_text(r->arena, text);
    top->key_at = at;
    return top->key ? ST_OK : ST_BUDGET;
}

static Status check_tag(Reader *r, const yaml_char_t *tag, const char *allowed, yaml_mark_t at) {
    if (!tag || strcmp((const char *)tag, allowed) == 0) return ST_OK;
    return fail(r, at, "the tag %s is not supported", (const char *)tag);
}

static Status scalar(Reader *r, const yaml_event_t *e) {
    Span text = span(e->data.scalar.value, e->data.scalar.length);
    TRY(check_tag(r, e->data.scalar.tag, YAML_STR_TAG, e->start_mark));
    if (wants_key(r)) return read_key(r, text, e->start_mark);
    bool is_plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !e->data.scalar.tag;
    Value *v = is_plain ? plain(r->arena, text) : value_text(r->arena, text);
    return place(r, v, e->start_mark);
}

static Status open_collection(Reader *r, Value *v, const yaml_event_t *e) {
    if (wants_key(r)) return fail(r, e->start_mark, "a key must be text");
    if (r->depth == DEEPEST) return fail(r, e->start_mark, "nested more than %d deep", DEEPEST);
    TRY(place(r, v, e->start_mark));
    r->stack[r->depth].collection = v;
    r->stack[r->depth++].key = NULL;
    return ST_OK;
}

static int compare_keys(const void *a, const void *b) {
    const Value *x = *(const Value *const *)a, *y = *(const Value *const *)b;
    int order = strcmp(x->key, y->key);
    if (order) return order;
    if (x->key_line != y->key_line) return x->key_line < y->key_line ? -1 : 1;
    return (x->key_column > y->key_column) - (x->key_column < y->key_column);
}

/* Sorted, so that a map of n keys costs n log n and not n squared. */
static Status refuse_duplicates(Reader *r, const Value *map) {
    size_t n = map->items.count;
    if (n < 2) return ST_OK;
    const Value **keys = malloc(n * sizeof *keys);
    if (!keys) return ST_BUDGET;
    size_t i = 0;
    for (const Value *v = map->items.first; v; v = v->next) keys[i++] = v;
    qsort(keys, n, sizeof *keys, compare_keys);
    Status status = ST_OK;
    for (i = 1; i < n && status == ST_OK; i++) {
        const Value *k = keys[i];
        if (strcmp(keys[i - 1]->key, k->key) != 0) continue;
        yaml_mark_t at = {.line = k->key_line - 1, .column = k->key_column - 1};
        status = fail(r, at, "the key \"%s\" is there twice", k->key);
    }
    free(keys);
    return status;
}

static Status close_collection(Reader *r) {
    const Value *v = r->stack[--r->depth].collection;
    return v->kind == VALUE_MAP ? refuse_duplicates(r, v) : ST_OK;
}

static const char *anchor_of(const yaml_event_t *e) {
    const yaml_char_t *anchor = NULL;
    if (e->type == YAML_SCALAR_EVENT) anchor = e->data.scalar.anchor;
    if (e->type == YAML_SEQUENCE_START_EVENT) anchor = e->data.sequence_start.anchor;
    if (e->type == YAML_MAPPING_START_EVENT) anchor = e->data.mapping_start.anchor;
    return (const char *)anchor;
}

static Status handle(Reader *r, const yaml_event_t *e) {
    /* An alias can make a small text a huge tree. */
    if (e->type == YAML_ALIAS_EVENT || anchor_of(e))
        return fail(r, e->start_mark, "anchors and aliases are not supported");
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        return r->root ? fail(r, e->start_mark, "only one document is read") : ST_OK;
    case YAML_SCALAR_EVENT: return scalar(r, e);
    case YAML_SEQUENCE_START_EVENT:
        TRY(check_tag(r, e->data.sequence_start.tag, YAML_SEQ_TAG, e->start_mark));
        return open_collection(r, value_list(r->arena), e);
    case YAML_MAPPING_START_EVENT:
        TRY(check_tag(r, e->data.mapping_start.tag, YAML_MAP_TAG, e->start_mark));
        return open_collection(r, value_map(r->arena), e);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return close_collection(r);
    default: return ST_OK;
    }
}

/* libyaml's reader knows only the byte offset of what it cannot decode. */
static yaml_mark_t mark_of_offset(Span text, size_t offset) {
    yaml_mark_t at = {0};
    for (size_t i = 0; i < text.n && i < offset; i++) {
        at.column++;
        if (text.p[i] == '\n') at.line++, at.column = 0;
    }
    return at;
}

static Status parser_failed(Reader *r) {
    const yaml_parser_t *p = &r->parser;
    const char *problem = p->problem ? p->problem : "not YAML";
    if (p->error == YAML_MEMORY_ERROR) return ST_BUDGET;
    if (p->error == YAML_READER_ERROR)
        return fail(r, mark_of_offset(r->text, p->problem_offset), "%s", problem);
    if (!p->context) return fail(r, p->problem_mark, "%s", problem);
    return fail(r, p->problem_mark, "%s, %s", p->context, problem);
}

static Status read_events(Reader *r) {
    for (bool done = false; !done;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&r->parser, &event)) return parser_failed(r);
        done = event.type == YAML_STREAM_END_EVENT || event.type == YAML_NO_EVENT;
        Status status = handle(r, &event);
        yaml_event_delete(&event);
        TRY(status);
    }
    return ST_OK;
}

Status yaml_read(Arena *a, Span text, const Value **out, YamlError *error) {
    static const Value empty = {.kind = VALUE_NULL};
    Reader r = {.arena = a, .text = text, .error = error};
    *error = (YamlError){0};
    if (!yaml_parser_initialize(&r.parser)) return ST_BUDGET;
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, text.n ? text.p : (const uint8_t *)"", text.n);
    Status status = read_events(&r);
    yaml_parser_delete(&r.parser);
    if (status == ST_OK) *out = r.root ? r.root : &empty;
    return status;
}
