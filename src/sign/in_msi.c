/* Installers (.msi, .msp): the signature is the stream \5DigitalSignature of a compound file.
 * Signed is the content of all other streams, storage by storage in the order of their names'
 * bytes, each storage's class behind them; and with \5MsiDigitalSignatureEx also what the directory
 * says of them, whose digest is that stream's content and comes first. */
#include "format/cfb.h"
#include "sign/carrier.h"
#include <stdlib.h>

enum { MOST_CHILDREN = 1 << 16, DEEPEST = 32 };

typedef struct {
    Cfb cfb;
    Span extended; /* the content of \5MsiDigitalSignatureEx */
    bool has_extended;
} State;

/* The name is \5 and this ASCII text. */
static bool is_named(const CfbEntry *e, const char *text) {
    size_t n = strlen(text);
    if (e->name.n != 2 * (n + 1) || e->name.p[0] != 5 || e->name.p[1]) return false;
    for (size_t i = 0; i < n; i++)
        if (e->name.p[2 * i + 2] != (uint8_t)text[i] || e->name.p[2 * i + 3]) return false;
    return true;
}

static bool is_signature(const CfbEntry *e) {
    return is_named(e, "DigitalSignature") || is_named(e, "MsiDigitalSignatureEx");
}

static int compare_names(const void *x, const void *y) {
    const CfbEntry *a = *(const CfbEntry *const *)x, *b = *(const CfbEntry *const *)y;
    size_t n = a->name.n < b->name.n ? a->name.n : b->name.n;
    int order = n ? memcmp(a->name.p, b->name.p, n) : 0;
    return order ? order : a->name.n < b->name.n ? -1 : a->name.n > b->name.n;
}

static const CfbEntry **sorted(Subject *s, const CfbEntry *storage, size_t *count) {
    const State *st = s->state;
    size_t room = st->cfb.entry_count < MOST_CHILDREN ? st->cfb.entry_count : MOST_CHILDREN;
    const CfbEntry **list = arena_new_array(s->arena, const CfbEntry *, room);
    *count = list ? cfb_children(&st->cfb, storage, list, room) : 0;
    if (*count) qsort(list, *count, sizeof(CfbEntry *), compare_names);
    return list;
}

/* ---- digests ---- */

/* Storages may contain each other, so that depth alone does not bound the work. */
typedef struct {
    Subject *subject;
    Hasher *hasher;
    size_t steps;
} Walk;

static void add_content(Walk *w, const CfbEntry *storage, unsigned depth) {
    State *st = w->subject->state;
    size_t count;
    const CfbEntry **list = sorted(w->subject, storage, &count);
    for (size_t i = 0; i < count && w->steps++ < st->cfb.entry_count; i++) {
        if (depth == 0 && is_signature(list[i])) continue;
        if (list[i]->type == CFB_STREAM)
            hasher_add(w->hasher, cfb_stream(w->subject->arena, &st->cfb, list[i]));
        else if (depth < DEEPEST) add_content(w, list[i], depth + 1);
    }
    hasher_add(w->hasher, storage->class);
}

static void add_entry(Walk *w, const CfbEntry *e) {
    uint8_t size[4] = {(uint8_t)e->size, (uint8_t)(e->size >> 8), (uint8_t)(e->size >> 16),
                       (uint8_t)(e->size >> 24)};
    if (e->type != CFB_ROOT) hasher_add(w->hasher, e->name);
    hasher_add(w->hasher, e->type == CFB_STREAM ? span(size, sizeof size) : e->class);
    hasher_add(w->hasher, e->state);
    if (e->type == CFB_ROOT) return;
    hasher_add(w->hasher, e->created);
    hasher_add(w->hasher, e->modified);
}

static void add_directory(Walk *w, const CfbEntry *storage, unsigned depth) {
    State *st = w->subject->state;
    size_t count;
    const CfbEntry **list = sorted(w->subject, storage, &count);
    add_entry(w, storage);
    for (size_t i = 0; i < count && w->steps++ < st->cfb.entry_count; i++) {
        if (depth == 0 && is_signature(list[i])) continue;
        if (list[i]->type == CFB_STREAM) add_entry(w, list[i]);
        else if (depth < DEEPEST) add_directory(w, list[i], depth + 1);
    }
}

static Md directory_digest(Subject *s, MdKind k) {
    State *st = s->state;
    Walk w = {s, hasher_open(s->crypto, k), 0};
    add_directory(&w, st->cfb.entries, 0);
    Md m = hasher_take(w.hasher);
    hasher_close(w.hasher);
    return m;
}

static Md digest(Subject *s, MdKind k) {
    State *st = s->state;
    if (st->has_extended) {
        Md directory = directory_digest(s, k);
        if (!span_equal(md_span(&directory), st->extended)) return (Md){0};
    }
    Walk w = {s, hasher_open(s->crypto, k), 0};
    hasher_add(w.hasher, st->extended);
    add_content(&w, st->cfb.entries, 0);
    Md m = hasher_take(w.hasher);
    hasher_close(w.hasher);
    return m;
}

static const char *explain(Subject *s, const Md *is_signed) {
    State *st = s->state;
    if (!st->has_extended) return NULL;
    Md directory = directory_digest(s, is_signed->kind);
    return span_equal(md_span(&directory), st->extended) ? NULL
                                                         : "what its directory says was changed";
}

/* ---- finding them ---- */

static bool read(Subject *s) {
    if (!cfb_is(s->file)) return false;
    State *st = arena_one(s->arena, State);
    if (!st || cfb_read(s->arena, s->file, &st->cfb) != ST_OK || st->cfb.fault) return false;
    s->state = st;
    size_t count;
    const CfbEntry **list = sorted(s, st->cfb.entries, &count);
    bool is_signed = false;
    for (size_t i = 0; i < count; i++) {
        Span content = is_signature(list[i]) ? cfb_stream(s->arena, &st->cfb, list[i]) : (Span){0};
        if (is_named(list[i], "MsiDigitalSignatureEx"))
            st->extended = content, st->has_extended = true;
        if (!is_named(list[i], "DigitalSignature")) continue;
        subject_add_blob(s, content, ROOM_PADDED);
        is_signed = true;
    }
    Span tail = span_clip(s->file, st->cfb.end, s->file.n);
    if (tail.n && is_signed)
        subject_note(s, "sign.data-after-end", SEVERITY_MEDIUM, tail, "T1027",
                     "%zu bytes that nobody signed follow the end of the compound file", tail.n);
    return true;
}

const Carrier carrier_msi = {
    .name = "msi", .content = OID_SPC_SIP_INFO, .read = read, .digest = digest, .explain = explain};
