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

/* The text behind "key": in an object of one line; a nested key is found, too. */
static Span text_of(Span line, const char *key) {
    size_t n = strlen(key);
    for (size_t i = 0; i + n + 2 <= line.n; i++) {
        if (line.p[i] != '"' || line.p[i + n + 1] != '"' || memcmp(line.p + i + 1, key, n) != 0)
            continue;
        size_t at = i + n + 2;
        while (at < line.n && (line.p[at] == ' ' || line.p[at] == ':')) at++;
        if (at >= line.n || line.p[at] != '"') continue;
        const uint8_t *end = memchr(line.p + at + 1, '"', line.n - at - 1);
        if (end) return span(line.p + at + 1, (size_t)(end - line.p) - at - 1);
    }
    return (Span){0};
}

static bool contains(Span line, const char *word) {
    return memmem(line.p, line.n, word, strlen(word)) != NULL;
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
    if (span_equal(method, span_str("login")) && contains(line, "\"pass\"") &&
        contains(line, "\"login\""))
        return "login";
    if (span_equal(method, span_str("submit")) && contains(line, "\"nonce\"") &&
        contains(line, "\"job_id\""))
        return "submit";
    if (span_equal(method, span_str("job")) && contains(line, "\"blob\"") &&
        contains(line, "\"target\""))
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
