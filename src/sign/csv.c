#include "sign/csv.h"

static int peek(const Cur *c) {
    return cur_left(c) ? c->span.p[c->at] : -1;
}

static bool is_end(int byte) {
    return byte < 0 || byte == '\n' || byte == '\r';
}

static void skip_spaces(Cur *c) {
    while (peek(c) == ' ' || peek(c) == '\t') cur_u8(c);
}

/* A doubled quotation mark stands for one. */
static const char *quoted(Arena *a, Cur *c) {
    cur_u8(c);
    size_t start = c->at, n = 0;
    Span rest = span_clip(c->span, start, c->span.n);
    char *out = NULL;
    for (unsigned pass = 0; pass < 2; pass++) { /* how long it is, then the text */
        size_t i = 0;
        n = 0;
        while (i < rest.n && (rest.p[i] != '"' || (i + 1 < rest.n && rest.p[i + 1] == '"'))) {
            if (out) out[n] = (char)rest.p[i];
            i += rest.p[i] == '"' ? 2 : 1;
            n++;
        }
        c->at = start + (i < rest.n ? i + 1 : i);
        if (!out && !(out = arena_alloc(a, n + 1))) return "";
    }
    while (peek(c) != ',' && !is_end(peek(c))) cur_u8(c);
    return out;
}

static const char *plain(Arena *a, Cur *c) {
    size_t start = c->at;
    while (peek(c) != ',' && !is_end(peek(c))) cur_u8(c);
    Span s = span_clip(c->span, start, c->at - start);
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t')) s.n--;
    const char *text = arena_text(a, s);
    return text ? text : "";
}

static void start_row(Cur *c, CsvRow *out) {
    while (cur_left(c) && (is_end(peek(c)) || peek(c) == ' ' || peek(c) == '\t')) cur_u8(c);
    out->comment = peek(c) == '#';
    while (peek(c) == '#') cur_u8(c);
}

bool csv_next(Arena *a, Cur *c, CsvRow *out) {
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    *out = (CsvRow){0};
    if (c->at == 0 && c->span.n >= 3 && memcmp(c->span.p, mark, 3) == 0) cur_skip(c, 3);
    start_row(c, out);
    if (!cur_left(c)) return out->comment;
    for (;;) {
        skip_spaces(c);
        const char *field = peek(c) == '"' ? quoted(a, c) : plain(a, c);
        if (out->count < CSV_FIELDS) out->fields[out->count++] = field;
        if (peek(c) != ',') return true;
        cur_u8(c);
    }
}
