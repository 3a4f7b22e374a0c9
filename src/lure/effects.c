/* What lives did, compared: effects that one has and the other has not. */
#include "lure/edits.h"
#include "lure/search.h"
#include <ctype.h>
#include <stdio.h>

/* The edit broke the program, by taking away what it cannot run without: that is no condition. */
bool life_is_broken(const Record *r) {
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

/* Does a field of the effect end with this? */
static bool is_about(const char *key, const char *name, size_t n) {
    for (const char *at = key; (at = strchr(at, *name)); at++)
        if (strncasecmp(at, name, n) == 0 && (at[n] == '\n' || at[n] == 0)) return true;
    return false;
}

/* Is this effect on the edited thing itself, or on a folder on the way to it? Its hive has several
 * names: what is behind is compared. */
static bool is_on_subject(const WorldEdit *e, const char *key) {
    const char *name = e->subject ? strchr(e->subject, '\\') : NULL;
    size_t n = name ? strlen(name) : 0;
    while (n && !is_about(key, name, n))
        while (n && name[--n] != '\\') continue;
    return n > 0;
}

/* A setting or file that is kept: made where it is missing, written back where it is there. That
 * follows from the edit as such, and is no behaviour that waits for it. */
static bool is_upkeep(Masks m, const char *key) {
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < m.sets[i]->count; k++) {
            const WorldEdit *e = m.sets[i]->edits[k];
            bool kept = e->fact == FACT_key || e->fact == FACT_registry || e->fact == FACT_file;
            if (kept && is_on_subject(e, key)) return true;
        }
    return false;
}

/* Effects of `more` that `less` has not. */
Difference effects_difference(const Search *s, Masks edits, const Record *more,
                              const Record *less) {
    Arena a = arena_new(64 << 20);
    Difference d = {0};
    for (size_t i = 0; i < more->effect_count && d.count < MOST_REVEALS; i++) {
        const Effect *e = &more->effects[i];
        const char *masked = mask_all(s, &a, edits, e->key);
        bool only_shows = e->weight == 1 && strchr(masked, MASK); /* the edited value itself */
        if (only_shows || is_upkeep(edits, e->key) || has_effect(s, &a, edits, less, masked))
            continue;
        d.all[d.count++] = e;
        if (e->weight > d.weight) d.weight = e->weight;
    }
    arena_reset(&a);
    return d;
}

/* How many effects only show an edited value. */
size_t effects_only_shown(const Search *s, Masks edits, const Record *r) {
    Arena a = arena_new(64 << 20);
    size_t n = 0;
    for (size_t i = 0; i < r->effect_count; i++) {
        const Effect *e = &r->effects[i];
        n += e->weight == 1 && strchr(mask_all(s, &a, edits, e->key), MASK);
    }
    arena_reset(&a);
    return n;
}

bool effects_shown(const Search *s, Masks edits, const Record *r, const Difference *wanted) {
    Arena a = arena_new(64 << 20);
    bool all = !r->failed;
    for (size_t i = 0; all && i < wanted->count; i++)
        all = has_effect(s, &a, edits, r, mask_all(s, &a, edits, wanted->all[i]->key));
    arena_reset(&a);
    return all;
}
