/* A file's signatures: the carrier finds them, each is judged, and so are those inside of it. */
#include "sign/catalog.h"
#include "sign/der.h"
#include "sign/signature.h"

enum { MOST_SIGNATURES = 32, MOST_FINDINGS = 200 };

/* ---- what carriers use ---- */

void subject_add_blob(Subject *s, Span bytes, BlobRoom room) {
    Blob *b = arena_one(s->arena, Blob);
    if (!b) return;
    *b = (Blob){.bytes = bytes, .room = room};
    if (s->last_blob) s->last_blob->next = b;
    else s->blobs = b;
    s->last_blob = b;
}

bool subject_place(const Subject *s, Span bytes, uint64_t *offset) {
    uintptr_t p = (uintptr_t)bytes.p, start = (uintptr_t)s->file.p;
    if (!bytes.n || p < start || p - start > s->file.n || bytes.n > s->file.n - (p - start))
        return false;
    *offset = p - start;
    return true;
}

static const Value *place(const Subject *s, Span where) {
    uint64_t offset;
    Value *list = value_list(s->arena), *one = value_map(s->arena);
    value_set(s->arena, one, "artifact", value_uint(s->arena, 1));
    if (subject_place(s, where, &offset)) {
        value_set(s->arena, one, "offset", value_uint(s->arena, offset));
        value_set(s->arena, one, "bytes", value_uint(s->arena, where.n));
    }
    value_add(list, one);
    return list;
}

static const Value *techniques(Arena *a, const char *id) {
    Value *list = value_list(a);
    if (id) value_add(list, value_str(a, id));
    return list;
}

void subject_note(Subject *s, const char *rule, Severity severity, Span where, const char *attack,
                  const char *format, ...) {
    if (s->noted++ >= MOST_FINDINGS) return;
    va_list args;
    va_start(args, format);
    const char *title = arena_vprintf(s->arena, format, args);
    va_end(args);
    sink_finding(s->to, &(Finding){.rule = rule,
                                   .severity = severity,
                                   .title = title ? title : rule,
                                   .artifact = 1,
                                   .evidence = place(s, where),
                                   .attack = techniques(s->arena, attack)});
}

Md subject_digest(Subject *s, MdKind k) {
    if (s->digests[k].kind != k) s->digests[k] = s->carrier->digest(s, k);
    return s->digests[k];
}

/* ---- the list ---- */

typedef struct {
    Subject *subject;
    Signature *first, *last;
    unsigned count;
} Found;

static void add(Found *f, Signature *g, unsigned nested_in);

/* Windows reads the nested ones of the outermost signature only; deeper ones are read as well. */
static void add_nested(Found *f, const Signature *g) {
    const Attribute *a = g->signer ? g->signer->unsigned_attributes : NULL;
    for (; a; a = a->next) {
        Cur c = cur(a->values);
        Der d;
        if (a->type != OID_NESTED_SIGNATURE) continue;
        while (f->count < MOST_SIGNATURES && der_next(&c, &d))
            add(f, judge_signature(f->subject, d.whole), g->number);
    }
}

static void add(Found *f, Signature *g, unsigned nested_in) {
    if (!g || f->count == MOST_SIGNATURES) return;
    g->number = ++f->count;
    g->nested_in = nested_in;
    if (f->last) f->last->next = g;
    else f->first = g;
    f->last = g;
    remark_signature(f->subject, g);
    add_nested(f, g);
}

static void add_blobs(Found *f) {
    for (const Blob *b = f->subject->blobs; b; b = b->next)
        add(f, judge_signature(f->subject, b->bytes), 0);
}

static bool is_zero(Span s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i]) return false;
    return true;
}

/* What lies behind a signature in the room that its place has for it: up to seven zeroes fill it up
 * to a multiple of eight, and anything else hides there. */
static void note_room(Subject *s, const Blob *b) {
    Cur c = cur(b->bytes);
    Der d;
    if (b->room == ROOM_BROKEN || !der_next(&c, &d)) return;
    Span rest = span_clip(b->bytes, c.at, b->bytes.n);
    if (b->room == ROOM_PADDED) {
        Span filling = span_clip(rest, 0, (8 - c.at % 8) % 8);
        if (is_zero(filling)) rest = span_clip(rest, filling.n, rest.n);
    }
    if (rest.n)
        subject_note(s, "sign.hidden-bytes", SEVERITY_MEDIUM, rest, "T1027",
                     "%zu bytes that nobody signed lie behind a signature", rest.n);
}

static void add_catalogs(Found *f) {
    Subject *s = f->subject;
    const SignOptions *o = &s->trust->options;
    for (size_t i = 0; i < o->catalog_count; i++)
        if (catalog_has(s, o->catalogs[i].bytes))
            add(f, judge_catalog(s, o->catalogs[i].bytes, o->catalogs[i].name), 0);
}

/* ---- all ---- */

static const Carrier *const carriers[] = {
#define CARRIER(name) &carrier_##name,
#include "sign/carriers.def"
};

static void find_carrier(Subject *s) {
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers && !s->carrier; i++)
        if (carriers[i]->read(s)) s->carrier = carriers[i];
}

Status sign_file(SignTrust *t, Arena *a, Span file, Sink *to, const Value **signatures) {
    Subject s = {.trust = t, .arena = a, .file = file, .to = to};
    Found f = {.subject = &s};
    *signatures = NULL;
    find_carrier(&s);
    if (!s.carrier && !t->options.catalog_count) return a->full ? ST_BUDGET : ST_OK;
    if (s.blobs || t->options.catalog_count) TRY(trust_load(t));
    s.crypto = t->crypto;
    if (!s.carrier) s.carrier = &carrier_flat;
    for (const Blob *b = s.blobs; b; b = b->next) note_room(&s, b);
    add_blobs(&f);
    add_catalogs(&f);
    if (s.carrier == &carrier_flat && !f.first) return a->full ? ST_BUDGET : ST_OK;
    Value *list = value_list(a);
    for (const Signature *g = f.first; g; g = g->next) value_add(list, tell_signature(&s, g));
    *signatures = list;
    return a->full ? ST_BUDGET : ST_OK;
}
