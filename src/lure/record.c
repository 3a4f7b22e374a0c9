#include "lure/record.h"
#include <stdlib.h>

enum { RECORD_ARENA = 256 << 20 };

static Span get_span(Cur *c) {
    uint32_t n = cur_u32le(c);
    return cur_take(c, n);
}

static const char *get_text(Cur *c, Arena *a) {
    if (!cur_u8(c)) return NULL;
    return arena_text(a, get_span(c));
}

/* Rows of one kind come one by one: arrays that grow. */
static void *grow(void *array, size_t count, size_t size) {
    if (count & (count - 1) || (count && count < 16)) return array;
    return realloc(array, (count ? count * 2 : 16) * size);
}

#define APPEND(r, list, count, row)                                                                \
    do {                                                                                           \
        void *more = grow((r)->list, (r)->count, sizeof *(r)->list);                               \
        if (!more) return ST_BUDGET;                                                               \
        (r)->list = more;                                                                          \
        (r)->list[(r)->count++] = (row);                                                           \
    } while (0)

static Status get_asked(Cur *c, Record *r) {
    Asked a = {.fact = (FactId)cur_u32le(c)};
    a.subject = get_text(c, &r->arena);
    a.way = get_text(c, &r->arena);
    a.found = cur_u8(c);
    a.value = cur_u8(c);
    a.foreign = cur_u8(c);
    a.place = cur_u64le(c);
    a.when = cur_u32le(c);
    a.site = get_text(c, &r->arena);
    if (c->bad || a.fact >= FACT_COUNT || !a.site) return ST_PROTOCOL;
    APPEND(r, asked, asked_count, a);
    return ST_OK;
}

static bool get_side(Cur *c, Arena *a, WatchSide *s) {
    s->value = cur_u64le(c);
    s->address = cur_u64le(c);
    s->before = cur_u32le(c);
    s->length = (size_t)cur_u64le(c);
    s->window = arena_bytes(a, get_span(c));
    return !c->bad && s->before <= s->window.n;
}

static Status get_compared(Cur *c, Record *r) {
    Compared d = {.when = cur_u32le(c)};
    d.place = cur_u64le(c);
    d.site = get_text(c, &r->arena);
    d.function = get_text(c, &r->arena);
    d.test = (WatchTest)cur_u8(c);
    d.width = cur_u8(c);
    d.unit = cur_u8(c);
    d.any_case = cur_u8(c);
    d.condition = cur_u8(c);
    for (int i = 0; i < 2; i++)
        if (!get_side(c, &r->arena, &d.side[i])) return ST_PROTOCOL;
    if (!d.site || d.width > 8 || d.unit > 2 || d.test > WATCH_BITS) return ST_PROTOCOL;
    APPEND(r, compared, compared_count, d);
    return ST_OK;
}

static Status get_effect(Cur *c, Record *r) {
    Effect e = {.weight = cur_u8(c)};
    e.key = get_text(c, &r->arena);
    e.sentence = get_text(c, &r->arena);
    if (!e.key || !e.sentence) return ST_PROTOCOL;
    APPEND(r, effects, effect_count, e);
    return ST_OK;
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static Status get_places(Cur *c, Record *r) {
    size_t n = cur_u32le(c);
    if (n > cur_left(c) / 8 || r->places) return ST_PROTOCOL;
    r->places = malloc((n + 1) * sizeof *r->places);
    if (!r->places) return ST_BUDGET;
    for (size_t i = 0; i < n; i++) r->places[i] = cur_u64le(c);
    r->place_count = n;
    qsort(r->places, n, sizeof *r->places, by_value);
    return ST_OK;
}

static Status get_row(Cur *c, Record *r) {
    switch (cur_u8(c)) {
    case ROW_ASKED: return get_asked(c, r);
    case ROW_COMPARED: return get_compared(c, r);
    case ROW_EFFECT: return get_effect(c, r);
    case ROW_PLACES: return get_places(c, r);
    case ROW_ENDED:
        r->ended = get_text(c, &r->arena);
        r->blocks = cur_u64le(c);
        return ST_OK;
    default: return ST_PROTOCOL;
    }
}

Status record_read(Span bytes, Record *out) {
    Cur c = cur(bytes);
    Status s = ST_OK;
    *out = (Record){.arena = arena_new(RECORD_ARENA)};
    while (s == ST_OK && cur_left(&c)) s = get_row(&c, out);
    if (s == ST_OK && c.bad) s = ST_PROTOCOL;
    if (s != ST_OK) record_free(out);
    return s;
}

void record_free(Record *r) {
    free(r->asked);
    free(r->compared);
    free(r->effects);
    free(r->places);
    arena_reset(&r->arena);
    *r = (Record){0};
}

bool record_has_place(const Record *r, uint64_t place) {
    return r->place_count &&
           bsearch(&place, r->places, r->place_count, sizeof place, by_value) != NULL;
}

const Effect *record_effect(const Record *r, const char *key) {
    for (size_t i = 0; i < r->effect_count; i++)
        if (strcmp(r->effects[i].key, key) == 0) return &r->effects[i];
    return NULL;
}
