#include "base/json.h"
#include "base/text.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void write_escape(Buf *out, uint32_t c) {
    switch (c) {
    case '"': buf_str(out, "\\\""); break;
    case '\\': buf_str(out, "\\\\"); break;
    case '\n': buf_str(out, "\\n"); break;
    case '\r': buf_str(out, "\\r"); break;
    case '\t': buf_str(out, "\\t"); break;
    default: buf_printf(out, "\\u%04" PRIx32, c);
    }
}

/* RFC 8259, 7: these must be escaped. DEL need not be, but a terminal is glad of it. */
static bool needs_escape(uint32_t c) {
    return c < 0x20 || c == '"' || c == '\\' || c == 0x7F;
}

/* Whether one of eight bytes is below 0x20, above 0x7E, a quotation mark or a backslash. */
static bool any_special(uint64_t w) {
    const uint64_t ones = 0x0101010101010101, highs = ones << 7;
    uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\', del = w ^ ones * 0x7F;
    uint64_t low = w - ones * 0x20;
    return ((w | low | (quote - ones) | (slash - ones) | (del - ones)) & highs) != 0;
}

/* The length of what can be copied as it is: most text is nothing else. */
static size_t plain_run(Span utf8, size_t at) {
    size_t end = at;
    for (uint64_t w; utf8.n - end >= 8; end += 8) {
        memcpy(&w, utf8.p + end, 8);
        if (any_special(w)) break;
    }
    while (end < utf8.n && utf8.p[end] < 0x80 && !needs_escape(utf8.p[end])) end++;
    return end - at;
}

/* A byte that belongs to no character, in the one way or the other. */
static void write_broken(Buf *out, uint8_t byte, bool exact) {
    uint8_t raw[4];
    if (exact) buf_printf(out, "\\udc%02x", byte);
    else buf_add(out, span(raw, text_utf8_put(raw, TEXT_REPLACEMENT)));
}

static void write_text(Buf *out, Span utf8, bool exact) {
    buf_byte(out, '"');
    for (size_t at = 0; at < utf8.n;) {
        size_t plain = plain_run(utf8, at);
        buf_add(out, span_sub(utf8, at, plain));
        at += plain;
        if (at == utf8.n) break;
        size_t from = at;
        uint32_t c = text_utf8_next(utf8, &at);
        bool broken = c == TEXT_REPLACEMENT && at - from == 1;
        if (needs_escape(c)) write_escape(out, c);
        else if (broken) write_broken(out, utf8.p[from], exact);
        else buf_add(out, span_sub(utf8, from, at - from));
    }
    buf_byte(out, '"');
}

void json_write_text(Buf *out, Span utf8) {
    write_text(out, utf8, false);
}

void json_write_text_exact(Buf *out, Span utf8) {
    write_text(out, utf8, true);
}

/* Up to three digits behind the point, as shares and entropies have: what printf would print. */
static bool write_short_real(Buf *out, double d) {
    if (!(d >= 0.001 && d < 1e6)) return false;
    uint64_t thousandths = (uint64_t)(d * 1000 + 0.5);
    if ((double)thousandths / 1000 != d) return false;
    buf_decimal(out, thousandths / 1000);
    unsigned rest = (unsigned)(thousandths % 1000);
    if (rest) buf_byte(out, '.');
    for (unsigned place = 100; rest; rest %= place, place /= 10)
        buf_byte(out, (uint8_t)('0' + rest / place));
    return true;
}

/* The shortest of 15 and 17 digits that reads back as the same number; JSON has no infinities. */
static void write_real(Buf *out, double d, bool exact) {
    char text[32];
    if (!isfinite(d)) {
        buf_str(out, "null");
        return;
    }
    if (!exact && write_short_real(out, d)) return;
    snprintf(text, sizeof text, "%.15g", d);
    if (strtod(text, NULL) != d) snprintf(text, sizeof text, "%.17g", d);
    buf_str(out, text);
    if (exact && !strpbrk(text, ".e")) buf_str(out, ".0");
}

static void write_value(Buf *out, const Value *v, bool exact);

static void write_items(Buf *out, const Value *v, bool exact) {
    bool map = v->kind == VALUE_MAP;
    buf_byte(out, map ? '{' : '[');
    for (const Value *item = v->items.first; item; item = item->next) {
        if (item != v->items.first) buf_byte(out, ',');
        if (map) {
            write_text(out, span_str(item->key), exact);
            buf_byte(out, ':');
        }
        write_value(out, item, exact);
    }
    buf_byte(out, map ? '}' : ']');
}

static void write_value(Buf *out, const Value *v, bool exact) {
    switch (v ? v->kind : VALUE_NULL) {
    case VALUE_NULL: buf_str(out, "null"); break;
    case VALUE_BOOL: buf_str(out, v->boolean ? "true" : "false"); break;
    case VALUE_INT: buf_printf(out, "%" PRId64, v->integer); break;
    case VALUE_UINT: buf_decimal(out, v->natural); break;
    case VALUE_REAL: write_real(out, v->real, exact); break;
    case VALUE_TEXT: write_text(out, v->text, exact); break;
    case VALUE_LIST:
    case VALUE_MAP: write_items(out, v, exact); break;
    }
}

void json_write(Buf *out, const Value *v) {
    write_value(out, v, false);
}

void json_write_exact(Buf *out, const Value *v) {
    write_value(out, v, true);
}
