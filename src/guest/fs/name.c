/* Names of files: 8.3 names as NTFS makes them, and the wildcards of directory queries. */
#include "guest/fs/internal.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- 8.3 names ([MS-FSCC] 2.1.5.2.1) ---- */

static bool short_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("!#$%&'()-@^_`{}~", c));
}

static char upcase(char c) {
    return (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
}

/* Both halves already are what 8.3 allows. */
static bool is_short(const char *text) {
    const char *dot = strchr(text, '.');
    size_t base = dot ? (size_t)(dot - text) : strlen(text), extension = dot ? strlen(dot + 1) : 0;
    if (!base || base > 8 || extension > 3 || (dot && !extension)) return false;
    for (const char *c = text; *c; c++)
        if (c != dot && !short_character(upcase(*c))) return false;
    return true;
}

/* What 8.3 keeps of some text: upper case, no blanks and dots, `_` for what it does not allow. */
static void keep_short(Span from, size_t max, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < from.n && n < max; i++) {
        char c = upcase((char)from.p[i]);
        if (c == ' ' || c == '.' || (from.p[i] & 0xC0) == 0x80) continue;
        out[n++] = short_character(c) ? c : '_';
    }
    out[n] = 0;
}

static bool short_taken(const Node *d, const char *text) {
    if (node_entry(d, span_str(text))) return true;
    for (size_t i = 0; i < d->entry_count; i++)
        if (!strcmp(d->entries[i]->short_name, text)) return true;
    return false;
}

static void make_short(Name *n) {
    const char *dot = strrchr(n->text, '.');
    size_t length = strlen(n->text),
           base_length = dot && dot != n->text ? (size_t)(dot - n->text) : length;
    char base[7], extension[4] = "";
    keep_short(span(n->text, base_length), 6, base);
    if (base_length < length) keep_short(span_str(dot + 1), 3, extension);
    for (unsigned i = 1; i < 1000000; i++) {
        char number[16], made[32];
        int digits = snprintf(number, sizeof number, "~%u", i);
        int room = 8 - digits;
        snprintf(made, sizeof made, "%.*s%s%s%s", room < 6 ? room : 6, base, number,
                 *extension ? "." : "", extension);
        if (short_taken(n->directory, made)) continue;
        snprintf(n->short_name, sizeof n->short_name, "%.12s", made);
        return;
    }
}

static int compare_order(const void *a, const void *b) {
    const Name *x = *(Name *const *)a, *y = *(Name *const *)b;
    return (x->order > y->order) - (x->order < y->order);
}

/* Numbers go by the order in which the names were made, whenever somebody asks. */
static void make_short_names(Node *d) {
    if (d->short_names) return;
    Name **sorted = malloc((d->entry_count + 1) * sizeof *sorted);
    if (!sorted) return;
    size_t count = 0;
    for (size_t i = 0; i < d->entry_count; i++)
        if (!d->entries[i]->short_name[0] && !is_short(d->entries[i]->text))
            sorted[count++] = d->entries[i];
    qsort(sorted, count, sizeof *sorted, compare_order);
    for (size_t i = 0; i < count; i++) make_short(sorted[i]);
    free(sorted);
    d->short_names = true;
}

const char *name_short(Name *n) {
    if (n->linked && n->directory) make_short_names(n->directory); /* a root has none */
    return n->short_name;
}

/* ---- wildcards ([MS-FSA] 2.1.4.4) ----
 *
 * All ways through the pattern at once, so that no pattern takes longer than its length times the
 * name's. */

enum { PATTERN_MAX = 1024 };

typedef struct {
    Span name;
    size_t at;       /* of the present character; name.n at the end */
    size_t last_dot; /* name.n: there is none */
    uint32_t folded; /* 0 at the end */
} Subject;

static uint32_t folded_at(Span s, size_t *at) {
    uint32_t c = text_utf8_next(s, at);
    return c < 0x10000 ? text_upcase16((uint16_t)c) : c;
}

/* Whether this character of the pattern may match nothing here. */
static bool may_skip(uint32_t c, const Subject *s) {
    bool end = s->at >= s->name.n;
    if (c == '*' || c == '<') return true;
    if (c == '>') return end || s->folded == '.';
    return c == '"' && end;
}

/* Whether it may match the present character and stay, or match it and go on. */
static bool may_stay(uint32_t c, const Subject *s) {
    return c == '*' || (c == '<' && s->at != s->last_dot);
}
static bool may_take(uint32_t c, const Subject *s) {
    if (c == '?') return true;
    if (c == '>') return s->folded != '.';
    if (c == '"') return s->folded == '.';
    return c != '*' && c != '<' && c == s->folded;
}

/* What is reached without a character; then, with the present one, what is reached in `next`. */
static void step(const uint32_t *pattern, size_t n, const Subject *s, bool *now, bool *next) {
    memset(next, 0, (n + 1) * sizeof *next);
    for (size_t i = 0; i < n; i++) {
        if (!now[i]) continue;
        if (may_skip(pattern[i], s)) now[i + 1] = true;
        if (s->at >= s->name.n) continue;
        if (may_stay(pattern[i], s)) next[i] = true;
        if (may_take(pattern[i], s)) next[i + 1] = true;
    }
}

static size_t fold_pattern(const char *text, uint32_t out[PATTERN_MAX]) {
    Span s = span_str(text);
    size_t n = 0;
    for (size_t at = 0; at < s.n && n < PATTERN_MAX; n++) out[n] = folded_at(s, &at);
    return n;
}

bool fs_match(const char *pattern_text, const char *name_text) {
    uint32_t pattern[PATTERN_MAX];
    bool states[2][PATTERN_MAX + 1] = {{true}};
    size_t n = fold_pattern(pattern_text, pattern);
    const char *dot = strrchr(name_text, '.');
    Subject s = {.name = span_str(name_text)};
    s.last_dot = dot ? (size_t)(dot - name_text) : s.name.n;
    for (unsigned turn = 0;; turn ^= 1) {
        size_t at = s.at;
        s.folded = at < s.name.n ? folded_at(s.name, &at) : 0;
        step(pattern, n, &s, states[turn], states[turn ^ 1]);
        if (s.at >= s.name.n) return states[turn][n];
        s.at = at;
    }
}
