/* Guesses: changes of the world that might make the program do something else. Those that a compare
 * tells come first; then the other answer to each question that it asked. */
#include "lure/edits.h"
#include "lure/internal.h"
#include "lure/numbers.h"
#include <stdlib.h>

static bool same_guess(const Guess *a, const Guess *b) {
    if (!a->digest != !b->digest) return false;
    if (a->digest) /* a table's values all stand at one place */
        return a->place == b->place && !a->value == !b->value &&
               (!a->value || strcmp(a->value, b->value) == 0);
    return edit_same(&a->edit, &b->edit);
}

bool guesses_have(const Guesses *g, const Guess *guess) {
    for (size_t i = 0; i < g->count; i++)
        if (same_guess(&g->all[i], guess)) return true;
    return false;
}

void guesses_add(Guesses *g, const Guess *guess) {
    if (guesses_have(g, guess)) return;
    if (g->count == g->room) {
        size_t room = g->room * 2 + 32;
        Guess *more = realloc(g->all, room * sizeof *more);
        if (!more) return;
        g->all = more;
        g->room = room;
    }
    g->all[g->count++] = *guess;
}

void guesses_free(Guesses *g) {
    free(g->all);
    *g = (Guesses){0};
}

static void add_weak(Guesses *out, const Asked *q, const WorldEdit *e, const char *test,
                     unsigned round) {
    guesses_add(out, &(Guess){.edit = *e,
                              .fact = q->fact,
                              .subject = e->subject,
                              .test = test,
                              .site = q->site,
                              .place = q->place,
                              .round = round});
}

/* The name of a path without folder and extension. */
static Span stem(const char *path) {
    const char *slash = strrchr(path, '\\'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return span(name, dot ? (size_t)(dot - name) : strlen(name));
}

static bool same_stem(const char *a, const char *b) {
    Span x = stem(a), y = stem(b);
    return x.n == y.n && strncasecmp((const char *)x.p, (const char *)y.p, x.n) == 0;
}

static bool is_path(FactId f) {
    return f == FACT_file || f == FACT_directory;
}

/* Windows looked for a program or DLL in several places, and found it in another one; or it looked
 * for a module that the program asked for, or in a first place: not a question of the program's. */
static bool is_search(const Record *r, const Asked *q) {
    if (!is_path(q->fact) || !q->subject) return false;
    bool earlier = true;
    for (size_t i = 0; i < r->asked_count; i++) {
        const Asked *o = &r->asked[i];
        if (o == q) earlier = false;
        if (!o->subject || !same_stem(o->subject, q->subject)) continue;
        if (o->fact == FACT_file && o->found) return true;
        if (o->place != q->place) continue;
        bool elsewhere = earlier && o->fact == q->fact && strcasecmp(o->subject, q->subject) != 0;
        if (o->fact == FACT_module || elsewhere) return true;
    }
    return false;
}

/* Asked by a program of Windows' that the program started: a question of the program's where the
 * command says what to ask for. */
static bool is_asked_for(const Record *r, const Asked *q) {
    const char *slash = q->subject ? strrchr(q->subject, '\\') : NULL;
    const char *name = slash && slash[1] ? slash + 1 : q->subject;
    if (!name) return true;
    for (size_t i = 0; i < r->effect_count; i++)
        if (strncmp(r->effects[i].key, "process_creation", 16) == 0 &&
            strcasestr(r->effects[i].key, name))
            return true;
    return false;
}

static bool is_noise(const Asked *q) {
    static const struct {
        FactId fact;
        const char *prefix;
    } rows[] = {
#define NOISE(fact, prefix) {FACT_##fact, prefix},
#include "lure/noise.def"
    };
    for (size_t i = 0; q->subject && i < sizeof rows / sizeof *rows; i++)
        if (rows[i].fact == q->fact &&
            strncasecmp(q->subject, rows[i].prefix, strlen(rows[i].prefix)) == 0)
            return true;
    return false;
}

/* A command line that starts a program whose own code ran: the program is not Windows', and has no
 * answer of the world's. */
static bool is_own_command(const Record *r, const Asked *q) {
    if (q->fact != FACT_command || !q->subject) return false;
    size_t n = strcspn(q->subject, " ");
    for (size_t i = 0; i < r->asked_count; i++) {
        const char *site = r->asked[i].site;
        if (strncasecmp(site, q->subject, n) == 0 && strncasecmp(site + n, ".exe+", 5) == 0)
            return true;
    }
    return false;
}

/* Variables that every Windows has: nothing runs without them. */
static bool is_vital(const Asked *q) {
    static const char *const names[] = {"Path",    "PATHEXT", "SystemRoot", "SystemDrive", "windir",
                                        "ComSpec", "TEMP",    "TMP",        "OS"};
    for (size_t i = 0; q->fact == FACT_environment && i < sizeof names / sizeof *names; i++)
        if (strcasecmp(names[i], q->subject) == 0) return true;
    return false;
}

/* What a request or a command answers by default hides what the answer is made of, so that is tried
 * first. A name without an address and a closed port keep other dyes from being seen. */
static unsigned dye_round(FactId fact, unsigned variant) {
    if (fact == FACT_command) return 1 + variant;
    if (fact == FACT_dns) return variant == 0 ? 2 : 1;
    return fact == FACT_tcp && variant == 2 ? 3 : variant;
}

/* It was not there: let it be there. */
static void guess_presence(Arena *a, const Asked *q, Guesses *out) {
    WorldEdit e;
    for (unsigned variant = 0; edits_dye(a, q->fact, q->subject, variant, &e); variant++)
        add_weak(out, q, &e, q->fact == FACT_dns && variant == 0 ? "does not exist" : "exists",
                 dye_round(q->fact, variant));
    if (q->fact == FACT_file && edits_add(a, FACT_directory, q->subject, &e))
        add_weak(out, q, &e, "exists", 1);
}

/* It was there, and the world says so: let it not be there. What belongs to Windows stays. */
static void guess_absence(Arena *a, const World *base, const Asked *q, Guesses *out) {
    const Fact *f = fact_info(q->fact);
    WorldEdit e;
    if (!q->subject || strcmp(q->subject, "*") == 0 || q->fact != f->fact || is_vital(q)) return;
    if (f->subject == SUBJECT_PATTERN || f->subject == SUBJECT_DRIVE || f->subject == SUBJECT_INDEX)
        return;
    const WorldItem *item = world_find(base, q->fact, q->subject);
    if (item && !item->derived && edits_remove(a, q->fact, q->subject, &e))
        add_weak(out, q, &e, "does not exist", 0);
}

static void guess_alternatives(Arena *a, const Asked *q, Guesses *out) {
    WorldEdit e;
    const char *value;
    for (unsigned i = 0; (value = number_alternative(q->fact, i)); i++)
        if (edits_set_notation(a, q->fact, q->subject, value, &e))
            add_weak(out, q, &e, "is not", 1 + i);
}

static void guess_other(Arena *a, const World *base, const EditSet *edits, const Asked *q,
                        Guesses *out) {
    WorldEdit e;
    if (fact_info(q->fact)->type != FACT_TYPE_BOOL) return;
    const WorldValue *v = edits_value(base, edits, q->fact, q->subject);
    const char *other = v && v->number ? "false" : "true";
    if (edits_set_notation(a, q->fact, q->subject, other, &e)) add_weak(out, q, &e, "is", 0);
}

/* An empty text tells nothing: a recognisable one does. */
static void guess_text(Arena *a, const World *base, const EditSet *edits, const Asked *q,
                       Guesses *out) {
    const Fact *f = fact_info(q->fact);
    const WorldValue *v = edits_value(base, edits, q->fact, q->subject);
    WorldEdit e;
    if (f->subject != SUBJECT_NONE || f->type != FACT_TYPE_TEXT || (v && v->bytes.n)) return;
    if (edits_set_notation(a, q->fact, NULL, "QUILLVORN", &e)) add_weak(out, q, &e, "is set", 0);
}

static bool is_edited(const EditSet *edits, const WorldEdit *e) {
    for (size_t i = 0; i < edits->count; i++)
        if (edit_same_target(edits->edits[i], e)) return true;
    return false;
}

static void guess_question(Arena *a, const World *base, const EditSet *edits, const Record *r,
                           const Asked *q, Guesses *out) {
    const WorldEdit target = {.fact = q->fact, .subject = q->subject};
    const Fact *f = fact_info(q->fact);
    if (is_edited(edits, &target) || is_noise(q) || is_own_command(r, q) ||
        (!q->found && is_search(r, q)))
        return;
    if (q->foreign && !is_asked_for(r, q)) return;
    bool pattern = f->subject == SUBJECT_PATTERN; /* has an answer, as everything does by default */
    if ((!q->found || pattern) && q->subject) guess_presence(a, q, out);
    else if (q->found) guess_absence(a, base, q, out);
    guess_alternatives(a, q, out);
    guess_other(a, base, edits, q, out);
    guess_text(a, base, edits, q, out);
}

enum { FEW = 6 };

static size_t at_place(const Record *r, uint64_t place) {
    size_t n = 0;
    for (size_t i = 0; i < r->compared_count && n <= FEW; i++) n += r->compared[i].place == place;
    return n;
}

void guesses_make(Arena *a, const World *base, const EditSet *edits, const Record *r,
                  Guesses *out) {
    Sights sights;
    *out = (Guesses){0};
    sights_make(a, base, edits, r, &sights);
    for (size_t i = 0; i < r->compared_count; i++)
        spell_compare(a, &sights, &r->compared[i], at_place(r, r->compared[i].place) > FEW, out);
    sights_free(&sights);
    for (size_t i = 0; i < r->asked_count; i++)
        guess_question(a, base, edits, r, &r->asked[i], out);
}
