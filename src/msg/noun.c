#include "msg/noun.h"
#include "msg/check.h"
#include "msg/code.h"
#include <assert.h>

/* ---- Artifact ---- */

static void put_digests(Buf *out, const Digests *d) {
    buf_add(out, span(d->md5, sizeof d->md5));
    buf_add(out, span(d->sha1, sizeof d->sha1));
    buf_add(out, span(d->sha256, sizeof d->sha256));
}

static void get_digest(Cur *c, uint8_t *out, size_t n) {
    Span s = cur_take(c, n);
    if (s.n) memcpy(out, s.p, n);
}

static Digests get_digests(Cur *c) {
    Digests d = {0};
    get_digest(c, d.md5, sizeof d.md5);
    get_digest(c, d.sha1, sizeof d.sha1);
    get_digest(c, d.sha256, sizeof d.sha256);
    return d;
}

void noun_put_artifact(Buf *out, const Artifact *a) {
    assert(a->name && a->format && a->origin);
    msg_put_uint(out, a->id);
    msg_put_uint(out, a->parent);
    msg_put_uint(out, a->offset);
    msg_put_text(out, a->name);
    msg_put_text(out, a->format);
    msg_put_text(out, a->description);
    msg_put_text(out, a->origin);
    msg_put_uint(out, a->size);
    put_digests(out, &a->digests);
    msg_put_value(out, a->facts);
    msg_put_value(out, a->signatures);
    msg_put_uint(out, a->bytes.n);
}

Status noun_get_artifact(Arena *a, Span payload, Artifact *out, uint64_t *bytes) {
    Cur c = cur(payload);
    *out = (Artifact){.id = msg_get_u32(&c)};
    out->parent = msg_get_u32(&c);
    out->offset = msg_get_uint(&c);
    out->name = msg_need_text(a, &c);
    out->format = msg_need_text(a, &c);
    out->description = msg_get_text(a, &c);
    out->origin = msg_need_text(a, &c);
    out->size = msg_get_uint(&c);
    out->digests = get_digests(&c);
    out->facts = msg_get_map(a, &c);
    out->signatures = msg_get_maps(a, &c);
    *bytes = msg_get_uint(&c);
    return msg_done(a, &c);
}

/* ---- Event ---- */

void noun_put_event(Buf *out, const Event *e) {
    msg_put_uint(out, e->run);
    msg_put_uint(out, e->artifact);
    msg_put_uint(out, e->n);
    msg_put_int(out, e->time);
    msg_put_uint(out, e->category);
    msg_put_uint(out, e->count);
    msg_put_uint(out, e->field_count);
    for (size_t i = 0; i < e->field_count; i++) {
        msg_put_uint(out, e->fields[i].name);
        msg_put_text(out, e->fields[i].value);
    }
}

static uint32_t get_below(Cur *c, uint32_t limit) {
    uint64_t n = msg_get_uint(c);
    if (n >= limit) c->bad = true;
    return c->bad ? 0 : (uint32_t)n;
}

static EventField get_field(Arena *a, Cur *c) {
    EventField f = {.name = (EventFieldName)get_below(c, EF_COUNT)};
    f.value = msg_need_text(a, c);
    return f;
}

Status noun_get_event(Arena *a, Span payload, Event *out) {
    Cur c = cur(payload);
    *out = (Event){.run = msg_get_u32(&c)};
    out->artifact = msg_get_u32(&c);
    out->n = msg_get_uint(&c);
    out->time = msg_get_int(&c);
    out->category = (EventCategory)get_below(&c, EV_COUNT);
    out->count = msg_get_uint(&c);
    out->field_count = get_below(&c, EVENT_MAX_FIELDS + 1);
    for (size_t i = 0; i < out->field_count; i++) out->fields[i] = get_field(a, &c);
    return msg_done(a, &c);
}

/* ---- Call ---- */

void noun_put_call(Buf *out, const Call *k) {
    assert(k->module && k->name && k->caller);
    msg_put_uint(out, k->run);
    msg_put_uint(out, k->artifact);
    msg_put_uint(out, k->n);
    msg_put_int(out, k->time);
    msg_put_uint(out, k->count);
    msg_put_uint(out, k->process);
    msg_put_uint(out, k->thread);
    msg_put_text(out, k->module);
    msg_put_text(out, k->name);
    msg_put_value(out, k->arguments);
    msg_put_text(out, k->returned);
    msg_put_text(out, k->caller);
}

Status noun_get_call(Arena *a, Span payload, Call *out) {
    Cur c = cur(payload);
    *out = (Call){.run = msg_get_u32(&c)};
    out->artifact = msg_get_u32(&c);
    out->n = msg_get_uint(&c);
    out->time = msg_get_int(&c);
    out->count = msg_get_uint(&c);
    out->process = msg_get_u32(&c);
    out->thread = msg_get_u32(&c);
    out->module = msg_need_text(a, &c);
    out->name = msg_need_text(a, &c);
    out->arguments = msg_get_map(a, &c);
    out->returned = msg_get_text(a, &c);
    out->caller = msg_need_text(a, &c);
    return msg_done(a, &c);
}

/* ---- Finding ---- */

static void put_encounter(Buf *out, const Encounter *e) {
    msg_put_bool(out, e != NULL);
    if (!e) return;
    msg_put_text(out, e->attacker);
    msg_put_text(out, e->victim);
    msg_put_text(out, e->flow);
    msg_put_value(out, e->frames);
    msg_put_value(out, e->stages);
    msg_put_value(out, e->cve);
    msg_put_value(out, e->details);
    msg_put_int(out, e->succeeded);
    msg_put_bool(out, e->exploit);
    msg_put_int(out, e->first);
    msg_put_int(out, e->last);
}

static const Encounter *get_encounter(Arena *a, Cur *c) {
    Encounter *e = msg_get_bool(c) ? arena_one(a, Encounter) : NULL;
    if (!e) return NULL;
    e->attacker = msg_need_text(a, c);
    e->victim = msg_need_text(a, c);
    e->flow = msg_need_text(a, c);
    e->frames = msg_get_numbers(a, c);
    e->stages = msg_get_texts(a, c);
    e->cve = msg_get_texts(a, c);
    e->details = msg_get_map(a, c);
    int64_t succeeded = msg_get_int(c);
    if (succeeded < -1 || succeeded > 1) c->bad = true;
    e->succeeded = (int)succeeded;
    e->exploit = msg_get_bool(c);
    e->first = msg_get_int(c);
    e->last = msg_get_int(c);
    return e;
}

void noun_put_finding(Buf *out, const Finding *f) {
    assert(f->rule && f->title);
    msg_put_text(out, f->rule);
    msg_put_uint(out, f->severity);
    msg_put_text(out, f->title);
    msg_put_uint(out, f->artifact);
    msg_put_value(out, f->evidence);
    msg_put_value(out, f->attack);
    msg_put_value(out, f->mbc);
    put_encounter(out, f->encounter);
}

Status noun_get_finding(Arena *a, Span payload, Finding *out) {
    Cur c = cur(payload);
    *out = (Finding){.rule = msg_need_text(a, &c)};
    out->severity = (Severity)get_below(&c, SEVERITY_CRITICAL + 1);
    out->title = msg_need_text(a, &c);
    out->artifact = msg_get_u32(&c);
    out->evidence = msg_get_maps(a, &c);
    out->attack = msg_get_texts(a, &c);
    out->mbc = msg_get_texts(a, &c);
    out->encounter = get_encounter(a, &c);
    return msg_done(a, &c);
}

/* ---- Trigger ---- */

void noun_put_trigger(Buf *out, const Trigger *t) {
    assert(t->fact && t->polarity && t->test && t->proved);
    msg_put_uint(out, t->artifact);
    msg_put_text(out, t->fact);
    msg_put_text(out, t->subject);
    msg_put_text(out, t->polarity);
    msg_put_text(out, t->test);
    msg_put_value(out, t->values);
    msg_put_text(out, t->site);
    msg_put_text(out, t->edit);
    msg_put_text(out, t->counter);
    msg_put_value(out, t->reveals);
    msg_put_text(out, t->proved);
    for (unsigned i = 0; i < TRIGGER_MAX_RUNS; i++) msg_put_uint(out, t->runs[i]);
    msg_put_value(out, t->attack);
    msg_put_value(out, t->mbc);
}

Status noun_get_trigger(Arena *a, Span payload, Trigger *out) {
    Cur c = cur(payload);
    *out = (Trigger){.artifact = msg_get_u32(&c)};
    out->fact = msg_need_text(a, &c);
    out->subject = msg_get_text(a, &c);
    out->polarity = msg_need_text(a, &c);
    out->test = msg_need_text(a, &c);
    out->values = msg_get_texts(a, &c);
    out->site = msg_get_text(a, &c);
    out->edit = msg_get_text(a, &c);
    out->counter = msg_get_text(a, &c);
    out->reveals = msg_get_texts(a, &c);
    out->proved = msg_need_text(a, &c);
    for (unsigned i = 0; i < TRIGGER_MAX_RUNS; i++) out->runs[i] = msg_get_u32(&c);
    out->attack = msg_get_texts(a, &c);
    out->mbc = msg_get_texts(a, &c);
    return msg_done(a, &c);
}

/* ---- Run ---- */

void noun_put_run(Buf *out, const Run *r) {
    assert(r->world && r->ended);
    msg_put_uint(out, r->id);
    msg_put_uint(out, r->artifact);
    msg_put_text(out, r->world);
    msg_put_value(out, r->edits);
    msg_put_text(out, r->ended);
    msg_put_uint(out, r->blocks);
    msg_put_int(out, r->elapsed);
    msg_put_value(out, r->unmodelled);
    msg_put_text(out, r->budget);
    msg_put_bool(out, r->nondeterministic);
    msg_put_value(out, r->details);
    msg_put_value(out, r->processes);
}

Status noun_get_run(Arena *a, Span payload, Run *out) {
    Cur c = cur(payload);
    *out = (Run){.id = msg_get_u32(&c)};
    out->artifact = msg_get_u32(&c);
    out->world = msg_need_text(a, &c);
    out->edits = msg_get_texts(a, &c);
    out->ended = msg_need_text(a, &c);
    out->blocks = msg_get_uint(&c);
    out->elapsed = msg_get_int(&c);
    out->unmodelled = msg_get_texts(a, &c);
    out->budget = msg_get_text(a, &c);
    out->nondeterministic = msg_get_bool(&c);
    out->details = msg_get_value(a, &c);
    out->processes = msg_get_value(a, &c);
    return msg_done(a, &c);
}

/* ---- Persona ---- */

void noun_put_persona(Buf *out, const Persona *p) {
    assert(p->world && p->reference);
    msg_put_uint(out, p->artifact);
    msg_put_uint(out, p->run);
    msg_put_text(out, p->world);
    msg_put_text(out, p->reference);
    msg_put_bool(out, p->avoided);
    msg_put_uint(out, p->shown);
    msg_put_uint(out, p->all);
    msg_put_value(out, p->missing);
    msg_put_value(out, p->by);
}

Status noun_get_persona(Arena *a, Span payload, Persona *out) {
    Cur c = cur(payload);
    *out = (Persona){.artifact = msg_get_u32(&c)};
    out->run = msg_get_u32(&c);
    out->world = msg_need_text(a, &c);
    out->reference = msg_need_text(a, &c);
    out->avoided = msg_get_bool(&c);
    out->shown = msg_get_uint(&c);
    out->all = msg_get_uint(&c);
    out->missing = msg_get_texts(a, &c);
    out->by = msg_get_maps(a, &c);
    return msg_done(a, &c);
}

/* ---- Host ---- */

void noun_put_host(Buf *out, const Host *h) {
    assert(h->address && h->why);
    msg_put_uint(out, h->artifact);
    msg_put_text(out, h->address);
    msg_put_uint(out, h->patch);
    msg_put_text(out, h->why);
    msg_put_uint(out, h->frame);
    msg_put_text(out, h->system);
    msg_put_text(out, h->dialect);
    msg_put_uint(out, h->clients);
    msg_put_text(out, h->infected_by);
    msg_put_int(out, h->infected_at);
}

Status noun_get_host(Arena *a, Span payload, Host *out) {
    Cur c = cur(payload);
    *out = (Host){.artifact = msg_get_u32(&c)};
    out->address = msg_need_text(a, &c);
    out->patch = (Patch)get_below(&c, PATCH_UNPATCHED + 1);
    out->why = msg_need_text(a, &c);
    out->frame = msg_get_uint(&c);
    out->system = msg_get_text(a, &c);
    out->dialect = msg_get_text(a, &c);
    out->clients = msg_get_uint(&c);
    out->infected_by = msg_get_text(a, &c);
    out->infected_at = msg_get_int(&c);
    return msg_done(a, &c);
}

/* ---- skipped ---- */

void noun_put_skipped(Buf *out, const char *what, const char *why) {
    msg_put_text(out, what);
    msg_put_text(out, why);
}

Status noun_get_skipped(Arena *a, Span payload, const char **what, const char **why) {
    Cur c = cur(payload);
    *what = msg_need_text(a, &c);
    *why = msg_need_text(a, &c);
    return msg_done(a, &c);
}
