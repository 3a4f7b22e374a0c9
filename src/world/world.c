/* The world's items: tables by subject, values with fallbacks, expansion. */
#include "world/internal.h"
#include <stdlib.h>

Status world_fail(Arena *a, WorldError *error, uint32_t line, uint32_t column, const char *format,
                  ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(a, format, args);
    va_end(args);
    *error = (WorldError){text ? text : status_text(ST_BUDGET), line, column};
    return text ? ST_SYNTAX : ST_BUDGET;
}

static Status make_fallbacks(World *w) {
    for (FactId id = 0; id < FACT_COUNT; id++) {
        const char *problem, *fallback = fact_info(id)->fallback;
        if (!fallback) continue;
        Status status =
            value_parse(w->arena, id, span_str(fallback), NULL, &w->fallbacks[id], &problem);
        if (status != ST_OK) return status == ST_SYNTAX ? ST_INTERNAL : status;
    }
    return ST_OK;
}

Status world_new(Arena *a, const char *name, World **out) {
    World *w = arena_one(a, World);
    if (!w) return ST_BUDGET;
    w->arena = a;
    w->name = arena_str(a, name);
    if (!w->name) return ST_BUDGET;
    TRY(make_fallbacks(w));
    *out = w;
    return ST_OK;
}

const char *world_name(const World *w) {
    return w->name;
}

/* ---- the table of a fact's items ---- */

static uint64_t hash_text(const char *s) { /* FNV-1a */
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *s; s++) h = (h ^ (uint8_t)*s) * UINT64_C(1099511628211);
    return h;
}

/* The slot that holds the subject, or the empty one where it belongs. */
static WorldItem **find_slot(const ItemTable *t, const char *folded) {
    size_t at = (size_t)hash_text(folded) & (t->room - 1);
    while (t->slots[at] && strcmp(t->slots[at]->folded, folded) != 0) at = (at + 1) & (t->room - 1);
    return &t->slots[at];
}

static bool grow_table(Arena *a, ItemTable *t) {
    size_t room = t->room ? t->room * 2 : 16;
    WorldItem **slots = arena_new_array(a, WorldItem *, room);
    if (!slots) return false;
    t->slots = slots;
    t->room = room;
    for (WorldItem *i = t->first; i; i = i->next) *find_slot(t, i->folded) = i;
    return true;
}

static bool insert(Arena *a, ItemTable *t, WorldItem *item) {
    if (2 * (t->count + 1) > t->room && !grow_table(a, t)) return false;
    *find_slot(t, item->folded) = item;
    if (t->last) t->last->next = item;
    else t->first = item;
    t->last = item;
    t->count++;
    return true;
}

/* ---- expansion ---- */

static Status bind_subject(World *w, WorldItem *item) {
    SubjectKind kind = fact_subject(item->fact);
    bool expands = item->template && subject_expands(kind) && strchr(item->template, '%');
    if (item->folded && !expands) return ST_OK;
    item->subject = item->template;
    if (expands) {
        const char *problem, *expanded = world_expand(w, w->arena, item->template);
        if (!expanded) return ST_BUDGET;
        /* What does not fit the subject's form once it is expanded stays as it was told. */
        Status status =
            subject_canonical(w->arena, kind, span_str(expanded), &item->subject, &problem);
        if (status == ST_BUDGET) return status;
        if (status != ST_OK) item->subject = item->template;
    }
    item->folded = subject_fold(w->arena, item->subject ? item->subject : "");
    return item->folded ? ST_OK : ST_BUDGET;
}

/* A variable of the environment has been resolved already, and may have named itself. */
static const char *expand_value(const World *w, const WorldItem *item, const WorldValue *v) {
    const char *variable = NULL;
    if (item->fact == FACT_environment) variable = world_variable(w, item->subject);
    return variable ? variable : world_expand(w, w->arena, (const char *)v->template.p);
}

Status world_bind_value(World *w, const WorldItem *item, FactId id) {
    WorldValue *v = &item->values[id - item->fact];
    if (!v->template.p) return ST_OK;
    const char *expanded = expand_value(w, item, v);
    if (!expanded) return ST_BUDGET;
    return value_bind(w->arena, id, expanded, v);
}

static Status bind_item(World *w, WorldItem *item) {
    TRY(bind_subject(w, item));
    for (unsigned i = 0; i < fact_value_count(item->fact); i++)
        TRY(world_bind_value(w, item, item->fact + i));
    return ST_OK;
}

Status world_bind_item(World *w, WorldItem *item) {
    TRY(bind_item(w, item));
    return item->fact == FACT_process ? process_complete(w, item) : ST_OK;
}

/* Two subjects may become one: the later one is kept, in the place of the earlier; what is told
 * goes before what is derived. */
static Status bind_table(World *w, ItemTable *t) {
    WorldItem *next, *old = t->first;
    *t = (ItemTable){.slots = t->slots, .room = t->room};
    if (t->slots) memset(t->slots, 0, t->room * sizeof *t->slots);
    for (; old; old = next) {
        next = old->next;
        old->next = NULL;
        TRY(bind_item(w, old));
        WorldItem *same = t->room ? *find_slot(t, old->folded) : NULL;
        if (same && old->derived) continue;
        if (same) {
            WorldItem *after = same->next;
            if (!same->derived) w->merged = same;
            *same = *old;
            same->next = after;
        } else if (!insert(w->arena, t, old)) return ST_BUDGET;
    }
    return ST_OK;
}

Status world_bind(World *w) {
    TRY(identity_bind(w));
    TRY(variables_make(w));
    for (FactId fact = 0; fact < FACT_COUNT; fact++)
        if (w->tables[fact].first) TRY(bind_table(w, &w->tables[fact]));
    for (WorldItem *i = w->tables[FACT_process].first; i; i = i->next) TRY(process_complete(w, i));
    return world_derive(w);
}

/* ---- items ---- */

WorldItem *world_item_find(const World *w, FactId fact, const char *folded) {
    const ItemTable *t = &w->tables[fact];
    return t->room ? *find_slot(t, folded) : NULL;
}

WorldItem *world_item_make(World *w, FactId fact, const char *subject) {
    WorldItem *item = arena_one(w->arena, WorldItem);
    WorldValue *values = arena_new_array(w->arena, WorldValue, fact_value_count(fact));
    if (!item || !values) return NULL;
    *item = (WorldItem){.world = w, .fact = fact, .template = subject, .values = values};
    if (bind_subject(w, item) != ST_OK) return NULL;
    WorldItem *there = world_item_find(w, fact, item->folded);
    if (there) return there;
    return insert(w->arena, &w->tables[fact], item) ? item : NULL;
}

/* What is derived no longer was never said to be absent. */
static const WorldItem *skip(const WorldItem *i, bool removed) {
    while (i && (i->removed != removed || (removed && i->derived))) i = i->next;
    return i;
}

const WorldItem *world_first(const World *w, FactId fact) {
    return skip(w->tables[fact].first, false);
}
const WorldItem *world_next(const WorldItem *item) {
    return skip(item->next, false);
}
const WorldItem *world_first_removed(const World *w, FactId fact) {
    return skip(w->tables[fact].first, true);
}
const WorldItem *world_next_removed(const WorldItem *item) {
    return skip(item->next, true);
}

size_t world_count(const World *w, FactId fact) {
    size_t n = 0;
    for (const WorldItem *i = world_first(w, fact); i; i = world_next(i)) n++;
    return n;
}

/* The folded form of whatever spelling the caller has; what is not canonical folds as it is. */
static const char *fold_any(const World *w, Arena *a, FactId fact, const char *subject) {
    const char *problem, *canonical = subject;
    SubjectKind kind = fact_subject(fact);
    if (subject_expands(kind) && strchr(subject, '%')) subject = world_expand(w, a, subject);
    if (subject && subject_canonical(a, kind, span_str(subject), &canonical, &problem) != ST_OK)
        canonical = subject;
    return subject ? subject_fold(a, canonical) : NULL;
}

/* Several times the longest subject: expansion, canonical form and folding each copy it. */
enum { SCRATCH = 1 << 20 };

static const WorldItem *first_of_name(const World *w, FactId fact, const char *folded) {
    size_t n = strlen(folded);
    for (const WorldItem *i = world_first(w, fact); i; i = world_next(i))
        if (subject_name_length(i->folded) == n && memcmp(i->folded, folded, n) == 0) return i;
    return NULL;
}

const WorldItem *world_find(const World *w, FactId fact, const char *subject) {
    Arena scratch = arena_new(SCRATCH);
    const char *folded = fold_any(w, &scratch, fact, subject);
    const WorldItem *item = folded ? world_item_find(w, fact, folded) : NULL;
    if (item && item->removed) item = NULL;
    if (!item && folded && fact_subject(fact) == SUBJECT_PROCESS)
        item = first_of_name(w, fact, folded);
    arena_reset(&scratch);
    return item;
}

const WorldItem *world_match(const World *w, FactId fact, const char *text) {
    const WorldItem *best = world_find(w, fact, text);
    size_t longest = 0;
    if (best) return best;
    for (const WorldItem *i = world_first(w, fact); i; i = world_next(i)) {
        size_t n = strlen(i->subject);
        if (n > longest && text_match(i->subject, text)) best = i, longest = n;
    }
    return best;
}

/* Files lie below directories, values below keys. */
static FactId container_of(FactId fact) {
    if (fact == FACT_file || fact == FACT_directory) return FACT_directory;
    if (fact == FACT_registry || fact == FACT_key) return FACT_key;
    return FACT_COUNT;
}

static bool below_removed(const World *w, FactId container, const char *folded) {
    for (const WorldItem *i = world_first_removed(w, container); i; i = world_next_removed(i))
        if (subject_below(folded, i->folded)) return true;
    return false;
}

bool world_removed(const World *w, FactId fact, const char *subject) {
    Arena scratch = arena_new(SCRATCH);
    const char *folded = fold_any(w, &scratch, fact, subject);
    const WorldItem *item = folded ? world_item_find(w, fact, folded) : NULL;
    FactId container = container_of(fact);
    bool removed = item ? item->removed && !item->derived
                        : folded && container != FACT_COUNT && below_removed(w, container, folded);
    arena_reset(&scratch);
    return removed;
}

/* ---- values ---- */

const WorldValue *item_value(const WorldItem *item, FactId id) {
    const WorldValue *v = &item->values[id - item->fact];
    return v->set ? v : &item->world->fallbacks[id];
}

const char *item_text(const WorldItem *item, FactId id) {
    const WorldValue *v = item_value(item, id);
    return v->set ? (const char *)v->bytes.p : NULL;
}

/* An edit of one fact may leave another behind that cannot be true any more: no more is free than
 * there is. */
static int64_t bounded(int64_t number, int64_t most) {
    return number < most ? number : most;
}

int64_t item_number(const WorldItem *item, FactId id, int64_t otherwise) {
    const WorldValue *v = item_value(item, id);
    if (id == FACT_drive_free) return bounded(v->number, item_number(item, FACT_drive_size, 0));
    return v->set ? v->number : otherwise;
}

bool item_bool(const WorldItem *item, FactId id) {
    return item_number(item, id, 0) != 0;
}

const WorldValue *world_value(const World *w, FactId id) {
    const WorldItem *item = w->tables[fact_info(id)->fact].first;
    return item ? item_value(item, id) : &w->fallbacks[id];
}

const char *world_text(const World *w, FactId id) {
    const WorldValue *v = world_value(w, id);
    return v->set ? (const char *)v->bytes.p : "";
}
int64_t world_number(const World *w, FactId id) {
    int64_t number = world_value(w, id)->number;
    if (id == FACT_ram_free) return bounded(number, world_number(w, FACT_ram) / 3 * 2);
    return id == FACT_cpu_cores ? bounded(number, world_number(w, FACT_cpu_count)) : number;
}
Time world_time(const World *w, FactId id) {
    return world_value(w, id)->number;
}
bool world_bool(const World *w, FactId id) {
    return world_value(w, id)->number != 0;
}

void world_resolution(const World *w, uint32_t *width, uint32_t *height) {
    int64_t n = world_number(w, FACT_screen);
    *width = (uint32_t)(n >> 32);
    *height = (uint32_t)n;
}
