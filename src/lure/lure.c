/* The search. A node is a set of edits and what the life with them showed. Guesses from a node are
 * tried one by one, the weak ones in groups that are split where the group matters. What gains an
 * effect is a target; what loses one is an evasion; what only reaches new code is a node to go on
 * from, so that guards behind guards are found. */
#include "base/log.h"
#include "lure/edits.h"
#include "lure/internal.h"
#include "lure/range.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    LURE_ARENA = 512 << 20,
    MOST_NODES = 64,
    MOST_AT_PLACE = 3,
    MOST_AT_ONCE = 32,
    DEEPEST = 8,
    ROUNDS = 6
};

typedef struct {
    EditSet edits;
    Record record;
    Guess path[DEEPEST]; /* the guesses by which it was reached */
    size_t depth;
    bool same_code; /* none that no node reached before: only other questions */
} Node;

/* A target that is known to matter. */
typedef struct {
    FactId fact;
    const char *subject;
    const Node *node;
    const WorldEdit *edit;
    bool must_not;
    uint64_t place, effects; /* effects: their hash */
    bool table;              /* other values of its place did the same */
} Told;

typedef struct {
    Lure lure;
    Node nodes[MOST_NODES];
    size_t node_count, next;
    uint64_t *seen; /* the program's places that any node reached */
    size_t seen_count;
    Told known[256];
    Guesses tried; /* of every node that was gone on from */
    size_t known_count, untried, told;
} Search;

/* ---- what is new ---- */

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static bool is_seen(const Search *s, uint64_t place) {
    return s->seen_count && bsearch(&place, s->seen, s->seen_count, sizeof place, by_value) != NULL;
}

static size_t new_places(const Search *s, const Record *r) {
    size_t n = 0;
    for (size_t i = 0; i < r->place_count; i++) n += !is_seen(s, r->places[i]);
    return n;
}

static void see(Search *s, const Record *r) {
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

static size_t new_questions(const Search *s, const EditSet *edits, const Record *r) {
    size_t n = 0;
    for (size_t i = 0; i < r->asked_count; i++)
        n += !r->asked[i].foreign && !is_added(edits, &r->asked[i]) && !is_known(s, &r->asked[i]);
    return n;
}

/* The edit broke the program, by taking away what it cannot run without: that is no condition. */
static bool is_broken(const Record *r) {
    unsigned long code;
    if (r->failed || !r->ended) return true;
    if (sscanf(r->ended, "exit %lu", &code) == 1) return code >= 0x80000000;
    return strncmp(r->ended, "unhandled", 9) == 0 || strncmp(r->ended, "not started", 11) == 0;
}

enum { MASK = 1, LONGEST_MASKED = 256 };

/* Effects with the values of the edits taken out of them, so that a program that prints its host's
 * name does the same on every host. */
const char *mask_value(Arena *a, const char *text, Span value) {
    if (value.n < 2 || value.n > LONGEST_MASKED) return text;
    Buf out = buf_new(1 << 20);
    bool any = false;
    for (const char *c = text; *c; c++) {
        if (strncasecmp(c, (const char *)value.p, value.n) == 0) {
            buf_byte(&out, MASK);
            c += value.n - 1;
            any = true;
        } else {
            buf_byte(&out, (uint8_t)*c);
        }
    }
    const char *masked = any ? arena_text(a, buf_span(&out)) : text;
    buf_free(&out);
    return masked;
}

/* What follows from a number is told in numbers: they all look alike. */
static const char *mask_numbers(Arena *a, const char *text) {
    char *out = arena_str(a, text), *to = out;
    for (const char *c = text; out && *c; c++)
        if (!isdigit((unsigned char)*c)) *to++ = *c;
        else if (c == text || !isdigit((unsigned char)c[-1])) *to++ = '#';
    if (!out) return text;
    *to = 0;
    return out;
}

static bool is_number(FactType t) {
    return t == FACT_TYPE_NUMBER || t == FACT_TYPE_FLAGS || t == FACT_TYPE_SIZE ||
           t == FACT_TYPE_TIME || t == FACT_TYPE_DURATION || t == FACT_TYPE_SERIAL ||
           t == FACT_TYPE_RESOLUTION || t == FACT_TYPE_MAC;
}

static const char *mask_set(const Search *s, Arena *a, const EditSet *edits, const char *key) {
    static const EditSet none;
    const World *w = s->lure.config->guest.world;
    for (size_t i = 0; i < edits->count; i++) {
        const WorldEdit *e = edits->edits[i];
        const WorldValue *old = edits_value(w, &none, e->fact, e->subject);
        FactType type = fact_info(e->fact)->type;
        if (is_number(type)) key = mask_numbers(a, key);
        if (type == FACT_TYPE_MAC || type == FACT_TYPE_REGISTRY) continue;
        if (old && old->set) key = mask_value(a, key, old->bytes);
        if (e->verb == EDIT_SET) key = mask_value(a, key, e->value.bytes);
    }
    return key;
}

/* Two sets: those of the one life and those of the other. */
typedef struct {
    const EditSet *sets[2];
} Masks;

static const char *mask_all(const Search *s, Arena *a, Masks m, const char *key) {
    for (int i = 0; i < 2; i++) key = mask_set(s, a, m.sets[i], key);
    return key;
}

static bool has_effect(const Search *s, Arena *a, Masks edits, const Record *r,
                       const char *masked) {
    for (size_t i = 0; i < r->effect_count; i++)
        if (strcmp(mask_all(s, a, edits, r->effects[i].key), masked) == 0) return true;
    return false;
}

typedef struct {
    const Effect *all[MOST_REVEALS];
    size_t count;
    unsigned weight;
} Difference;

/* Effects of `more` that `less` has not. */
static Difference difference(const Search *s, Masks edits, const Record *more, const Record *less) {
    Arena a = arena_new(64 << 20);
    Difference d = {0};
    for (size_t i = 0; i < more->effect_count && d.count < MOST_REVEALS; i++) {
        const Effect *e = &more->effects[i];
        const char *masked = mask_all(s, &a, edits, e->key);
        bool only_shows = e->weight == 1 && strchr(masked, MASK); /* the edited value itself */
        if (only_shows || has_effect(s, &a, edits, less, masked)) continue;
        d.all[d.count++] = e;
        if (e->weight > d.weight) d.weight = e->weight;
    }
    arena_reset(&a);
    return d;
}

/* How many effects only show an edited value. */
static size_t only_shown(const Search *s, Masks edits, const Record *r) {
    Arena a = arena_new(64 << 20);
    size_t n = 0;
    for (size_t i = 0; i < r->effect_count; i++) {
        const Effect *e = &r->effects[i];
        n += e->weight == 1 && strchr(mask_all(s, &a, edits, e->key), MASK);
    }
    arena_reset(&a);
    return n;
}

/* Whether the life told a value that an edit gave it in what it compares: there is more to read. */
static bool speaks(Search *s, const EditSet *edits, const Guess *const *group, size_t count,
                   const Record *r) {
    Guesses g;
    bool any = false;
    guesses_make(&s->lure.arena, s->lure.config->guest.world, edits, r, &g);
    for (size_t i = 0; i < g.count && !any; i++)
        for (size_t k = 0; k < count && g.all[i].strong && !g.all[i].digest && !any; k++)
            any = group[k]->edit.verb == EDIT_SET && g.all[i].confidence == 3 &&
                  edit_same_target(&g.all[i].edit, &group[k]->edit);
    guesses_free(&g);
    return any;
}

static bool loses_places(const Record *node, const Record *r) {
    for (size_t i = 0; i < node->place_count; i++)
        if (!record_has_place(r, node->places[i])) return true;
    return false;
}

/* ---- lives ---- */

static EditSet add_all(const EditSet *base, const Guess *const *group, size_t count) {
    EditSet edits = *base;
    for (size_t i = 0; i < count; i++)
        if (!edit_set_add(&edits, &group[i]->edit)) break;
    return edits;
}

static Status try(Search *s, const EditSet *base, const Guess *const *group, size_t count,
                  EditSet *edits, Record *out) {
    *edits = add_all(base, group, count);
    return life(&s->lure, edits, 0, LIFE_COMPARES, out);
}

/* The same will be tried soon. */
static void try_ahead(Search *s, const EditSet *base, const Guess *const *group, size_t count) {
    if (!count) return;
    EditSet edits = add_all(base, group, count);
    life_ahead(&s->lure, &edits, LIFE_COMPARES);
}

static bool shows(const Search *s, Masks edits, const Record *r, const Difference *wanted) {
    Arena a = arena_new(64 << 20);
    bool all = !r->failed;
    for (size_t i = 0; all && i < wanted->count; i++)
        all = has_effect(s, &a, edits, r, mask_all(s, &a, edits, wanted->all[i]->key));
    arena_reset(&a);
    return all;
}

/* A value that a table's place was compared with. */
static bool is_of_place(const Told *t, const Guess *g) {
    return t->must_not && g->strong && t->place == g->place && t->fact == g->edit.fact;
}

static bool same_value(const WorldEdit *a, const WorldEdit *b) {
    return a && a->verb == b->verb && a->value.number == b->value.number &&
           span_equal(a->value.bytes, b->value.bytes);
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
static bool is_told(const Search *s, const Node *node, const Guess *g) {
    for (size_t i = 0; i < s->known_count; i++) {
        const Told *t = &s->known[i];
        if (is_of_range(t, node, g)) return true;
        if (is_of_place(t, g) && (t->table || t->node != node)) return true;
        bool same = !t->subject == !g->edit.subject &&
                    (!t->subject || strcasecmp(t->subject, g->edit.subject) == 0);
        if (!g->digest && same && same_kind(t->fact, g->edit.fact) &&
            (t->must_not || t->node == node || !g->strong || same_value(t->edit, &g->edit)))
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

static void remember(Search *s, const Node *node, const Guess *g, bool must_not,
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
static bool is_of_table(Search *s, const Node *node, const Guess *g, const Difference *lost) {
    for (size_t i = 0; i < s->known_count; i++) {
        Told *t = &s->known[i];
        if (t->node == node && is_of_place(t, g) && t->effects == hash_effects(lost))
            return t->table = true;
    }
    return false;
}

/* ---- ranges ---- */

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
    bool same = !is_broken(&r) && shows(s, (Masks){{&with, p->other}}, &r, p->effects) == p->wanted;
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
    return n;
}

static const char *number_text(const Probe *p, int64_t number) {
    WorldEdit e;
    return number_edit(p, number, &e) ? edits_value_text(&p->search->lure.arena, &e) : NULL;
}

/* The guess' number is one of a range: its test and values become the range's. */
static void find_range(Search *s, const Node *node, const EditSet *edits, const Record *r,
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

/* ---- telling what was found ---- */

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
                        shows(s, masks, &r, effects) == has;
    *proves = *proves && as_it_should;
    record_free(&r);
    return run;
}

/* A trigger for each edit of the smallest set: the effects are there with all of them, and gone
 * without it. Both are lived from boot, undyed, and told. */
static void tell_targets(Search *s, const EditSet *least, const Guesses *g, const Guess *last,
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
            f.proved = f.proved && !shows(s, masks, &s->nodes[0].record, gained);
        }
        if (edit_same_target(&last->edit, f.edit)) all_values(g, last, &s->lure.arena, &f);
        keep_reveals(&s->lure.arena, gained, &f);
        tell_trigger(&s->lure, &f);
    }
    s->told++;
}

/* ---- the search ---- */

/* Takes away what the effects do not need. */
static EditSet minimize(Search *s, const EditSet *full, const WorldEdit *keep,
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
        if (shows(s, (Masks){{&less, full}}, &r, wanted)) least = less;
        else i++;
        record_free(&r);
    }
    return least;
}

/* Edits that outlive the guesses that they were made for. */
static EditSet keep(Arena *a, const EditSet *edits) {
    EditSet kept = {0};
    for (size_t i = 0; i < edits->count; i++) {
        const WorldEdit *e = edit_keep(a, edits->edits[i]);
        if (!e) break;
        kept.edits[kept.count++] = e;
    }
    return kept;
}

static void push(Search *s, const Node *from, const EditSet *edits, const Guess *guess, Record *r) {
    bool same_code = !new_places(s, r);
    see(s, r);
    if (s->node_count == MOST_NODES) {
        record_free(r);
        return;
    }
    Node *n = &s->nodes[s->node_count++];
    *n = *from;
    n->edits = keep(&s->lure.arena, edits);
    n->record = *r;
    n->same_code = same_code;
    if (n->depth < DEEPEST) n->path[n->depth++] = *guess;
}

/* Where being there is enough, the edit says no more. */
static void simplify(Search *s, EditSet *least, Guess *guess, const Difference *wanted) {
    Arena *a = &s->lure.arena;
    WorldEdit *plain = arena_one(a, WorldEdit);
    Record r;
    if (!plain || fact_info(guess->edit.fact)->subject == SUBJECT_PATTERN ||
        strcmp(guess->test, "exists") != 0 || guess->edit.verb != EDIT_SET ||
        !edits_add(a, guess->edit.fact, guess->edit.subject, plain) || !life_left(&s->lure))
        return;
    EditSet with = *least;
    if (!edit_set_add(&with, plain) || life(&s->lure, &with, 0, 0, &r) != ST_OK) return;
    if (shows(s, (Masks){{&with, least}}, &r, wanted)) {
        *least = with;
        guess->edit = *plain;
    }
    record_free(&r);
}

static void tell_evasion(Search *s, const Node *node, const EditSet *edits, const Guesses *g,
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

/* Who connects to a server needs its name's address, and that it answers: no condition. */
static bool is_needed(const Guess *guess, const Difference *lost) {
    char host[256];
    if (guess->edit.fact != FACT_dns && guess->edit.fact != FACT_tcp) return false;
    snprintf(host, sizeof host, "%s", guess->edit.subject ? guess->edit.subject : "");
    host[strcspn(host, ":")] = 0;
    for (size_t i = 0; *host && i < lost->count; i++) {
        const char *key = lost->all[i]->key;
        bool reaches =
            strncmp(key, "network_connection", 18) == 0 || strncmp(key, "http_request", 12) == 0;
        if (reaches && strcasestr(key, host)) return true;
    }
    return false;
}

typedef enum { VERDICT_NOTHING, VERDICT_STEP, VERDICT_FOUND } Verdict;

/* What the life with one more edit means. Takes the record. */
static Verdict judge(Search *s, Node *node, const EditSet *edits, const Guesses *g,
                     const Guess *guess, Record *r) {
    size_t news = new_places(s, r);
    Masks masks = {{&node->edits, edits}};
    Difference gained = difference(s, masks, r, &node->record),
               lost = difference(s, masks, &node->record, r);
    bool other_path = news || r->place_count < node->record.place_count;
    /* A text that it shows instead of another is the edited value. */
    if (lost.weight == 1 && lost.count <= only_shown(s, masks, r)) lost = (Difference){0};
    if (is_broken(r) && !is_broken(&node->record)) {
        record_free(r);
        return VERDICT_NOTHING;
    }
    if (gained.count && news && gained.weight >= lost.weight) {
        EditSet least = minimize(s, edits, &guess->edit, &gained);
        Guess simple = *guess;
        simplify(s, &least, &simple, &gained);
        find_range(s, node, &least, r, &gained, true, &simple);
        tell_targets(s, &least, g, &simple, node, &gained);
        remember(s, node, guess, false, &gained);
        push(s, node, edits, guess, r);
        return VERDICT_FOUND;
    }
    if (lost.count && other_path && lost.weight > gained.weight && !is_needed(guess, &lost)) {
        if (!is_of_table(s, node, guess, &lost)) {
            Guess ranged = *guess;
            remember(s, node, guess, true, &lost);
            find_range(s, node, edits, r, &lost, false, &ranged);
            tell_evasion(s, node, edits, g, &ranged, &lost);
        }
        see(s, r);
        record_free(r);
        return VERDICT_FOUND;
    }
    if (news || new_questions(s, edits, r) || (!guess->strong && speaks(s, edits, &guess, 1, r))) {
        push(s, node, edits, guess, r);
        return VERDICT_STEP;
    }
    record_free(r);
    return VERDICT_NOTHING;
}

static void try_group(Search *s, Node *node, const Guesses *g, const Guess *const *group,
                      size_t count);

static void try_halves(Search *s, Node *node, const Guesses *g, const Guess *const *group,
                       size_t count) {
    size_t half = count / 2;
    if (count - half <= MOST_AT_ONCE) try_ahead(s, &node->edits, group + half, count - half);
    try_group(s, node, g, group, half);
    try_group(s, node, g, group + half, count - half);
}

/* Weak guesses, all at once: where that changes nothing, none of them matters alone; else each half
 * is looked at. */
static void try_group(Search *s, Node *node, const Guesses *g, const Guess *const *group,
                      size_t count) {
    EditSet with;
    Record r;
    if (!count) return;
    if (!life_left(&s->lure)) {
        s->untried += count;
        return;
    }
    if (count > MOST_AT_ONCE) {
        try_halves(s, node, g, group, count);
        return;
    }
    if (try(s, &node->edits, group, count, &with, &r) != ST_OK) return;
    if (count == 1) {
        judge(s, node, &with, g, group[0], &r);
        return;
    }
    bool fewer = loses_places(&node->record, &r);
    bool matters = is_broken(&r) || new_places(s, &r) || fewer || new_questions(s, &with, &r) ||
                   speaks(s, &with, group, count, &r);
    record_free(&r);
    if (matters) try_halves(s, node, g, group, count);
}

static size_t done_at_place(const uint64_t *done, size_t count, uint64_t place) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++) n += done[i] == place;
    return n;
}

/* l->forced says which compare is made to hold. */
static void tell_forced(Search *s, const Node *node, const Guesses *g, const Guess *guess,
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

/* A digest cannot be inverted: the compare itself is made to hold. */
static void try_forced(Search *s, Node *node, const Guesses *g, const Guess *guess) {
    Record r;
    Lure *l = &s->lure;
    l->forced = guess->place;
    l->forced_side = guess->side;
    l->forced_bytes = guess->shown;
    if (life(l, &node->edits, 0, LIFE_COMPARES, &r) == ST_OK) {
        Masks masks = {{&node->edits, &node->edits}};
        Difference gained = difference(s, masks, &r, &node->record);
        Difference lost = difference(s, masks, &node->record, &r);
        if (gained.count && new_places(s, &r) && gained.weight >= lost.weight)
            tell_forced(s, node, g, guess, &gained, false);
        else if (lost.count && lost.weight > gained.weight && !is_broken(&r))
            tell_forced(s, node, g, guess, &lost, true);
        see(s, &r);
        record_free(&r);
    }
    l->forced = 0;
}

/* The places of strong guesses that were tried from a node. */
typedef struct {
    uint64_t *places;
    size_t count;
} Done;

/* A table of wanted values is one guess: when one of a place was right, or several were not, the
 * others are its values. */
static bool is_worth_trying(const Search *s, const Node *node, const Done *done, const Guess *guess,
                            unsigned confidence) {
    return guess->strong && guess->confidence == confidence && !is_told(s, node, guess) &&
           done_at_place(done->places, done->count, guess->place) < MOST_AT_PLACE;
}

/* The next of a guess, as things stand. */
static void try_next_ahead(Search *s, const Node *node, const Guesses *g, const Done *done,
                           const Guess *guess) {
    for (const Guess *next = guess + 1; next < g->all + g->count; next++) {
        if (next->digest || !is_worth_trying(s, node, done, next, guess->confidence)) continue;
        try_ahead(s, &node->edits, &next, 1);
        return;
    }
}

static void try_strong(Search *s, Node *node, const Guesses *g, unsigned confidence) {
    Done done = {calloc(g->count + MOST_AT_PLACE, sizeof *done.places), 0};
    for (size_t i = 0; done.places && i < g->count && done.count <= g->count; i++) {
        const Guess *guess = &g->all[i];
        EditSet with;
        Record r;
        if (!is_worth_trying(s, node, &done, guess, confidence)) continue;
        if (!life_left(&s->lure)) {
            s->untried++;
            continue;
        }
        done.places[done.count++] = guess->place;
        try_next_ahead(s, node, g, &done, guess);
        if (guess->digest) {
            try_forced(s, node, g, guess);
            for (int k = 1; k < MOST_AT_PLACE; k++) done.places[done.count++] = guess->place;
        } else if (try(s, &node->edits, &guess, 1, &with, &r) == ST_OK) {
            judge(s, node, &with, g, guess, &r);
        }
    }
    free(done.places);
}

static size_t weak_of_round(const Search *s, const Node *node, const Guesses *g, unsigned round,
                            const Guess **out) {
    size_t count = 0;
    for (size_t i = 0; i < g->count; i++)
        if (!g->all[i].strong && g->all[i].round == round && !is_told(s, node, &g->all[i]))
            out[count++] = &g->all[i];
    return count;
}

static void try_rounds(Search *s, Node *node, const Guesses *g) {
    const Guess **weak = calloc(g->count + 1, sizeof *weak);
    for (unsigned round = 0; weak && round < ROUNDS; round++) {
        size_t next = weak_of_round(s, node, g, round + 1, weak);
        if (next <= MOST_AT_ONCE && round + 1 < ROUNDS) try_ahead(s, &node->edits, weak, next);
        try_group(s, node, g, weak, weak_of_round(s, node, g, round, weak));
    }
    free(weak);
}

/* Where no other code was reached, what has been tried before leads nowhere again. */
static void forget_tried(Search *s, const Node *node, Guesses *g) {
    size_t kept = 0;
    for (size_t i = 0; i < g->count; i++)
        if (!node->same_code || !guesses_have(&s->tried, &g->all[i])) g->all[kept++] = g->all[i];
    g->count = kept;
    for (size_t i = 0; i < g->count; i++) guesses_add(&s->tried, &g->all[i]);
}

static void expand(Search *s, Node *node) {
    Guesses g;
    guesses_make(&s->lure.arena, s->lure.config->guest.world, &node->edits, &node->record, &g);
    forget_tried(s, node, &g);
    for (size_t i = 0; i < node->edits.count; i++)
        log_debug("lure: with %s", edit_text(&s->lure.arena, node->edits.edits[i]));
    log_debug("lure: %zu edits: %zu places, %zu questions, %zu compares, %zu guesses",
              node->edits.count, node->record.place_count, node->record.asked_count,
              node->record.compared_count, g.count);
    for (size_t i = 0; i < g.count; i++)
        log_debug("lure:   %s %s at %s", edit_text(&s->lure.arena, &g.all[i].edit),
                  g.all[i].strong ? "(compared)" : "", g.all[i].site);
    for (unsigned confidence = 3; confidence; confidence--) try_strong(s, node, &g, confidence);
    try_rounds(s, node, &g);
    lives_forget(&s->lure);
    guesses_free(&g);
}

static void tell_untried(const Search *s) {
    char text[96];
    if (!s->untried) return;
    snprintf(text, sizeof text, "%zu guesses were left when the budget of replays ended",
             s->untried);
    sink_skipped(s->lure.config->guest.sink, "conditions", text);
}

static Status search(Search *s) {
    Node *plain = &s->nodes[0];
    EditSet none = {0};
    s->lure.run = s->lure.config->guest.run;
    TRY(life(&s->lure, &none, s->lure.run, LIFE_COMPARES, &plain->record));
    if (plain->record.failed) return ST_IO;
    s->node_count = 1;
    see(s, &plain->record);
    if (s->lure.config->against) TRY(against(&s->lure, &plain->record));
    s->lure.lives = 0;
    for (; s->lure.config->replays && s->next < s->node_count; s->next++)
        expand(s, &s->nodes[s->next]);
    tell_untried(s);
    log_info("lure: %u lives, %zu triggers", s->lure.lives, s->told);
    return ST_OK;
}

Status lure_run(const LureConfig *config) {
    Search *s = calloc(1, sizeof *s);
    if (!s) return ST_BUDGET;
    s->lure = (Lure){.config = config, .arena = arena_new(LURE_ARENA)};
    Status status = guest_open(&config->guest, &s->lure.guest);
    if (status == ST_OK) status = search(s);
    guest_close(s->lure.guest);
    for (size_t i = 0; i < s->node_count; i++) record_free(&s->nodes[i].record);
    guesses_free(&s->tried);
    arena_reset(&s->lure.arena);
    free(s->seen);
    free(s);
    return status;
}
