/* Values and their notation: what stands behind the `=` of an edit, and in YAML's scalars. First
 * the notation's form is read (text:, hex:, dword:, ...), then it is turned into what the fact's
 * type wants. */
#include "world/internal.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
    REG_SZ = 1,
    REG_EXPAND_SZ = 2,
    REG_BINARY = 3,
    REG_DWORD = 4,
    REG_MULTI_SZ = 7,
    REG_QWORD = 11
};

typedef enum {
    FORM_TEXT,  /* UTF-8 */
    FORM_U16,   /* UTF-8 that was marked as wide text */
    FORM_BYTES, /* any */
    FORM_VARS,
    FORM_DWORD,
    FORM_QWORD,
    FORM_EXPAND,
    FORM_MULTI,
    FORM_TYPED, /* bytes of registry type `number` */
} Form;

typedef struct {
    Arena *arena;
    FactId id;
    const WorldFileReader *host_files;
    const char **problem;
    Form form;
    Span payload;
    uint64_t number;
} Notation;

static Status refuse(const Notation *n, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static Status refuse(const Notation *n, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(n->arena, format, args);
    va_end(args);
    *n->problem = text ? text : status_text(ST_BUDGET);
    return text ? ST_SYNTAX : ST_BUDGET;
}

/* ---- the forms ---- */

static int nibble(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static Status form_bytes(Notation *n, Span digits) {
    uint8_t *out = arena_alloc(n->arena, digits.n / 2 + 1);
    if (!out) return ST_BUDGET;
    if (digits.n % 2) return refuse(n, "hex digits come in pairs");
    for (size_t i = 0; i < digits.n; i += 2) {
        int high = nibble(digits.p[i]), low = nibble(digits.p[i + 1]);
        if (high < 0 || low < 0) return refuse(n, "these are not hex digits");
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
    for (; at < rest.n && at < 8 && nibble(rest.p[at]) >= 0; at++)
        type = type << 4 | (unsigned)nibble(rest.p[at]);
    if (at == 0 || rest.n - at < 2 || rest.p[at] != ')' || rest.p[at + 1] != ':')
        return refuse(n, "registry data of another type is hex(N):..");
    TRY(form_bytes(n, span_clip(rest, at + 2, SIZE_MAX)));
    n->form = FORM_TYPED;
    n->number = type;
    return ST_OK;
}

static bool read_number(Span text, uint64_t *out) {
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
    if (!read_number(text, &n->number) || n->number > most)
        return refuse(n, "%s: takes a number from 0 to %" PRIu64,
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
    if (s.p[0] == 'x' && s.n >= 3 && nibble(s.p[1]) >= 0 && nibble(s.p[2]) >= 0) {
        buf_byte(out, (uint8_t)(nibble(s.p[1]) << 4 | nibble(s.p[2])));
        return 3;
    }
    if (s.p[0] != 'u' || s.n < 4 || s.p[1] != '{') return 0;
    uint32_t c = 0;
    size_t at = 2;
    for (; at < s.n && at < 8 && nibble(s.p[at]) >= 0; at++) c = c << 4 | (uint32_t)nibble(s.p[at]);
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
        if (!used) status = refuse(n, "this is no escape: \\ \\n \\r \\t \\0 \\xNN \\u{N} are");
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
    if (!n->host_files) return refuse(n, "a host file cannot be read here");
    if (memchr(path.p, 0, path.n) || path.n == 0)
        return refuse(n, "@ wants the name of a host file");
    n->form = FORM_BYTES;
    Status status = n->host_files->read(n->host_files, n->arena, name, &n->payload);
    if (status == ST_OK || status == ST_BUDGET) return status;
    return refuse(n, "the host file %s cannot be read", name);
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

static Status read_form(Notation *n, Span text) {
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

/* ---- bytes and registry data ---- */

static Status to_number_bytes(const Notation *n, unsigned size, WorldValue *out) {
    uint8_t *raw = arena_alloc(n->arena, size);
    if (!raw) return ST_BUDGET;
    for (unsigned i = 0; i < size; i++) raw[i] = (uint8_t)(n->number >> 8 * i);
    out->bytes = span(raw, size);
    return ST_OK;
}

static Status to_wide(Arena *a, Span utf8, size_t nul_bytes, WorldValue *out) {
    Span wide = text_to_utf16(a, utf8); /* a NUL follows */
    if (!wide.p) return ST_BUDGET;
    out->bytes = span(wide.p, wide.n + nul_bytes);
    return ST_OK;
}

/* a|b with || for one bar becomes a NUL b NUL NUL. */
static Status to_multi(const Notation *n, WorldValue *out) {
    char *text = arena_alloc(n->arena, n->payload.n + 2);
    if (!text) return ST_BUDGET;
    size_t length = 0;
    for (size_t at = 0; at < n->payload.n; at++) {
        bool bar = n->payload.p[at] == '|';
        bool doubled = bar && at + 1 < n->payload.n && n->payload.p[at + 1] == '|';
        at += doubled;
        text[length++] = bar && !doubled ? 0 : (char)n->payload.p[at];
    }
    if (length) text[length++] = 0;
    return to_wide(n->arena, span(text, length), 2, out);
}

static Status to_registry(const Notation *n, WorldValue *out) {
    switch (n->form) {
    case FORM_TEXT:
    case FORM_U16: out->number = REG_SZ; return to_wide(n->arena, n->payload, 2, out);
    case FORM_VARS:
        out->number = REG_SZ;
        out->template = n->payload;
        return value_bind(n->arena, n->id, (const char *)n->payload.p, out);
    case FORM_EXPAND: out->number = REG_EXPAND_SZ; return to_wide(n->arena, n->payload, 2, out);
    case FORM_MULTI: out->number = REG_MULTI_SZ; return to_multi(n, out);
    case FORM_DWORD: out->number = REG_DWORD; return to_number_bytes(n, 4, out);
    case FORM_QWORD: out->number = REG_QWORD; return to_number_bytes(n, 8, out);
    case FORM_BYTES:
        out->number = REG_BINARY;
        out->bytes = n->payload;
        return ST_OK;
    case FORM_TYPED:
        out->number = (int64_t)n->number;
        out->bytes = n->payload;
        return ST_OK;
    }
    return ST_INTERNAL;
}

static Status to_bytes(const Notation *n, WorldValue *out) {
    switch (n->form) {
    case FORM_TEXT:
    case FORM_BYTES: out->bytes = n->payload; return ST_OK;
    case FORM_U16: return to_wide(n->arena, n->payload, 0, out);
    case FORM_VARS: out->bytes = out->template = n->payload; return ST_OK;
    case FORM_DWORD: return to_number_bytes(n, 4, out);
    case FORM_QWORD: return to_number_bytes(n, 8, out);
    default: return refuse(n, "expand:, multi: and hex(N): are for the registry");
    }
}

/* ---- text and what is spelled as text ---- */

static bool is_text(Span s) {
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        uint32_t c = text_utf8_next(s, &at);
        if (c == 0 || (c == TEXT_REPLACEMENT && at == from + 1)) return false;
    }
    return true;
}

static bool has_word(const char *words, Span word) {
    for (const char *p = words; *p;) {
        size_t n = strcspn(p, " ");
        if (n == word.n && n && strncasecmp(p, (const char *)word.p, n) == 0) return true;
        p += n;
        p += *p == ' ';
    }
    return false;
}

bool words_have(const char *words, const char *word) {
    return words && has_word(words, span_str(word));
}

/* Words with one space between them, in the spelling of the choices where there are some. */
static Status to_words(const Notation *n, const char *text, WorldValue *out) {
    const char *choices = fact_choices(n->id);
    char *words = arena_alloc(n->arena, strlen(text) + 1), *p = words;
    if (!words) return ST_BUDGET;
    for (text += strspn(text, " \t\r\n"); *text; text += strspn(text, " \t\r\n")) {
        size_t length = strcspn(text, " \t\r\n");
        if (choices && !has_word(choices, span(text, length)))
            return refuse(n, "%.*s is none of: %s", (int)length, text, choices);
        if (p != words) *p++ = ' ';
        for (; length; length--, text++) *p++ = choices ? (char)tolower(*text) : *text;
    }
    out->bytes = span(words, (size_t)(p - words));
    return ST_OK;
}

static Status to_choice(const Notation *n, const char *text, WorldValue *out) {
    if (!*text || strchr(text, ' ') || !has_word(fact_choices(n->id), span_str(text)))
        return refuse(n, "\"%s\" is none of: %s", text, fact_choices(n->id));
    return to_words(n, text, out);
}

static Status to_path(const Notation *n, const char *text, WorldValue *out) {
    const char *path;
    TRY(subject_canonical(n->arena, SUBJECT_PATH, span_str(text), &path, n->problem));
    out->bytes = span_str(path);
    if (strchr(path, '%')) out->template = out->bytes;
    return ST_OK;
}

static Status to_number(const Notation *n, const char *text, WorldValue *out) {
    uint64_t magnitude;
    bool negative = *text == '-';
    if (!read_number(span_str(text + negative), &magnitude) || magnitude > INT64_MAX)
        return refuse(n, "\"%s\" is no number", text);
    out->number = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return ST_OK;
}

typedef struct {
    const char *name;
    int64_t factor;
} Unit;

/* The largest first: a size is printed in the first that divides it. */
static const Unit size_units[] = {
    {"TiB", INT64_C(1) << 40}, {"TB", 1000000000000}, {"GiB", 1 << 30},
    {"GB", 1000000000},        {"MiB", 1 << 20},      {"MB", 1000000},
    {"KiB", 1 << 10},          {"KB", 1000},          {"B", 1},
};

static const Unit duration_units[] = {
    {"d", 86400 * TIME_SECOND},
    {"h", 3600 * TIME_SECOND},
    {"min", 60 * TIME_SECOND},
    {"ms", 1000000},
    {"us", 1000},
    {"ns", 1},
    {"m", 60 * TIME_SECOND},
    {"s", TIME_SECOND},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The digits at *text times the unit behind them; *text moves behind both. */
static bool read_unit(const char **text, const Unit *units, size_t count, int64_t *out) {
    size_t digits = strspn(*text, "0123456789");
    uint64_t n;
    if (!read_number(span(*text, digits), &n) || n > INT64_MAX) return false;
    const char *unit = *text + digits;
    size_t length = strcspn(unit, "0123456789");
    for (size_t i = 0; i < count; i++) {
        if (strlen(units[i].name) != length || strncasecmp(units[i].name, unit, length) != 0)
            continue;
        *text = unit + length;
        return !__builtin_mul_overflow((int64_t)n, units[i].factor, out);
    }
    return false;
}

static Status to_size(const Notation *n, const char *text, WorldValue *out) {
    const char *p = text;
    uint64_t plain;
    if (read_number(span_str(text), &plain) && plain <= INT64_MAX) {
        out->number = (int64_t)plain;
        return ST_OK;
    }
    if (!read_unit(&p, size_units, COUNT(size_units), &out->number) || *p)
        return refuse(n, "\"%s\" is no size: 512, 8GiB, 500GB are", text);
    return ST_OK;
}

static Status to_duration(const Notation *n, const char *text, WorldValue *out) {
    int64_t total = 0, part;
    const char *p = text;
    do {
        if (!read_unit(&p, duration_units, COUNT(duration_units), &part) ||
            __builtin_add_overflow(total, part, &total))
            return refuse(n, "\"%s\" is no duration: 2d3h27m12s, 500ms are", text);
    } while (*p);
    out->number = total;
    return ST_OK;
}

static Status to_bool(const Notation *n, const char *text, WorldValue *out) {
    out->number = has_word("true yes on 1", span_str(text));
    if (out->number || has_word("false no off 0", span_str(text))) return ST_OK;
    return refuse(n, "\"%s\" is neither true nor false", text);
}

static Status to_time(const Notation *n, const char *text, WorldValue *out) {
    if (time_parse(text, &out->number)) return ST_OK;
    return refuse(n, "\"%s\" is no time: 2019-03-25T09:00:00Z is", text);
}

static Status to_mac(const Notation *n, const char *text, WorldValue *out) {
    uint8_t *mac = arena_alloc(n->arena, 6);
    if (!mac) return ST_BUDGET;
    bool good = strlen(text) == 17;
    for (size_t i = 0; i < 6 && good; i++) {
        int high = nibble((uint8_t)text[3 * i]), low = nibble((uint8_t)text[3 * i + 1]);
        char separator = text[3 * i + 2];
        good = high >= 0 && low >= 0 && (i == 5 || separator == ':' || separator == '-');
        mac[i] = (uint8_t)(high << 4 | low);
    }
    if (!good) return refuse(n, "\"%s\" is no MAC address: 0c:9d:92:11:22:33 is", text);
    out->bytes = span(mac, 6);
    return ST_OK;
}

/* S-1-IdentifierAuthority-SubAuthority... ([MS-DTYP] 2.4.2.1) with at most 15 of the latter. */
static Status to_sid(const Notation *n, const char *text, WorldValue *out) {
    char *sid = arena_str(n->arena, text);
    if (!sid) return ST_BUDGET;
    int parts = 0;
    bool good = strncasecmp(sid, "S-1", 3) == 0;
    for (char *p = sid + 3; good && *p;) {
        uint64_t part;
        size_t digits = *p == '-' ? strspn(p + 1, "0123456789") : 0;
        good = read_number(span(p + 1, digits), &part) &&
               part <= (parts ? UINT32_MAX : (UINT64_C(1) << 48) - 1);
        p += digits + 1;
        parts++;
    }
    if (!good || parts < 2 || parts > 16)
        return refuse(n, "\"%s\" is no SID: S-1-5-21-1-2-3-1001 is", text);
    sid[0] = 'S';
    out->bytes = span_str(sid);
    return ST_OK;
}

static Status to_serial(const Notation *n, const char *text, WorldValue *out) {
    bool good = strlen(text) == 9 && text[4] == '-';
    uint32_t serial = 0;
    for (size_t i = 0; i < 9 && good; i++) {
        if (i == 4) continue;
        good = nibble((uint8_t)text[i]) >= 0;
        serial = serial << 4 | (uint32_t)nibble((uint8_t)text[i]);
    }
    if (!good) return refuse(n, "\"%s\" is no volume serial: 6C3E-91B4 is", text);
    out->number = serial;
    return ST_OK;
}

static Status to_resolution(const Notation *n, const char *text, WorldValue *out) {
    const char *x = strpbrk(text, "xX");
    uint64_t width = 0, height = 0;
    bool good = x && read_number(span(text, (size_t)(x - text)), &width) &&
                read_number(span_str(x + 1), &height);
    if (!good || !width || !height || width > 65535 || height > 65535)
        return refuse(n, "\"%s\" is no resolution: 1920x1080 is", text);
    out->number = (int64_t)(width << 32 | height);
    return ST_OK;
}

static Status to_text(const Notation *n, const char *text, WorldValue *out) {
    (void)text;
    out->bytes = n->payload;
    return ST_OK;
}

static Status to_expanded(const Notation *n, const char *text, WorldValue *out) {
    if (strchr(text, '%')) out->template = n->payload;
    return to_text(n, text, out);
}

static Status (*const from_text[FACT_TYPE_COUNT])(const Notation *, const char *, WorldValue *) = {
    [FACT_TYPE_TEXT] = to_text,     [FACT_TYPE_EXPANDED] = to_expanded,
    [FACT_TYPE_PATH] = to_path,     [FACT_TYPE_WORDS] = to_words,
    [FACT_TYPE_CHOICE] = to_choice, [FACT_TYPE_NUMBER] = to_number,
    [FACT_TYPE_SIZE] = to_size,     [FACT_TYPE_BOOL] = to_bool,
    [FACT_TYPE_TIME] = to_time,     [FACT_TYPE_DURATION] = to_duration,
    [FACT_TYPE_MAC] = to_mac,       [FACT_TYPE_SID] = to_sid,
    [FACT_TYPE_SERIAL] = to_serial, [FACT_TYPE_RESOLUTION] = to_resolution,
};

static Status convert(const Notation *n, WorldValue *out) {
    FactType type = fact_info(n->id)->type;
    if (type == FACT_TYPE_NONE) return refuse(n, "this fact has no value: it is there or not");
    if (type == FACT_TYPE_REGISTRY) return to_registry(n, out);
    if (type == FACT_TYPE_BYTES) return to_bytes(n, out);
    if (n->form > FORM_VARS) return refuse(n, "this fact is no registry data");
    if (!is_text(n->payload)) return refuse(n, "this is not UTF-8 text");
    if (n->form == FORM_VARS) {
        if (type != FACT_TYPE_TEXT && type != FACT_TYPE_EXPANDED && type != FACT_TYPE_PATH)
            return refuse(n, "vars: is for texts");
        out->template = n->payload;
    }
    return from_text[type](n, (const char *)n->payload.p, out);
}

Status value_parse(Arena *a, FactId id, Span notation, const WorldFileReader *host_files,
                   WorldValue *out, const char **problem) {
    Notation n = {.arena = a, .id = id, .host_files = host_files, .problem = problem};
    *out = (WorldValue){0};
    TRY(read_form(&n, notation));
    TRY(convert(&n, out));
    out->set = true;
    return ST_OK;
}

Status value_bind(Arena *a, FactId id, const char *expanded, WorldValue *value) {
    FactType type = fact_info(id)->type;
    if (type == FACT_TYPE_REGISTRY) return to_wide(a, span_str(expanded), 2, value);
    value->bytes = span_str(expanded);
    return ST_OK;
}

/* ---- printing ---- */

/* Whether plain text would be read as another form. */
static bool looks_like_a_form(Span text) {
    static const char *const prefixes[] = {
        "text:", "hex:", "hex(", "dword:", "qword:", "u16:", "vars:", "expand:", "multi:", "@"};
    Span rest;
    for (size_t i = 0; i < COUNT(prefixes); i++)
        if (begins(text, prefixes[i], &rest)) return true;
    return false;
}

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
    if (!looks_like_a_form(text) && is_printable(text)) buf_add(out, text);
    else print_escaped(out, text);
}

static void print_hex(Buf *out, Span bytes) {
    for (size_t i = 0; i < bytes.n; i++) buf_printf(out, "%02x", bytes.p[i]);
}

static bool is_utf8(Span s) {
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        if (text_utf8_next(s, &at) == TEXT_REPLACEMENT && at == from + 1) return false;
    }
    return true;
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
    return is_utf8(bytes);
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
    bool good = text && is_utf8(utf8) && span_equal(text_to_utf16(&a, utf8), wide);
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
    for (size_t i = 0; n > 0 && i < COUNT(size_units) - 1; i++)
        if (n % size_units[i].factor == 0)
            return buf_printf(out, "%" PRId64 "%s", n / size_units[i].factor, size_units[i].name);
    buf_printf(out, "%" PRId64, n);
}

static void print_duration(Buf *out, int64_t n) {
    static const Unit units[] = {{"d", 86400 * TIME_SECOND},
                                 {"h", 3600 * TIME_SECOND},
                                 {"m", 60 * TIME_SECOND},
                                 {"s", TIME_SECOND},
                                 {"ms", 1000000},
                                 {"us", 1000},
                                 {"ns", 1}};
    if (n == 0) return buf_str(out, "0s");
    for (size_t i = 0; i < COUNT(units); n %= units[i++].factor)
        if (n / units[i].factor)
            buf_printf(out, "%" PRId64 "%s", n / units[i].factor, units[i].name);
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
    }
}
