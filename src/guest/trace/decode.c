#include "guest/trace/decode.h"
#include "base/clock.h"
#include "base/text.h"
#include "guest/trace/operand.h"

#include <arpa/inet.h>
#include <stdio.h>

typedef struct {
    Arena *arena;
    const ApiSignature *signature;
    const ApiReader *reader;
    uint64_t result; /* for lengths that the result tells */
} Decoder;

/* ---- texts as values ---- */

/* Code page 1252: what 80h to 9Fh stand for; 0 = nothing. */
static const uint16_t cp1252[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static char *from_ansi(Arena *a, Span bytes) {
    Buf b = buf_new(DECODE_TEXT_MAX * 4);
    for (size_t i = 0; i < bytes.n; i++) {
        uint32_t c = bytes.p[i];
        if (c >= 0x80 && c < 0xA0 && cp1252[c - 0x80]) c = cp1252[c - 0x80];
        uint8_t utf8[4];
        buf_add(&b, span(utf8, text_utf8_put(utf8, c)));
    }
    char *text = arena_text(a, buf_span(&b));
    buf_free(&b);
    return text;
}

/* A text that is cut must not end in half a surrogate pair. */
static size_t whole_units(const OperandText *t) {
    bool half = t->cut && t->n >= 2 && (t->raw[t->n - 1] & 0xFC) == 0xD8;
    return half ? t->n - 2 : t->n;
}

static const char *quoted(Arena *a, const OperandText *t, size_t width) {
    char *text = width == 1 ? from_ansi(a, span(t->raw, t->n))
                            : text_from_utf16(a, span(t->raw, whole_units(t)));
    return text ? arena_printf(a, "\"%s\"%s", text, t->cut ? "..." : "") : NULL;
}

static const char *hex(Arena *a, uint64_t v) {
    return arena_printf(a, "0x%llx", (unsigned long long)v);
}

static const char *address_text(Arena *a, uint64_t v) {
    return v ? hex(a, v) : "NULL";
}

static const char *text_at(const Decoder *d, ApiParameter p, uint64_t address) {
    size_t width = p.kind == API_WSTR ? 2 : 1;
    if (address < LEAST_ADDRESS) /* MAKEINTRESOURCE, MAKEINTATOM */
        return address ? arena_printf(d->arena, "#%u", (unsigned)address) : "NULL";
    uint64_t units = UINT64_MAX;
    bool counted = operand_length(d->signature, d->reader, d->result, p, &units);
    OperandText t;
    operand_text(d->reader, address, width, units, counted, &t);
    return t.readable ? quoted(d->arena, &t, width) : hex(d->arena, address);
}

/* UNICODE_STRING, ANSI_STRING: u16 Length, u16 MaximumLength, pointer Buffer. */
static const char *counted_text_at(const Decoder *d, uint64_t address, size_t width) {
    const ApiReader *r = d->reader;
    uint64_t length, buffer;
    if (address == 0) return "NULL";
    if (!operand_word(r, address, 2, &length) ||
        !operand_pointer(r, address + r->pointer_size, &buffer))
        return hex(d->arena, address);
    OperandText t;
    operand_text(r, buffer, width, length / width, true, &t);
    return t.readable ? quoted(d->arena, &t, width) : hex(d->arena, address);
}

/* OBJECT_ATTRIBUTES: ULONG Length, HANDLE RootDirectory, UNICODE_STRING *ObjectName. */
static const char *object_at(const Decoder *d, uint64_t address) {
    const ApiReader *r = d->reader;
    uint64_t root, name;
    if (address == 0) return "NULL";
    if (!operand_pointer(r, address + r->pointer_size, &root) ||
        !operand_pointer(r, address + 2 * r->pointer_size, &name))
        return hex(d->arena, address);
    const char *text = name ? counted_text_at(d, name, 2) : "no name";
    return root ? arena_printf(d->arena, "%s under %s", text, hex(d->arena, root)) : text;
}

/* ---- other structures ---- */

static const char *guid_at(const Decoder *d, uint64_t address) {
    uint8_t raw[16];
    if (address == 0) return "NULL";
    if (!d->reader->read(d->reader, address, raw, sizeof(raw))) return hex(d->arena, address);
    Cur c = cur(span(raw, sizeof(raw)));
    uint32_t data1 = cur_u32le(&c);
    uint16_t data2 = cur_u16le(&c), data3 = cur_u16le(&c);
    return arena_printf(d->arena, "{%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X}", data1,
                        data2, data3, raw[8], raw[9], raw[10], raw[11], raw[12], raw[13], raw[14],
                        raw[15]);
}

/* sockaddr_in and sockaddr_in6 as Winsock lays them out. */
static const char *socket_address_at(const Decoder *d, uint64_t address) {
    enum { FAMILY_INET = 2, FAMILY_INET6 = 23 };
    uint8_t raw[28];
    char text[INET6_ADDRSTRLEN];
    if (address == 0) return "NULL";
    size_t n = operand_read(d->reader, address, raw, sizeof(raw));
    Cur c = cur(span(raw, n));
    uint16_t family = cur_u16le(&c), port = cur_u16be(&c);
    if (family == FAMILY_INET && n >= 8 && inet_ntop(AF_INET, raw + 4, text, sizeof(text)))
        return arena_printf(d->arena, "%s:%u", text, port);
    if (family == FAMILY_INET6 && n >= 24 && inet_ntop(AF_INET6, raw + 8, text, sizeof(text)))
        return arena_printf(d->arena, "[%s]:%u", text, port);
    return hex(d->arena, address);
}

static const char *filetime_at(const Decoder *d, uint64_t address) {
    /* What fits into a Time. */
    const uint64_t first = UINT64_C(24500000000000000), last = UINT64_C(208600000000000000);
    uint64_t t;
    char text[TIME_TEXT_SIZE];
    if (address == 0) return "NULL";
    if (!operand_word(d->reader, address, 8, &t)) return hex(d->arena, address);
    if (t < first || t > last)
        return arena_printf(d->arena, "FILETIME %llu", (unsigned long long)t);
    time_print(time_from_filetime(t), text);
    return arena_str(d->arena, text);
}

/* ---- buffers ---- */

static bool is_printable(uint8_t c) {
    return (c >= 0x20 && c < 0x7F) || c == '\t' || c == '\r' || c == '\n';
}

/* Do n bytes read as text of that width, with or without a NUL at the end? */
static bool reads_as_text(const uint8_t *p, size_t n, size_t width, bool whole) {
    if (n < 2 * width || n % width) return false;
    if (whole && is_nul(p + n - width, width)) n -= width;
    for (size_t i = 0; i < n; i += width)
        if (!is_printable(p[i]) || (width == 2 && p[i + 1] != 0)) return false;
    return n > 0;
}

static const char *hex_bytes(Arena *a, const uint8_t *p, size_t n, bool cut) {
    char text[DECODE_BYTES_MAX * 3 + 1];
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at, i ? " %02x" : "%02x", p[i]);
    text[at] = 0;
    return arena_printf(a, "%s%s", text, cut ? " ..." : "");
}

/* A buffer: as text where it reads as text, else in hex. */
static const char *bytes_at(const Decoder *d, ApiParameter p, uint64_t address) {
    uint64_t length;
    uint8_t raw[DECODE_BYTES_MAX];
    if (address == 0) return "NULL";
    if (!operand_length(d->signature, d->reader, d->result, p, &length) || length == 0)
        return hex(d->arena, address);
    size_t want = length < sizeof(raw) ? (size_t)length : sizeof(raw);
    size_t n = operand_read(d->reader, address, raw, want);
    if (n == 0) return hex(d->arena, address);
    bool cut = n < length;
    for (size_t width = 1; width <= 2; width++) {
        if (!reads_as_text(raw, n, width, !cut)) continue;
        OperandText t = {.n = n, .cut = cut};
        memcpy(t.raw, raw, n);
        if (!cut && is_nul(raw + n - width, width)) t.n -= width;
        return quoted(d->arena, &t, width);
    }
    return hex_bytes(d->arena, raw, n, cut);
}

/* ---- numbers ---- */

static const char *flag_names(Arena *a, ApiParameter p, uint32_t v) {
    Buf b = buf_new(2048);
    const char *name;
    uint32_t bit, rest = v;
    for (size_t i = 0; (name = api_group_name(p, i, &bit)); i++) {
        if (v == 0 ? bit != 0 : bit == 0 || (rest & bit) != bit) continue;
        buf_printf(&b, "%s%s", b.n ? "|" : "", name);
        rest &= ~bit;
        if (rest == 0) break;
    }
    if (rest) buf_printf(&b, "%s0x%x", b.n ? "|" : "", rest);
    const char *text = b.n ? arena_text(a, buf_span(&b)) : "0";
    buf_free(&b);
    return text;
}

/* The constant's name, or NULL where a number is to be shown. */
static const char *constant_name(Arena *a, ApiParameter p, uint64_t word) {
    uint32_t low = (uint32_t)word;
    if (!api_has_group(p)) return NULL;
    /* Predefined keys are sign-extended handles (winreg.h). */
    if (word >> 32 && word != (uint64_t)(int64_t)(int32_t)low) return NULL;
    return api_group_is_flags(p) ? flag_names(a, p, low) : api_enum_name(p, low);
}

static Value *signed_number(Arena *a, uint64_t word, size_t bytes) {
    unsigned shift = (unsigned)(64 - bytes * 8);
    int64_t v = (int64_t)(word << shift) >> shift;
    return v < 0 ? value_int(a, v) : value_uint(a, (uint64_t)v);
}

static const char *character(Arena *a, uint64_t word, size_t width) {
    OperandText t = {.n = width, .raw = {(uint8_t)word, (uint8_t)(word >> 8)}};
    const char *text =
        width == 1 ? from_ansi(a, span(t.raw, 1)) : text_from_utf16(a, span(t.raw, 2));
    return word && text ? arena_printf(a, "'%s'", text) : hex(a, word);
}

static const char *hresult_text(Arena *a, uint32_t code) {
    enum { FACILITY_WIN32 = 0x8007 };
    const char *name = api_hresult_name(code);
    if (!name && code >> 16 == FACILITY_WIN32 && (name = api_win32_name(code & 0xFFFF)))
        return arena_printf(a, "HRESULT_FROM_WIN32(%s)", name);
    return name ? name : hex(a, code);
}

static const char *boolean(Arena *a, uint64_t word) {
    return word == 0 ? "FALSE" : word == 1 ? "TRUE" : hex(a, word);
}

static double real_of(uint64_t word, ApiKind kind) {
    double d;
    float f;
    uint32_t low = (uint32_t)word;
    memcpy(&d, &word, sizeof(d));
    memcpy(&f, &low, sizeof(f));
    return kind == API_FLOAT ? (double)f : d;
}

static const char *structure(Arena *a, const ApiReader *r, Operand v) {
    size_t size = r->pointer_size == 8 ? v.parameter.detail >> 8 : v.parameter.detail & 0xFF;
    if (r->pointer_size == 8 || size <= 8) return hex(a, v.word);
    return arena_printf(a, "structure of %u bytes", (unsigned)size);
}

/* Codes: by name. NULL where a number is to be shown. */
static const char *code_text(Arena *a, ApiKind kind, uint32_t code) {
    const char *name = NULL;
    if (kind == API_HRESULT) return hresult_text(a, code);
    if (kind == API_NTSTATUS) name = api_ntstatus_name(code);
    if (kind == API_WIN32) name = api_win32_name(code);
    return name || kind == API_WIN32 ? name : hex(a, code);
}

/* ---- values ---- */

/* NULL, which reads as null, where the arena was full. */
static Value *text_value(Arena *a, const char *text) {
    return text ? value_str(a, text) : NULL;
}

/* What stands at an address. */
static const char *at_address(const Decoder *d, ApiParameter p, uint64_t address) {
    switch (p.kind) {
    case API_STR:
    case API_WSTR: return text_at(d, p, address);
    case API_BYTES: return bytes_at(d, p, address);
    case API_USTR: return counted_text_at(d, address, 2);
    case API_ASTR: return counted_text_at(d, address, 1);
    case API_OBJATTR: return object_at(d, address);
    case API_GUID: return guid_at(d, address);
    case API_SOCKADDR: return socket_address_at(d, address);
    case API_FILETIME: return filetime_at(d, address);
    default: return hex(d->arena, address);
    }
}

static Value *of_word(const Decoder *d, Operand v) {
    Arena *a = d->arena;
    ApiParameter p = v.parameter;
    const char *name = constant_name(a, p, v.word);
    if (name) return text_value(a, name);
    size_t bytes = operand_kind_size(p.kind, d->reader->pointer_size);
    switch (p.kind) {
    case API_VOID: return value_null(a);
    case API_I8:
    case API_I16:
    case API_I32:
    case API_I64:
    case API_IPTR: return signed_number(a, v.word, bytes);
    case API_U8:
    case API_U16:
    case API_U32:
    case API_U64:
    case API_UPTR: return value_uint(a, v.word);
    case API_BOOL:
    case API_BOOL8: return text_value(a, boolean(a, v.word));
    case API_CHAR:
    case API_WCHAR: return text_value(a, character(a, v.word, bytes));
    case API_FLOAT:
    case API_DOUBLE: return value_real(a, real_of(v.word, p.kind));
    case API_POINTER:
    case API_CODE: return text_value(a, address_text(a, v.word));
    case API_STRUCT: return text_value(a, structure(a, d->reader, v));
    case API_NTSTATUS:
    case API_HRESULT:
    case API_WIN32:
        name = code_text(a, p.kind, (uint32_t)v.word);
        return name ? text_value(a, name) : value_uint(a, v.word);
    default:
        return text_value(a,
                          operand_is_address(p.kind) ? at_address(d, p, v.word) : hex(a, v.word));
    }
}

/* The value that a parameter of `pointer` points to. */
static Value *pointed(const Decoder *d, Operand v) {
    size_t bytes = operand_kind_size(v.parameter.kind, d->reader->pointer_size);
    uint64_t word;
    if (!operand_word(d->reader, v.word, bytes, &word)) return NULL;
    Operand target = {.parameter = v.parameter, .word = word};
    target.parameter.pointer = false;
    return of_word(d, target);
}

/* "ADDRESS -> VALUE" */
static Value *arrow(const Decoder *d, uint64_t address, const Value *v) {
    Arena *a = d->arena;
    const char *from = hex(a, address);
    if (!v) return text_value(a, from);
    switch (v->kind) {
    case VALUE_INT: return value_printf(a, "%s -> %lld", from, (long long)v->integer);
    case VALUE_UINT: return value_printf(a, "%s -> %llu", from, (unsigned long long)v->natural);
    case VALUE_REAL: return value_printf(a, "%s -> %g", from, v->real);
    default: return value_printf(a, "%s -> %s", from, value_get_str(v, ""));
    }
}

static Value *address_value(const Decoder *d, uint64_t address) {
    return text_value(d->arena, address_text(d->arena, address));
}

static Value *at_entry(const Decoder *d, Operand v) {
    ApiParameter p = v.parameter;
    if (p.out) return address_value(d, v.word);
    if (!p.pointer) return of_word(d, v);
    return v.word ? arrow(d, v.word, pointed(d, v)) : address_value(d, 0);
}

static const char *parameter_key(const Decoder *d, ApiParameter p, size_t i) {
    return p.name[0] ? p.name : arena_printf(d->arena, "arg%u", (unsigned)i + 1);
}

Value *api_arguments(Arena *a, const ApiSignature *s, const ApiReader *r) {
    Decoder d = {a, s, r, 0};
    Value *map = value_map(a);
    size_t slot = 0;
    for (size_t i = 0; s && i < api_parameter_count(s); i++) {
        ApiParameter p = api_parameter(s, i);
        value_set(a, map, parameter_key(&d, p, i), at_entry(&d, operand_at(r, p, slot)));
        slot += operand_words(p, r->pointer_size);
    }
    return map;
}

/* ---- the end of a call ---- */

/* Does the result say that the outputs were not written? */
static bool failed(const ApiSignature *s, uint64_t result) {
    enum { ERROR_MORE_DATA = 234, ERROR_INSUFFICIENT_BUFFER = 122 };
    uint32_t code = (uint32_t)result;
    ApiParameter p = api_result(s);
    if (p.pointer) return false;
    switch (p.kind) {
    case API_BOOL: return code == 0;
    case API_BOOL8: return (code & 0xFF) == 0;
    case API_HRESULT: return code >> 31;
    case API_NTSTATUS: return code >> 30 == 3; /* severity "error" (ntdef.h) */
    case API_WIN32:
        return code != 0 && code != ERROR_MORE_DATA && code != ERROR_INSUFFICIENT_BUFFER;
    default: return false;
    }
}

static Value *find(Value *map, size_t i) {
    Value *v = map && map->kind == VALUE_MAP ? map->items.first : NULL;
    while (v && i-- > 0) v = v->next;
    return v;
}

/* Puts another value into a map's place. */
static void replace(Value *place, const Value *v) {
    Value *next = place->next;
    const char *key = place->key;
    *place = *v;
    place->next = next;
    place->key = key;
}

static Value *output(const Decoder *d, Operand v) {
    ApiParameter p = v.parameter;
    if (v.word < LEAST_ADDRESS) return NULL;
    if (p.pointer) return pointed(d, v);
    return operand_is_address(p.kind) ? text_value(d->arena, at_address(d, p, v.word)) : NULL;
}

/* A text or structure that could not be read shows as its address, which is there already. */
static bool is_own_address(const Decoder *d, const Value *v, uint64_t address) {
    const char *own = hex(d->arena, address);
    return own && strcmp(value_get_str(v, ""), own) == 0;
}

void api_outputs(Arena *a, const ApiSignature *s, const ApiReader *r, uint64_t result,
                 Value *arguments) {
    if (!s || failed(s, result)) return;
    Decoder d = {a, s, r, result};
    for (size_t i = 0; i < api_parameter_count(s); i++) {
        ApiParameter p = api_parameter(s, i);
        Value *place = p.out ? find(arguments, i) : NULL;
        if (!place) continue;
        Operand v = operand(s, r, i);
        Value *read = output(&d, v);
        Value *shown = read && !is_own_address(&d, read, v.word) ? arrow(&d, v.word, read) : NULL;
        if (shown) replace(place, shown);
    }
}

static const char *as_text(Arena *a, const Value *v) {
    if (!v) return NULL;
    switch (v->kind) {
    case VALUE_INT: return arena_printf(a, "%lld", (long long)v->integer);
    case VALUE_UINT: return arena_printf(a, "%llu", (unsigned long long)v->natural);
    case VALUE_REAL: return arena_printf(a, "%g", v->real);
    default: return value_get_str(v, NULL);
    }
}

const char *api_return(Arena *a, const ApiSignature *s, const ApiReader *r, uint64_t result) {
    Decoder d = {a, s, r, result};
    if (!s) return hex(a, operand_mask(result, r->pointer_size));
    ApiParameter p = api_result(s);
    if (p.kind == API_VOID && !p.pointer) return "void";
    if (p.pointer) return address_text(a, operand_mask(result, r->pointer_size));
    uint64_t word = p.kind == API_FLOAT && r->pointer_size == 4
                        ? result
                        : operand_mask(result, operand_kind_size(p.kind, r->pointer_size));
    if (p.kind == API_FLOAT && r->pointer_size == 4) p.kind = API_DOUBLE; /* st0 */
    return as_text(a, of_word(&d, (Operand){.parameter = p, .word = word}));
}
