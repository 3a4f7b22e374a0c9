/* Prints a value in its canonical notation, which reads back as the same value. */
#include "world/notation.h"
#include <inttypes.h>

static bool is_printable(Span text) {
    Buf shown = buf_new(SIZE_MAX);
    text_escape(&shown, text);
    bool same = !shown.full && span_equal(buf_span(&shown), text);
    buf_free(&shown);
    return same;
}

static void print_escaped(Buf *out, Span text) {
    static const char from[] = "\\\n\r\t", to[] = "\\nrt";
    buf_str(out, "text:");
    for (size_t at = 0; at < text.n;) {
        size_t start = at;
        uint32_t c = text_utf8_next(text, &at);
        const char *simple = c ? strchr(from, c < 0x80 ? (int)c : 0x7F) : NULL;
        Span one = span_sub(text, start, at - start);
        if (simple && *simple) buf_printf(out, "\\%c", to[simple - from]);
        else if (c == 0) buf_str(out, "\\0");
        else if (is_printable(one)) buf_add(out, one);
        else if (c < 0x80) buf_printf(out, "\\x%02x", c);
        else buf_printf(out, "\\u{%x}", c);
    }
}

static void print_text(Buf *out, Span text) {
    if (!notation_is_marked(text) && is_printable(text)) buf_add(out, text);
    else print_escaped(out, text);
}

static void print_hex(Buf *out, Span bytes) {
    for (size_t i = 0; i < bytes.n; i++) buf_printf(out, "%02x", bytes.p[i]);
}

/* Wide bytes as UTF-8 where that is printable and the way back is exact. */
static bool print_wide(Buf *out, Span wide, const char *prefix) {
    if (wide.n < 2 || wide.n % 2) return false;
    Arena a = arena_new(wide.n * 4 + 256);
    char *text = text_from_utf16(&a, wide);
    Span utf8 = text ? span(text, strlen(text)) : (Span){0};
    bool good = text && is_printable(utf8) && span_equal(text_to_utf16(&a, utf8), wide);
    if (good) {
        buf_str(out, prefix);
        buf_add(out, utf8);
    }
    arena_reset(&a);
    return good;
}

/* Wide text of the alphabets below 0600h; above, any two bytes would pass for a character. */
static bool looks_wide(Span bytes) {
    for (size_t i = 0; i + 1 < bytes.n; i += 2)
        if (bytes.p[i + 1] >= 6) return false;
    return bytes.n >= 2 && bytes.n % 2 == 0;
}

/* UTF-8 without other controls than those that a text file has. */
static bool looks_like_text(Span bytes) {
    for (size_t i = 0; i < bytes.n; i++)
        if (bytes.p[i] < ' ' && !strchr("\n\r\t", bytes.p[i] ? bytes.p[i] : 1)) return false;
    return text_is_utf8(bytes);
}

static void print_bytes(Buf *out, Span bytes) {
    if (looks_like_text(bytes)) return print_text(out, bytes);
    if (looks_wide(bytes) && print_wide(out, bytes, "u16:")) return;
    buf_str(out, "hex:");
    print_hex(out, bytes);
}

/* REG_SZ with its NUL as text. */
static bool print_registry_text(Buf *out, Span data) {
    if (data.n < 2 || data.n % 2 || data.p[data.n - 1] || data.p[data.n - 2]) return false;
    Span wide = span(data.p, data.n - 2);
    Arena a = arena_new(data.n * 4 + 256);
    char *text = text_from_utf16(&a, wide);
    Span utf8 = text ? span_str(text) : (Span){0};
    bool good = text && text_is_utf8(utf8) && span_equal(text_to_utf16(&a, utf8), wide);
    if (good) print_text(out, utf8);
    arena_reset(&a);
    return good;
}

static bool print_registry_expand(Buf *out, Span data) {
    if (data.n == 2 && !data.p[0] && !data.p[1]) return buf_str(out, "expand:"), true;
    if (data.n < 4 || data.p[data.n - 1] || data.p[data.n - 2]) return false;
    return print_wide(out, span(data.p, data.n - 2), "expand:");
}

/* The next of a list's texts, NUL-terminated, as UTF-8 where that is printable and the way back is
 * exact; else NULL. Empty behind the last. */
static char *next_of_multi(Arena *a, Cur *c) {
    size_t from = c->at;
    while (!c->bad && cur_u16le(c) != 0) {}
    if (c->bad) return NULL;
    Span wide = span_sub(c->span, from, c->at - 2 - from);
    char *text = text_from_utf16(a, wide);
    bool good =
        text && is_printable(span_str(text)) && span_equal(text_to_utf16(a, span_str(text)), wide);
    return good ? text : NULL;
}

/* A bar that begins a text would be taken for the end of the one before. */
static bool add_to_multi(Buf *out, const char *text) {
    if (out->n && *text == '|') return false;
    if (out->n) buf_byte(out, '|');
    for (; *text; text++) {
        if (*text == '|') buf_byte(out, '|');
        buf_byte(out, (uint8_t)*text);
    }
    return true;
}

/* Texts with a NUL behind each and one behind all. */
static bool print_registry_multi(Buf *out, Span data) {
    Arena a = arena_new(data.n * 8 + 4096);
    Buf texts = buf_new(data.n * 4);
    Cur c = cur(data);
    const char *text;
    bool good = true;
    while (good && (text = next_of_multi(&a, &c)) && *text) good = add_to_multi(&texts, text);
    good = good && text && cur_left(&c) == 0 && !texts.full;
    if (good) {
        buf_str(out, "multi:");
        buf_add(out, buf_span(&texts));
    }
    buf_free(&texts);
    arena_reset(&a);
    return good;
}

static uint64_t little_endian(Span bytes) {
    Cur c = cur(bytes);
    return cur_le(&c, (unsigned)bytes.n);
}

static void print_registry(Buf *out, const WorldValue *v) {
    Span d = v->bytes;
    switch (v->number) {
    case REG_SZ:
        if (print_registry_text(out, d)) return;
        break;
    case REG_EXPAND_SZ:
        if (print_registry_expand(out, d)) return;
        break;
    case REG_MULTI_SZ:
        if (print_registry_multi(out, d)) return;
        break;
    case REG_DWORD:
        if (d.n == 4) return buf_printf(out, "dword:%" PRIu64, little_endian(d));
        break;
    case REG_QWORD:
        if (d.n == 8) return buf_printf(out, "qword:%" PRIu64, little_endian(d));
        break;
    case REG_BINARY: buf_str(out, "hex:"); return print_hex(out, d);
    default: break;
    }
    buf_printf(out, "hex(%" PRIx64 "):", (uint64_t)v->number);
    print_hex(out, d);
}

static void print_size(Buf *out, int64_t n) {
    for (size_t i = 0; n > 0 && i < SIZE_UNITS - 1; i++)
        if (n % size_units[i].factor == 0)
            return buf_printf(out, "%" PRId64 "%s", n / size_units[i].factor, size_units[i].name);
    buf_printf(out, "%" PRId64, n);
}

static void print_duration(Buf *out, int64_t n) {
    if (n == 0) return buf_str(out, "0s");
    for (size_t i = 0; i < DURATION_UNITS; n %= duration_units[i++].factor)
        if (n / duration_units[i].factor)
            buf_printf(out, "%" PRId64 "%s", n / duration_units[i].factor, duration_units[i].name);
}

static void print_mac(Buf *out, Span mac) {
    for (size_t i = 0; i < mac.n; i++) buf_printf(out, i ? ":%02x" : "%02x", mac.p[i]);
}

static void print_time(Buf *out, Time t) {
    char text[TIME_TEXT_SIZE];
    time_print(t, text);
    buf_str(out, text);
}

static void print_template(Buf *out, FactId id, const WorldValue *v) {
    FactType type = fact_info(id)->type;
    bool implied = type == FACT_TYPE_EXPANDED || type == FACT_TYPE_PATH;
    if (implied) return print_text(out, v->template);
    buf_str(out, "vars:");
    buf_add(out, v->template);
}

void value_print(Buf *out, FactId id, const WorldValue *v) {
    if (v->template.p) return print_template(out, id, v);
    switch (fact_info(id)->type) {
    case FACT_TYPE_NONE:
    case FACT_TYPE_COUNT: break;
    case FACT_TYPE_TEXT:
    case FACT_TYPE_EXPANDED:
    case FACT_TYPE_PATH:
    case FACT_TYPE_WORDS:
    case FACT_TYPE_CHOICE:
    case FACT_TYPE_SID: print_text(out, v->bytes); break;
    case FACT_TYPE_BYTES: print_bytes(out, v->bytes); break;
    case FACT_TYPE_REGISTRY: print_registry(out, v); break;
    case FACT_TYPE_NUMBER: buf_printf(out, "%" PRId64, v->number); break;
    case FACT_TYPE_FLAGS: buf_printf(out, "%#" PRIx64, (uint64_t)v->number); break;
    case FACT_TYPE_SIZE: print_size(out, v->number); break;
    case FACT_TYPE_BOOL: buf_str(out, v->number ? "true" : "false"); break;
    case FACT_TYPE_TIME: print_time(out, v->number); break;
    case FACT_TYPE_DURATION: print_duration(out, v->number); break;
    case FACT_TYPE_MAC: print_mac(out, v->bytes); break;
    case FACT_TYPE_SERIAL:
        buf_printf(out, "%04X-%04X", (unsigned)(v->number >> 16), (unsigned)(v->number & 0xFFFF));
        break;
    case FACT_TYPE_RESOLUTION:
        buf_printf(out, "%" PRId64 "x%" PRId64, v->number >> 32, v->number & 0xFFFFFFFF);
        break;
    case FACT_TYPE_POINT:
        buf_printf(out, "%" PRId64 ",%" PRId64, v->number >> 32, v->number & 0xFFFFFFFF);
        break;
    }
}
