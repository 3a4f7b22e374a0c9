/* Value: a tree of null, booleans, numbers, text, lists and maps, as JSON and YAML have them. The
 * YAML and JSON readers make them, the JSON writer prints them, and facts about a format travel in
 * them. Nodes live in the arena that they were made in; a NULL Value reads as null everywhere, so
 * that a full arena (see Arena.full) needs one check at the end. */
#ifndef COAX_BASE_VALUE_H
#define COAX_BASE_VALUE_H

#include "base/arena.h"

typedef enum {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,  /* negative integers */
    VALUE_UINT, /* integers from 0 */
    VALUE_REAL,
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_MAP,
} ValueKind;

typedef struct Value Value;
struct Value {
    ValueKind kind;
    union {
        bool boolean;
        int64_t integer;
        uint64_t natural;
        double real;
        Span
            text; /* UTF-8 as far as its maker knew; the writer mends what is not. A NUL follows. */
        struct {
            Value *first, *last;
            size_t count;
        } items; /* list and map */
    };
    const char *key;       /* in a map */
    Value *next;           /* in a list or map */
    uint32_t line, column; /* where a reader found it, from 1; 0 = not read */
    uint32_t key_line, key_column;
};

Value *value_null(Arena *a);
Value *value_bool(Arena *a, bool b);
Value *value_int(Arena *a, int64_t i);
Value *value_uint(Arena *a, uint64_t u);
Value *value_real(Arena *a, double d);
Value *value_text(Arena *a, Span utf8); /* copies */
Value *value_str(Arena *a, const char *utf8);
Value *value_printf(Arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
Value *value_hex(Arena *a, Span bytes); /* lower-case hex text */
Value *value_list(Arena *a);
Value *value_map(Arena *a);

/* Appends; NULL arguments are passed over. A key is copied; setting a key twice keeps both. */
void value_add(Value *list, Value *v);
void value_set(Arena *a, Value *map, const char *key, Value *v);

/* The value of a map's key, or NULL; map may be NULL or of another kind. */
const Value *value_get(const Value *map, const char *key);

/* The text (NUL-terminated), or `otherwise` where v is not text. */
const char *value_get_str(const Value *v, const char *otherwise);

/* The natural number, or `otherwise`. */
uint64_t value_get_uint(const Value *v, uint64_t otherwise);

/* for (const Value *v = value_first(list); v; v = v->next) */
static inline const Value *value_first(const Value *v) {
    return v && v->kind >= VALUE_LIST ? v->items.first : NULL;
}
static inline size_t value_count(const Value *v) {
    return v && v->kind >= VALUE_LIST ? v->items.count : 0;
}

#endif
