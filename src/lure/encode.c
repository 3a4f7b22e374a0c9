#include "lure/encode.h"
#include "lure/edits.h"
#include <ctype.h>
#include <stdio.h>

enum { MAC_BYTES = 6, OUI_BYTES = 3, ADDRESS_BYTES = 4, LONGEST = 256 };

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- there ---- */

static Span to_hex(Arena *a, Span bytes, const char *between) {
    Buf out = buf_new(4 * LONGEST);
    for (size_t i = 0; i < bytes.n; i++)
        buf_printf(&out, "%s%02x", i ? between : "", bytes.p[i]);
    const char *text = out.full ? NULL : arena_text(a, buf_span(&out));
    buf_free(&out);
    return text ? span_str(text) : (Span){0};
}

static Span to_base64(Arena *a, Span bytes) {
    uint8_t *out = arena_alloc(a, (bytes.n + 2) / 3 * 4 + 1), *at = out;
    if (!out) return (Span){0};
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t n = bytes.n - i < 3 ? bytes.n - i : 3;
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++) v = v << 8 | (k < n ? bytes.p[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            *at++ = k <= n ? (uint8_t)base64_digits[v >> (18 - 6 * k) & 63] : '=';
    }
    *at = 0;
    return span(out, (size_t)(at - out));
}

/* "198.51.100.7 ..." as the four bytes that lie in memory; false: the first word is none. */
static bool to_address(Span text, uint8_t out[ADDRESS_BYTES]) {
    unsigned at = 0, value = 0, digits = 0;
    for (size_t i = 0; i <= text.n; i++) {
        int c = i < text.n ? text.p[i] : ' ';
        if (isdigit(c)) {
            value = value * 10 + (unsigned)(c - '0');
            digits++;
            continue;
        }
        if (!digits || value > UINT8_MAX || at == ADDRESS_BYTES || (c != '.' && c != ' '))
            return false;
        out[at++] = (uint8_t)value;
        value = digits = 0;
        if (c == ' ') break;
    }
    return at == ADDRESS_BYTES;
}

static void add(Seen *out, size_t *n, const Seen *plain, SeenCode code, FactType type, Span bytes) {
    if (!bytes.n || *n == MOST_CODES) return;
    out[*n] = *plain;
    out[*n].code = code;
    out[*n].type = type;
    out[*n].bytes = bytes;
    out[*n].digests = NULL;
    out[(*n)++].digest_count = 0;
}

size_t encode_all(Arena *a, const Seen *plain, Seen out[MOST_CODES]) {
    static const char *const betweens[] = {":", "-", ""};
    size_t n = 0;
    Span v = plain->bytes;
    if (plain->numeric || plain->listed || v.n < 4 || v.n > LONGEST) return 0;
    if (plain->type == FACT_TYPE_MAC) {
        for (size_t i = 0; i < 3; i++) {
            add(out, &n, plain, CODE_HEX, FACT_TYPE_TEXT, to_hex(a, v, betweens[i]));
            add(out, &n, plain, CODE_HEX, FACT_TYPE_TEXT,
                to_hex(a, span_clip(v, 0, OUI_BYTES), betweens[i]));
        }
    } else if (plain->fact == FACT_dns) {
        uint8_t address[ADDRESS_BYTES];
        if (to_address(v, address))
            add(out, &n, plain, CODE_ADDRESS, FACT_TYPE_BYTES,
                arena_bytes(a, span(address, sizeof address)));
    } else {
        add(out, &n, plain, CODE_HEX, FACT_TYPE_TEXT, to_hex(a, v, ""));
        add(out, &n, plain, CODE_BASE64, FACT_TYPE_TEXT, to_base64(a, v));
    }
    return n;
}

/* ---- and back ---- */

static Span from_hex(Arena *a, Span text) {
    uint8_t *out = arena_alloc(a, text.n / 2 + 1);
    size_t digits = 0;
    for (size_t i = 0; out && i < text.n; i++) {
        int c = tolower(text.p[i]);
        if (c == ':' || c == '-' || c == ' ') continue;
        if (!isxdigit(c)) return (Span){0};
        uint8_t v = (uint8_t)(isdigit(c) ? c - '0' : c - 'a' + 10);
        out[digits / 2] = (uint8_t)(digits % 2 ? out[digits / 2] | v : v << 4);
        digits++;
    }
    return out && digits % 2 == 0 ? span(out, digits / 2) : (Span){0};
}

static Span from_base64(Arena *a, Span text) {
    uint8_t *out = arena_alloc(a, text.n + 1);
    uint32_t bits = 0, have = 0;
    size_t n = 0;
    for (size_t i = 0; out && i < text.n && text.p[i] != '='; i++) {
        const char *digit = text.p[i] ? strchr(base64_digits, text.p[i]) : NULL;
        if (!digit) return (Span){0};
        bits = bits << 6 | (uint32_t)(digit - base64_digits);
        have += 6;
        if (have >= 8) out[n++] = (uint8_t)(bits >> (have -= 8));
    }
    return out ? span(out, n) : (Span){0};
}

/* A prefix is followed by what the plain value has there. */
static bool set_mac(Arena *a, const Seen *s, Span begins, WorldEdit *out) {
    uint8_t mac[MAC_BYTES];
    if (!begins.n || begins.n > MAC_BYTES || s->plain.n != MAC_BYTES) return false;
    memcpy(mac, s->plain.p, MAC_BYTES);
    memcpy(mac, begins.p, begins.n);
    return edits_set_bytes(a, s->fact, s->subject, span(mac, MAC_BYTES), out);
}

bool encode_back(Arena *a, const Seen *s, Span wanted, WorldEdit *out) {
    char text[16];
    if (s->code == CODE_ADDRESS) {
        if (wanted.n < ADDRESS_BYTES) return false;
        const uint8_t *p = wanted.p;
        snprintf(text, sizeof text, "%u.%u.%u.%u", p[0], p[1], p[2], p[3]);
        return edits_set_notation(a, s->fact, s->subject, text, out);
    }
    Span plain = s->code == CODE_HEX ? from_hex(a, wanted) : from_base64(a, wanted);
    if (!plain.n) return false;
    if (fact_info(s->fact)->type == FACT_TYPE_MAC) return set_mac(a, s, plain, out);
    return edits_set_bytes(a, s->fact, s->subject, plain, out);
}
