#include "rule/behaviour.h"
#include "base/text.h"
#include "model/pass.h"
#include <stdlib.h>

enum {
    RUN_CAP = 4 << 20,
    MAX_FINDINGS = 100,
    MAX_SUMS = 300,
    MAX_EVIDENCE = 20,
    TITLE_CAP = 4096,
    LONGEST_VALUE = 500
};

typedef enum { ALWAYS, MATCHES, OTHERWISE, SAME_AS, ADDS_UP_TO } Condition;

typedef struct {
    const char *rule;
    Severity severity;
    EventCategory category;
    EventFieldName field;
    Condition condition;
    const char *operand, *title, *attack, *mbc;
} Row;

static const Row rows[] = {
#define BEHAVIOUR(rule, severity, category, field, condition, operand, title, attack, mbc)         \
    {rule, SEVERITY_##severity, EV_##category, EF_##field, condition, operand, title, attack, mbc},
#include "rule/behaviours.def"
};

/* A finding that waits for its run's end. */
typedef struct Pending Pending;
struct Pending {
    Pending *next;
    const Row *row;
    const char *title;
    uint32_t artifact;
    Value *evidence;
};

/* What event_duration still reads. */
#define LONGEST ((INT64_MAX / TIME_SECOND - 1) * TIME_SECOND)

/* Durations of one place, or of all of them, until the run's end. */
typedef struct Sum Sum;
struct Sum {
    Sum *next;
    const Row *row;
    uint32_t artifact;
    const char *api, *site; /* both NULL: all of the row's places together */
    Time length;
    uint64_t waits, places;
    Value *evidence;
};

struct Behaviour {
    Sink sink; /* first, these two: a Sink pointer is a Behaviour pointer, and a Pass */
    Sink *next;
    Arena arena; /* of the run that goes on */
    Pending *first, *last;
    Sum *sums, *last_sum;
    size_t count, sum_count;
    bool more; /* there were findings past the limits */
    uint32_t artifact;
    uint64_t emitted;
    Buf title;
};

static Behaviour *behaviour_of(Sink *s) {
    return (Behaviour *)s;
}

/* ---- conditions ---- */

static bool same_as(const Event *e, const char *value, const char *other) {
    EventFieldName name;
    const char *its = event_field_parse(other, &name) ? event_get(e, name) : NULL;
    return its && text_equal_nocase(value, its);
}

static bool applies(const Row *row, const Event *e) {
    if (row->category != e->category) return false;
    if (row->condition == ALWAYS) return true;
    const char *value = event_get(e, row->field);
    if (!value) return false;
    switch (row->condition) {
    case MATCHES:
    case OTHERWISE: return text_match(row->operand, value);
    case SAME_AS: return same_as(e, value, row->operand);
    case ADDS_UP_TO: return true;
    case ALWAYS: break;
    }
    return true;
}

/* ---- findings ---- */

static void write_value(Buf *out, const Event *e, EventFieldName name) {
    char printed[TIME_TEXT_SIZE];
    const char *value = event_get(e, name);
    if (name == EF_Duration) {
        time_print_span(event_duration(e), printed);
        value = printed;
    }
    buf_add(out, span_clip(span_str(value), 0, LONGEST_VALUE));
}

static Value *ids(Arena *a, const char *text) {
    Value *list = value_list(a);
    while (*text) {
        size_t n = strcspn(text, " ");
        value_add(list, value_text(a, span(text, n)));
        text += n + strspn(text + n, " ");
    }
    return list;
}

static void emit(Behaviour *b, const Finding *f) {
    b->emitted++;
    sink_finding(b->next, f);
}

static Pending *find_pending(Behaviour *b, const Row *row, Span title) {
    for (Pending *p = b->first; p; p = p->next)
        if (strcmp(p->row->rule, row->rule) == 0 && span_equal(span_str(p->title), title)) return p;
    return NULL;
}

static Pending *add_pending(Behaviour *b, const Row *row, const Event *e, Span title) {
    Pending *p = b->count < MAX_FINDINGS ? arena_one(&b->arena, Pending) : NULL;
    if (!p) return NULL;
    *p = (Pending){.row = row, .artifact = e->artifact, .title = arena_text(&b->arena, title)};
    p->evidence = value_list(&b->arena);
    if (!p->title || !p->evidence) return NULL;
    if (b->last) b->last->next = p;
    else b->first = p;
    b->last = p;
    b->count++;
    return p;
}

static void add_evidence(Behaviour *b, Value *evidence, const Event *e) {
    if (value_count(evidence) == MAX_EVIDENCE) return;
    Value *item = value_map(&b->arena);
    value_set(&b->arena, item, "run", value_uint(&b->arena, e->run));
    value_set(&b->arena, item, "event", value_uint(&b->arena, e->n));
    value_add(evidence, item);
}

/* ---- durations ---- */

static bool same_text(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static Sum *find_sum(Behaviour *b, const Row *row, const char *api, const char *site) {
    for (Sum *s = b->sums; s; s = s->next)
        if (s->row == row && same_text(s->api, api) && same_text(s->site, site)) return s;
    return NULL;
}

static Sum *add_sum(Behaviour *b, const Row *row, const char *api, const char *site) {
    Sum *s = b->sum_count < MAX_SUMS ? arena_one(&b->arena, Sum) : NULL;
    if (!s) return NULL;
    *s = (Sum){.row = row,
               .api = api ? arena_str(&b->arena, api) : NULL,
               .site = site ? arena_str(&b->arena, site) : NULL,
               .evidence = value_list(&b->arena)};
    if (!s->evidence || (api && !s->api) || (site && !s->site)) return NULL;
    if (b->last_sum) b->last_sum->next = s;
    else b->sums = s;
    b->last_sum = s;
    b->sum_count++;
    return s;
}

/* False where the place is new. */
static bool add_length(Behaviour *b, const Row *row, const Event *e, const char *api,
                       const char *site) {
    Time all;
    Sum *s = find_sum(b, row, api, site);
    bool known = s != NULL;
    if (!s && !(s = add_sum(b, row, api, site))) return true;
    bool over = __builtin_mul_overflow(event_duration(e), e->count, &all);
    if (over || __builtin_add_overflow(s->length, all, &s->length)) s->length = LONGEST;
    if (s->length > LONGEST) s->length = LONGEST;
    s->artifact = e->artifact;
    s->waits += e->count;
    add_evidence(b, s->evidence, e);
    return known;
}

static void judge_length(Behaviour *b, const Row *row, const Event *e) {
    const char *api = event_get(e, EF_Api);
    bool known = add_length(b, row, e, api ? api : "", event_get(e, EF_Site));
    add_length(b, row, e, NULL, NULL);
    Sum *all = find_sum(b, row, NULL, NULL);
    if (all && !known) all->places++;
}

static bool adds_up(const Sum *s) {
    return s->length >= atoll(s->row->operand) * TIME_SECOND;
}

static bool place_adds_up(const Behaviour *b, const Row *row) {
    for (const Sum *s = b->sums; s; s = s->next)
        if (s->row == row && s->api && adds_up(s)) return true;
    return false;
}

static void write_length(Behaviour *b, const Sum *s) {
    char seconds[TIME_TEXT_SIZE];
    time_print_seconds(s->length, seconds);
    Event e = {.category = s->row->category};
    event_set(&e, EF_Duration, seconds);
    if (s->api && *s->api) event_set(&e, EF_Api, s->api);
    if (s->site) event_set(&e, EF_Site, s->site);
    buf_clear(&b->title);
    event_expand(&b->title, s->row->title, &e, write_value);
    if (!s->api) buf_printf(&b->title, " at %llu places together", (unsigned long long)s->places);
    if (s->waits > 1) buf_printf(&b->title, " (%llu waits)", (unsigned long long)s->waits);
}

static void emit_length(Behaviour *b, const Sum *s) {
    if (!adds_up(s) || (!s->api && place_adds_up(b, s->row))) return;
    write_length(b, s);
    emit(b, &(Finding){.rule = s->row->rule,
                       .severity = s->row->severity,
                       .title = arena_text(&b->arena, buf_span(&b->title)),
                       .artifact = s->artifact,
                       .evidence = s->evidence,
                       .attack = ids(&b->arena, s->row->attack),
                       .mbc = ids(&b->arena, s->row->mbc)});
}

/* ---- events ---- */

static void judge(Behaviour *b, const Event *e) {
    bool told = false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!applies(&rows[i], e) || (told && rows[i].condition == OTHERWISE)) continue;
        told = true;
        if (rows[i].condition == ADDS_UP_TO) {
            judge_length(b, &rows[i], e);
            continue;
        }
        buf_clear(&b->title);
        event_expand(&b->title, rows[i].title, e, write_value);
        Span title = buf_span(&b->title);
        Pending *p = find_pending(b, &rows[i], title);
        if (!p) p = add_pending(b, &rows[i], e, title);
        if (p) add_evidence(b, p->evidence, e);
        else b->more = true, b->artifact = e->artifact;
    }
}

static void emit_more(Behaviour *b) {
    if (b->more)
        emit(b, &(Finding){.rule = "guest.more",
                           .severity = SEVERITY_INFO,
                           .title = "There were more findings than a run lists",
                           .artifact = b->artifact});
}

static void emit_pending(Behaviour *b) {
    for (const Pending *p = b->first; p; p = p->next)
        emit(b, &(Finding){.rule = p->row->rule,
                           .severity = p->row->severity,
                           .title = p->title,
                           .artifact = p->artifact,
                           .evidence = p->evidence,
                           .attack = ids(&b->arena, p->row->attack),
                           .mbc = ids(&b->arena, p->row->mbc)});
    for (const Sum *s = b->sums; s; s = s->next) emit_length(b, s);
    emit_more(b);
    arena_reset(&b->arena);
    b->more = false;
    b->first = b->last = NULL;
    b->sums = b->last_sum = NULL;
    b->count = b->sum_count = 0;
}

/* ---- dropped programs: an artifact, not an event ---- */

static void judge_artifact(Behaviour *b, const Artifact *a) {
    bool program = a->format && strncmp(a->format, "pe32", 4) == 0;
    if (!program || !a->parent || !a->origin || strcmp(a->origin, "dropped") != 0) return;
    Arena arena = arena_new(RUN_CAP);
    Value *evidence = value_list(&arena), *item = value_map(&arena);
    value_set(&arena, item, "artifact", value_uint(&arena, a->id));
    value_add(evidence, item);
    Finding f = {.rule = "guest.dropped-program",
                 .severity = SEVERITY_LOW,
                 .title = arena_printf(&arena, "Writes a program to disk: %s", a->name),
                 .artifact = a->parent,
                 .evidence = evidence,
                 .attack = value_list(&arena),
                 .mbc = ids(&arena, "B0023")};
    if (f.title) emit(b, &f);
    arena_reset(&arena);
}

/* ---- the sink ---- */

static void take_artifact(Sink *s, const Artifact *a) {
    sink_artifact(behaviour_of(s)->next, a);
    judge_artifact(behaviour_of(s), a);
}

static void take_event(Sink *s, const Event *e) {
    sink_event(behaviour_of(s)->next, e);
    judge(behaviour_of(s), e);
}

/* Budgets that a program uses up only where it floods. */
static const struct {
    const char *budget, *title;
} floods[] = {
    {"sockets", "Opens sockets without end, until the budget stopped it"},
    {"traffic", "Sends and receives without end, until the budget stopped it"},
    {"events", "Acts without end, until the budget of events stopped it"},
    {"file_bytes", "Writes files without end, until the budget stopped it"},
    {"memory", "Fills memory without end, until the budget stopped it"},
};

static void emit_flood(Behaviour *b, const Run *r) {
    size_t n = sizeof floods / sizeof *floods, i = 0;
    while (i < n && (!r->budget || strcmp(floods[i].budget, r->budget) != 0)) i++;
    if (i == n) return;
    Value *evidence = value_list(&b->arena), *item = value_map(&b->arena);
    if (evidence && item) value_set(&b->arena, item, "run", value_uint(&b->arena, r->id));
    if (evidence && item) value_add(evidence, item);
    emit(b, &(Finding){.rule = "guest.flood",
                       .severity = SEVERITY_LOW,
                       .title = floods[i].title,
                       .artifact = r->artifact,
                       .evidence = evidence,
                       .attack = ids(&b->arena, "T1499")});
}

static void take_run(Sink *s, const Run *r) {
    sink_run(behaviour_of(s)->next, r);
    emit_flood(behaviour_of(s), r);
    emit_pending(behaviour_of(s));
}

Behaviour *behaviour_open(Sink *next) {
    Behaviour *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    *b = (Behaviour){.sink = pass_sink(),
                     .next = next,
                     .arena = arena_new(RUN_CAP),
                     .title = buf_new(TITLE_CAP)};
    b->sink.artifact = take_artifact;
    b->sink.event = take_event;
    b->sink.run = take_run;
    return b;
}

Sink *behaviour_sink(Behaviour *b) {
    return &b->sink;
}

uint64_t behaviour_findings(const Behaviour *b) {
    return b->emitted;
}

void behaviour_close(Behaviour *b) {
    if (!b) return;
    arena_reset(&b->arena);
    buf_free(&b->title);
    free(b);
}
