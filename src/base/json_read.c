/* JSON, read: RFC 8259 to the letter, with a limit to its depth; a key may come twice, and both
 * stay. Numbers without a point or an exponent that fit 64 bits are integers, all others reals. */
#include "base/json.h"
#include "base/text.h"
#include <errno.h>
#include <stdlib.h>

typedef struct {
    Cur c;
    Arena *arena;
    Buf text; /* of the string that is being read */
    unsigned depth;
} Reader;

static Value *read_value(Reader *r);

static Value *fail(Reader *r) {
    r->c.bad = true;
    return NULL;
}

/* The next byte, which stays; 0 at the end and after a failure. */
static uint8_t peek(const Reader *r) {
    return cur_left(&r->c) ? r->c.span.p[r->c.at] : 0;
}

static uint8_t next_word(Reader *r) {
    while (peek(r) && strchr(" \t\r\n", peek(r))) r->c.at++;
    return peek(r);
}

static bool take(Reader *r, char wanted) {
    if (next_word(r) != (uint8_t)wanted) return false;
    r->c.at++;
    return true;
}

static bool take_word(Reader *r, const char *word) {
    Span s = cur_take(&r->c, strlen(word));
    if (!span_equal(s, span_str(word))) r->c.bad = true;
    return !r->c.bad;
}

/* ---- text ---- */

static uint32_t read_hex(Reader *r) {
    Span digits = cur_take(&r->c, 4);
    uint32_t value = 0;
    for (size_t i = 0; i < digits.n; i++) {
        uint8_t c = digits.p[i], lower = c | 0x20;
        bool digit = c >= '0' && c <= '9', letter = lower >= 'a' && lower <= 'f';
        if (!digit && !letter) r->c.bad = true;
        value = value << 4 | (uint32_t)(digit ? c - '0' : lower - 'a' + 10);
    }
    return value;
}

static bool is_low(uint32_t unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* After \u: a character, a pair of surrogates, or a lone one (see json.h). */
static void read_unicode(Reader *r) {
    uint32_t unit = read_hex(r);
    uint8_t raw[4];
    bool high = unit >= 0xD800 && unit <= 0xDBFF;
    Cur before = r->c;
    if (high && cur_u8(&r->c) == '\\' && cur_u8(&r->c) == 'u') {
        uint32_t low = read_hex(r);
        if (is_low(low)) {
            uint32_t c = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            buf_add(&r->text, span(raw, text_utf8_put(raw, c)));
            return;
        }
    }
    if (high) r->c = before;
    if (unit >= 0xDC80 && unit <= 0xDCFF) buf_byte(&r->text, (uint8_t)unit);
    else buf_add(&r->text, span(raw, text_utf8_put(raw, unit)));
}

static void read_escape(Reader *r) {
    static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    uint8_t letter = cur_u8(&r->c);
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (found) buf_byte(&r->text, (uint8_t)bytes[found - letters]);
    else if (letter == 'u') read_unicode(r);
    else fail(r);
}

/* After the opening quote, up to and with the closing one; into r->text. */
static void read_string(Reader *r) {
    buf_clear(&r->text);
    while (!r->c.bad) {
        size_t from = r->c.at, at = from;
        const uint8_t *p = r->c.span.p;
        while (at < r->c.span.n && p[at] >= 0x20 && p[at] != '"' && p[at] != '\\') at++;
        buf_add(&r->text, span_sub(r->c.span, from, at - from));
        r->c.at = at;
        uint8_t c = cur_u8(&r->c);
        if (c == '"') return;
        if (c == '\\') read_escape(r);
        else fail(r);
    }
}

static Value *read_text(Reader *r) {
    r->c.at++;
    read_string(r);
    return r->c.bad ? NULL : value_text(r->arena, buf_span(&r->text));
}

/* ---- numbers ---- */

static size_t skip_digits(Reader *r) {
    size_t from = r->c.at;
    while (peek(r) >= '0' && peek(r) <= '9') r->c.at++;
    return r->c.at - from;
}

/* Moves over a number; *whole: it has neither a point nor an exponent. */
static bool skip_number(Reader *r, bool *whole) {
    *whole = true;
    if (peek(r) == '-') r->c.at++;
    bool zero = peek(r) == '0';
    size_t digits = skip_digits(r);
    if (digits == 0 || (zero && digits > 1)) return false;
    if (peek(r) == '.') {
        *whole = false;
        r->c.at++;
        if (!skip_digits(r)) return false;
    }
    if ((peek(r) | 0x20) != 'e') return true;
    *whole = false;
    r->c.at++;
    if (peek(r) == '+' || peek(r) == '-') r->c.at++;
    return skip_digits(r) != 0;
}

static Value *read_number(Reader *r) {
    size_t from = r->c.at;
    bool whole;
    char *end, text[400];
    if (!skip_number(r, &whole) || r->c.at - from >= sizeof text) return fail(r);
    memcpy(text, r->c.span.p + from, r->c.at - from);
    text[r->c.at - from] = 0;
    errno = 0;
    if (whole && *text == '-') {
        int64_t i = strtoll(text, &end, 10);
        if (!errno && i) return value_int(r->arena, i);
    } else if (whole) {
        uint64_t u = strtoull(text, &end, 10);
        if (!errno) return value_uint(r->arena, u);
    }
    return value_real(r->arena, strtod(text, NULL));
}

/* ---- trees ---- */

static Value *read_list(Reader *r) {
    Value *list = value_list(r->arena);
    r->c.at++;
    if (take(r, ']')) return list;
    do value_add(list, read_value(r));
    while (!r->c.bad && take(r, ','));
    return take(r, ']') ? list : fail(r);
}

static void read_member(Reader *r, Value *map) {
    if (next_word(r) != '"') {
        fail(r);
        return;
    }
    r->c.at++;
    read_string(r);
    const char *key = arena_text(r->arena, buf_span(&r->text));
    Value *v = take(r, ':') ? read_value(r) : fail(r);
    if (!v || !key) return;
    v->key = key;
    value_add(map, v);
}

static Value *read_map(Reader *r) {
    Value *map = value_map(r->arena);
    r->c.at++;
    if (take(r, '}')) return map;
    do read_member(r, map);
    while (!r->c.bad && take(r, ','));
    return take(r, '}') ? map : fail(r);
}

static Value *read_tree(Reader *r, Value *(*read)(Reader *r)) {
    if (r->depth == JSON_DEPTH) return fail(r);
    r->depth++;
    Value *v = read(r);
    r->depth--;
    return v;
}

static Value *read_value(Reader *r) {
    switch (next_word(r)) {
    case '{': return read_tree(r, read_map);
    case '[': return read_tree(r, read_list);
    case '"': return read_text(r);
    case 't': return take_word(r, "true") ? value_bool(r->arena, true) : NULL;
    case 'f': return take_word(r, "false") ? value_bool(r->arena, false) : NULL;
    case 'n': return take_word(r, "null") ? value_null(r->arena) : NULL;
    default: return read_number(r);
    }
}

Status json_read(Arena *a, Span text, const Value **out) {
    Reader r = {.c = cur(text), .arena = a, .text = buf_new(text.n + 1)};
    *out = read_value(&r);
    next_word(&r);
    bool good = !r.c.bad && r.c.at == text.n;
    bool full = r.text.full || a->full;
    buf_free(&r.text);
    if (full) return ST_BUDGET;
    return good ? ST_OK : ST_SYNTAX;
}
