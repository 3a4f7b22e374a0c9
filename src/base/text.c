/* UTF-8 as RFC 3629 has it (no overlong forms, nothing above 10FFFFh), UTF-16LE, and WTF-8 (the
 * generalised form in which a lone surrogate has three bytes) between the two. */
#include "base/text.h"
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_surrogate(uint32_t c) {
    return c >= 0xD800 && c <= 0xDFFF;
}

/* ---- UTF-8 ---- */

static unsigned sequence_length(uint8_t lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    return 0;
}

/* As text_utf8_next, but surrogates come as they are. */
static uint32_t wtf8_next(Span s, size_t *at) {
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *p = s.p + *at;
    unsigned n = sequence_length(p[0]);
    if (n == 1) return ++*at, p[0];
    if (n == 0 || n > s.n - *at) return ++*at, TEXT_REPLACEMENT;
    uint32_t c = p[0] & (0xFFu >> (n + 1));
    for (unsigned i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) return ++*at, TEXT_REPLACEMENT;
        c = c << 6 | (p[i] & 0x3F);
    }
    if (c < smallest[n] || c > 0x10FFFF) return ++*at, TEXT_REPLACEMENT;
    *at += n;
    return c;
}

uint32_t text_utf8_next(Span s, size_t *at) {
    size_t from = *at;
    if (s.p[from] < 0x80) return s.p[(*at)++]; /* most text is ASCII */
    uint32_t c = wtf8_next(s, at);
    if (!is_surrogate(c)) return c;
    *at = from + 1;
    return TEXT_REPLACEMENT;
}

bool text_is_utf8(Span s) {
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        if (text_utf8_next(s, &at) == TEXT_REPLACEMENT && at == from + 1) return false;
    }
    return true;
}

size_t text_utf8_put(uint8_t out[4], uint32_t c) {
    static const uint8_t lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    if (c > 0x10FFFF) c = TEXT_REPLACEMENT;
    if (c < 0x80) return out[0] = (uint8_t)c, 1;
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6) out[i] = (uint8_t)(0x80 | (c & 0x3F));
    out[0] = (uint8_t)(lead[n] | c);
    return n;
}

/* ---- UTF-16 ---- */

static uint32_t utf16_next(Cur *c) {
    uint32_t high = cur_u16le(c);
    if (high < 0xD800 || high > 0xDBFF || cur_left(c) < 2) return high;
    Cur ahead = *c;
    uint32_t low = cur_u16le(&ahead);
    if (low < 0xDC00 || low > 0xDFFF) return high;
    *c = ahead;
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

char *text_from_utf16(Arena *a, Span utf16le) {
    size_t n = 0;
    uint8_t raw[4];
    for (Cur c = cur(utf16le); cur_left(&c) >= 2;) n += text_utf8_put(raw, utf16_next(&c));
    char *out = arena_alloc(a, n + 1);
    if (!out) return NULL;
    uint8_t *p = (uint8_t *)out;
    for (Cur c = cur(utf16le); cur_left(&c) >= 2;) {
        size_t m = text_utf8_put(raw, utf16_next(&c));
        memcpy(p, raw, m);
        p += m;
    }
    return out;
}

/* 1 or 2 units. */
static size_t utf16_put(uint16_t out[2], uint32_t c) {
    if (c < 0x10000) return out[0] = (uint16_t)c, 1;
    out[0] = (uint16_t)(0xD800 + ((c - 0x10000) >> 10));
    out[1] = (uint16_t)(0xDC00 + ((c - 0x10000) & 0x3FF));
    return 2;
}

Span text_to_utf16(Arena *a, Span utf8) {
    size_t n = 0;
    uint16_t units[2];
    for (size_t at = 0; at < utf8.n;) n += utf16_put(units, wtf8_next(utf8, &at));
    uint8_t *out = arena_array(a, n + 1, 2), *p = out;
    if (!out) return (Span){0};
    for (size_t at = 0; at < utf8.n;) {
        size_t m = utf16_put(units, wtf8_next(utf8, &at));
        for (size_t i = 0; i < m; i++, p += 2)
            p[0] = (uint8_t)units[i], p[1] = (uint8_t)(units[i] >> 8);
    }
    return span(out, 2 * n);
}

/* ---- code pages ---- */

enum { CP_UTF16LE = 1200, CP_UTF8 = 65001 };

/* glibc knows Windows' code pages as CPnnn, except these. */
static void iconv_name(unsigned codepage, char out[24]) {
    if (codepage >= 28591 && codepage <= 28606) snprintf(out, 24, "ISO-8859-%u", codepage - 28590);
    else if (codepage == 10000) snprintf(out, 24, "MACINTOSH");
    else if (codepage == 20127) snprintf(out, 24, "US-ASCII");
    else if (codepage == 20866) snprintf(out, 24, "KOI8-R");
    else if (codepage == 21866) snprintf(out, 24, "KOI8-U");
    else if (codepage == 51949) snprintf(out, 24, "EUC-KR");
    else if (codepage == 54936) snprintf(out, 24, "GB18030");
    else snprintf(out, 24, "CP%u", codepage);
}

bool text_decoder_open(unsigned codepage, TextDecoder *out) {
    *out = (TextDecoder){.codepage = codepage};
    if (codepage == CP_UTF16LE || codepage == CP_UTF8) return true;
    char name[24];
    iconv_name(codepage, name);
    iconv_t cd = iconv_open("UTF-8", name);
    if (cd == (iconv_t)-1) return false;
    out->iconv = cd;
    return true;
}

void text_decoder_close(TextDecoder *d) {
    if (d->iconv) iconv_close(d->iconv);
    *d = (TextDecoder){0};
}

static void put(Buf *out, uint32_t c) {
    uint8_t raw[4];
    buf_add(out, span(raw, text_utf8_put(raw, c)));
}

static void decode_utf8(Buf *out, Span bytes) {
    for (size_t at = 0; at < bytes.n;) put(out, text_utf8_next(bytes, &at));
}

static void decode_iconv(iconv_t cd, Buf *out, Span bytes) {
    char *in = (char *)bytes.p, piece[512];
    size_t left = bytes.n;
    iconv(cd, NULL, NULL, NULL, NULL);
    while (left > 0 && !out->full) {
        char *to = piece;
        size_t room = sizeof piece;
        size_t result = iconv(cd, &in, &left, &to, &room);
        bool stuck = result == (size_t)-1 && errno != E2BIG; /* undefined, or cut at the end */
        buf_add(out, span(piece, sizeof piece - room));
        if (!stuck) continue;
        put(out, TEXT_REPLACEMENT);
        in++, left--;
    }
}

char *text_decode(const TextDecoder *d, Arena *a, Span bytes) {
    if (d->codepage == CP_UTF16LE) return text_from_utf16(a, bytes);
    Buf out = buf_new(a->cap - a->used);
    if (d->iconv) decode_iconv(d->iconv, &out, bytes);
    else decode_utf8(&out, bytes);
    char *text = out.full ? NULL : arena_text(a, buf_span(&out));
    a->full |= !text;
    buf_free(&out);
    return text;
}

/* ---- comparing ---- */

/* The next UTF-16 unit of a UTF-8 text, upper case; -1 at its end. Windows compares units, so a
 * character above FFFFh sorts among the surrogates. */
typedef struct {
    Span s;
    size_t at;
    uint16_t low; /* second unit of a pair that is still to come */
} Units;

static int32_t units_next(Units *u) {
    if (u->low) {
        uint16_t low = u->low;
        u->low = 0;
        return low;
    }
    if (u->at == u->s.n) return -1;
    uint16_t units[2];
    if (utf16_put(units, wtf8_next(u->s, &u->at)) == 2) u->low = units[1];
    return text_upcase16(units[0]);
}

int text_compare_nocase(const char *a, const char *b) {
    /* Nearly all names are ASCII, and equal up to their last few characters. */
    for (;; a++, b++) {
        if ((*a | *b) & 0x80) break;
        int c = text_upcase16((uint8_t)*a), d = text_upcase16((uint8_t)*b);
        if (c != d || !c) return (c > d) - (c < d);
    }
    Units x = {.s = span_str(a)}, y = {.s = span_str(b)};
    for (;;) {
        int32_t c = units_next(&x), d = units_next(&y);
        if (c != d || c < 0) return (c > d) - (c < d);
    }
}

bool text_equal_nocase(const char *a, const char *b) {
    return text_compare_nocase(a, b) == 0;
}

/* On a mismatch only the last star is tried one unit further: linear in practice, quadratic at
 * worst. */
bool text_match(const char *pattern, const char *text) {
    Units p = {.s = span_str(pattern)}, t = {.s = span_str(text)};
    Units star = p, from = t;
    bool starred = false;
    for (;;) {
        Units before = t;
        int32_t want = units_next(&p), have = units_next(&t);
        if (want == '*') {
            star = p, from = t = before;
            starred = true;
            continue;
        }
        if (have < 0 && want < 0) return true;
        if (have >= 0 && (want == have || want == '?')) continue;
        if (!starred || have < 0) return false;
        units_next(&from);
        t = from;
        p = star;
    }
}

/* ---- showing ---- */

/* Characters that a reader does not see, or that rearrange or hide what stands around them. */
static bool is_invisible(uint32_t c) {
    return (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C || c == 0x115F || c == 0x1160 ||
           c == 0x180E || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0x3164 || c == 0xFEFF || c == 0xFFA0 ||
           (c >= 0xFFF0 && c <= 0xFFFB) || (c & 0xFFFE) == 0xFFFE || (c >= 0xE0000 && c <= 0xE0FFF);
}

static void escape_control(Buf *out, uint32_t c) {
    if (c == '\n') buf_str(out, "\\n");
    else if (c == '\r') buf_str(out, "\\r");
    else if (c == '\t') buf_str(out, "\\t");
    else buf_printf(out, "\\x%02x", c);
}

void text_escape(Buf *out, Span utf8) {
    for (size_t at = 0; at < utf8.n;) {
        size_t from = at;
        uint32_t c = text_utf8_next(utf8, &at);
        bool broken = c == TEXT_REPLACEMENT && at == from + 1;
        if (broken) buf_printf(out, "\\x%02x", utf8.p[from]);
        else if (c < 0x20 || c == 0x7F) escape_control(out, c);
        else if (is_invisible(c)) buf_printf(out, "\\u{%04x}", c);
        else buf_add(out, span_sub(utf8, from, at - from));
    }
}
