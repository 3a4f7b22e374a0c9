/* Collecting: whatever the sink is given is copied into the block of the current input, whose size
 * is bounded. An input's end prints it, and so does the next one's beginning. */
#include "report/text.h"
#include "base/text.h"
#include "report/sentence.h"
#include <stdlib.h>

enum {
    BLOCK_CAP = 32 << 20,
    LINES_PER_THEME = 200,
    LINES_OF_CALLS = 20000,
    CONSOLE_CAP = 64 << 10,
    LINE_CAP = 64 << 10,
};

static const Theme theme_of[EV_COUNT] = {
#define TELLS(category, id) [EV_##category] = THEME_##id,
#include "report/themes.def"
};

typedef struct {
    Block block;
    Buf scratch;
} Collector;

static Page page(Report *r) {
    return (Page){&r->out.buf, r->options.color, r->options.width};
}

static void clear(Block *b) {
    for (TextRun *run = b->runs; run; run = run->next) buf_free(&run->console);
    arena_reset(&b->arena);
    *b = (Block){.arena = arena_new(BLOCK_CAP)};
}

static void flush(Report *r) {
    Collector *c = r->state;
    Page p = page(r);
    c->block.lost = c->block.lost || c->block.arena.full;
    if (c->block.artifact) text_print_block(&p, &c->block, r->options.quiet);
    clear(&c->block);
    out_flush(&r->out); /* a reader sees each input as soon as it is done */
}

/* ---- copies ---- */

static const char *copy(Arena *a, const char *s) {
    return s ? arena_str(a, s) : NULL;
}

static Value *copy_value(Arena *a, const Value *v) {
    Value *new = NULL;
    if (!v) return NULL;
    if (v->kind == VALUE_TEXT) return value_text(a, v->text);
    if (v->kind < VALUE_LIST) {
        new = arena_one(a, Value);
        if (new) *new = (Value){.kind = v->kind, .natural = v->natural};
        return new;
    }
    new = v->kind == VALUE_LIST ? value_list(a) : value_map(a);
    for (const Value *item = value_first(v); item && new; item = item->next) {
        if (v->kind == VALUE_LIST) value_add(new, copy_value(a, item));
        else value_set(a, new, item->key, copy_value(a, item));
    }
    return new;
}

/* ---- lines ---- */

static uint32_t hash_of(Span text) {
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < text.n; i++) h = (h ^ text.p[i]) * 16777619u;
    return h;
}

static bool same(const Line *l, uint32_t hash, Span text, const char *subject) {
    return l->hash == hash && span_equal(span_str(l->text), text) &&
           (l->subject == subject || (l->subject && subject && strcmp(l->subject, subject) == 0));
}

static void append(Arena *a, Lines *lines, const Line *values, Span text) {
    Line *l = arena_one(a, Line);
    if (!l) return;
    *l = *values;
    l->text = arena_text(a, text);
    l->subject = copy(a, values->subject);
    if (!l->text) return;
    if (lines->last) lines->last->next = l;
    else lines->first = l;
    lines->last = l;
    lines->kept++;
}

static void add_line(Arena *a, Lines *lines, size_t limit, const Line *values, Span text) {
    for (Line *l = lines->first; l; l = l->next)
        if (same(l, values->hash, text, values->subject)) {
            l->count += values->count;
            if (__builtin_add_overflow(l->length, values->length, &l->length))
                l->length = INT64_MAX;
            return;
        }
    if (lines->kept < limit) append(a, lines, values, text);
    else lines->more += values->count;
}

/* ---- nouns ---- */

static TextRun *run_of(Block *b, uint32_t id) {
    for (TextRun *run = b->runs; run; run = run->next)
        if (run->id == id) return run;
    TextRun *run = arena_one(&b->arena, TextRun);
    if (!run) return NULL;
    *run = (TextRun){.id = id, .console = buf_new(CONSOLE_CAP)};
    if (b->last_run) b->last_run->next = run;
    else b->runs = run;
    b->last_run = run;
    return run;
}

static void take_artifact(Report *r, const Artifact *artifact) {
    Collector *c = r->state;
    if (!artifact->parent) flush(r);
    Block *b = &c->block;
    TextArtifact *t = arena_one(&b->arena, TextArtifact);
    if (!t) return;
    *t = (TextArtifact){.id = artifact->id,
                        .name = copy(&b->arena, artifact->name),
                        .format = copy(&b->arena, artifact->format),
                        .description = copy(&b->arena, artifact->description),
                        .origin = copy(&b->arena, artifact->origin),
                        .known = copy(&b->arena, artifact->known),
                        .size = artifact->size,
                        .facts = b->artifact ? NULL : copy_value(&b->arena, artifact->facts),
                        .signatures =
                            b->artifact ? NULL : copy_value(&b->arena, artifact->signatures)};
    hash_hex(span(artifact->digests.sha256, sizeof artifact->digests.sha256), t->sha256);
    t->endless = !artifact->size && strspn(t->sha256, "0") == sizeof t->sha256 - 1;
    if (!t->name || !t->format) return;
    if (b->last_artifact) b->last_artifact->next = t;
    else b->artifact = t;
    b->last_artifact = t;
}

static const char *base_name(const char *path) {
    const char *slash = path ? strrchr(path, '\\') : NULL;
    return slash ? slash + 1 : path;
}

/* Who did it; NULL where the sentence says so itself. */
static const char *subject_of(const Event *e) {
    if (e->category == EV_process_termination) return NULL;
    bool born = e->category == EV_process_creation;
    const char *actor = event_get(e, born ? EF_ParentImage : EF_SourceImage);
    if (!actor && !born) actor = event_get(e, EF_Image);
    return actor || born ? base_name(actor) : event_get(e, EF_SourceIp);
}

static void note_process(Arena *a, TextRun *run, const char *process) {
    if (!process) return;
    if (!run->process) run->process = copy(a, process);
    else if (strcmp(run->process, process) != 0) run->processes = true;
}

static Time length_of(const Event *e) {
    Time all;
    return __builtin_mul_overflow(event_duration(e), e->count, &all) ? INT64_MAX : all;
}

static void take_event(Report *r, const Event *e) {
    Collector *c = r->state;
    Block *b = &c->block;
    TextRun *run = run_of(b, e->run);
    if (!run) return;
    if (!run->began) run->began = e->time;
    if (!e->run) run->processes = true; /* several machines */
    note_process(&b->arena, run, event_get(e, EF_ProcessId));
    if (e->category == EV_console) {
        const char *text = event_get(e, EF_Text);
        if (text) buf_str(&run->console, text);
        return;
    }
    buf_clear(&c->scratch);
    sentence_write(&c->scratch, e);
    Span text = buf_span(&c->scratch);
    Line line = {.subject = subject_of(e),
                 .count = e->count,
                 .length = length_of(e),
                 .hash = hash_of(text),
                 .at = e->time - run->began};
    add_line(&b->arena, &run->themes[theme_of[e->category]], LINES_PER_THEME, &line, text);
}

static void write_arguments(Buf *out, const Value *arguments) {
    buf_byte(out, '(');
    for (const Value *v = value_first(arguments); v; v = v->next) {
        if (v != value_first(arguments)) buf_str(out, ", ");
        if (v->kind == VALUE_TEXT) sentence_text(out, value_get_str(v, ""));
        else if (v->kind == VALUE_UINT) buf_printf(out, "%llu", (unsigned long long)v->natural);
        else if (v->kind == VALUE_INT) buf_printf(out, "%lld", (long long)v->integer);
        else if (v->kind == VALUE_BOOL) buf_str(out, v->boolean ? "true" : "false");
        else buf_str(out, "NULL");
    }
    buf_byte(out, ')');
}

/* Calls come in order and were folded where they were made; only neighbours are folded here. */
static void take_call(Report *r, const Call *call) {
    Collector *c = r->state;
    Block *b = &c->block;
    TextRun *run = run_of(b, call->run);
    if (!run) return;
    buf_clear(&c->scratch);
    sentence_text(&c->scratch, call->module ? call->module : "?");
    buf_byte(&c->scratch, '!');
    sentence_text(&c->scratch, call->name ? call->name : "?");
    write_arguments(&c->scratch, call->arguments);
    if (call->returned) buf_str(&c->scratch, " = "), sentence_text(&c->scratch, call->returned);
    if (call->caller) buf_str(&c->scratch, "  from "), sentence_text(&c->scratch, call->caller);
    Span text = buf_span(&c->scratch);
    if (!run->began) run->began = call->time;
    Line line = {.count = call->count, .at = call->time - run->began};
    if (run->calls.kept < LINES_OF_CALLS) append(&b->arena, &run->calls, &line, text);
    else run->calls.more += call->count;
}

static const char *join(Arena *a, Buf *scratch, const Value *list) {
    buf_clear(scratch);
    for (const Value *v = value_first(list); v; v = v->next) {
        if (scratch->n) buf_byte(scratch, ' ');
        buf_str(scratch, value_get_str(v, ""));
    }
    return arena_text(a, buf_span(scratch));
}

static const char *join_numbers(Arena *a, Buf *scratch, const Value *list) {
    buf_clear(scratch);
    for (const Value *v = value_first(list); v; v = v->next)
        buf_printf(scratch, "%s%llu", scratch->n ? " " : "",
                   (unsigned long long)value_get_uint(v, 0));
    return arena_text(a, buf_span(scratch));
}

static void take_encounter(Block *b, Buf *scratch, TextFinding *t, const Encounter *e) {
    t->attacker = copy(&b->arena, e->attacker);
    t->victim = copy(&b->arena, e->victim);
    t->stages = join(&b->arena, scratch, e->stages);
    t->cve = join(&b->arena, scratch, e->cve);
    t->frames = join_numbers(&b->arena, scratch, e->frames);
    t->succeeded = e->succeeded;
    t->exploit = e->exploit;
    t->first = e->first;
}

/* Runs of one program find the same again. */
static bool is_told(const Block *b, const Finding *f) {
    for (const TextFinding *t = b->findings; t; t = t->next)
        if (strcmp(t->rule, f->rule) == 0 && strcmp(t->title, f->title) == 0) return true;
    return false;
}

static void take_finding(Report *r, const Finding *f) {
    Collector *c = r->state;
    Block *b = &c->block;
    if (!f->encounter && is_told(b, f)) return;
    TextFinding *t = arena_one(&b->arena, TextFinding);
    if (!t) return;
    *t = (TextFinding){.severity = f->severity,
                       .title = copy(&b->arena, f->title),
                       .rule = copy(&b->arena, f->rule),
                       .attack = join(&b->arena, &c->scratch, f->attack)};
    if (f->encounter) take_encounter(b, &c->scratch, t, f->encounter);
    if (!t->title || !t->rule || !t->attack) return;
    if (b->last_finding) b->last_finding->next = t;
    else b->findings = t;
    b->last_finding = t;
    if (!r->options.live) return;
    Page p = page(r);
    text_print_finding(&p, t);
    out_flush(&r->out);
}

static const char *ids_of(Arena *a, Buf *scratch, const Trigger *t) {
    const char *attack = join(a, scratch, t->attack), *mbc = join(a, scratch, t->mbc);
    if (!attack || !mbc) return "";
    return *attack && *mbc ? arena_printf(a, "ATT&CK %s, MBC %s", attack, mbc)
                           : arena_printf(a, "%s%s", attack, mbc);
}

static void take_trigger(Report *r, const Trigger *from) {
    Collector *c = r->state;
    Block *b = &c->block;
    Arena *a = &b->arena;
    TextTrigger *t = arena_one(a, TextTrigger);
    if (!t) return;
    *t = (TextTrigger){.fact = copy(a, from->fact),
                       .subject = copy(a, from->subject),
                       .test = copy(a, from->test),
                       .site = copy(a, from->site),
                       .proved = copy(a, from->proved),
                       .ids = ids_of(a, &c->scratch, from),
                       .must_not = strcmp(from->polarity, "must-not") == 0,
                       .values = copy_value(a, from->values),
                       .reveals = copy_value(a, from->reveals)};
    memcpy(t->runs, from->runs, sizeof t->runs);
    if (!t->fact || !t->test || !t->proved || !t->ids) return;
    if (b->last_trigger) b->last_trigger->next = t;
    else b->triggers = t;
    b->last_trigger = t;
}

static void take_persona(Report *r, const Persona *from) {
    Block *b = &((Collector *)r->state)->block;
    Arena *a = &b->arena;
    TextPersona *t = arena_one(a, TextPersona);
    if (!t) return;
    *t = (TextPersona){.world = copy(a, from->world),
                       .reference = copy(a, from->reference),
                       .avoided = from->avoided,
                       .shown = from->shown,
                       .all = from->all,
                       .by = copy_value(a, from->by)};
    if (!t->world || !t->reference) return;
    if (b->last_persona) b->last_persona->next = t;
    else b->personas = t;
    b->last_persona = t;
}

static void take_host(Report *r, const Host *h) {
    Collector *c = r->state;
    Block *b = &c->block;
    TextHost *t = arena_one(&b->arena, TextHost);
    if (!t) return;
    *t = (TextHost){.address = copy(&b->arena, h->address),
                    .why = copy(&b->arena, h->why),
                    .system = copy(&b->arena, h->system),
                    .dialect = copy(&b->arena, h->dialect),
                    .patch = h->patch};
    if (!t->address || !t->why) return;
    if (b->last_host) b->last_host->next = t;
    else b->hosts = t;
    b->last_host = t;
}

static void take_run(Report *r, const Run *from) {
    Collector *c = r->state;
    Arena *a = &c->block.arena;
    TextRun *run = run_of(&c->block, from->id);
    if (!run) return;
    run->world = copy(a, from->world);
    run->ended = copy(a, from->ended);
    run->budget = copy(a, from->budget);
    run->edits = copy_value(a, from->edits);
    run->unmodelled = copy_value(a, from->unmodelled);
    run->details = copy_value(a, from->details);
    run->processes_started = copy_value(a, from->processes);
    run->blocks = from->blocks;
    run->elapsed = from->elapsed;
    run->nondeterministic = from->nondeterministic;
}

/* Why the input that is being told was not run. */
static bool take_skipped(Report *r, const char *what, const char *why) {
    Collector *c = r->state;
    Block *b = &c->block;
    if (!b->artifact || strcmp(b->artifact->name, what) != 0) return false;
    b->not_run = copy(&b->arena, why);
    return b->not_run != NULL;
}

static void finish(Report *r) {
    flush(r);
    Page p = page(r);
    text_print_summary(&p, &r->totals, r->skipped);
}

static bool open_state(Report *r) {
    Collector *c = calloc(1, sizeof *c);
    if (!c) return false;
    *c = (Collector){.block.arena = arena_new(BLOCK_CAP), .scratch = buf_new(LINE_CAP)};
    r->state = c;
    return true;
}

static void close_state(Report *r) {
    Collector *c = r->state;
    if (!c) return;
    clear(&c->block);
    buf_free(&c->scratch);
    free(c);
}

const Writer text_writer = {
    .open = open_state,
    .artifact = take_artifact,
    .event = take_event,
    .call = take_call,
    .finding = take_finding,
    .trigger = take_trigger,
    .run = take_run,
    .host = take_host,
    .persona = take_persona,
    .skipped = take_skipped,
    .ended = flush,
    .finish = finish,
    .close = close_state,
};
