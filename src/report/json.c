/* JSON Lines: one object a line, `type` first. docs/json.md describes it, docs/schema.json holds it
 * to that. A field is never renamed, only added. */
#include "base/json.h"
#include "report/writer.h"
#include <inttypes.h>

/* ---- fields ---- */

static void begin(Buf *b, const char *type) {
    buf_str(b, "{\"type\":\"");
    buf_str(b, type);
    buf_byte(b, '"');
}

static void end(Buf *b) {
    buf_str(b, "}\n");
}

static void key(Buf *b, const char *name) {
    buf_str(b, ",\"");
    buf_str(b, name);
    buf_str(b, "\":");
}

static void text(Buf *b, const char *name, const char *value) {
    key(b, name);
    if (value) json_write_text(b, span_str(value));
    else buf_str(b, "null");
}

static void text_if_any(Buf *b, const char *name, const char *value) {
    if (value) text(b, name, value);
}

static void number(Buf *b, const char *name, uint64_t value) {
    key(b, name);
    buf_decimal(b, value);
}

static void boolean(Buf *b, const char *name, bool value) {
    key(b, name);
    buf_str(b, value ? "true" : "false");
}

static void tree(Buf *b, const char *name, const Value *value) {
    key(b, name);
    json_write(b, value);
}

/* An empty list where there is none, so that readers need not look. */
static void list(Buf *b, const char *name, const Value *value) {
    if (value) tree(b, name, value);
    else {
        key(b, name);
        buf_str(b, "[]");
    }
}

static void id_value(Buf *b, char letter, uint64_t number) {
    if (number) buf_printf(b, "\"%c%" PRIu64 "\"", letter, number);
    else buf_str(b, "null");
}

static void id(Buf *b, const char *name, char letter, uint32_t number) {
    key(b, name);
    id_value(b, letter, number);
}

static void time_field(Buf *b, const char *name, Time t) {
    char printed[TIME_TEXT_SIZE];
    time_print(t, printed);
    text(b, name, printed);
}

/* null where it was not computed: all zero, which no digest is. */
static void digest(Buf *b, const char *name, Span bytes) {
    char hex[65];
    hash_hex(bytes, hex);
    text(b, name, strspn(hex, "0") < 2 * bytes.n ? hex : NULL);
}

/* ---- nouns ---- */

static void artifact(Report *r, const Artifact *a) {
    Buf *b = &r->out.buf;
    begin(b, "artifact");
    id(b, "id", 'a', a->id);
    id(b, "parent", 'a', a->parent);
    key(b, "offset");
    if (a->offset == MODEL_NO_OFFSET) buf_str(b, "null");
    else buf_decimal(b, a->offset);
    text(b, "name", a->name);
    text(b, "format", a->format);
    text(b, "description", a->description);
    text(b, "origin", a->origin);
    number(b, "size", a->size);
    digest(b, "md5", span(a->digests.md5, sizeof a->digests.md5));
    digest(b, "sha1", span(a->digests.sha1, sizeof a->digests.sha1));
    digest(b, "sha256", span(a->digests.sha256, sizeof a->digests.sha256));
    if (a->facts) tree(b, "facts", a->facts);
    if (a->signatures) tree(b, "signatures", a->signatures);
    if (a->known) text(b, "known", a->known);
    end(b);
}

static void event(Report *r, const Event *e) {
    Buf *b = &r->out.buf;
    begin(b, "event");
    id(b, "artifact", 'a', e->artifact);
    id(b, "run", 'r', e->run);
    number(b, "n", e->n);
    time_field(b, "time", e->time);
    text(b, "category", event_category_name(e->category));
    number(b, "count", e->count);
    key(b, "fields");
    for (size_t i = 0; i < e->field_count; i++) {
        buf_str(b, i ? ",\"" : "{\"");
        buf_str(b, event_field_name(e->fields[i].name));
        buf_str(b, "\":");
        json_write_text(b, span_str(e->fields[i].value));
    }
    buf_str(b, e->field_count ? "}" : "{}");
    end(b);
}

static void call(Report *r, const Call *c) {
    Buf *b = &r->out.buf;
    begin(b, "call");
    id(b, "artifact", 'a', c->artifact);
    id(b, "run", 'r', c->run);
    number(b, "n", c->n);
    time_field(b, "time", c->time);
    number(b, "count", c->count);
    number(b, "process", c->process);
    number(b, "thread", c->thread);
    text(b, "module", c->module);
    text(b, "name", c->name);
    tree(b, "arguments", c->arguments);
    text(b, "returned", c->returned);
    text(b, "caller", c->caller);
    end(b);
}

/* In evidence, `artifact` and `run` are numbers; lines name them as ids. */
static void evidence_item(Buf *b, const Value *item) {
    buf_byte(b, '{');
    for (const Value *v = value_first(item); v; v = v->next) {
        if (v != value_first(item)) buf_byte(b, ',');
        json_write_text(b, span_str(v->key));
        buf_byte(b, ':');
        bool is_id = strcmp(v->key, "artifact") == 0 || strcmp(v->key, "run") == 0;
        if (is_id) id_value(b, v->key[0], value_get_uint(v, 0));
        else json_write(b, v);
    }
    buf_byte(b, '}');
}

static void succeeded_field(Buf *b, int succeeded) {
    key(b, "succeeded");
    buf_str(b, succeeded < 0 ? "null" : succeeded ? "true" : "false");
}

static void encounter(Buf *b, const Encounter *e) {
    text(b, "attacker", e->attacker);
    text(b, "victim", e->victim);
    text(b, "flow", e->flow);
    list(b, "frames", e->frames);
    list(b, "stages", e->stages);
    succeeded_field(b, e->succeeded);
    list(b, "cve", e->cve);
    time_field(b, "first", e->first);
    time_field(b, "last", e->last);
    if (e->details) tree(b, "details", e->details);
}

static void finding(Report *r, const Finding *f) {
    Buf *b = &r->out.buf;
    begin(b, "finding");
    id(b, "artifact", 'a', f->artifact);
    text(b, "rule", f->rule);
    text(b, "severity", severity_name(f->severity));
    text(b, "title", f->title);
    key(b, "evidence");
    buf_byte(b, '[');
    for (const Value *v = value_first(f->evidence); v; v = v->next) {
        if (v != value_first(f->evidence)) buf_byte(b, ',');
        evidence_item(b, v);
    }
    buf_byte(b, ']');
    list(b, "attack", f->attack);
    list(b, "mbc", f->mbc);
    if (f->encounter) encounter(b, f->encounter);
    end(b);
}

static void host(Report *r, const Host *h) {
    Buf *b = &r->out.buf;
    begin(b, "host");
    id(b, "artifact", 'a', h->artifact);
    text(b, "address", h->address);
    text(b, "patch", patch_name(h->patch));
    text(b, "why", h->why);
    key(b, "frame");
    if (h->frame) buf_printf(b, "%" PRIu64, h->frame);
    else buf_str(b, "null");
    text(b, "system", h->system);
    text(b, "dialect", h->dialect);
    number(b, "clients", h->clients);
    text(b, "infected_by", h->infected_by);
    if (h->infected_by) time_field(b, "infected_at", h->infected_at);
    end(b);
}

static void run_ids(Buf *b, const uint32_t *ids) {
    key(b, "runs");
    buf_byte(b, '[');
    for (unsigned i = 0; i < TRIGGER_MAX_RUNS && ids[i]; i++)
        buf_printf(b, "%s\"r%u\"", i ? "," : "", ids[i]);
    buf_byte(b, ']');
}

static void trigger(Report *r, const Trigger *t) {
    Buf *b = &r->out.buf;
    begin(b, "trigger");
    id(b, "artifact", 'a', t->artifact);
    text(b, "fact", t->fact);
    text_if_any(b, "subject", t->subject);
    text(b, "polarity", t->polarity);
    text(b, "test", t->test);
    list(b, "values", t->values);
    text(b, "site", t->site);
    text_if_any(b, "edit", t->edit);
    text_if_any(b, "counter", t->counter);
    list(b, "reveals", t->reveals);
    text(b, "proved", t->proved);
    run_ids(b, t->runs);
    list(b, "attack", t->attack);
    list(b, "mbc", t->mbc);
    end(b);
}

static void persona(Report *r, const Persona *p) {
    Buf *b = &r->out.buf;
    begin(b, "persona");
    id(b, "artifact", 'a', p->artifact);
    text(b, "world", p->world);
    text(b, "reference", p->reference);
    boolean(b, "avoided", p->avoided);
    number(b, "shown", p->shown);
    number(b, "all", p->all);
    list(b, "missing", p->missing);
    list(b, "by", p->by);
    id(b, "run", 'r', p->run);
    end(b);
}

static void run(Report *r, const Run *run) {
    Buf *b = &r->out.buf;
    begin(b, "run");
    id(b, "artifact", 'a', run->artifact);
    id(b, "id", 'r', run->id);
    text(b, "world", run->world);
    list(b, "edits", run->edits);
    text(b, "ended", run->ended);
    number(b, "blocks", run->blocks);
    key(b, "elapsed");
    json_write(b, &(Value){.kind = VALUE_REAL, .real = (double)run->elapsed / TIME_SECOND});
    list(b, "unmodelled", run->unmodelled);
    text(b, "budget", run->budget);
    boolean(b, "nondeterministic", run->nondeterministic);
    tree(b, "details", run->details);
    tree(b, "processes", run->processes);
    end(b);
}

static void finish(Report *r) {
    Buf *b = &r->out.buf;
    uint64_t findings = 0;
    for (unsigned i = 0; i <= SEVERITY_CRITICAL; i++) findings += r->totals.findings[i];
    begin(b, "summary");
    number(b, "artifacts", r->totals.artifacts);
    number(b, "runs", r->totals.runs);
    number(b, "findings", findings);
    number(b, "triggers", r->totals.triggers);
    list(b, "skipped", r->skipped);
    number(b, "skipped_count", r->totals.skipped);
    end(b);
}

static bool leave_for_summary(Report *r, const char *what, const char *why) {
    (void)r, (void)what, (void)why;
    return false;
}

static bool open_nothing(Report *r) {
    (void)r;
    return true;
}

static void close_nothing(Report *r) {
    (void)r;
}

const Writer json_writer = {
    .open = open_nothing,
    .artifact = artifact,
    .event = event,
    .call = call,
    .finding = finding,
    .trigger = trigger,
    .run = run,
    .host = host,
    .persona = persona,
    .skipped = leave_for_summary,
    .finish = finish,
    .close = close_nothing,
};
