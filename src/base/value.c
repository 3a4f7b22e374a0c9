#include "base/value.h"

static Value *make(Arena *a, ValueKind kind) {
    Value *v = arena_one(a, Value);
    if (v) v->kind = kind;
    return v;
}

Value *value_null(Arena *a) {
    return make(a, VALUE_NULL);
}

Value *value_bool(Arena *a, bool b) {
    Value *v = make(a, VALUE_BOOL);
    if (v) v->boolean = b;
    return v;
}

Value *value_int(Arena *a, int64_t i) {
    if (i >= 0) return value_uint(a, (uint64_t)i);
    Value *v = make(a, VALUE_INT);
    if (v) v->integer = i;
    return v;
}

Value *value_uint(Arena *a, uint64_t u) {
    Value *v = make(a, VALUE_UINT);
    if (v) v->natural = u;
    return v;
}

Value *value_real(Arena *a, double d) {
    Value *v = make(a, VALUE_REAL);
    if (v) v->real = d;
    return v;
}

Value *value_text(Arena *a, Span utf8) {
    Span copy = arena_bytes(a, utf8);
    Value *v = copy.p ? make(a, VALUE_TEXT) : NULL;
    if (v) v->text = copy;
    return v;
}

Value *value_str(Arena *a, const char *utf8) {
    return value_text(a, span_str(utf8));
}

Value *value_printf(Arena *a, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *s = arena_vprintf(a, format, args);
    va_end(args);
    Value *v = s ? make(a, VALUE_TEXT) : NULL;
    if (v) v->text = span_str(s);
    return v;
}

Value *value_hex(Arena *a, Span bytes) {
    char *s = arena_array(a, bytes.n + 1, 2);
    Value *v = s ? make(a, VALUE_TEXT) : NULL;
    if (!v) return NULL;
    for (size_t i = 0; i < bytes.n; i++) {
        s[2 * i] = "0123456789abcdef"[bytes.p[i] >> 4];
        s[2 * i + 1] = "0123456789abcdef"[bytes.p[i] & 15];
    }
    v->text = span(s, 2 * bytes.n);
    return v;
}

Value *value_list(Arena *a) {
    return make(a, VALUE_LIST);
}
Value *value_map(Arena *a) {
    return make(a, VALUE_MAP);
}

void value_add(Value *list, Value *v) {
    if (!list || !v) return;
    if (list->items.last) list->items.last->next = v;
    else list->items.first = v;
    list->items.last = v;
    list->items.count++;
}

void value_set(Arena *a, Value *map, const char *key, Value *v) {
    if (!map || !v) return;
    v->key = arena_str(a, key);
    if (v->key) value_add(map, v);
}

const Value *value_get(const Value *map, const char *key) {
    if (!map || map->kind != VALUE_MAP) return NULL;
    for (const Value *v = map->items.first; v; v = v->next)
        if (strcmp(v->key, key) == 0) return v;
    return NULL;
}

const char *value_get_str(const Value *v, const char *otherwise) {
    return v && v->kind == VALUE_TEXT ? (const char *)v->text.p : otherwise;
}

uint64_t value_get_uint(const Value *v, uint64_t otherwise) {
    return v && v->kind == VALUE_UINT ? v->natural : otherwise;
}
