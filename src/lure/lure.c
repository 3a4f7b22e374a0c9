/* The search. A node is a set of edits and what the life with them showed. Guesses from a node are
 * tried one by one, the weak ones in groups that are split where the group matters. What gains an
 * effect is a target; what loses one is an evasion; what only reaches new code is a node to go on
 * from, so that guards behind guards are found. */
#include "base/log.h"
#include "lure/correlate.h"
#include <stdio.h>
#include <stdlib.h>

enum { LURE_ARENA = 512 << 20, MOST_AT_PLACE = 3, MOST_AT_ONCE = 32, ROUNDS = 6 };

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

static EditSet add_all(const EditSet *base, const Guess *const *group, size_t count) {
    EditSet edits = *base;
    for (size_t i = 0; i < count; i++)
        if (!edit_set_add(&edits, &group[i]->edit)) break;
    return edits;
}

static Status try(Search *s, const EditSet *base, const Guess *const *group, size_t count,
                  EditSet *edits, Record *out) {
    *edits = add_all(base, group, count);
    TRY(life(&s->lure, edits, 0, LIFE_COMPARES, out));
    branches_see(&s->branches, out);
    return ST_OK;
}

/* The same will be tried soon. */
static void try_ahead(Search *s, const EditSet *base, const Guess *const *group, size_t count) {
    if (!count) return;
    EditSet edits = add_all(base, group, count);
    life_ahead(&s->lure, &edits, LIFE_COMPARES);
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
    bool same_code = !places_new(s, r);
    places_see(s, r);
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
    size_t news = places_new(s, r);
    Masks masks = {{&node->edits, edits}};
    Difference gained = effects_difference(s, masks, r, &node->record),
               lost = effects_difference(s, masks, &node->record, r);
    bool other_path = news || r->place_count < node->record.place_count;
    /* A text that it shows instead of another is the edited value. */
    if (lost.weight == 1 && lost.count <= effects_only_shown(s, masks, r)) lost = (Difference){0};
    if (life_is_broken(r) && !life_is_broken(&node->record)) {
        record_free(r);
        return VERDICT_NOTHING;
    }
    if (gained.count && news && gained.weight >= lost.weight) {
        EditSet least = prove_least(s, edits, &guess->edit, &gained);
        Guess simple = *guess;
        prove_simpler(s, &least, &simple, &gained);
        prove_range(s, node, &least, r, &gained, true, &simple);
        prove_targets(s, &least, g, &simple, node, &gained);
        told_remember(s, node, guess, false, &gained);
        push(s, node, edits, guess, r);
        return VERDICT_FOUND;
    }
    if (lost.count && other_path && lost.weight > gained.weight && !is_needed(guess, &lost)) {
        if (!told_of_table(s, node, guess, &lost)) {
            Guess ranged = *guess;
            told_remember(s, node, guess, true, &lost);
            prove_range(s, node, edits, r, &lost, false, &ranged);
            prove_evasion(s, node, edits, g, &ranged, &lost);
        }
        places_see(s, r);
        record_free(r);
        return VERDICT_FOUND;
    }
    if (news || questions_new(s, edits, r) || (!guess->strong && speaks(s, edits, &guess, 1, r))) {
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
    bool matters = life_is_broken(&r) || places_new(s, &r) || fewer ||
                   questions_new(s, &with, &r) || speaks(s, &with, group, count, &r);
    record_free(&r);
    if (matters) try_halves(s, node, g, group, count);
}

static size_t done_at_place(const uint64_t *done, size_t count, uint64_t place) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++) n += done[i] == place;
    return n;
}

/* A digest cannot be inverted: the compare itself is made to hold. */
bool search_force(Search *s, Node *node, const Guesses *g, const Guess *guess) {
    Record r;
    size_t told = s->told;
    /* Force in the midst of the program's arithmetic shows other numbers: that is no deed. */
    unsigned least = guess->confidence == 3 ? 1 : 2;
    Lure *l = &s->lure;
    l->forced = guess->place;
    l->forced_side = guess->side;
    l->forced_bytes = guess->shown;
    if (life(l, &node->edits, 0, LIFE_COMPARES, &r) == ST_OK) {
        Masks masks = {{&node->edits, &node->edits}};
        Difference gained = effects_difference(s, masks, &r, &node->record);
        Difference lost = effects_difference(s, masks, &node->record, &r);
        if (gained.count && places_new(s, &r) && gained.weight >= lost.weight &&
            gained.weight >= least)
            prove_forced(s, node, g, guess, &gained, false);
        else if (lost.count && lost.weight > gained.weight && lost.weight >= least &&
                 !life_is_broken(&r))
            prove_forced(s, node, g, guess, &lost, true);
        places_see(s, &r);
        record_free(&r);
    }
    l->forced = 0;
    return s->told > told;
}

bool search_try(Search *s, Node *node, const Guesses *g, const Guess *guess) {
    EditSet with;
    Record r;
    if (!life_left(&s->lure)) s->untried++;
    else if (try(s, &node->edits, &guess, 1, &with, &r) == ST_OK)
        return judge(s, node, &with, g, guess, &r) == VERDICT_FOUND;
    return false;
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
    return guess->strong && guess->confidence == confidence && !told_already(s, node, guess) &&
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
            search_force(s, node, g, guess);
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
        if (!g->all[i].strong && g->all[i].round == round && !told_already(s, node, &g->all[i]))
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
    for (size_t i = 0; i < g.count; i++)
        if (g.all[i].strong) branches_of_world(&s->branches, g.all[i].place);
    for (unsigned confidence = 3; confidence; confidence--) try_strong(s, node, &g, confidence);
    try_rounds(s, node, &g);
    if (!node->same_code || node == s->nodes) correlate(s, node);
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
    places_see(s, &plain->record);
    branches_see(&s->branches, &plain->record);
    if (s->lure.config->against) TRY(against(&s->lure, &plain->record));
    s->lure.lives = 0;
    for (; s->lure.config->replays && s->next < s->node_count; s->next++)
        expand(s, &s->nodes[s->next]);
    tell_untried(s);
    size_t both, branches = branches_share(&s->branches, &both);
    log_info("lure: %u lives, %zu triggers; of %zu branches on the world %zu saw both sides",
             s->lure.lives, s->told, branches, both);
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
    branches_free(&s->branches);
    free(s->seen);
    free(s);
    return status;
}
