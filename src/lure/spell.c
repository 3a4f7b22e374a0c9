/* Spelling: in what shapes a fact's value reaches a compare, and what the compare's other side says
 * that the fact should be. Text shows as itself, in any case, in ANSI or UTF-16, whole or as a
 * part; a MAC address as bytes or in digits; a number shifted, divided or taken apart. */
#include "base/hash.h"
#include "base/text.h"
#include "lure/digests.h"
#include "lure/edits.h"
#include "lure/encode.h"
#include "lure/internal.h"
#include "lure/numbers.h"
#include <ctype.h>
#include <stdlib.h>

enum { LONGEST_WANTED = 256, SHORTEST_TEXT = 2, MAC_BYTES = 6 };

/* ---- what can be seen ---- */

static void make_digests(Arena *a, Seen *s) {
    Span spellings[SPELLINGS];
    bool text = s->type != FACT_TYPE_MAC && s->type != FACT_TYPE_BYTES;
    if (s->numeric || s->bytes.n < SHORTEST_TEXT || s->bytes.n > LONGEST_WANTED) return;
    size_t n = digest_spellings(a, s->bytes, text, spellings);
    s->digests = arena_new_array(a, SeenDigest, n * DIGEST_COUNT);
    for (size_t i = 0; s->digests && i < n; i++)
        for (unsigned k = 0; k < DIGEST_COUNT; k++) {
            SeenDigest *d = &s->digests[s->digest_count++];
            d->kind = (DigestKind)k;
            digest_of(d->kind, spellings[i], d->bytes);
        }
}

static void add(Sights *s, const Seen *seen) {
    for (size_t i = 0; i < s->count; i++) {
        const Seen *o = &s->all[i];
        bool same = !o->subject == !seen->subject &&
                    (!o->subject || strcasecmp(o->subject, seen->subject) == 0);
        if (o->fact == seen->fact && same && o->listed == seen->listed && o->code == seen->code &&
            span_equal(o->bytes, seen->bytes))
            return;
    }
    if (s->count == s->room) {
        size_t room = s->room * 2 + 64;
        Seen *more = realloc(s->all, room * sizeof *more);
        if (!more) return;
        s->all = more;
        s->room = room;
    }
    s->all[s->count++] = *seen;
}

void sights_free(Sights *s) {
    free(s->all);
    free(s->digests);
    *s = (Sights){0};
}

/* A list's item shows by its name: a process's without the mark that tells it from its namesakes.
 */
static Span shown_name(const Seen *s) {
    size_t n = fact_info(s->fact)->subject == SUBJECT_PROCESS ? strcspn(s->subject, "#")
                                                              : strlen(s->subject);
    return span(s->subject, n);
}

void seen_set_value(Arena *a, Seen *s, const WorldValue *v) {
    enum { REG_SZ = 1, REG_EXPAND_SZ = 2, REG_DWORD = 4, REG_QWORD = 11 };
    s->bytes = v->bytes.n ? v->bytes : v->template; /* an edit's is not expanded yet */
    s->number = v->number;
    s->numeric = number_of_fact(s->fact, v, &s->number);
    if (s->type != FACT_TYPE_REGISTRY) return;
    s->numeric = v->number == REG_DWORD || v->number == REG_QWORD;
    if (s->numeric && v->bytes.n <= 8) {
        Cur c = cur(v->bytes);
        s->number = (int64_t)cur_le(&c, (unsigned)v->bytes.n);
    } else if (v->number == REG_SZ || v->number == REG_EXPAND_SZ) {
        const char *text = text_from_utf16(a, v->bytes);
        s->bytes = text ? span_str(text) : (Span){0};
    }
}

static void add_value(Arena *a, Seen *s, const WorldValue *v, Sights *out) {
    Seen codes[MOST_CODES];
    seen_set_value(a, s, v);
    s->plain = s->bytes;
    make_digests(a, s);
    add(out, s);
    for (size_t n = encode_all(a, s, codes), i = 0; i < n; i++) add(out, &codes[i]);
}

/* What an edit says of an item that is asked about, a connection's first words: no question of its
 * own. */
static void add_attributes(Arena *a, const Seen *item, const EditSet *edits, Sights *out) {
    for (size_t i = 0; i < edits->count; i++) {
        const WorldEdit *e = edits->edits[i];
        if (e->verb != EDIT_SET || e->fact == item->fact || !e->subject || !item->subject ||
            fact_info(e->fact)->fact != item->fact || strcasecmp(e->subject, item->subject) != 0)
            continue;
        Seen s = *item;
        s.fact = e->fact;
        s.type = fact_info(e->fact)->type;
        add_value(a, &s, &e->value, out);
    }
}

static int by_beginning(const void *a, const void *b) {
    const DigestEntry *x = a, *y = b;
    if (x->begins != y->begins) return x->begins < y->begins ? -1 : 1;
    if (x->seen != y->seen) return x->seen < y->seen ? -1 : 1;
    return x->digest < y->digest ? -1 : x->digest > y->digest;
}

static void index_digests(Sights *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) n += s->all[i].digest_count;
    s->digests = calloc(n + 1, sizeof *s->digests);
    for (size_t i = 0; s->digests && i < s->count; i++)
        for (size_t d = 0; d < s->all[i].digest_count; d++) {
            DigestEntry *e = &s->digests[s->digest_count++];
            memcpy(&e->begins, s->all[i].digests[d].bytes, sizeof e->begins);
            e->seen = (uint32_t)i;
            e->digest = (uint32_t)d;
        }
    qsort(s->digests, s->digest_count, sizeof *s->digests, by_beginning);
}

void sights_make(Arena *a, const World *base, const EditSet *edits, const Record *r, Sights *out) {
    *out = (Sights){0};
    for (size_t i = 0; i < r->asked_count; i++) {
        const Asked *q = &r->asked[i];
        const Fact *f = fact_info(q->fact);
        if (!q->found) continue;
        Seen s = {.fact = q->fact, .subject = q->subject, .asked = q, .type = f->type};
        const WorldValue *v = edits_value(base, edits, q->fact, q->subject);
        if (v && v->set && (q->value || q->fact == FACT_file)) add_value(a, &s, v, out);
        add_attributes(a, &s, edits, out);
        if (!edits_is_list(q->fact) || !q->subject || strcmp(q->subject, "*") == 0) continue;
        s.listed = true;
        s.digest_count = 0;
        s.numeric = false;
        s.bytes = shown_name(&s);
        s.shown = arena_text(a, s.bytes);
        if (!s.shown) continue;
        make_digests(a, &s);
        add(out, &s);
    }
    index_digests(out);
}

/* ---- finding a value in a window ---- */

static bool same_byte(uint8_t a, uint8_t b, bool any_case) {
    return a == b || (any_case && tolower(a) == tolower(b));
}

static bool spelled_at(Span window, size_t at, Span value, unsigned unit, bool any_case) {
    if (at > window.n || value.n * unit > window.n - at) return false;
    for (size_t i = 0; i < value.n; i++) {
        if (!same_byte(window.p[at + i * unit], value.p[i], any_case)) return false;
        if (unit == 2 && window.p[at + 2 * i + 1]) return false;
    }
    return true;
}

/* Where the value lies in the window so that it covers the operand; -1: nowhere. */
static ptrdiff_t covering(const WatchSide *s, Span value, unsigned unit, bool any_case) {
    size_t reach = value.n * unit;
    for (size_t back = 0; back < reach + unit && back <= s->before; back += unit)
        if (spelled_at(s->window, s->before - back, value, unit, any_case))
            return (ptrdiff_t)(s->before - back);
    return -1;
}

/* Content that was read only in part: what lies before the operand and the operand itself are the
 * content's beginning. The operand's offset in it; -1: no. */
static ptrdiff_t in_beginning(const WatchSide *s, unsigned width, Span content) {
    enum { LEAST = 3 }; /* what follows the operand counts as well */
    for (size_t back = 0; back <= s->before && back + width <= content.n; back++) {
        size_t from = s->before - back;
        Span window = span_clip(s->window, from, s->window.n - from);
        size_t n = 0;
        while (n < window.n && n < content.n && window.p[n] == content.p[n]) n++;
        if (n >= back + width && n >= LEAST) return (ptrdiff_t)back;
    }
    return -1;
}

/* ---- reading what is wanted ---- */

/* Text from `at` to its NUL, as UTF-8. Empty where it is none. */
static Span text_at(Arena *a, const WatchSide *s, size_t at, unsigned unit, size_t most) {
    size_t n = 0;
    Span w = s->window;
    while (n < most && at + n + unit <= w.n && (w.p[at + n] || (unit == 2 && w.p[at + n + 1])))
        n += unit;
    Span raw = span(w.p + at, n);
    if (unit == 1) {
        for (size_t i = 0; i < n; i++)
            if (raw.p[i] < 0x20 && !isspace(raw.p[i])) return (Span){0};
        return raw;
    }
    const char *text = text_from_utf16(a, raw);
    return text && text_is_utf8(span_str(text)) ? span_str(text) : (Span){0};
}

static Span function_text(Arena *a, const Compared *c, const WatchSide *s) {
    size_t n = s->length < s->window.n - s->before ? s->length : s->window.n - s->before;
    return s->window.n ? text_at(a, s, s->before, c->unit, n) : (Span){0};
}

/* ---- guesses ---- */

typedef struct {
    Arena *arena;
    const Sights *sights;
    const Compared *compared;
    const Seen *seen;
    unsigned confidence;
    bool scans; /* the place compares many things: its immediate operand is no value of the fact */
    Guesses *out;
} Speller;

static void guess(const Speller *p, const WorldEdit *e, const char *test, const char *value) {
    if (!e) return;
    const Seen *s = p->seen;
    guesses_add(p->out, &(Guess){.edit = *e,
                                 .fact = s->fact,
                                 .subject = e->subject,
                                 .test = test,
                                 .site = p->compared->site,
                                 .place = p->compared->place,
                                 .value = value,
                                 .confidence = p->confidence,
                                 .strong = true});
}

static const char *test_word(const Compared *c) {
    return c->test == WATCH_PREFIX   ? "starts with"
           : c->test == WATCH_WITHIN ? "contains"
                                     : "equals";
}

static bool is_listed(const Speller *p, const char *name) {
    for (size_t i = 0; i < p->sights->count; i++) {
        const Seen *o = &p->sights->all[i];
        if (o->listed && o->fact == p->seen->fact && strcasecmp(o->shown, name) == 0) return true;
    }
    return false;
}

/* The fact's value, or the list's item, shall be the wanted text. */
static void guess_text(const Speller *p, Span wanted) {
    const Seen *s = p->seen;
    if (!wanted.n || wanted.n > LONGEST_WANTED) return;
    const char *value = arena_text(p->arena, wanted);
    WorldEdit e;
    if (s->code) {
        if (encode_back(p->arena, s, wanted, &e))
            guess(p, &e, test_word(p->compared), edits_value_text(p->arena, &e));
    } else if (s->listed) {
        bool there = is_listed(p, value); /* then the other answer is that it is not */
        if (there ? edits_remove(p->arena, s->fact, value, &e)
                  : edits_add(p->arena, s->fact, value, &e))
            guess(p, &e, there ? "does not exist" : "exists", value);
    } else if (edits_set_text(p->arena, s->fact, s->subject, wanted, &e)) {
        guess(p, &e, test_word(p->compared), value);
    }
}

/* The value with some bytes changed: a compare saw a part of it. */
static void guess_patch(const Speller *p, size_t at, Span bytes) {
    const Seen *s = p->seen;
    uint8_t *copy = arena_alloc(p->arena, s->bytes.n + bytes.n + 1);
    if (!copy || s->listed || at > s->bytes.n) return;
    size_t n = at + bytes.n > s->bytes.n ? at + bytes.n : s->bytes.n;
    memcpy(copy, s->bytes.p, s->bytes.n);
    memcpy(copy + at, bytes.p, bytes.n);
    if (s->type == FACT_TYPE_MAC) n = MAC_BYTES;
    else if (s->type != FACT_TYPE_BYTES) n = strnlen((char *)copy, n);
    WorldEdit e;
    if (span_equal(span(copy, n), s->bytes) || !n) return;
    if (s->code ? encode_back(p->arena, s, span(copy, n), &e)
                : edits_set_bytes(p->arena, s->fact, s->subject, span(copy, n), &e))
        guess(p, &e, "equals", edits_value_text(p->arena, &e));
}

/* ---- functions that compare two texts or buffers ---- */

static bool function_sees(const Speller *p, const WatchSide *side) {
    const Compared *c = p->compared;
    const Seen *s = p->seen;
    if (s->numeric || s->bytes.n < SHORTEST_TEXT || !side->window.n) return false;
    Span text = function_text(p->arena, c, side);
    if (text.n == s->bytes.n && spelled_at(text, 0, s->bytes, 1, true)) return true;
    if (c->test == WATCH_PREFIX) /* the longer one was cut to what is compared */
        return text.n && text.n <= s->bytes.n && spelled_at(s->bytes, 0, text, 1, true);
    if (c->test != WATCH_WITHIN) return false;
    for (size_t at = 0; at + s->bytes.n <= text.n; at++)
        if (spelled_at(text, at, s->bytes, 1, true)) return true;
    return false;
}

/* A MAC address in digits, with any separators, whole or its first bytes. */
static size_t mac_digits(Span text, uint8_t out[MAC_BYTES]) {
    size_t digits = 0;
    for (size_t i = 0; i < text.n && digits < 2 * MAC_BYTES; i++) {
        int c = tolower(text.p[i]);
        if (!isxdigit(c)) continue;
        uint8_t v = (uint8_t)(isdigit(c) ? c - '0' : c - 'a' + 10);
        out[digits / 2] = (uint8_t)(digits % 2 ? out[digits / 2] | v : v << 4);
        digits++;
    }
    return digits / 2;
}

static void function_mac(const Speller *p, const WatchSide *side, const WatchSide *other) {
    const Seen *s = p->seen;
    uint8_t seen[MAC_BYTES], wanted[MAC_BYTES];
    size_t n = side->length;
    if (!side->window.n || !other->window.n) return;
    if (n && n <= MAC_BYTES &&
        spelled_at(side->window, side->before, span(s->bytes.p, n), 1, false)) {
        guess_patch(p, 0, span_clip(other->window, other->before, n));
        return;
    }
    size_t digits = mac_digits(function_text(p->arena, p->compared, side), seen);
    if (digits < 3 || memcmp(seen, s->bytes.p, digits) != 0) return;
    digits = mac_digits(function_text(p->arena, p->compared, other), wanted);
    guess_patch(p, 0, span(wanted, digits));
}

static void from_function(const Speller *p, const WatchSide *side, const WatchSide *other) {
    if (p->seen->type == FACT_TYPE_MAC && !p->seen->listed) function_mac(p, side, other);
    else if (function_sees(p, side)) guess_text(p, function_text(p->arena, p->compared, other));
}

/* ---- instructions ---- */

/* The other side lies in memory too: what is there from the same offset on. */
static void memory_against_memory(const Speller *p, const WatchSide *other, size_t at,
                                  unsigned unit) {
    const Seen *s = p->seen;
    size_t back = at * unit;
    if (back > other->before) return;
    if (s->type == FACT_TYPE_MAC)
        guess_patch(p, 0, span_clip(other->window, other->before - back, MAC_BYTES));
    else guess_text(p, text_at(p->arena, other, other->before - back, unit, LONGEST_WANTED * unit));
}

static void from_value(const Speller *p, const WatchSide *other, size_t at, unsigned unit) {
    uint8_t bytes[8];
    unsigned n = 0;
    for (unsigned i = 0; i < p->compared->width; i += unit)
        bytes[n++] = (uint8_t)(other->value >> 8 * i);
    guess_patch(p, at, span(bytes, n));
}

static void from_memory(const Speller *p, const WatchSide *side, const WatchSide *other) {
    const Seen *s = p->seen;
    bool text = s->type != FACT_TYPE_MAC && s->type != FACT_TYPE_BYTES;
    if (s->bytes.n < SHORTEST_TEXT || s->numeric) return;
    for (unsigned unit = 1; unit <= (text ? 2u : 1u); unit++) {
        ptrdiff_t start = covering(side, s->bytes, unit, true);
        if (start < 0) continue;
        size_t at = (side->before - (size_t)start) / unit;
        if (other->window.n) memory_against_memory(p, other, at, unit);
        if (!p->scans) from_value(p, other, at, unit);
        return;
    }
    ptrdiff_t at = text ? -1 : in_beginning(side, p->compared->width, s->bytes);
    if (s->type == FACT_TYPE_BYTES && at >= 0 && !p->scans) from_value(p, other, (size_t)at, 1);
}

static void guess_number(void *context, int64_t wanted) {
    const Speller *p = context;
    WorldEdit e;
    if (wanted != p->seen->number && edits_set_number(p->arena, p->seen, wanted, &e))
        guess(p, &e, "compares with", edits_value_text(p->arena, &e));
}

/* ---- digests ---- */

/* Whether the side shows the digest's bytes: the value in a register or in memory, or a buffer. */
static bool shows_digest(const Compared *c, const WatchSide *s, const uint8_t *digest,
                         unsigned size) {
    uint64_t value = 0;
    if (s->window.n && (!c->width || size > 8 || c->width < size)) {
        size_t n = c->width ? c->width : s->length;
        Span seen = span_clip(s->window, s->before, size);
        return n >= 4 && seen.n >= 4 && memcmp(seen.p, digest, seen.n) == 0;
    }
    if (!c->width || c->width < 4) return false;
    memcpy(&value, digest, size < 8 ? size : 8);
    uint64_t mask = c->width == 8 ? UINT64_MAX : UINT32_MAX;
    return (s->value & mask) == (value & mask);
}

static const char *digest_text(Arena *a, const Compared *c, const WatchSide *s, unsigned size) {
    char *text = arena_alloc(a, 2 * DIGEST_MOST + 3);
    Span bytes = span_clip(s->window, s->before, size);
    if (!text) return NULL;
    if (size <= 8 && c->width)
        return arena_printf(a, "0x%0*llx", (int)(2 * size), (unsigned long long)s->value);
    if (bytes.n != size && c->width) /* a part of it */
        return arena_printf(a, "0x%0*llx..", (int)(2 * c->width), (unsigned long long)s->value);
    if (bytes.n != size) return NULL;
    hash_hex(bytes, text);
    return text;
}

/* Digests that begin as the side does. */
static void from_digests(Arena *a, const Sights *s, const Compared *c, unsigned k, Guesses *out) {
    const WatchSide *side = &c->side[k], *other = &c->side[1 - k];
    uint32_t begins = (uint32_t)side->value;
    if (side->window.n >= side->before + 4 && (!c->width || c->width > 4 || !begins))
        memcpy(&begins, side->window.p + side->before, sizeof begins);
    size_t low = 0, high = s->digest_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->digests[middle].begins < begins) low = middle + 1;
        else high = middle;
    }
    for (; low < s->digest_count && s->digests[low].begins == begins; low++) {
        const Seen *seen = &s->all[s->digests[low].seen];
        const SeenDigest *one = &seen->digests[s->digests[low].digest];
        unsigned size = digest_size(one->kind);
        if (c->when < seen->asked->when || !shows_digest(c, side, one->bytes, size)) continue;
        guesses_add(out, &(Guess){.fact = seen->fact,
                                  .subject = seen->listed ? NULL : seen->subject,
                                  .test = arena_printf(a, "%s equals", digest_name(one->kind)),
                                  .site = c->site,
                                  .place = c->place,
                                  .value = digest_text(a, c, other, size),
                                  .digest = digest_name(one->kind),
                                  .side = k,
                                  .shown = span(one->bytes, size),
                                  .confidence = 3,
                                  .strong = true});
        return;
    }
}

static void from_number(const Speller *p, const WatchSide *side, const WatchSide *other) {
    const Compared *c = p->compared;
    /* What a program of Windows' is told, ours only sees as text. */
    if (!p->seen->numeric || p->seen->asked->foreign) return;
    Speller sure = *p;
    sure.confidence = side->value > UINT8_MAX ? 2 : 1;
    numbers_invert(p->seen, side->value, other->value, c->width, c->test == WATCH_BITS,
                   guess_number, &sure);
}

void spell_compare(Arena *a, const Sights *s, const Compared *c, bool scans, Guesses *out) {
    for (unsigned k = 0; k < 2; k++) from_digests(a, s, c, k, out);
    for (size_t i = 0; i < s->count; i++) {
        Speller p = {a, s, c, &s->all[i], 3, scans, out};
        if (c->when < p.seen->asked->when) continue; /* it did not know the value yet */
        for (int k = 0; k < 2; k++) {
            const WatchSide *side = &c->side[k], *other = &c->side[1 - k];
            if (c->test == WATCH_WITHIN && k == 1) continue;
            if (!c->width) {
                from_function(&p, side, other);
                continue;
            }
            if (side->window.n) from_memory(&p, side, other);
            from_number(&p, side, other);
        }
    }
}
