/* A signature as a map for reports; docs/json.md describes it. */
#include "sign/name.h"
#include "sign/signature.h"

static Value *moment(Arena *a, Time t) {
    char text[TIME_TEXT_SIZE];
    time_print(t, text);
    return value_str(a, text);
}

static Value *verdict(Arena *a, Verdict v) {
    Value *map = value_map(a);
    value_set(a, map, "word", value_str(a, v.word));
    value_set(a, map, "reason", value_str(a, v.reason));
    return map;
}

static Value *cert(Subject *s, const Cert *c) {
    unsigned bits;
    Arena *a = s->arena;
    Value *map = value_map(a);
    value_set(a, map, "subject", value_str(a, name_text(a, c->subject)));
    value_set(a, map, "issuer", value_str(a, name_text(a, c->issuer)));
    value_set(a, map, "serial", value_hex(a, c->serial));
    value_set(a, map, "sha1", value_hex(a, span(c->sha1, sizeof c->sha1)));
    value_set(a, map, "sha256", value_hex(a, span(c->sha256, sizeof c->sha256)));
    value_set(a, map, "not_before", moment(a, c->not_before));
    value_set(a, map, "not_after", moment(a, c->not_after));
    const char *kind = crypto_key(s->crypto, c->key, &bits);
    value_set(a, map, "key", value_printf(a, "%s %u", kind, bits));
    Md key = md_of(s->crypto, MD_SHA256, c->key);
    value_set(a, map, "key_sha256", value_hex(a, md_span(&key)));
    return map;
}

static Value *chain(Subject *s, const Chain *path) {
    Value *list = value_list(s->arena);
    for (unsigned i = 0; i < path->count; i++)
        value_add(list, value_str(s->arena, name_text(s->arena, path->certs[i]->subject)));
    return list;
}

static Value *stamp(Subject *s, const Stamp *t) {
    Arena *a = s->arena;
    Value *map = value_map(a);
    value_set(a, map, "kind", value_str(a, t->kind));
    value_set(a, map, "time", moment(a, t->time));
    value_set(a, map, "word", value_str(a, t->verdict.word));
    value_set(a, map, "reason", value_str(a, t->verdict.reason));
    value_set(a, map, "digest", value_str(a, md_name(t->digest)));
    value_set(a, map, "signer", t->signer ? cert(s, t->signer) : value_null(a));
    value_set(a, map, "chain", chain(s, &t->chain));
    return map;
}

static Value *stamps(Subject *s, const Signature *g) {
    Value *list = value_list(s->arena);
    for (const Stamp *t = g->stamps; t; t = t->next) value_add(list, stamp(s, t));
    return list;
}

static Value *program(Arena *a, const SpcOpus *o) {
    Value *map = value_map(a);
    if (!o->name && !o->url) return value_null(a);
    value_set(a, map, "name", o->name ? value_str(a, o->name) : value_null(a));
    value_set(a, map, "url", o->url ? value_str(a, o->url) : value_null(a));
    return map;
}

static void set_place(Subject *s, Value *map, const Signature *g) {
    Arena *a = s->arena;
    uint64_t offset;
    bool here = subject_place(s, g->bytes, &offset);
    value_set(a, map, "carrier", value_str(a, g->catalog ? g->catalog : s->carrier->name));
    value_set(a, map, "offset", here ? value_uint(a, offset) : value_null(a));
    value_set(a, map, "size", value_uint(a, g->bytes.n));
    value_set(a, map, "nested_in", g->nested_in ? value_uint(a, g->nested_in) : value_null(a));
}

Value *tell_signature(Subject *s, const Signature *g) {
    Arena *a = s->arena;
    Value *map = value_map(a);
    value_set(a, map, "number", value_uint(a, g->number));
    value_set(a, map, "valid", value_bool(a, g->valid));
    value_set(a, map, "integrity", verdict(a, g->integrity));
    value_set(a, map, "chain", verdict(a, g->chain));
    value_set(a, map, "time", verdict(a, g->time));
    value_set(a, map, "revocation", verdict(a, g->revocation));
    value_set(a, map, "usage", verdict(a, g->usage));
    value_set(a, map, "abuse", verdict(a, g->abuse));
    value_set(a, map, "signer", g->cert ? cert(s, g->cert) : value_null(a));
    value_set(a, map, "path", chain(s, &g->path));
    value_set(a, map, "digest", value_str(a, md_name(g->signer ? g->signer->digest : MD_NONE)));
    value_set(a, map, "timestamp", g->stamp ? moment(a, g->stamp->time) : value_null(a));
    value_set(a, map, "timestamps", stamps(s, g));
    value_set(a, map, "claimed_time",
              g->claimed != INT64_MIN ? moment(a, g->claimed) : value_null(a));
    value_set(a, map, "program", program(a, &g->opus));
    value_set(a, map, "page_hashes", value_bool(a, g->pages.n != 0));
    set_place(s, map, g);
    return map;
}
