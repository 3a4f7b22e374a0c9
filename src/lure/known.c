/* What the search has seen: places and questions; and what it has told. */
#include "lure/range.h"
#include "lure/search.h"
#include <stdlib.h>

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static bool is_seen(const Search *s, uint64_t place) {
    return s->seen_count && bsearch(&place, s->seen, s->seen_count, sizeof place, by_value) != NULL;
}

size_t places_new(const Search *s, const Record *r) {
    size_t n = 0;
    for (size_t i = 0; i < r->place_count; i++) n += !is_seen(s, r->places[i]);
    return n;
}

void places_see(Search *s, const Record *r) {
    uint64_t *more = realloc(s->seen, (s->seen_count + r->place_count + 1) * sizeof *more);
    if (!more) return;
    s->seen = more;
    size_t old = s->seen_count;
    for (size_t i = 0; i < r->place_count; i++)
        if (!(old && bsearch(&r->places[i], s->seen, old, sizeof *s->seen, by_value)))
            s->seen[s->seen_count++] = r->places[i];
    qsort(s->seen, s->seen_count, sizeof *s->seen, by_value);
}

/* A question that no node has asked: there is more to try. */
static bool is_known(const Search *s, const Asked *q) {
    for (size_t n = 0; n < s->node_count; n++) {
        const Record *r = &s->nodes[n].record;
        for (size_t i = 0; i < r->asked_count; i++) {
            const Asked *o = &r->asked[i];
            bool same = !o->subject == !q->subject &&
                        (!q->subject || strcasecmp(o->subject, q->subject) == 0);
            if (same && o->fact == q->fact) return true;
        }
    }
    return false;
}

/* What an edit adds to a list is asked about where the list is gone through. */
static bool is_added(const EditSet *edits, const Asked *q) {
    for (size_t i = 0; i < edits->count; i++)
        if (edits->edits[i]->fact == q->fact && q->subject && edits->edits[i]->subject &&
            strcasecmp(edits->edits[i]->subject, q->subject) == 0)
            return true;
    return false;
}

size_t questions_new(const Search *s, const EditSet *edits, const Record *r) {
    size_t n = 0;
    for (size_t i = 0; i < r->asked_count; i++)
        n += !r->asked[i].foreign && !is_added(edits, &r->asked[i]) && !is_known(s, &r->asked[i]);
    return n;
}

/* A value that a table's place was compared with. */
static bool is_of_place(const Told *t, const Guess *g) {
    return t->must_not && g->strong && t->place == g->place && t->fact == g->edit.fact;
}

/* The range of a number that a node was reached by says the rest. */
static bool is_of_range(const Told *t, const Node *node, const Guess *g) {
    if (t->fact != g->edit.fact || !range_is_ordered(t->fact) ||
        !edit_same_target(t->edit, &g->edit))
        return false;
    for (size_t i = 0; i < node->edits.count; i++)
        if (edit_same_target(node->edits.edits[i], &g->edit)) return true;
    return false;
}

/* A file in the way of a folder is there for whoever asks about one of the two. */
static bool same_kind(FactId a, FactId b) {
    return a == b || (a == FACT_file && b == FACT_directory);
}

/* What a program flees is told once; what it waits for once for each node. */
bool told_already(const Search *s, const Node *node, const Guess *g) {
    for (size_t i = 0; i < s->known_count; i++) {
        const Told *t = &s->known[i];
        if (is_of_range(t, node, g)) return true;
        if (is_of_place(t, g) && (t->table || t->node != node)) return true;
        bool same = !t->subject == !g->edit.subject &&
                    (!t->subject || strcasecmp(t->subject, g->edit.subject) == 0);
        if (!g->digest && same && same_kind(t->fact, g->edit.fact) &&
            (t->must_not || t->node == node || !g->strong ||
             (t->edit && edit_same_value(t->edit, &g->edit))))
            return true;
    }
    return false;
}

static uint64_t hash_effects(const Difference *d) {
    uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < d->count; i++)
        for (const char *c = d->all[i]->key; *c; c++)
            h = (h ^ (uint8_t)*c) * UINT64_C(0x100000001b3);
    return h;
}

void told_remember(Search *s, const Node *node, const Guess *g, bool must_not,
                   const Difference *effects) {
    if (s->known_count < sizeof s->known / sizeof *s->known)
        s->known[s->known_count++] = (Told){.fact = g->edit.fact,
                                            .subject = g->edit.subject,
                                            .node = node,
                                            .edit = edit_keep(&s->lure.arena, &g->edit),
                                            .must_not = must_not,
                                            .place = g->place,
                                            .effects = hash_effects(effects)};
}

/* Another value of a table from which the program flees as it does from the one that was told. */
bool told_of_table(Search *s, const Node *node, const Guess *g, const Difference *lost) {
    for (size_t i = 0; i < s->known_count; i++) {
        Told *t = &s->known[i];
        if (t->node == node && is_of_place(t, g) && t->effects == hash_effects(lost))
            return t->table = true;
    }
    return false;
}
