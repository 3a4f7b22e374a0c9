#include "lure/dyes.h"
#include "lure/edits.h"
#include "lure/numbers.h"
#include <ctype.h>

/* What may not be any text is one of those that are known. */
static bool make_known(Arena *a, const Seen *seen, unsigned n, WorldEdit *out) {
    const char *value;
    for (size_t i = 0; (value = number_alternative(seen->fact, i)); i++) {
        bool same = span_equal(span_str(value), seen->bytes);
        if (!same && n-- == 0) return edits_set_notation(a, seen->fact, seen->subject, value, out);
    }
    return false;
}

static bool make_number(Arena *a, const Seen *seen, unsigned n, WorldEdit *out) {
    static const int64_t second = 1000000000;
    int64_t v = seen->number, other = v / 2 * (n + 3);
    switch (seen->type) {
    case FACT_TYPE_SIZE:
    case FACT_TYPE_DURATION: break;
    case FACT_TYPE_TIME: other = v + (int64_t)(n + 1) * 37 * 86409 * second; break;
    case FACT_TYPE_SERIAL: other = v ^ (int64_t)(0x13570000u + 0x2468u * (n + 1)); break;
    case FACT_TYPE_NUMBER:
    case FACT_TYPE_REGISTRY: other = v + 3 + 4 * n; break;
    default: return false;
    }
    return other != v && edits_set_number(a, seen, other, out);
}

/* A letter of the same case for a letter, a digit for a digit: each place moves by another step. */
static uint8_t move(uint8_t c, size_t at, unsigned n) {
    unsigned step = 1 + (unsigned)((at * 2654435761u + 7) >> 3 ^ (n + 1) * 40503u);
    if (isdigit(c)) return (uint8_t)('0' + (c - '0' + 1 + step % 8) % 10);
    if (islower(c)) return (uint8_t)('a' + (c - 'a' + 1 + step % 24) % 26);
    if (isupper(c)) return (uint8_t)('A' + (c - 'A' + 1 + step % 24) % 26);
    return c;
}

static bool make_bytes(Arena *a, const Seen *seen, Span plain, unsigned n, WorldEdit *out) {
    uint8_t *bytes = arena_alloc(a, seen->bytes.n + 1);
    bool mac = seen->type == FACT_TYPE_MAC, moved = false;
    if (!bytes || seen->bytes.n > 4096) return false;
    for (size_t i = 0; i < seen->bytes.n; i++) {
        uint8_t c = seen->bytes.p[i];
        bool settled = plain.n == seen->bytes.n && plain.p[i] != c;
        bytes[i] = settled ? c : mac && i ? (uint8_t)(c + 29 * (n + 1) + 11 * i) : move(c, i, n);
        moved |= bytes[i] != c;
    }
    return moved && edits_set_bytes(a, seen->fact, seen->subject, span(bytes, seen->bytes.n), out);
}

static bool make_item(Arena *a, const Seen *seen, unsigned n, WorldEdit *out) {
    static const char *const names[] = {"quillvorn.exe", "marbletrace.exe", "ospreyfold.exe"};
    return n < 3 && edits_add(a, seen->fact, names[n], out);
}

bool dye_make(Arena *a, const Seen *seen, Span plain, unsigned n, WorldEdit *out) {
    bool number = seen->numeric && seen->type != FACT_TYPE_TEXT;
    if (seen->listed) return make_item(a, seen, n, out);
    if (number) return make_number(a, seen, n, out);
    if (number_alternative(seen->fact, 0)) return make_known(a, seen, n, out);
    return seen->bytes.n && make_bytes(a, seen, plain, n, out);
}

const char *dye_locale(Span text, const bool *known) {
    static const char *const names[] = {
#define LOCALE(name) name,
#include "lure/locales.def"
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool fits = strlen(names[i]) == text.n;
        for (size_t k = 0; fits && k < text.n; k++)
            fits = !known[k] || tolower((unsigned char)names[i][k]) == tolower(text.p[k]);
        if (fits) return names[i];
    }
    return NULL;
}
