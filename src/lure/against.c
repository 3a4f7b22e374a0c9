/* The same program on several personas. Where it does less than in the world in which it does the
 * most, the reference, it avoids the persona; by what, is found by delta debugging: of the edits
 * that make the persona out of the reference, a smallest part that takes the behaviour away is
 * looked for by halving, life by life, and then, without that part, the next one. */
#include "base/log.h"
#include "lure/edits.h"
#include "lure/internal.h"
#include <stdlib.h>

enum { MOST_STAYS = 32, MOST_CAUSES = 6, MOST_LIVES = 60, PLAIN_VALUES = 64 };

typedef struct {
    const char *name;
    Span text;
    World *world;
    Record record; /* what was lived there */
    bool borrowed; /* the record is the caller's */
    uint32_t run;
} Candidate;

typedef struct {
    Lure *lure;
    Candidate all[MOST_STAYS];
    size_t count, lives;
    const Candidate *reference, *persona; /* that are compared */
    const Effect *missing[MOST_REVEALS];  /* in the persona */
    size_t missing_count;
    Span values[PLAIN_VALUES]; /* names in the two worlds, in whose place a mark is compared */
    size_t value_count;
} Against;

typedef struct {
    const WorldEdit **all;
    size_t count;
} Edits;

/* ---- worlds ---- */

static Status make_world(Lure *l, Span text, const char *name, World **out) {
    WorldError error = {0};
    TRY(world_read(&l->arena, text, name, out, &error));
    for (const Value *v = value_first(l->config->guest.edits); v; v = v->next)
        TRY(world_edit(*out, value_get_str(v, ""), NULL, &error));
    return ST_OK;
}

/* The edits that make one persona out of the other. */
static Status edits_between(Against *a, const Candidate *from, const Candidate *to, Edits *out) {
    Arena *arena = &a->lure->arena;
    World *copy;
    WorldError error = {0};
    Buf text = buf_new(64 << 20);
    Status s = make_world(a->lure, from->text, from->name, &copy);
    if (s == ST_OK) s = world_diff(copy, to->world, &text);
    size_t lines = 0;
    for (size_t i = 0; i < text.n; i++) lines += text.p[i] == '\n';
    *out = (Edits){.all = arena_new_array(arena, const WorldEdit *, lines + 1)};
    Span kept = arena_bytes(arena, buf_span(&text));
    buf_free(&text);
    for (size_t at = 0; s == ST_OK && at < kept.n && out->all;) {
        Span rest = span_clip(kept, at, kept.n);
        const uint8_t *end = memchr(rest.p, '\n', rest.n);
        size_t n = end ? (size_t)(end - rest.p) : rest.n;
        WorldEdit *e = arena_one(arena, WorldEdit);
        if (e && edit_parse(arena, span_clip(rest, 0, n), NULL, e, &error) == ST_OK)
            out->all[out->count++] = e;
        at += n + 1;
    }
    return s == ST_OK && !out->all ? ST_BUDGET : s;
}

/* ---- what is done here and not there ---- */

static void gather_values(Against *a) {
    const Candidate *const two[] = {a->reference, a->persona};
    a->value_count = 0;
    for (int f = 0; f < FACT_COUNT; f++) {
        const Fact *fact = fact_info((FactId)f);
        if (fact->subject != SUBJECT_NONE || fact->type != FACT_TYPE_TEXT) continue;
        Span v[2];
        for (int k = 0; k < 2; k++) v[k] = span_str(world_text(two[k]->world, (FactId)f));
        if (span_equal(v[0], v[1])) continue;
        for (int k = 0; k < 2; k++)
            if (v[k].n > 2 && a->value_count < PLAIN_VALUES) a->values[a->value_count++] = v[k];
    }
}

static const char *neutral(const Against *a, Arena *scratch, const char *key) {
    for (size_t i = 0; i < a->value_count; i++) key = mask_value(scratch, key, a->values[i]);
    return key;
}

static bool does(const Against *a, const Record *r, const Effect *e) {
    Arena scratch = arena_new(16 << 20);
    const char *wanted = neutral(a, &scratch, e->key);
    bool found = false;
    for (size_t i = 0; i < r->effect_count && !found; i++)
        found = strcmp(neutral(a, &scratch, r->effects[i].key), wanted) == 0;
    arena_reset(&scratch);
    return found;
}

/* What it prints may differ from world to world without its going another way. */
static bool goes_elsewhere(const Record *there, const Record *here) {
    for (size_t i = 0; i < there->place_count; i++)
        if (!record_has_place(here, there->places[i])) return true;
    return false;
}

static size_t note_missing(Against *a) {
    const Record *there = &a->reference->record, *here = &a->persona->record;
    size_t shown = 0;
    a->missing_count = 0;
    for (size_t i = 0; i < there->effect_count; i++) {
        if (does(a, here, &there->effects[i])) shown++;
        else if (a->missing_count < MOST_REVEALS)
            a->missing[a->missing_count++] = &there->effects[i];
    }
    return shown;
}

/* ---- by what ---- */

static bool flees(Against *a, const WorldEdit *const *edits, size_t count) {
    static const EditSet none;
    Lure *l = a->lure;
    Record r;
    if (!count || a->lives == MOST_LIVES) return false;
    a->lives++;
    l->stay = &(Stay){a->reference->name, a->reference->world, edits, count};
    bool gone = life(l, &none, 0, LIFE_COMPARES, &r) == ST_OK && !r.failed && r.ended &&
                goes_elsewhere(&a->reference->record, &r);
    l->stay = NULL;
    for (size_t i = 0; gone && i < a->missing_count; i++) gone = !does(a, &r, a->missing[i]);
    record_free(&r);
    return gone;
}

/* What lies below a key or folder is there only with it. */
static bool is_under(const Asked *q, const WorldEdit *e) {
    size_t n = q->subject ? strlen(q->subject) : 0;
    bool holds = q->fact == FACT_key || q->fact == FACT_directory || q->fact == FACT_file;
    return holds && n && e->subject && strncasecmp(e->subject, q->subject, n) == 0 &&
           e->subject[n] == '\\';
}

static bool asks(const Record *r, const WorldEdit *e) {
    for (size_t i = 0; i < r->asked_count; i++) {
        const Asked *q = &r->asked[i];
        if (is_under(q, e)) return true;
        if (fact_info(q->fact)->fact != fact_info(e->fact)->fact) continue;
        if (!e->subject || !q->subject || strcmp(q->subject, "*") == 0 ||
            strcasecmp(e->subject, q->subject) == 0)
            return true;
    }
    return false;
}

/* Only what the program asked about, where that is enough. */
static Edits asked_about(Against *a, Edits all) {
    Edits some = {.all = arena_new_array(&a->lure->arena, const WorldEdit *, all.count + 1)};
    for (size_t i = 0; some.all && i < all.count; i++)
        if (asks(&a->reference->record, all.all[i]) || asks(&a->persona->record, all.all[i]))
            some.all[some.count++] = all.all[i];
    return flees(a, some.all, some.count) ? some : all;
}

/* Neither half is enough: piece by piece is left out what is not needed. */
static void leave_out(Against *a, Edits *e) {
    const WorldEdit **rest = arena_new_array(&a->lure->arena, const WorldEdit *, e->count + 1);
    for (size_t piece = e->count / 2; rest && piece; piece /= 2)
        for (size_t at = 0; at + piece <= e->count && e->count > 1;) {
            size_t after = e->count - at - piece;
            memcpy(rest, e->all, at * sizeof *rest);
            memcpy(rest + at, e->all + at + piece, after * sizeof *rest);
            if (flees(a, rest, at + after))
                memcpy(e->all, rest, (e->count = at + after) * sizeof *rest);
            else at += piece;
        }
}

/* A smallest part of edits from which the program flees. */
static Edits least(Against *a, Edits from) {
    Edits e = {.all = arena_new_array(&a->lure->arena, const WorldEdit *, from.count + 1)};
    if (!e.all) return e;
    memcpy(e.all, from.all, (e.count = from.count) * sizeof *e.all);
    while (e.count > 1) {
        size_t half = e.count / 2;
        if (flees(a, e.all, half)) {
            e.count = half;
        } else if (flees(a, e.all + half, e.count - half)) {
            e.all += half;
            e.count -= half;
        } else {
            leave_out(a, &e);
            break;
        }
    }
    return e;
}

/* A key's values stand and fall together. */
static bool same_key(const WorldEdit *a, const WorldEdit *b) {
    if (a->fact != FACT_registry || b->fact != FACT_registry) return false;
    const char *x = strrchr(a->subject, '\\'), *y = strrchr(b->subject, '\\');
    return x && y && x - a->subject == y - b->subject &&
           strncasecmp(a->subject, b->subject, (size_t)(x - a->subject)) == 0;
}

/* An attribute of it, too: that would bring it back. */
static bool is_about(const WorldEdit *one, Edits e) {
    for (size_t i = 0; i < e.count; i++) {
        const WorldEdit *o = e.all[i];
        bool same = !o->subject == !one->subject &&
                    (!o->subject || strcasecmp(o->subject, one->subject) == 0);
        if (same_key(o, one)) return true;
        if (same && fact_info(o->fact)->fact == fact_info(one->fact)->fact) return true;
    }
    return false;
}

static void without(Edits *from, Edits what) {
    size_t kept = 0;
    for (size_t i = 0; i < from->count; i++)
        if (!is_about(from->all[i], what)) from->all[kept++] = from->all[i];
    from->count = kept;
}

static Value *cause(Arena *a, Edits e) {
    Value *map = value_map(a), *edits = value_list(a);
    value_set(a, map, "fact", value_str(a, fact_info(e.all[0]->fact)->name));
    if (e.all[0]->subject) value_set(a, map, "subject", value_str(a, e.all[0]->subject));
    for (size_t i = 0; i < e.count; i++) value_add(edits, value_str(a, edit_text(a, e.all[i])));
    value_set(a, map, "edits", edits);
    return map;
}

/* Every cause that is enough by itself, as far as the lives reach. */
static Value *causes(Against *a) {
    Arena *arena = &a->lure->arena;
    Value *list = value_list(arena);
    Edits all;
    a->lives = 0;
    if (edits_between(a, a->reference, a->persona, &all) != ST_OK) return list;
    Edits left = asked_about(a, all);
    for (unsigned found = 0; found < MOST_CAUSES && a->lives < MOST_LIVES;) {
        if (!flees(a, left.all, left.count)) {
            if (left.all == all.all) break;
            left = all;
            continue;
        }
        Edits e = least(a, left);
        if (!e.count || a->lives == MOST_LIVES) break;
        value_add(list, cause(arena, e));
        found++;
        without(&left, e);
        if (left.all != all.all) without(&all, e);
    }
    if (a->lives == MOST_LIVES)
        sink_skipped(a->lure->config->guest.sink, a->persona->name,
                     "why the program avoids this world was not looked for any further: the budget "
                     "of lives for it ended");
    return list;
}

/* ---- telling ---- */

static const Value *sentences(const Against *a) {
    Arena *arena = &a->lure->arena;
    Value *list = value_list(arena);
    for (size_t i = 0; i < a->missing_count; i++)
        value_add(list, value_str(arena, a->missing[i]->sentence));
    return list;
}

static void compare(Against *a, const Candidate *c) {
    a->persona = c;
    gather_values(a);
    Persona p = {.artifact = a->lure->config->guest.artifact,
                 .run = c->run,
                 .world = c->name,
                 .reference = a->reference->name,
                 .shown = note_missing(a),
                 .all = a->reference->record.effect_count};
    bool elsewhere = goes_elsewhere(&a->reference->record, &c->record);
    if (!elsewhere) a->missing_count = 0, p.shown = p.all;
    p.avoided = a->missing_count > 0;
    p.missing = sentences(a);
    p.by = p.avoided ? causes(a) : value_list(&a->lure->arena);
    sink_persona(a->lure->config->guest.sink, &p);
}

/* ---- all ---- */

static Status stay(Against *a, const char *name, Span text, const Record *lived) {
    static const EditSet none;
    Lure *l = a->lure;
    Candidate *c = &a->all[a->count];
    *c = (Candidate){.name = name, .text = text, .run = l->config->guest.run};
    TRY(make_world(l, text, name, &c->world));
    a->count++;
    if (lived) {
        c->record = *lived;
        c->borrowed = true;
        return ST_OK;
    }
    l->stay = &(Stay){.name = name, .world = c->world};
    c->run = ++l->run;
    Status s = life(l, &none, c->run, LIFE_COMPARES, &c->record);
    l->stay = NULL;
    return s;
}

static size_t does_much(const Record *r) {
    size_t sum = 0;
    for (size_t i = 0; i < r->effect_count; i++) sum += r->effects[i].weight;
    return sum;
}

static const Candidate *richest(const Against *a) {
    const Candidate *best = &a->all[0];
    for (size_t i = 0; i < a->count; i++)
        if (a->all[i].borrowed) best = &a->all[i]; /* of equals, the world that was asked for */
    for (size_t i = 0; i < a->count; i++)
        if (does_much(&a->all[i].record) > does_much(&best->record)) best = &a->all[i];
    return best;
}

static bool is_listed(const Value *list, const char *name) {
    for (const Value *v = value_first(list); v; v = v->next)
        if (strcmp(value_get_str(value_get(v, "name"), ""), name) == 0) return true;
    return false;
}

static Status stay_everywhere(Against *a, const Record *plain) {
    const LureConfig *config = a->lure->config;
    const char *own = config->guest.world_name;
    if (!is_listed(config->against, own)) TRY(stay(a, own, config->world, plain));
    for (const Value *v = value_first(config->against); v && a->count < MOST_STAYS; v = v->next) {
        const Value *text = value_get(v, "world");
        const char *name = value_get_str(value_get(v, "name"), "");
        if (!text || text->kind != VALUE_TEXT) continue;
        bool here = strcmp(name, own) == 0;
        TRY(stay(a, name, here ? config->world : text->text, here ? plain : NULL));
    }
    return ST_OK;
}

Status against(Lure *l, const Record *plain) {
    Against *a = calloc(1, sizeof *a);
    if (!a) return ST_BUDGET;
    a->lure = l;
    Status s = stay_everywhere(a, plain);
    if (s == ST_OK) {
        a->reference = richest(a);
        for (size_t i = 0; i < a->count; i++) compare(a, &a->all[i]);
    }
    for (size_t i = 0; i < a->count; i++)
        if (!a->all[i].borrowed) record_free(&a->all[i].record);
    free(a);
    return s;
}
