#include "store/rows.h"
#include "base/json.h"

const RowTable row_tables[ROW_COUNT] = {
#define ROWS(kind, table, count, columns) [ROW_##kind] = {#table, columns, count},
#include "store/rows.def"
};

/* ---- values ---- */

static void put_artifact(RowWriter *w, uint32_t id) {
    spool_artifact(w->spool, id > w->artifacts ? id - w->artifacts : 0);
}

static uint32_t run_number(const RowWriter *w, uint32_t id) {
    return id > w->runs ? id - w->runs : 0;
}

static void put_scratch(RowWriter *w) {
    if (w->scratch.full) w->spool->failed = true;
    spool_bytes(w->spool, buf_span(&w->scratch));
    buf_clear(&w->scratch);
}

static void put_tree(RowWriter *w, const Value *v) {
    if (!v) {
        spool_null(w->spool);
        return;
    }
    json_write_exact(&w->scratch, v);
    put_scratch(w);
}

static void put_digest(RowWriter *w, Span bytes) {
    char hex[65];
    hash_hex(bytes, hex);
    spool_text(w->spool, hex);
}

static const char *text(RowReader *r, int column) {
    const unsigned char *s = sqlite3_column_text(r->query, column + 1);
    return (const char *)s;
}

static const char *need(RowReader *r, int column) {
    const char *s = text(r, column);
    if (!s) r->arena->full = true;
    return s ? s : "";
}

static int64_t integer(RowReader *r, int column) {
    return sqlite3_column_int64(r->query, column + 1);
}

static uint32_t artifact(RowReader *r, int column) {
    int64_t id = integer(r, column);
    return id ? (uint32_t)((uint64_t)id - r->first + 1) + r->artifacts : 0;
}

static uint32_t run_id(RowReader *r, int64_t number) {
    return number ? (uint32_t)number + r->runs : 0;
}

static const Value *tree(RowReader *r, int column) {
    const char *json = text(r, column);
    const Value *v = NULL;
    if (!json) return NULL;
    Span all = span(json, (size_t)sqlite3_column_bytes(r->query, column + 1));
    if (json_read(r->arena, all, &v) != ST_OK) r->arena->full = true;
    return v;
}

/* The same where it must be a list of maps, of texts, or of anything. */
static const Value *list_of(RowReader *r, int column, int kind) {
    const Value *v = tree(r, column);
    if (!v) return NULL;
    bool good = v->kind == VALUE_LIST;
    for (const Value *i = value_first(v); i; i = i->next) good = good && (int)i->kind == kind;
    if (!good) r->arena->full = true;
    return good ? v : NULL;
}

static const Value *map(RowReader *r, int column) {
    const Value *v = tree(r, column);
    bool good = !v || v->kind == VALUE_MAP;
    if (!good) r->arena->full = true;
    return good ? v : NULL;
}

static bool digest(RowReader *r, int column, uint8_t *out, size_t n) {
    const char *hex = need(r, column);
    if (strlen(hex) != 2 * n) return false;
    for (size_t i = 0; i < 2 * n; i++) {
        const char *digit = strchr("0123456789abcdef", hex[i]);
        if (!digit) return false;
        size_t value = (size_t)(digit - strchr("0123456789abcdef", '0'));
        out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] | value : value << 4);
    }
    return true;
}

/* ---- Artifact ---- */

void rows_put_artifact(RowWriter *w, const Artifact *a) {
    spool_row(w->spool, ROW_ARTIFACT);
    put_artifact(w, a->id);
    put_artifact(w, a->parent);
    put_digest(w, span(a->digests.sha256, sizeof a->digests.sha256));
    put_digest(w, span(a->digests.sha1, sizeof a->digests.sha1));
    put_digest(w, span(a->digests.md5, sizeof a->digests.md5));
    spool_int(w->spool, (int64_t)a->size);
    if (a->offset == MODEL_NO_OFFSET) spool_null(w->spool);
    else spool_int(w->spool, (int64_t)a->offset);
    spool_text(w->spool, a->name);
    spool_text(w->spool, a->format);
    spool_text(w->spool, a->description);
    spool_text(w->spool, a->origin);
    put_tree(w, a->facts);
    put_tree(w, a->signatures);
}

static bool emit_artifact(RowReader *r, Sink *to) {
    bool inside = sqlite3_column_type(r->query, 7) != SQLITE_NULL;
    Artifact a = {.id = artifact(r, 0),
                  .parent = artifact(r, 1),
                  .size = (uint64_t)integer(r, 5),
                  .offset = inside ? (uint64_t)integer(r, 6) : MODEL_NO_OFFSET,
                  .name = need(r, 7),
                  .format = need(r, 8),
                  .description = text(r, 9),
                  .origin = need(r, 10),
                  .facts = map(r, 11),
                  .signatures = list_of(r, 12, VALUE_MAP)};
    bool whole = digest(r, 2, a.digests.sha256, sizeof a.digests.sha256) &&
                 digest(r, 3, a.digests.sha1, sizeof a.digests.sha1) &&
                 digest(r, 4, a.digests.md5, sizeof a.digests.md5);
    if (!whole || r->arena->full) return false;
    if (!a.parent) {
        a.name = r->name;
        a.known = r->known;
    }
    sink_artifact(to, &a);
    return true;
}

/* ---- Event ---- */

void rows_put_event(RowWriter *w, const Event *e) {
    spool_row(w->spool, ROW_EVENT);
    put_artifact(w, e->artifact);
    spool_int(w->spool, run_number(w, e->run));
    spool_int(w->spool, (int64_t)e->n);
    spool_int(w->spool, e->time);
    spool_text(w->spool, event_category_name(e->category));
    spool_int(w->spool, (int64_t)e->count);
    buf_byte(&w->scratch, '{');
    for (size_t i = 0; i < e->field_count; i++) {
        buf_printf(&w->scratch, "%s\"%s\":", i ? "," : "", event_field_name(e->fields[i].name));
        json_write_text_exact(&w->scratch, span_str(e->fields[i].value));
    }
    buf_byte(&w->scratch, '}');
    put_scratch(w);
}

/* A name that this coax does not know, of a newer one, is passed over. */
static bool emit_event(RowReader *r, Sink *to) {
    Event e = {.artifact = artifact(r, 0),
               .run = run_id(r, integer(r, 1)),
               .n = (uint64_t)integer(r, 2),
               .time = integer(r, 3),
               .count = (uint64_t)integer(r, 5)};
    const Value *fields = map(r, 6);
    EventFieldName name;
    if (!event_category_parse(need(r, 4), &e.category) || r->arena->full) return false;
    for (const Value *v = value_first(fields); v; v = v->next)
        if (event_field_parse(v->key, &name)) event_set(&e, name, value_get_str(v, ""));
    sink_event(to, &e);
    return true;
}

/* ---- Call ---- */

void rows_put_call(RowWriter *w, const Call *c) {
    spool_row(w->spool, ROW_CALL);
    put_artifact(w, c->artifact);
    spool_int(w->spool, run_number(w, c->run));
    spool_int(w->spool, (int64_t)c->n);
    spool_int(w->spool, c->time);
    spool_int(w->spool, (int64_t)c->count);
    spool_int(w->spool, c->process);
    spool_int(w->spool, c->thread);
    spool_text(w->spool, c->module);
    spool_text(w->spool, c->name);
    put_tree(w, c->arguments);
    spool_text(w->spool, c->returned);
    spool_text(w->spool, c->caller);
}

static bool emit_call(RowReader *r, Sink *to) {
    Call c = {.artifact = artifact(r, 0),
              .run = run_id(r, integer(r, 1)),
              .n = (uint64_t)integer(r, 2),
              .time = integer(r, 3),
              .count = (uint64_t)integer(r, 4),
              .process = (uint32_t)integer(r, 5),
              .thread = (uint32_t)integer(r, 6),
              .module = text(r, 7),
              .name = text(r, 8),
              .arguments = map(r, 9),
              .returned = text(r, 10),
              .caller = text(r, 11)};
    if (r->arena->full) return false;
    sink_call(to, &c);
    return true;
}

/* ---- Finding ---- */

/* Ids within evidence are made numbers of the input, and back. */
static const Value *shift_evidence(Arena *a, const Value *evidence, int64_t artifacts,
                                   int64_t runs) {
    Value *list = evidence ? value_list(a) : NULL;
    for (const Value *item = value_first(evidence); item; item = item->next) {
        Value *copy = value_map(a);
        for (const Value *v = value_first(item); v; v = v->next) {
            Value *one = arena_one(a, Value);
            if (!one) return NULL;
            *one = *v; /* what is below it is shared */
            one->next = NULL;
            int64_t by = strcmp(v->key, "artifact") == 0 ? artifacts
                         : strcmp(v->key, "run") == 0    ? runs
                                                         : 0;
            if (one->kind == VALUE_UINT && one->natural) one->natural += (uint64_t)by;
            value_add(copy, one);
        }
        value_add(list, copy);
    }
    return list;
}

static void put_encounter(RowWriter *w, Arena *a, const Encounter *e) {
    Value *m = value_map(a);
    value_set(a, m, "attacker", value_str(a, e->attacker));
    value_set(a, m, "victim", value_str(a, e->victim));
    value_set(a, m, "flow", value_str(a, e->flow));
    value_set(a, m, "succeeded", value_int(a, e->succeeded));
    value_set(a, m, "exploit", value_bool(a, e->exploit));
    value_set(a, m, "first", value_int(a, e->first));
    value_set(a, m, "last", value_int(a, e->last));
    const struct {
        const char *key;
        const Value *tree;
    } trees[] = {
        {"frames", e->frames}, {"stages", e->stages}, {"cve", e->cve}, {"details", e->details}};
    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
        Value *copy = trees[i].tree ? arena_one(a, Value) : NULL;
        if (!copy) continue;
        *copy = *trees[i].tree;
        copy->next = NULL;
        value_set(a, m, trees[i].key, copy);
    }
    put_tree(w, m);
}

void rows_put_finding(RowWriter *w, const Finding *f) {
    Arena a = arena_new(64 << 20);
    spool_row(w->spool, ROW_FINDING);
    put_artifact(w, f->artifact);
    spool_text(w->spool, f->rule);
    spool_int(w->spool, f->severity);
    spool_text(w->spool, f->title);
    put_tree(w, shift_evidence(&a, f->evidence, -(int64_t)w->artifacts, -(int64_t)w->runs));
    put_tree(w, f->attack);
    put_tree(w, f->mbc);
    if (f->encounter) put_encounter(w, &a, f->encounter);
    else spool_null(w->spool);
    if (a.full) w->spool->failed = true;
    arena_reset(&a);
}

static int64_t integer_of(const Value *v) {
    return !v ? 0 : v->kind == VALUE_INT ? v->integer : (int64_t)value_get_uint(v, 0);
}

static const Encounter *encounter(RowReader *r, int column) {
    const Value *m = map(r, column);
    Encounter *e = m ? arena_one(r->arena, Encounter) : NULL;
    if (!e) return NULL;
    const Value *exploit = value_get(m, "exploit");
    *e = (Encounter){.attacker = value_get_str(value_get(m, "attacker"), ""),
                     .victim = value_get_str(value_get(m, "victim"), ""),
                     .flow = value_get_str(value_get(m, "flow"), ""),
                     .frames = value_get(m, "frames"),
                     .stages = value_get(m, "stages"),
                     .cve = value_get(m, "cve"),
                     .details = value_get(m, "details"),
                     .succeeded = (int)integer_of(value_get(m, "succeeded")),
                     .exploit = exploit && exploit->kind == VALUE_BOOL && exploit->boolean,
                     .first = integer_of(value_get(m, "first")),
                     .last = integer_of(value_get(m, "last"))};
    return e;
}

static bool emit_finding(RowReader *r, Sink *to) {
    int64_t severity = integer(r, 2);
    Finding f = {.artifact = artifact(r, 0),
                 .rule = need(r, 1),
                 .severity = (Severity)severity,
                 .title = need(r, 3),
                 .evidence = shift_evidence(r->arena, list_of(r, 4, VALUE_MAP), r->artifacts, r->runs),
                 .attack = list_of(r, 5, VALUE_TEXT),
                 .mbc = list_of(r, 6, VALUE_TEXT),
                 .encounter = encounter(r, 7)};
    if (r->arena->full || severity < 0 || severity > SEVERITY_CRITICAL) return false;
    sink_finding(to, &f);
    return true;
}

/* ---- Trigger ---- */

void rows_put_trigger(RowWriter *w, const Trigger *t) {
    spool_row(w->spool, ROW_TRIGGER);
    put_artifact(w, t->artifact);
    spool_text(w->spool, t->fact);
    spool_text(w->spool, t->subject);
    spool_text(w->spool, t->polarity);
    spool_text(w->spool, t->test);
    put_tree(w, t->values);
    spool_text(w->spool, t->site);
    spool_text(w->spool, t->edit);
    spool_text(w->spool, t->counter);
    put_tree(w, t->reveals);
    spool_text(w->spool, t->proved);
    buf_byte(&w->scratch, '[');
    for (unsigned i = 0; i < TRIGGER_MAX_RUNS && t->runs[i]; i++)
        buf_printf(&w->scratch, "%s%u", i ? "," : "", run_number(w, t->runs[i]));
    buf_byte(&w->scratch, ']');
    put_scratch(w);
    put_tree(w, t->attack);
    put_tree(w, t->mbc);
}

static bool emit_trigger(RowReader *r, Sink *to) {
    Trigger t = {.artifact = artifact(r, 0),
                 .fact = need(r, 1),
                 .subject = text(r, 2),
                 .polarity = need(r, 3),
                 .test = need(r, 4),
                 .values = list_of(r, 5, VALUE_TEXT),
                 .site = text(r, 6),
                 .edit = text(r, 7),
                 .counter = text(r, 8),
                 .reveals = list_of(r, 9, VALUE_TEXT),
                 .proved = need(r, 10),
                 .attack = list_of(r, 12, VALUE_TEXT),
                 .mbc = list_of(r, 13, VALUE_TEXT)};
    unsigned n = 0;
    for (const Value *v = value_first(list_of(r, 11, VALUE_UINT)); v && n < TRIGGER_MAX_RUNS;
         v = v->next)
        t.runs[n++] = run_id(r, (int64_t)v->natural);
    if (r->arena->full) return false;
    sink_trigger(to, &t);
    return true;
}

/* ---- Run ---- */

void rows_put_run(RowWriter *w, const Run *r) {
    spool_row(w->spool, ROW_RUN);
    put_artifact(w, r->artifact);
    spool_int(w->spool, run_number(w, r->id));
    spool_text(w->spool, r->world);
    put_tree(w, r->edits);
    spool_text(w->spool, r->ended);
    spool_int(w->spool, (int64_t)r->blocks);
    spool_int(w->spool, r->elapsed);
    put_tree(w, r->unmodelled);
    spool_text(w->spool, r->budget);
    spool_int(w->spool, r->nondeterministic);
    put_tree(w, r->details);
    put_tree(w, r->processes);
}

static bool emit_run(RowReader *r, Sink *to) {
    Run run = {.artifact = artifact(r, 0),
               .id = run_id(r, integer(r, 1)),
               .world = need(r, 2),
               .edits = list_of(r, 3, VALUE_TEXT),
               .ended = need(r, 4),
               .blocks = (uint64_t)integer(r, 5),
               .elapsed = integer(r, 6),
               .unmodelled = list_of(r, 7, VALUE_TEXT),
               .budget = text(r, 8),
               .nondeterministic = integer(r, 9) != 0,
               .details = tree(r, 10),
               .processes = tree(r, 11)};
    if (r->arena->full) return false;
    sink_run(to, &run);
    return true;
}

/* ---- Host ---- */

void rows_put_host(RowWriter *w, const Host *h) {
    spool_row(w->spool, ROW_HOST);
    put_artifact(w, h->artifact);
    spool_text(w->spool, h->address);
    spool_text(w->spool, patch_name(h->patch));
    spool_text(w->spool, h->why);
    spool_int(w->spool, (int64_t)h->frame);
    spool_text(w->spool, h->system);
    spool_text(w->spool, h->dialect);
    spool_int(w->spool, (int64_t)h->clients);
    spool_text(w->spool, h->infected_by);
    spool_int(w->spool, h->infected_at);
}

static bool emit_host(RowReader *r, Sink *to) {
    Host h = {.artifact = artifact(r, 0),
              .address = need(r, 1),
              .why = need(r, 3),
              .frame = (uint64_t)integer(r, 4),
              .system = text(r, 5),
              .dialect = text(r, 6),
              .clients = (uint64_t)integer(r, 7),
              .infected_by = text(r, 8),
              .infected_at = integer(r, 9)};
    while (h.patch <= PATCH_UNPATCHED && strcmp(patch_name(h.patch), need(r, 2)) != 0) h.patch++;
    if (r->arena->full || h.patch > PATCH_UNPATCHED) return false;
    sink_host(to, &h);
    return true;
}

/* ---- Persona ---- */

void rows_put_persona(RowWriter *w, const Persona *p) {
    spool_row(w->spool, ROW_PERSONA);
    put_artifact(w, p->artifact);
    spool_int(w->spool, run_number(w, p->run));
    spool_text(w->spool, p->world);
    spool_text(w->spool, p->reference);
    spool_int(w->spool, p->avoided);
    spool_int(w->spool, (int64_t)p->shown);
    spool_int(w->spool, (int64_t)p->all);
    put_tree(w, p->missing);
    put_tree(w, p->by);
}

static bool emit_persona(RowReader *r, Sink *to) {
    Persona p = {.artifact = artifact(r, 0),
                 .run = run_id(r, integer(r, 1)),
                 .world = need(r, 2),
                 .reference = need(r, 3),
                 .avoided = integer(r, 4) != 0,
                 .shown = (uint64_t)integer(r, 5),
                 .all = (uint64_t)integer(r, 6),
                 .missing = list_of(r, 7, VALUE_TEXT),
                 .by = list_of(r, 8, VALUE_MAP)};
    if (r->arena->full) return false;
    sink_persona(to, &p);
    return true;
}

/* ---- skipped, Entity ---- */

void rows_put_skipped(RowWriter *w, const char *what, const char *why) {
    spool_row(w->spool, ROW_SKIPPED);
    spool_text(w->spool, w->name && strcmp(what, w->name) == 0 ? NULL : what);
    spool_text(w->spool, why);
}

static bool emit_skipped(RowReader *r, Sink *to) {
    const char *what = text(r, 0), *why = need(r, 1);
    if (r->arena->full) return false;
    sink_skipped(to, what ? what : r->name, why);
    return true;
}

void rows_put_entity(RowWriter *w, const Entity *e) {
    spool_row(w->spool, ROW_ENTITY);
    spool_text(w->spool, entity_name(e->kind));
    spool_text(w->spool, e->value);
    put_artifact(w, e->artifact);
    spool_text(w->spool, e->via);
}

/* ---- what is no noun ---- */

void rows_put_unread(RowWriter *w, const char *name, const char *why) {
    spool_row(w->spool, ROW_UNREAD);
    spool_text(w->spool, name);
    spool_text(w->spool, why);
}

void rows_put_end(RowWriter *w, const InputEnd *end, bool answered) {
    spool_row(w->spool, ROW_END);
    spool_text(w->spool, end->name);
    spool_text(w->spool, end->key);
    spool_int(w->spool, end->sound);
    spool_int(w->spool, answered);
    spool_int(w->spool, end->artifact != 0);
}

/* ---- all ---- */

bool rows_emit(RowReader *r, RowKind kind, Sink *to) {
    static bool (*const emitters[ROW_COUNT])(RowReader *r, Sink *to) = {
        [ROW_ARTIFACT] = emit_artifact, [ROW_EVENT] = emit_event,     [ROW_CALL] = emit_call,
        [ROW_FINDING] = emit_finding,   [ROW_TRIGGER] = emit_trigger, [ROW_RUN] = emit_run,
        [ROW_HOST] = emit_host,         [ROW_PERSONA] = emit_persona, [ROW_SKIPPED] = emit_skipped,
    };
    bool good = emitters[kind](r, to);
    arena_clear(r->arena);
    return good;
}
