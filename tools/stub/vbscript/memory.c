/* Memory and names of an engine. */
#include "vbs.h"

struct Block {
    struct Block *next;
    size_t used, room;
    _Alignas(16) char bytes[];
};

void *take(Engine *e, size_t size) {
    enum { ORDINARY = 64 << 10 };
    size = (size + 15) & ~(size_t)15;
    if (!e->blocks || e->blocks->room - e->blocks->used < size) {
        size_t room = size > ORDINARY ? size : ORDINARY;
        struct Block *b = calloc(1, sizeof *b + room);
        if (!b) return NULL;
        b->room = room;
        b->next = e->blocks;
        e->blocks = b;
    }
    void *p = e->blocks->bytes + e->blocks->used;
    e->blocks->used += size;
    return p;
}

static wchar_t fold(wchar_t c) {
    return c < 128 ? (wchar_t)(c >= L'A' && c <= L'Z' ? c + 32 : c) : (wchar_t)towlower(c);
}

static bool same(const wchar_t *a, const wchar_t *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (fold(a[i]) != fold(b[i])) return false;
    return !a[n];
}

static Symbol *new_symbol(Engine *e, const wchar_t *name, size_t n) {
    Symbol *s = take(e, sizeof *s);
    wchar_t *text = take(e, (n + 1) * sizeof *text);
    if (!s || !text) return NULL;
    if ((e->symbol_count & (e->symbol_count - 1)) == 0) {
        Symbol **more = realloc(e->by_id, (size_t)(e->symbol_count ? 2 * e->symbol_count : 1) * sizeof *more);
        if (!more) return NULL;
        e->by_id = more;
    }
    memcpy(text, name, n * sizeof *text);
    s->name = text;
    e->by_id[e->symbol_count++] = s;
    s->id = e->symbol_count; /* 0 is no name's */
    return s;
}

Symbol *symbol_of(Engine *e, const wchar_t *name, size_t n) {
    unsigned hash = 5381;
    for (size_t i = 0; i < n; i++) hash = hash * 33 + fold(name[i]);
    Symbol **at = &e->buckets[hash % BUCKETS];
    for (Symbol *s = *at; s; s = s->next)
        if (same(s->name, name, n)) return s;
    Symbol *s = new_symbol(e, name, n);
    if (!s) return NULL;
    s->next = *at;
    return *at = s;
}

Symbol *symbol_by_id(Engine *e, int id) {
    return id > 0 && id <= e->symbol_count ? e->by_id[id - 1] : NULL;
}

bool too_deep(const Engine *e) {
    return (char *)__builtin_frame_address(0) < e->floor;
}
