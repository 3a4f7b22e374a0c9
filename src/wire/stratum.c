/* Stratum, the protocol of coin miners: JSON-RPC, one object a line (slushpool's specification, and
 * xmrig's variant with `login`). Only the method and the worker's name are read. */
#include "wire/app.h"
#include "wire/line.h"

typedef struct {
    Lines lines[2];
    bool found;
    unsigned misses;
} Stratum;

enum { MOST_MISSES = 16 };

static Stratum *stratum(const Session *s) {
    return s->state;
}

static bool stratum_open(Session *s) {
    s->state = mem_alloc(&s->wire->mem, sizeof(Stratum));
    return s->state != NULL;
}

static void stratum_close(Session *s) {
    for (unsigned i = 0; i < 2; i++) lines_free(&s->wire->mem, &stratum(s)->lines[i]);
    mem_free(&s->wire->mem, s->state);
}

static bool stratum_clone(Session *to, const Session *from) {
    Stratum *t = mem_copy(&to->wire->mem, stratum(from), sizeof *t);
    if (!t) return false;
    for (unsigned i = 0; i < 2; i++)
        lines_clone(&to->wire->mem, &t->lines[i], &stratum(from)->lines[i]);
    to->state = t;
    return true;
}

static size_t skip_blanks(Span line, size_t at) {
    while (at < line.n && (line.p[at] == ' ' || line.p[at] == '\t')) at++;
    return at;
}

/* The end of a string whose content begins at `at`: its quote, or line.n. */
static size_t string_end(Span line, size_t at) {
    while (at < line.n && line.p[at] != '"') at += line.p[at] == '\\' ? 2 : 1;
    return at < line.n ? at : line.n;
}

/* The text behind "key": of the object that the line is. What is nested belongs to others: a log
 * may well quote somebody's request. */
static Span text_of(Span line, const char *key) {
    int depth = 0;
    for (size_t i = 0; i < line.n; i++) {
        uint8_t c = line.p[i];
        if (c == '{' || c == '[') depth++;
        if (c == '}' || c == ']') depth--;
        if (c != '"') continue;
        size_t end = string_end(line, i + 1);
        Span name = span_clip(line, i + 1, end - i - 1);
        i = end;
        if (depth != 1 || !span_equal(name, span_str(key))) continue;
        size_t at = skip_blanks(line, end + 1);
        if (at >= line.n || line.p[at] != ':') continue;
        at = skip_blanks(line, at + 1);
        if (at >= line.n || line.p[at] != '"') continue;
        return span_clip(line, at + 1, string_end(line, at + 1) - at - 1);
    }
    return (Span){0};
}

/* At any depth: these are parameters. */
static bool has_key(Span line, const char *key) {
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] != '"') continue;
        size_t end = string_end(line, i + 1), colon = skip_blanks(line, end + 1);
        if (span_equal(span_clip(line, i + 1, end - i - 1), span_str(key)) && colon < line.n &&
            line.p[colon] == ':')
            return true;
        i = end;
    }
    return false;
}

/* `login`, `submit` and `getwork` are words of other protocols, too: then the rest must fit. */
static const char *method_of(Span line) {
    static const char *const own[] = {
        "mining.subscribe", "mining.authorize",      "mining.submit",
        "mining.notify",    "mining.set_difficulty", "mining.configure",
        "eth_submitLogin",  "eth_getWork",           "getwork"};
    Span method = text_of(line, "method");
    for (unsigned i = 0; i < sizeof own / sizeof own[0]; i++)
        if (span_equal(method, span_str(own[i]))) return own[i];
    if (span_equal(method, span_str("login")) && has_key(line, "pass") && has_key(line, "login"))
        return "login";
    if (span_equal(method, span_str("submit")) && has_key(line, "nonce") && has_key(line, "job_id"))
        return "submit";
    if (span_equal(method, span_str("job")) && has_key(line, "blob") && has_key(line, "target"))
        return "job";
    return NULL;
}

static void take_line(Session *s, unsigned from, Span line) {
    Stratum *t = stratum(s);
    const char *method = line.n ? method_of(line) : NULL;
    if (!method) {
        t->misses++;
        return;
    }
    bool servers = strcmp(method, "mining.notify") == 0 || strcmp(method, "job") == 0 ||
                   strcmp(method, "mining.set_difficulty") == 0;
    session_learn_client(s, from, servers);
    t->found = true;
    detect_see(s, &(Sight){.kind = SIGHT_STRATUM, .text = method});
}

static uint64_t stratum_unwanted(const Session *s, unsigned from) {
    (void)from;
    return !stratum(s)->found && stratum(s)->misses > MOST_MISSES ? UINT64_MAX : 0;
}

static void stratum_data(Session *s, unsigned from, Span bytes) {
    Span line;
    while (bytes.n && !stratum_unwanted(s, from))
        if (lines_next(&s->wire->mem, &stratum(s)->lines[from], &bytes, &line))
            take_line(s, from, line);
}

static void stratum_gap(Session *s, unsigned from, uint32_t bytes) {
    (void)bytes;
    stratum(s)->lines[from].n = 0;
    s->holes = true;
}

const App app_stratum = {.name = "stratum",
                         .open = stratum_open,
                         .close = stratum_close,
                         .clone = stratum_clone,
                         .data = stratum_data,
                         .gap = stratum_gap,
                         .unwanted = stratum_unwanted};
