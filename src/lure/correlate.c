#include "lure/correlate.h"
#include "base/hash.h"
#include "base/log.h"
#include "lure/branches.h"
#include "lure/dyes.h"
#include "lure/edits.h"
#include "lure/units.h"
#include <stdlib.h>

enum {
    MOST_FACTS = 16,
    MOST_CANDIDATES = 6,
    MOST_LIVES = 72,
    WATCHED = LIFE_COMPARES | LIFE_ORDER
};

/* A life with one value of the fact; its compares by place, those of a place in their order. */
typedef struct {
    Record record;
    const Compared **rows;
    Seen seen; /* the value */
} Sample;

typedef struct {
    Search *search;
    Node *node;
    const WorldEdit *dyes[FIT_SAMPLES]; /* [0] is none */
    Sample samples[FIT_SAMPLES];
} Correlation;

/* A place where one side moves with the fact. */
typedef struct {
    const Compared *row;
    size_t at; /* the row's number among its place's */
    unsigned side;
} Candidate;

/* ---- lives ---- */

static int by_place(const void *a, const void *b) {
    const Compared *x = *(const Compared *const *)a, *y = *(const Compared *const *)b;
    if (x->place != y->place) return x->place < y->place ? -1 : 1;
    return x < y ? -1 : x > y;
}

static bool sort_rows(Sample *s) {
    size_t n = s->record.compared_count;
    s->rows = calloc(n + 1, sizeof(const Compared *));
    for (size_t i = 0; s->rows && i < n; i++) s->rows[i] = &s->record.compared[i];
    if (s->rows) qsort(s->rows, n, sizeof(const Compared *), by_place);
    return s->rows != NULL;
}

static void sample_free(Sample *s) {
    record_free(&s->record);
    free(s->rows);
    s->rows = NULL;
}

static EditSet edits_of(const Correlation *c, unsigned n) {
    EditSet edits = c->node->edits;
    if (n) edit_set_add(&edits, c->dyes[n]);
    return edits;
}

static bool live_sample(Correlation *c, unsigned n) {
    EditSet edits = edits_of(c, n);
    Search *s = c->search;
    Sample *to = &c->samples[n];
    if (s->correlated == MOST_LIVES || !life_left(&s->lure)) {
        s->untried++;
        return false;
    }
    s->correlated++;
    return life(&s->lure, &edits, 0, WATCHED, &to->record) == ST_OK && !to->record.failed &&
           sort_rows(to);
}

static void live_ahead(Correlation *c, unsigned n) {
    EditSet edits = edits_of(c, n);
    life_ahead(&c->search->lure, &edits, WATCHED);
}

/* ---- rows of a place ---- */

static size_t rows_at(const Sample *s, uint64_t place, const Compared *const **first) {
    size_t low = 0, high = s->record.compared_count, n = 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->rows[middle]->place < place) low = middle + 1;
        else high = middle;
    }
    *first = s->rows + low;
    while (low + n < s->record.compared_count && s->rows[low + n]->place == place) n++;
    return n;
}

/* What a row shows on a side: its value, or what a function compares. */
static bool same_side(const Compared *a, const Compared *b, unsigned side) {
    const WatchSide *x = &a->side[side], *y = &b->side[side];
    if (a->width) return x->value == y->value;
    size_t n = x->length;
    return n == y->length && x->before + n <= x->window.n && y->before + n <= y->window.n &&
           (!n || memcmp(x->window.p + x->before, y->window.p + y->before, n) == 0);
}

/* The first row of the place of which one side alone differs. */
static bool moves(const Sample *a, const Sample *b, uint64_t place, Candidate *out) {
    const Compared *const *x, *const *y;
    size_t n = rows_at(a, place, &x), m = rows_at(b, place, &y);
    for (size_t i = 0; i < n && i < m; i++) {
        bool first = same_side(x[i], y[i], 0), second = same_side(x[i], y[i], 1);
        if (first && second) continue;
        *out = (Candidate){x[i], i, first};
        return first || second;
    }
    return false;
}

/* Every time it went the same way. */
static bool is_one_sided(const Sample *s, uint64_t place) {
    const Compared *const *rows;
    unsigned sides = 0;
    for (size_t n = rows_at(s, place, &rows), i = 0; i < n; i++) sides |= branch_side(rows[i]);
    return sides == BRANCH_STAYED || sides == BRANCH_WENT;
}

/* A guess of the node's own says what the place compares. */
static bool is_understood(const Guesses *g, const Seen *fact, uint64_t place) {
    for (size_t i = 0; i < g->count; i++)
        if (g->all[i].strong && g->all[i].place == place && g->all[i].fact == fact->fact)
            return true;
    return false;
}

/* An item that is added has rows of its own in the dyed lives only. */
static size_t find_candidates(const Correlation *c, const Guesses *g, Candidate *out) {
    const Seen *fact = &c->samples[0].seen;
    const Sample *a = &c->samples[fact->listed], *b = &c->samples[1 + fact->listed];
    size_t n = 0;
    for (size_t i = 0; i < a->record.compared_count && n < MOST_CANDIDATES; i++) {
        uint64_t place = a->rows[i]->place;
        if (i && a->rows[i - 1]->place == place) continue;
        if (is_one_sided(a, place) && !is_understood(g, fact, place) && moves(a, b, place, &out[n]))
            n++;
    }
    return n;
}

/* ---- trying ---- */

static const char *const told_as = "own equals";

static Guess guess_at(const Correlation *c, const Candidate *at, const char *test) {
    const Seen *fact = &c->samples[0].seen;
    return (Guess){.edit = {.fact = fact->fact, .subject = fact->listed ? NULL : fact->subject},
                   .fact = fact->fact,
                   .subject = fact->listed ? NULL : fact->subject,
                   .test = test,
                   .site = at->row->site,
                   .place = at->row->place,
                   .side = at->side,
                   .confidence = 2,
                   .strong = true};
}

static bool try_edit(Correlation *c, const Candidate *at, const WorldEdit *e) {
    Arena *a = &c->search->lure.arena;
    Guess guess = guess_at(c, at, "equals");
    Guesses one = {0};
    guess.edit = *e;
    guess.value = edits_value_text(a, e);
    guesses_add(&one, &guess);
    bool found = search_try(c->search, c->node, &one, &guess);
    guesses_free(&one);
    return found;
}

static bool try_number(Correlation *c, const Candidate *at, const Fit *f, uint64_t wanted) {
    const Seen *fact = &c->samples[0].seen;
    uint64_t number;
    WorldEdit e;
    if (!fit_invert(f, wanted, &number)) return false;
    if (f->prepare == FIT_DIVIDED) number += (uint64_t)fact->number % f->by;
    return edits_set_number(&c->search->lure.arena, fact, (int64_t)number, &e) &&
           try_edit(c, at, &e);
}

/* Where a range may end: what shows as the constant, and as 0 where the compiler made the two ends
 * of a range one. */
static void keep_hints(Search *s, const Fit *f, uint64_t other) {
    uint64_t number;
    s->hint_count = 0;
    for (int64_t d = -1; d <= 1; d++)
        if (fit_invert(f, other + (uint64_t)d, &number))
            s->hints[s->hint_count++] = (int64_t)number;
    if (fit_invert(f, 0, &number)) s->hints[s->hint_count++] = (int64_t)number;
}

static bool solve_number(Correlation *c, const Candidate *at) {
    uint64_t from[FIT_SAMPLES], shown[FIT_SAMPLES];
    const Compared *row = at->row;
    uint64_t other = row->side[1 - at->side].value;
    Fit f;
    for (unsigned i = 0; i < FIT_SAMPLES; i++) {
        const Compared *const *rows;
        if (rows_at(&c->samples[i], row->place, &rows) <= at->at) return false;
        from[i] = (uint64_t)c->samples[i].seen.number;
        shown[i] = rows[at->at]->side[at->side].value;
        if (rows[at->at]->side[1 - at->side].value != other) return false;
    }
    if (!row->width || !fit_find(from, shown, row->width, &f)) return false;
    keep_hints(c->search, &f, other);
    bool found = false;
    for (int i = 0; i < 3 && !found; i++) {
        uint64_t wanted = other + (uint64_t)(int64_t[]){0, 1, -1}[i];
        if (branch_side_with(row, at->side, wanted) != branch_side(row))
            found = try_number(c, at, &f, wanted);
    }
    c->search->hint_count = 0;
    return found;
}

/* ---- text: unit by unit ---- */

static size_t units_of_loop(const Sample samples[FIT_SAMPLES], const Candidate *at, Unit *out) {
    const Compared *const *rows[FIT_SAMPLES];
    size_t n = MOST_UNITS;
    for (unsigned i = 0; i < FIT_SAMPLES; i++) {
        size_t m = rows_at(&samples[i], at->row->place, &rows[i]);
        if (m < n) n = m;
    }
    for (size_t k = 0; k < n; k++) {
        out[k].width = at->row->width;
        out[k].wanted = rows[0][k]->side[1 - at->side].value;
        for (unsigned i = 0; i < FIT_SAMPLES; i++)
            out[k].shown[i] = rows[i][k]->side[at->side].value;
    }
    return n;
}

static uint64_t unit_at(const WatchSide *s, size_t k, unsigned unit) {
    size_t at = s->before + k * unit;
    uint64_t v = 0;
    if (at + unit <= s->window.n) memcpy(&v, s->window.p + at, unit);
    return v;
}

static size_t units_of_function(const Sample samples[FIT_SAMPLES], const Candidate *at, Unit *out) {
    unsigned unit = at->row->unit;
    const WatchSide *other = &at->row->side[1 - at->side];
    size_t n = other->length / unit;
    for (unsigned i = 0; i < FIT_SAMPLES; i++) {
        const Compared *const *rows;
        if (rows_at(&samples[i], at->row->place, &rows) <= at->at) return 0;
        const WatchSide *s = &rows[at->at]->side[at->side];
        if (s->length / unit < n) n = s->length / unit;
        if (n > MOST_UNITS) n = MOST_UNITS;
        for (size_t k = 0; k < n; k++) out[k].shown[i] = unit_at(s, k, unit);
    }
    for (size_t k = 0; k < n; k++) {
        out[k].width = unit;
        out[k].wanted = unit_at(other, k, unit);
    }
    return n;
}

static bool try_answer(Correlation *c, const Candidate *at, Span bytes) {
    const Seen *fact = &c->samples[0].seen;
    WorldEdit e;
    return edits_set_bytes(&c->search->lure.arena, fact->fact, fact->subject, bytes, &e) &&
           try_edit(c, at, &e);
}

/* Where the fact is one of few texts, one of them that has what is known. */
static Span plausible(Arena *a, FactId fact, const Answer *answer) {
    Span bytes = span(answer->bytes, answer->n);
    const char *like =
        fact == FACT_locale || fact == FACT_language ? dye_locale(bytes, answer->known) : NULL;
    return like ? span_str(arena_str(a, like)) : bytes;
}

static bool solve_as(Correlation *c, const Candidate *at, const Sample *samples, const Unit *units,
                     size_t count) {
    Arena *a = &c->search->lure.arena;
    Span values[FIT_SAMPLES];
    Answer answer;
    for (unsigned i = 0; i < FIT_SAMPLES; i++) values[i] = samples[i].seen.bytes;
    if (!units_solve(a, values, units, count, &answer)) return false;
    if (!answer.ended && try_answer(c, at, plausible(a, c->samples[0].seen.fact, &answer)))
        return true;
    return (answer.ended || answer.last < answer.n) &&
           try_answer(c, at, span(answer.bytes, answer.last));
}

/* Words of more than a character hold several, and a character's own arithmetic. */
static bool solve_units(Correlation *c, const Candidate *at, const Sample *samples,
                        const Unit *units, size_t count) {
    Unit bytes[MOST_UNITS];
    size_t split = count && units[0].width > 1 ? units_split(units, count, bytes) : 0;
    bool packed = split && units[0].width > 2;
    if (packed && solve_as(c, at, samples, bytes, split)) return true;
    return solve_as(c, at, samples, units, count) ||
           (split && !packed && solve_as(c, at, samples, bytes, split));
}

/* ---- the compare made to hold ---- */

static void force(Lure *l, const Candidate *at) {
    l->forced = at ? at->row->place : 0;
    l->forced_side = at ? at->side : 0;
    l->forced_bytes = (Span){0};
}

/* In lives in which every round of a loop holds, all of them show. */
static bool solve_loop(Correlation *c, const Candidate *at) {
    Correlation forced = {.search = c->search, .node = c->node};
    Unit units[MOST_UNITS];
    bool good = true, matters = false;
    memcpy(forced.dyes, c->dyes, sizeof forced.dyes);
    force(&c->search->lure, at);
    for (unsigned i = 0; i < FIT_SAMPLES && good; i++) {
        forced.samples[i].seen = c->samples[i].seen;
        good = live_sample(&forced, i);
        matters = matters || (good && places_new(c->search, &forced.samples[i].record));
        good = good && matters;
    }
    force(&c->search->lure, NULL);
    bool found =
        good && solve_units(c, at, forced.samples, units, units_of_loop(forced.samples, at, units));
    for (unsigned i = 0; i < FIT_SAMPLES; i++) sample_free(&forced.samples[i]);
    return found;
}

static bool solve_text(Correlation *c, const Candidate *at) {
    Unit units[MOST_UNITS];
    if (at->row->width) return solve_loop(c, at);
    return solve_units(c, at, c->samples, units, units_of_function(c->samples, at, units));
}

static const char *shown_text(Arena *a, const Compared *row, unsigned side) {
    const WatchSide *s = &row->side[side];
    if (row->width)
        return arena_printf(a, "0x%0*llx", 2 * (int)row->width, (unsigned long long)s->value);
    Span bytes = span_clip(s->window, s->before, s->length);
    char *hex = arena_alloc(a, 2 * bytes.n + 1);
    if (hex) hash_hex(bytes, hex);
    return hex;
}

/* A number is taken apart in a loop that ends at nothing, when it is printed. */
static bool is_loop_of_digits(const Correlation *c, const Candidate *at, size_t rounds) {
    return c->samples[0].seen.numeric && (rounds > 1 || !at->row->side[1 - at->side].value);
}

/* What it is compared with, all of it, and what lies behind. */
static bool solve_by_force(Correlation *c, const Candidate *at) {
    Guesses all = {0};
    const Sample *s = &c->samples[c->samples[0].seen.listed];
    const Compared *const *rows;
    size_t n = rows_at(s, at->row->place, &rows);
    if (is_loop_of_digits(c, at, n)) return false;
    for (size_t i = 0; i < n; i++) {
        Guess g = guess_at(c, at, told_as);
        g.digest = "own";
        g.value = shown_text(&c->search->lure.arena, rows[i], 1 - at->side);
        guesses_add(&all, &g);
    }
    bool found = all.count && search_force(c->search, c->node, &all, &all.all[0]);
    guesses_free(&all);
    return found;
}

static bool solve(Correlation *c, const Candidate *at) {
    const Seen *fact = &c->samples[0].seen;
    branches_of_world(&c->search->branches, at->row->place);
    log_debug("lure: %s moves what is compared at %s", fact_info(fact->fact)->name, at->row->site);
    if (!fact->listed && (fact->numeric ? solve_number(c, at) : solve_text(c, at))) return true;
    return solve_by_force(c, at);
}

/* ---- facts ---- */

static bool is_told(const Search *s, const Node *node, const Seen *fact) {
    Guess g = {.edit = {.fact = fact->fact, .subject = fact->subject}};
    return told_already(s, node, &g);
}

static void correlate_fact(Search *s, Node *node, const Guesses *g, const Sample *plain,
                           const Seen *fact) {
    Correlation c = {.search = s, .node = node};
    Candidate candidates[MOST_CANDIDATES];
    Arena *a = &s->lure.arena;
    const WorldValue *v =
        edits_value(s->lure.config->guest.world, &(EditSet){0}, fact->fact, fact->subject);
    Seen base = *fact;
    bool good = true;
    if (v) seen_set_value(a, &base, v);
    c.samples[0] = *plain;
    c.samples[0].seen = *fact;
    for (unsigned i = 1; i < FIT_SAMPLES && good; i++) {
        c.samples[i].seen = *fact;
        WorldEdit dye;
        good = dye_make(a, fact, base.bytes, i - 1, &dye) && (c.dyes[i] = edit_keep(a, &dye));
        if (good && !fact->listed) seen_set_value(a, &c.samples[i].seen, &dye.value);
    }
    if (good) live_ahead(&c, 2);
    good = good && live_sample(&c, 1) && (fact->listed || find_candidates(&c, g, candidates)) &&
           live_sample(&c, 2);
    size_t count = good ? find_candidates(&c, g, candidates) : 0;
    for (size_t i = 0; i < count && !is_told(s, node, fact); i++)
        if (solve(&c, &candidates[i])) break;
    for (unsigned i = 1; i < FIT_SAMPLES; i++) sample_free(&c.samples[i]);
}

static bool is_kept(const Seen *facts, size_t count, const Seen *one) {
    for (size_t i = 0; i < count; i++) {
        bool same =
            !facts[i].subject == !one->subject &&
            (one->listed || !one->subject || strcasecmp(facts[i].subject, one->subject) == 0);
        if (same && facts[i].fact == one->fact) return true;
    }
    return false;
}

static size_t facts_of(Search *s, Node *node, Seen *out) {
    Sights sights;
    size_t n = 0;
    sights_make(&s->lure.arena, s->lure.config->guest.world, &node->edits, &node->record, &sights);
    for (size_t i = 0; i < sights.count && n < MOST_FACTS; i++) {
        const Seen *one = &sights.all[i];
        bool shown = one->numeric || one->listed || one->bytes.n;
        if (one->code || one->asked->foreign || !shown || is_kept(out, n, one) ||
            is_told(s, node, one))
            continue;
        out[n++] = *one;
    }
    sights_free(&sights);
    return n;
}

void correlate(Search *s, Node *node) {
    Seen facts[MOST_FACTS];
    size_t count = facts_of(s, node, facts);
    Correlation plain = {.search = s, .node = node};
    Guesses g;
    if (!count || !live_sample(&plain, 0)) return sample_free(&plain.samples[0]);
    guesses_make(&s->lure.arena, s->lure.config->guest.world, &node->edits, &node->record, &g);
    for (size_t i = 0; i < count; i++)
        if (!is_told(s, node, &facts[i])) correlate_fact(s, node, &g, &plain.samples[0], &facts[i]);
    guesses_free(&g);
    sample_free(&plain.samples[0]);
}
