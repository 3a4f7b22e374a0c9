/* Reads the form of a value's notation: text:, hex:, dword:, ... */
#include "world/notation.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

Status notation_refuse(const Notation *n, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(n->arena, format, args);
    va_end(args);
    *n->problem = text ? text : status_text(ST_BUDGET);
    return text ? ST_SYNTAX : ST_BUDGET;
}

int notation_nibble(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static Status form_bytes(Notation *n, Span digits) {
    uint8_t *out = arena_alloc(n->arena, digits.n / 2 + 1);
    if (!out) return ST_BUDGET;
    if (digits.n % 2) return notation_refuse(n, "hex digits come in pairs");
    for (size_t i = 0; i < digits.n; i += 2) {
        int high = notation_nibble(digits.p[i]), low = notation_nibble(digits.p[i + 1]);
        if (high < 0 || low < 0) return notation_refuse(n, "these are not hex digits");
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    n->form = FORM_BYTES;
    n->payload = span(out, digits.n / 2);
    return ST_OK;
}

/* hex(N):.. as in .reg files; the prefix "hex(" is consumed. */
static Status form_typed(Notation *n, Span rest) {
    size_t at = 0;
    uint64_t type = 0;
    for (; at < rest.n && at < 8 && notation_nibble(rest.p[at]) >= 0; at++)
        type = type << 4 | (unsigned)notation_nibble(rest.p[at]);
    if (at == 0 || rest.n - at < 2 || rest.p[at] != ')' || rest.p[at + 1] != ':')
        return notation_refuse(n, "registry data of another type is hex(N):..");
    TRY(form_bytes(n, span_clip(rest, at + 2, SIZE_MAX)));
    n->form = FORM_TYPED;
    n->number = type;
    return ST_OK;
}

bool notation_number(Span text, uint64_t *out) {
    char raw[24], *end;
    if (text.n == 0 || text.n >= sizeof raw || !isdigit(text.p[0])) return false;
    memcpy(raw, text.p, text.n);
    raw[text.n] = 0;
    bool hex = raw[0] == '0' && (raw[1] == 'x' || raw[1] == 'X');
    errno = 0;
    *out = strtoull(raw, &end, hex ? 16 : 10);
    return !*end && errno == 0 && (!hex || raw[2]);
}

static Status form_number(Notation *n, Span text, Form form, uint64_t most) {
    if (!notation_number(text, &n->number) || n->number > most)
        return notation_refuse(n, "%s: takes a number from 0 to %" PRIu64,
                               form == FORM_DWORD ? "dword" : "qword", most);
    n->form = form;
    return ST_OK;
}

/* \\ \n \r \t \0 \xNN \u{N}: writes the bytes and returns how many characters stood behind the
 * backslash, or 0 for what is no escape. */
static size_t unescape(Span s, Buf *out) {
    static const char names[] = "\\nrt0", means[] = "\\\n\r\t";
    if (s.n == 0) return 0;
    const char *simple = s.p[0] ? strchr(names, s.p[0]) : NULL;
    if (simple) return buf_byte(out, (uint8_t)means[simple - names]), 1;
    if (s.p[0] == 'x' && s.n >= 3 && notation_nibble(s.p[1]) >= 0 && notation_nibble(s.p[2]) >= 0) {
        buf_byte(out, (uint8_t)(notation_nibble(s.p[1]) << 4 | notation_nibble(s.p[2])));
        return 3;
    }
    if (s.p[0] != 'u' || s.n < 4 || s.p[1] != '{') return 0;
    uint32_t c = 0;
    size_t at = 2;
    for (; at < s.n && at < 8 && notation_nibble(s.p[at]) >= 0; at++)
        c = c << 4 | (uint32_t)notation_nibble(s.p[at]);
    if (at == 2 || at == s.n || s.p[at] != '}' || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    uint8_t raw[4];
    buf_add(out, span(raw, text_utf8_put(raw, c)));
    return at + 1;
}

static Status form_escaped(Notation *n, Span text) {
    Buf out = buf_new(text.n + 1); /* an escape is never shorter than what it stands for */
    Status status = ST_OK;
    for (size_t at = 0; at < text.n && status == ST_OK;) {
        uint8_t c = text.p[at++];
        if (c != '\\') {
            buf_byte(&out, c);
            continue;
        }
        size_t used = unescape(span_clip(text, at, SIZE_MAX), &out);
        if (!used)
            status = notation_refuse(n, "this is no escape: \\ \\n \\r \\t \\0 \\xNN \\u{N} are");
        at += used;
    }
    n->form = FORM_TEXT;
    n->payload = arena_bytes(n->arena, buf_span(&out));
    if (!n->payload.p) status = ST_BUDGET;
    buf_free(&out);
    return status;
}

static Status form_host_file(Notation *n, Span path) {
    char *name = arena_text(n->arena, path);
    if (!name) return ST_BUDGET;
    if (!n->host_files) return notation_refuse(n, "a host file cannot be read here");
    if (memchr(path.p, 0, path.n) || path.n == 0)
        return notation_refuse(n, "@ wants the name of a host file");
    n->form = FORM_BYTES;
    Status status = n->host_files->read(n->host_files, n->arena, name, &n->payload);
    if (status == ST_OK || status == ST_BUDGET) return status;
    return notation_refuse(n, "the host file %s cannot be read", name);
}

static bool begins(Span s, const char *prefix, Span *rest) {
    Span p = span_str(prefix);
    if (!span_equal(span_sub(s, 0, p.n), p)) return false;
    *rest = span_clip(s, p.n, SIZE_MAX);
    if (!rest->p) rest->p = (const uint8_t *)"";
    return true;
}

static Status form_plain(Notation *n, Span text, Form form) {
    n->form = form;
    n->payload = arena_bytes(n->arena, text);
    return n->payload.p ? ST_OK : ST_BUDGET;
}

Status notation_read(Notation *n, Span text) {
    Span rest;
    if (begins(text, "text:", &rest)) return form_escaped(n, rest);
    if (begins(text, "hex:", &rest)) return form_bytes(n, rest);
    if (begins(text, "hex(", &rest)) return form_typed(n, rest);
    if (begins(text, "dword:", &rest)) return form_number(n, rest, FORM_DWORD, UINT32_MAX);
    if (begins(text, "qword:", &rest)) return form_number(n, rest, FORM_QWORD, UINT64_MAX);
    if (begins(text, "u16:", &rest)) return form_plain(n, rest, FORM_U16);
    if (begins(text, "vars:", &rest)) return form_plain(n, rest, FORM_VARS);
    if (begins(text, "expand:", &rest)) return form_plain(n, rest, FORM_EXPAND);
    if (begins(text, "multi:", &rest)) return form_plain(n, rest, FORM_MULTI);
    if (begins(text, "@", &rest)) return form_host_file(n, rest);
    return form_plain(n, text, FORM_TEXT);
}

bool notation_is_marked(Span text) {
    static const char *const marks[] = {
        "text:", "hex:", "hex(", "dword:", "qword:", "u16:", "vars:", "expand:", "multi:", "@"};
    Span rest;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (begins(text, marks[i], &rest)) return true;
    return false;
}
