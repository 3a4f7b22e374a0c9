#include "sign/name.h"
#include "base/text.h"
#include "sign/der.h"
#include "sign/oid.h"

enum { MOST_ATTRIBUTES = 64, SCRATCH = 256 << 10 };

typedef struct {
    Cur names, set;
} Walk;

static Walk walk(Span name) {
    Cur c = cur(name);
    return (Walk){.names = der_enter(&c, DER_SEQUENCE)};
}

static bool next(Walk *w, Span *oid, Der *value) {
    Der set;
    while (!cur_left(&w->set)) {
        if (!der_next(&w->names, &set) || set.tag != DER_SET) return false;
        w->set = cur(set.body);
    }
    Cur pair = der_enter(&w->set, DER_SEQUENCE);
    *oid = der_take(&pair, DER_OID).body;
    return der_next(&pair, value);
}

/* BMPString, in UTF-16 with the high byte first. */
static const char *from_bmp(Arena *a, Span s) {
    uint8_t *swapped = arena_alloc(a, s.n + 1);
    if (!swapped) return "";
    for (size_t i = 0; i + 1 < s.n; i += 2) {
        swapped[i] = s.p[i + 1];
        swapped[i + 1] = s.p[i];
    }
    return text_from_utf16(a, span(swapped, s.n & ~(size_t)1));
}

/* The others are ASCII by their definition, T61String is Latin-1 by custom. */
static const char *from_bytes(Arena *a, Span s) {
    if (text_is_utf8(s)) return arena_text(a, s);
    char *out = arena_alloc(a, 2 * s.n + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < s.n; i++) n += text_utf8_put((uint8_t *)out + n, s.p[i]);
    return out;
}

const char *name_string(Arena *a, uint8_t tag, Span body) {
    const char *s = tag == DER_BMP ? from_bmp(a, body) : from_bytes(a, body);
    return s ? s : "";
}

static const char *short_name(Arena *a, Span oid) {
    switch (oid_of(oid)) {
    case OID_NAME_CN: return "CN";
    case OID_NAME_SERIAL: return "serialNumber";
    case OID_NAME_C: return "C";
    case OID_NAME_L: return "L";
    case OID_NAME_ST: return "ST";
    case OID_NAME_STREET: return "street";
    case OID_NAME_O: return "O";
    case OID_NAME_OU: return "OU";
    case OID_NAME_CATEGORY: return "businessCategory";
    case OID_NAME_POSTAL: return "postalCode";
    case OID_NAME_EMAIL: return "emailAddress";
    case OID_NAME_DC: return "DC";
    case OID_NAME_UID: return "UID";
    default: return oid_text(a, oid);
    }
}

const char *name_text(Arena *a, Span name) {
    Buf b = buf_new(16 << 10);
    Walk w = walk(name);
    Span oid;
    Der value;
    for (unsigned i = 0; i < MOST_ATTRIBUTES && next(&w, &oid, &value); i++) {
        const char *key = short_name(a, oid);
        buf_printf(&b, "%s%s=", b.n ? ", " : "", key ? key : "?");
        buf_str(&b, name_string(a, value.tag, value.body));
    }
    const char *text = arena_text(a, buf_span(&b));
    buf_free(&b);
    return text ? text : "";
}

const char *name_common(Arena *a, Span name) {
    Walk w = walk(name);
    Span oid;
    Der value;
    const char *last = "";
    for (unsigned i = 0; i < MOST_ATTRIBUTES && next(&w, &oid, &value); i++) {
        last = name_string(a, value.tag, value.body);
        if (oid_of(oid) == OID_NAME_CN) break;
    }
    return last;
}

/* ---- comparison ---- */

static uint32_t fold(uint32_t c) {
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* The next character that counts; 0 at the end. */
static uint32_t next_folded(Span s, size_t *at, bool *begun) {
    bool space = false;
    while (*at < s.n) {
        size_t before = *at;
        uint32_t c = text_utf8_next(s, at);
        if (c == ' ') {
            space = true;
            continue;
        }
        if (space && *begun) {
            *at = before;
            return ' ';
        }
        *begun = true;
        return fold(c);
    }
    return 0;
}

static bool same_text(const char *x, const char *y) {
    Span a = span_str(x), b = span_str(y);
    size_t i = 0, k = 0;
    bool begun_a = false, begun_b = false;
    for (;;) {
        uint32_t c = next_folded(a, &i, &begun_a), d = next_folded(b, &k, &begun_b);
        if (c == ' ') begun_a = false; /* the character behind the space comes next */
        if (d == ' ') begun_b = false;
        if (c != d) return false;
        if (!c) return true;
    }
}

static bool same_attributes(Arena *a, Span x, Span y) {
    Walk v = walk(x), w = walk(y);
    for (unsigned i = 0; i < MOST_ATTRIBUTES; i++) {
        Span oid_x, oid_y;
        Der value_x, value_y;
        bool more_x = next(&v, &oid_x, &value_x), more_y = next(&w, &oid_y, &value_y);
        if (!more_x && !more_y) return der_done(&v.names) && der_done(&w.names);
        if (more_x != more_y || !span_equal(oid_x, oid_y)) return false;
        if (span_equal(value_x.whole, value_y.whole)) continue;
        if (!same_text(name_string(a, value_x.tag, value_x.body),
                       name_string(a, value_y.tag, value_y.body)))
            return false;
    }
    return false;
}

bool name_equal(Span x, Span y) {
    if (span_equal(x, y)) return x.n != 0;
    if (!x.n || !y.n) return false;
    Arena a = arena_new(SCRATCH);
    bool same = same_attributes(&a, x, y) && !a.full;
    arena_reset(&a);
    return same;
}

static uint32_t hash_text(uint32_t h, const char *text) {
    Span s = span_str(text);
    bool begun = false;
    size_t at = 0;
    for (uint32_t c; (c = next_folded(s, &at, &begun)); h = (h ^ c) * 16777619u)
        if (c == ' ') begun = false; /* as in same_text */
    return h;
}

uint32_t name_hash(Span name) {
    Arena a = arena_new(SCRATCH);
    Walk w = walk(name);
    Span oid;
    Der value;
    uint32_t h = 2166136261u;
    for (unsigned i = 0; i < MOST_ATTRIBUTES && next(&w, &oid, &value); i++)
        h = hash_text(h, name_string(&a, value.tag, value.body));
    arena_reset(&a);
    return h;
}
