/* Proof: what was found is made as small as it can be, its range is looked for, it is lived from
 * boot with and without, and told. */
#include "lure/edits.h"
#include "lure/range.h"
#include "lure/search.h"

/* A number of the set is changed; the effects are wanted, or their absence. */
typedef struct {
    Search *search;
    const EditSet *edits, *other; /* other: of the node that the effects are a difference to */
    Seen fact;
    const Difference *effects;
    bool wanted;
} Probe;

static bool number_edit(const Probe *p, int64_t number, WorldEdit *out) {
    return edits_set_number(&p->search->lure.arena, &p->fact, number, out);
}

static bool does_the_same(void *context, int64_t number) {
    const Probe *p = context;
    Search *s = p->search;
    WorldEdit e;
    Record r;
    EditSet with = *p->edits;
    if (!number_edit(p, number, &e) || !edit_set_add(&with, &e) || !life_left(&s->lure) ||
        life(&s->lure, &with, 0, 0, &r) != ST_OK)
        return false;
    bool same = !life_is_broken(&r) &&
                effects_shown(s, (Masks){{&with, p->other}}, &r, p->effects) == p->wanted;
    record_free(&r);
    return same;
}

static size_t number_hints(Search *s, const EditSet *edits, const Record *r, const WorldEdit *e,
                           int64_t *out, size_t room) {
    Guesses g;
    size_t n = 0;
    guesses_make(&s->lure.arena, s->lure.config->guest.world, edits, r, &g);
    for (size_t i = 0; i < g.count && n < room; i++)
        if (g.all[i].strong && !g.all[i].digest && edit_same_target(&g.all[i].edit, e))
            out[n++] = g.all[i].edit.value.number;
    guesses_free(&g);
    for (size_t i = 0; i < s->hint_count && n < room; i++) out[n++] = s->hints[i];
    return n;
}

static const char *number_text(const Probe *p, int64_t number) {
    WorldEdit e;
    return number_edit(p, number, &e) ? edits_value_text(&p->search->lure.arena, &e) : NULL;
}

/* The guess' number is one of a range: its test and values become the range's. */
void prove_range(Search *s, const Node *node, const EditSet *edits, const Record *r,
                 const Difference *effects, bool wanted, Guess *guess) {
    enum { MOST_HINTS = 256 };
    int64_t hints[2 * MOST_HINTS];
    const WorldEdit *e = &guess->edit;
    if (e->verb != EDIT_SET || !range_is_ordered(e->fact)) return;
    Probe p = {s, edits, &node->edits, {.fact = e->fact, .subject = e->subject}, effects, wanted};
    p.fact.type = fact_info(e->fact)->type;
    size_t n = number_hints(s, &node->edits, &node->record, e, hints, MOST_HINTS);
    n += number_hints(s, edits, r, e, hints + n, MOST_HINTS);
    Range found;
    range_find(e->fact, e->value.number, hints, n, does_the_same, &p, &found);
    guess->test = range_word(&found);
    guess->low = found.from_below ? NULL : number_text(&p, found.low);
    guess->high = found.to_above || found.high == found.low ? NULL : number_text(&p, found.high);
    if (strcmp(guess->test, "any") == 0) guess->test = "is not";
}

static void all_values(const Guesses *g, const Guess *one, Arena *a, Found *f) {
    const char **values = arena_new_array(a, const char *, g->count + 2);
    if (!values) return;
    f->values = values;
    if (one->low) values[f->value_count++] = one->low;
    if (one->high) values[f->value_count++] = one->high;
    if (one->low || one->high) return;
    for (size_t i = 0; i < g->count; i++)
        if (g->all[i].strong && g->all[i].place == one->place && g->all[i].value &&
            g->all[i].fact == one->fact && strcmp(g->all[i].test, one->test) == 0)
            values[f->value_count++] = g->all[i].value;
}

static void keep_reveals(Arena *a, const Difference *d, Found *f) {
    for (size_t i = 0; i < d->count; i++)
        f->reveals[f->reveal_count++] = arena_str(a, d->all[i]->sentence);
}

/* Lives and tells a run; *proves tells whether it has the effects that it should have, or lacks one
 * that it should lack. */
static uint32_t tell_run(Search *s, const EditSet *edits, Masks masks, const Difference *effects,
                         bool has, bool *proves) {
    Record r;
    uint32_t run = ++s->lure.run;
    bool as_it_should = life(&s->lure, edits, run, 0, &r) == ST_OK && !r.failed &&
                        effects_shown(s, masks, &r, effects) == has;
    *proves = *proves && as_it_should;
    record_free(&r);
    return run;
}

/* A trigger for each edit of the smallest set: the effects are there with all of them, and gone
 * without it. Both are lived from boot, undyed, and told. */
void prove_targets(Search *s, const EditSet *least, const Guesses *g, const Guess *last,
                   const Node *from, const Difference *gained) {
    Masks masks = {{least, &from->edits}};
    bool shown = true;
    uint32_t with = tell_run(s, least, masks, gained, true, &shown);
    for (size_t i = 0; i < least->count; i++) {
        Found f = {.edit = least->edits[i], .guess = *last, .proved = shown};
        for (size_t k = 0; k < from->depth; k++)
            if (edit_same_target(&from->path[k].edit, f.edit)) f.guess = from->path[k];
        if (edit_same_target(&last->edit, f.edit)) f.guess = *last;
        f.runs[0] = with;
        if (least->count > 1) {
            EditSet without = edit_set_without(least, i);
            f.runs[1] = tell_run(s, &without, masks, gained, false, &f.proved);
        } else {
            f.runs[1] = s->lure.config->guest.run;
            f.proved = f.proved && !effects_shown(s, masks, &s->nodes[0].record, gained);
        }
        if (edit_same_target(&last->edit, f.edit)) all_values(g, last, &s->lure.arena, &f);
        keep_reveals(&s->lure.arena, gained, &f);
        tell_trigger(&s->lure, &f);
    }
    s->told++;
}

/* Takes away what the effects do not need. */
EditSet prove_least(Search *s, const EditSet *full, const WorldEdit *keep,
                    const Difference *wanted) {
    EditSet least = *full;
    for (size_t i = 0; i < least.count;) {
        Record r;
        EditSet less = edit_set_without(&least, i);
        if (least.edits[i] == keep || !life_left(&s->lure) ||
            life(&s->lure, &less, 0, 0, &r) != ST_OK) {
            i++;
            continue;
        }
        if (effects_shown(s, (Masks){{&less, full}}, &r, wanted)) least = less;
        else i++;
        record_free(&r);
    }
    return least;
}

/* Where being there is enough, the edit says no more. */
void prove_simpler(Search *s, EditSet *least, Guess *guess, const Difference *wanted) {
    Arena *a = &s->lure.arena;
    WorldEdit *plain = arena_one(a, WorldEdit);
    Record r;
    if (!plain || fact_info(guess->edit.fact)->subject == SUBJECT_PATTERN ||
        strcmp(guess->test, "exists") != 0 || guess->edit.verb != EDIT_SET ||
        !edits_add(a, guess->edit.fact, guess->edit.subject, plain) || !life_left(&s->lure))
        return;
    EditSet with = *least;
    if (!edit_set_add(&with, plain) || life(&s->lure, &with, 0, 0, &r) != ST_OK) return;
    if (effects_shown(s, (Masks){{&with, least}}, &r, wanted)) {
        *least = with;
        guess->edit = *plain;
    }
    record_free(&r);
}

void prove_evasion(Search *s, const Node *node, const EditSet *edits, const Guesses *g,
                   const Guess *guess, const Difference *lost) {
    Masks masks = {{&node->edits, edits}};
    Found f = {.edit = &guess->edit, .guess = *guess, .must_not = true, .proved = true};
    f.runs[0] = node->edits.count ? tell_run(s, &node->edits, masks, lost, true, &f.proved)
                                  : s->lure.config->guest.run;
    f.runs[1] = tell_run(s, edits, masks, lost, false, &f.proved);
    all_values(g, guess, &s->lure.arena, &f);
    keep_reveals(&s->lure.arena, lost, &f);
    tell_trigger(&s->lure, &f);
    s->told++;
}

/* l->forced says which compare is made to hold. */
void prove_forced(Search *s, const Node *node, const Guesses *g, const Guess *guess,
                  const Difference *effects, bool must_not) {
    Lure *l = &s->lure;
    Masks masks = {{&node->edits, &node->edits}};
    uint64_t place = l->forced;
    Found f = {.guess = *guess, .forced = true, .must_not = must_not, .proved = true};
    uint32_t held = tell_run(s, &node->edits, masks, effects, !must_not, &f.proved);
    l->forced = 0;
    uint32_t plain = node->edits.count
                         ? tell_run(s, &node->edits, masks, effects, must_not, &f.proved)
                         : l->config->guest.run;
    l->forced = place;
    f.runs[0] = must_not ? plain : held;
    f.runs[1] = must_not ? held : plain;
    all_values(g, guess, &l->arena, &f);
    keep_reveals(&l->arena, effects, &f);
    tell_trigger(l, &f);
    s->told++;
}
