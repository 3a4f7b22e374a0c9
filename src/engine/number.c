#include "engine/number.h"
#include <stdlib.h>

uint32_t number_artifact(Numbers *n, const Artifact *a) {
    Artifact numbered = *a;
    numbered.id = ++n->artifacts;
    n->summary.artifacts++;
    sink_artifact(n->to, &numbered);
    return numbered.id;
}

void number_finding(Numbers *n, const Finding *f) {
    n->summary.findings++;
    sink_finding(n->to, f);
}

void number_trigger(Numbers *n, const Trigger *t) {
    n->summary.triggers++;
    sink_trigger(n->to, t);
}

void number_skipped(Numbers *n, const char *what, const char *why) {
    n->summary.skipped++;
    sink_skipped(n->to, what, why);
}

void number_run(Numbers *n, const Run *r) {
    n->summary.runs++;
    sink_run(n->to, r);
}

/* ---- a worker's ids to ours ---- */

/* Ids above this are never told as their own: a worker counts from 1. */
enum { MOST_IDS = 1 << 16 };

void ids_add(Ids *i, uint32_t theirs, uint32_t ours) {
    if (theirs >= MOST_IDS) return;
    if (theirs >= i->count) {
        size_t count = (size_t)theirs * 2 + 16;
        uint32_t *more = realloc(i->ours, count * sizeof *more);
        if (!more) return;
        memset(more + i->count, 0, (count - i->count) * sizeof *more);
        i->ours = more;
        i->count = count;
    }
    i->ours[theirs] = ours;
}

uint32_t ids_find(const Ids *i, uint32_t theirs) {
    uint32_t ours = theirs < i->count ? i->ours[theirs] : 0;
    return ours ? ours : i->otherwise;
}

void ids_free(Ids *i) {
    free(i->ours);
    *i = (Ids){0};
}

static Value *copy(Arena *a, const Value *v) {
    Value *c = arena_one(a, Value);
    if (!c) return NULL;
    *c = *v; /* the text and the tree below are shared */
    c->next = NULL;
    return c;
}

static Value *translate_item(Arena *a, const Value *v, const Ids *artifacts, const Ids *runs) {
    const Ids *ids = strcmp(v->key, "artifact") == 0 ? artifacts
                     : strcmp(v->key, "run") == 0    ? runs
                                                     : NULL;
    Value *c = copy(a, v);
    if (c && ids && c->kind == VALUE_UINT)
        c->natural = ids_find(ids, v->natural > UINT32_MAX ? 0 : (uint32_t)v->natural);
    return c;
}

const Value *ids_translate(Arena *a, const Value *evidence, const Ids *artifacts, const Ids *runs) {
    Value *list = evidence ? value_list(a) : NULL;
    for (const Value *map = value_first(evidence); list && map; map = map->next) {
        Value *ours = value_map(a);
        for (const Value *v = value_first(map); v; v = v->next)
            value_add(ours, translate_item(a, v, artifacts, runs));
        value_add(list, ours);
    }
    return list;
}
