/* Lists in JSON: MISP's events, exports and feeds. What matters are strings and the keys that they
 * stand under: "value" (and "md5", "sha1", "sha256" in others' exports) may be a digest, alone or
 * behind "filename|"; the last "info" before it, the event's title, is its label. So the text is
 * read as a run of strings; brackets and quotes must match, or it is no JSON. */
#include "rule/hashlist_lines.h"

enum { DEEPEST = 512 };

typedef struct {
    Span text;
    size_t at;
    uint64_t line;
    char open[DEEPEST];
    size_t depth;
    Span key, info;
    bool bad;
} Scanner;

/* At the opening quote; what stands between the quotes, escapes as they are. */
static Span take_string(Scanner *s) {
    size_t start = ++s->at;
    while (s->at < s->text.n && s->text.p[s->at] != '"') {
        if (s->text.p[s->at] == '\n') s->bad = true;
        s->at += s->text.p[s->at] == '\\' ? 2 : 1;
    }
    if (s->at >= s->text.n) s->bad = true;
    if (s->bad) return (Span){0};
    s->at++;
    return span(s->text.p + start, s->at - 1 - start);
}

static bool is_space(uint8_t c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_key(Scanner *s) {
    size_t at = s->at;
    while (at < s->text.n && is_space(s->text.p[at])) at++;
    return at < s->text.n && s->text.p[at] == ':';
}

static bool key_is(const Scanner *s, const char *name) {
    return span_equal(s->key, span_str(name));
}

static Span behind_bar(Span text) {
    const uint8_t *bar = text.n ? memrchr(text.p, '|', text.n) : NULL;
    return bar ? span_clip(text, (uint64_t)(bar - text.p) + 1, UINT64_MAX) : text;
}

static bool may_be_digest(const Scanner *s) {
    return key_is(s, "value") || key_is(s, "md5") || key_is(s, "sha1") || key_is(s, "sha256") ||
           key_is(s, "md5_hash") || key_is(s, "sha1_hash") || key_is(s, "sha256_hash");
}

static void take_bracket(Scanner *s, char c) {
    if (c == '{' || c == '[') {
        if (s->depth == DEEPEST) s->bad = true;
        else s->open[s->depth++] = c;
        return;
    }
    if (!s->depth || s->open[--s->depth] != (c == '}' ? '{' : '[')) s->bad = true;
}

bool hashlist_json(Span text, void (*row)(void *context, const JsonRow *r), void *context,
                   uint64_t *line) {
    Scanner s = {.text = text, .line = 1};
    while (s.at < text.n && !s.bad) {
        uint8_t c = text.p[s.at];
        if (c != '"') {
            if (strchr("{}[]", c) && c) take_bracket(&s, (char)c);
            s.line += c == '\n';
            s.at++;
            continue;
        }
        Span string = take_string(&s);
        if (is_key(&s)) s.key = string;
        else if (key_is(&s, "info") || key_is(&s, "signature")) s.info = string;
        else if (may_be_digest(&s)) {
            JsonRow r = {
                .line = s.line, .label = s.info, .digest = hashlist_digest(behind_bar(string))};
            if (r.digest.n) row(context, &r);
        }
    }
    *line = s.line;
    return !s.bad && !s.depth;
}
