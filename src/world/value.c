/* Values: from the notation's form to what the fact's type wants. */
#include "world/notation.h"
#include <ctype.h>
#include <stdlib.h>

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
    default: return notation_refuse(n, "expand:, multi: and hex(N): are for the registry");
    }
}

/* ---- text and what is spelled as text ---- */

static bool is_text(Span s) {
    return text_is_utf8(s) && !memchr(s.p, 0, s.n);
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
            return notation_refuse(n, "%.*s is none of: %s", (int)length, text, choices);
        if (p != words) *p++ = ' ';
        for (; length; length--, text++) *p++ = choices ? (char)tolower(*text) : *text;
    }
    out->bytes = span(words, (size_t)(p - words));
    return ST_OK;
}

static Status to_choice(const Notation *n, const char *text, WorldValue *out) {
    if (!*text || strchr(text, ' ') || !has_word(fact_choices(n->id), span_str(text)))
        return notation_refuse(n, "\"%s\" is none of: %s", text, fact_choices(n->id));
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
    if (!notation_number(span_str(text + negative), &magnitude) || magnitude > INT64_MAX)
        return notation_refuse(n, "\"%s\" is no number", text);
    out->number = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return ST_OK;
}

/* The largest first: a size is printed in the first that divides it. */
const Unit size_units[SIZE_UNITS] = {
    {"TiB", INT64_C(1) << 40}, {"TB", 1000000000000}, {"GiB", 1 << 30},
    {"GB", 1000000000},        {"MiB", 1 << 20},      {"MB", 1000000},
    {"KiB", 1 << 10},          {"KB", 1000},          {"B", 1},
};

const Unit duration_units[DURATION_NAMES] = {
    {"d", 86400 * TIME_SECOND},
    {"h", 3600 * TIME_SECOND},
    {"m", 60 * TIME_SECOND},
    {"s", TIME_SECOND},
    {"ms", 1000000},
    {"us", 1000},
    {"ns", 1},
    {"min", 60 * TIME_SECOND},
};

/* The digits at *text times the unit behind them; *text moves behind both. */
static bool read_unit(const char **text, const Unit *units, size_t count, int64_t *out) {
    size_t digits = strspn(*text, "0123456789");
    uint64_t n;
    if (!notation_number(span(*text, digits), &n) || n > INT64_MAX) return false;
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
    if (notation_number(span_str(text), &plain) && plain <= INT64_MAX) {
        out->number = (int64_t)plain;
        return ST_OK;
    }
    if (!read_unit(&p, size_units, SIZE_UNITS, &out->number) || *p)
        return notation_refuse(n, "\"%s\" is no size: 512, 8GiB, 500GB are", text);
    return ST_OK;
}

static Status to_duration(const Notation *n, const char *text, WorldValue *out) {
    int64_t total = 0, part;
    const char *p = text;
    do {
        if (!read_unit(&p, duration_units, DURATION_NAMES, &part) ||
            __builtin_add_overflow(total, part, &total))
            return notation_refuse(n, "\"%s\" is no duration: 2d3h27m12s, 500ms are", text);
    } while (*p);
    out->number = total;
    return ST_OK;
}

static Status to_bool(const Notation *n, const char *text, WorldValue *out) {
    out->number = has_word("true yes on 1", span_str(text));
    if (out->number || has_word("false no off 0", span_str(text))) return ST_OK;
    return notation_refuse(n, "\"%s\" is neither true nor false", text);
}

static Status to_time(const Notation *n, const char *text, WorldValue *out) {
    if (time_parse(text, &out->number)) return ST_OK;
    return notation_refuse(n, "\"%s\" is no time: 2019-03-25T09:00:00Z is", text);
}

static Status to_mac(const Notation *n, const char *text, WorldValue *out) {
    uint8_t *mac = arena_alloc(n->arena, 6);
    if (!mac) return ST_BUDGET;
    bool good = strlen(text) == 17;
    for (size_t i = 0; i < 6 && good; i++) {
        int high = notation_nibble((uint8_t)text[3 * i]),
            low = notation_nibble((uint8_t)text[3 * i + 1]);
        char separator = text[3 * i + 2];
        good = high >= 0 && low >= 0 && (i == 5 || separator == ':' || separator == '-');
        if (good) mac[i] = (uint8_t)(high << 4 | low);
    }
    if (!good) return notation_refuse(n, "\"%s\" is no MAC address: 0c:9d:92:11:22:33 is", text);
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
        good = notation_number(span(p + 1, digits), &part) &&
               part <= (parts ? UINT32_MAX : (UINT64_C(1) << 48) - 1);
        p += digits + 1;
        parts++;
    }
    if (!good || parts < 2 || parts > 16)
        return notation_refuse(n, "\"%s\" is no SID: S-1-5-21-1-2-3-1001 is", text);
    sid[0] = 'S';
    out->bytes = span_str(sid);
    return ST_OK;
}

static Status to_serial(const Notation *n, const char *text, WorldValue *out) {
    bool good = strlen(text) == 9 && text[4] == '-';
    uint32_t serial = 0;
    for (size_t i = 0; i < 9 && good; i++) {
        if (i == 4) continue;
        good = notation_nibble((uint8_t)text[i]) >= 0;
        serial = serial << 4 | (uint32_t)notation_nibble((uint8_t)text[i]);
    }
    if (!good) return notation_refuse(n, "\"%s\" is no volume serial: 6C3E-91B4 is", text);
    out->number = serial;
    return ST_OK;
}

static Status to_resolution(const Notation *n, const char *text, WorldValue *out) {
    const char *x = strpbrk(text, "xX");
    uint64_t width = 0, height = 0;
    bool good = x && notation_number(span(text, (size_t)(x - text)), &width) &&
                notation_number(span_str(x + 1), &height);
    if (!good || !width || !height || width > 65535 || height > 65535)
        return notation_refuse(n, "\"%s\" is no resolution: 1920x1080 is", text);
    out->number = (int64_t)(width << 32 | height);
    return ST_OK;
}

static Status to_point(const Notation *n, const char *text, WorldValue *out) {
    const char *comma = strchr(text, ',');
    uint64_t x = 0, y = 0;
    bool good = comma && notation_number(span(text, (size_t)(comma - text)), &x) &&
                notation_number(span_str(comma + 1), &y);
    if (!good || x > 65535 || y > 65535)
        return notation_refuse(n, "\"%s\" is no point: 843,512 is", text);
    out->number = (int64_t)(x << 32 | y);
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
    [FACT_TYPE_TEXT] = to_text,
    [FACT_TYPE_EXPANDED] = to_expanded,
    [FACT_TYPE_PATH] = to_path,
    [FACT_TYPE_WORDS] = to_words,
    [FACT_TYPE_CHOICE] = to_choice,
    [FACT_TYPE_NUMBER] = to_number,
    [FACT_TYPE_FLAGS] = to_number,
    [FACT_TYPE_SIZE] = to_size,
    [FACT_TYPE_BOOL] = to_bool,
    [FACT_TYPE_TIME] = to_time,
    [FACT_TYPE_DURATION] = to_duration,
    [FACT_TYPE_MAC] = to_mac,
    [FACT_TYPE_SID] = to_sid,
    [FACT_TYPE_SERIAL] = to_serial,
    [FACT_TYPE_RESOLUTION] = to_resolution,
    [FACT_TYPE_POINT] = to_point,
};

static Status convert(const Notation *n, WorldValue *out) {
    FactType type = fact_info(n->id)->type;
    if (type == FACT_TYPE_NONE)
        return notation_refuse(n, "this fact has no value: it is there or not");
    if (type == FACT_TYPE_REGISTRY) return to_registry(n, out);
    if (type == FACT_TYPE_BYTES) return to_bytes(n, out);
    if (n->form > FORM_VARS) return notation_refuse(n, "this fact is no registry data");
    if (!is_text(n->payload)) return notation_refuse(n, "this is not UTF-8 text");
    if (n->form == FORM_VARS) {
        if (type != FACT_TYPE_TEXT && type != FACT_TYPE_EXPANDED && type != FACT_TYPE_PATH)
            return notation_refuse(n, "vars: is for texts");
        out->template = n->payload;
    }
    return from_text[type](n, (const char *)n->payload.p, out);
}

Status value_parse(Arena *a, FactId id, Span notation, const WorldFileReader *host_files,
                   WorldValue *out, const char **problem) {
    Notation n = {.arena = a, .id = id, .host_files = host_files, .problem = problem};
    *out = (WorldValue){0};
    TRY(notation_read(&n, notation));
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
