#include "link/extract.h"
#include "base/hash.h"
#include "link/spell.h"
#include "model/pass.h"
#include <stdlib.h>

enum { SCRATCH = 1 << 20, FIRST_ROOM = 1 << 8, MOST_SEEN = 1 << 20 };

struct Extract {
    Sink sink; /* first, these two: a Sink pointer is an Extract pointer, and a Pass */
    Sink *next;
    Arena scratch;
    /* What was told of this input: an open table of digests of (artifact, kind, value, via). */
    uint64_t *seen;
    size_t room, count;
};

/* ---- each once ---- */

static uint64_t digest_of(const Entity *e) {
    uint8_t sum[16];
    Buf b = buf_new(2 * SPELL_LONGEST + 256);
    buf_printf(&b, "%u %u %s ", e->artifact, (unsigned)e->kind, e->via);
    buf_str(&b, e->value);
    hash_md5(buf_span(&b), sum);
    buf_free(&b);
    Cur c = cur(span(sum, sizeof sum));
    return cur_u64le(&c) | 1; /* 0 is an empty place */
}

static bool put(uint64_t *table, size_t room, uint64_t digest) {
    size_t at = digest & (room - 1);
    while (table[at] && table[at] != digest) at = (at + 1) & (room - 1);
    if (table[at]) return false;
    table[at] = digest;
    return true;
}

static bool grow(Extract *x) {
    size_t room = x->room ? x->room * 2 : FIRST_ROOM;
    uint64_t *table = calloc(room, sizeof *table);
    if (!table) return false;
    for (size_t i = 0; i < x->room; i++)
        if (x->seen[i]) put(table, room, x->seen[i]);
    free(x->seen);
    x->seen = table;
    x->room = room;
    return true;
}

static bool is_new(Extract *x, const Entity *e) {
    if (x->count == MOST_SEEN) return false; /* an input that names a million things */
    if (2 * (x->count + 1) > x->room && !grow(x)) return false;
    bool new = put(x->seen, x->room, digest_of(e));
    x->count += new;
    return new;
}

static void forget(Extract *x) {
    if (x->room > FIRST_ROOM) {
        free(x->seen);
        x->seen = NULL;
        x->room = 0;
    } else if (x->count) {
        memset(x->seen, 0, x->room * sizeof *x->seen);
    }
    x->count = 0;
}

static void tell(Extract *x, uint32_t artifact, EntityKind kind, const char *text,
                 const char *via) {
    Entity e = {.artifact = artifact, .kind = kind, .via = via};
    e.value = text ? spell(&x->scratch, kind, text) : NULL;
    if (e.value && is_new(x, &e)) sink_entity(x->next, &e);
    arena_clear(&x->scratch);
}

/* ---- where they are seen ---- */

static void see_event(Extract *x, const Event *e) {
    static const struct {
        EventCategory category;
        EventFieldName field;
        EntityKind kind;
    } sources[] = {
#define FROM_EVENT(category, field, kind) {EV_##category, EF_##field, EN_##kind},
#include "link/sources.def"
    };
    static const struct {
        EventFieldName field;
        EntityKind kind;
    } wire[] = {
#define FROM_WIRE(field, kind) {EF_##field, EN_##kind},
#include "link/sources.def"
    };
    const char *via = event_category_name(e->category);
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (sources[i].category == e->category)
            tell(x, e->artifact, sources[i].kind, event_get(e, sources[i].field), via);
    for (size_t i = 0; !e->run && i < sizeof wire / sizeof *wire; i++)
        tell(x, e->artifact, wire[i].kind, event_get(e, wire[i].field), via);
}

/* "pe.pdb.path" below the facts. */
static const Value *fact_at(const Value *facts, const char *path) {
    char name[32];
    while (facts && *path) {
        size_t n = strcspn(path, ".");
        if (n >= sizeof name) return NULL;
        memcpy(name, path, n);
        name[n] = 0;
        facts = value_get(facts, name);
        path += n + (path[n] == '.');
    }
    return facts;
}

static void see_signature(Extract *x, uint32_t artifact, const Value *signature) {
    static const struct {
        const char *path, *via;
        EntityKind kind;
    } sources[] = {
#define FROM_SIGNATURE(path, kind) {path, "signatures." path, EN_##kind},
#include "link/sources.def"
    };
    const char *issuer = value_get_str(fact_at(signature, "signer.issuer"), NULL);
    const char *serial = value_get_str(fact_at(signature, "signer.serial"), NULL);
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        tell(x, artifact, sources[i].kind,
             value_get_str(fact_at(signature, sources[i].path), NULL), sources[i].via);
    if (!issuer || !serial) return;
    Arena a = arena_new(1 << 16);
    tell(x, artifact, EN_issuer_serial, spell_issuer_serial(&a, issuer, serial),
         "signatures.signer.serial");
    arena_reset(&a);
}

static void see_facts(Extract *x, const Artifact *a) {
    static const struct {
        const char *path, *via;
        EntityKind kind;
    } sources[] = {
#define FROM_FACT(path, kind) {path, "facts." path, EN_##kind},
#include "link/sources.def"
    };
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        tell(x, a->id, sources[i].kind, value_get_str(fact_at(a->facts, sources[i].path), NULL),
             sources[i].via);
    for (const Value *v = value_first(a->signatures); v; v = v->next) see_signature(x, a->id, v);
}

static void see_values(Extract *x, const Trigger *t) {
    static const struct {
        const char *fact;
        EntityKind kind;
    } values[] = {
#define FROM_VALUES(fact, kind) {fact, EN_##kind},
#include "link/sources.def"
    }, subjects[] = {
#define FROM_SUBJECT(fact, kind) {fact, EN_##kind},
#include "link/sources.def"
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (const Value *v = value_first(t->values); v && strcmp(t->fact, values[i].fact) == 0;
             v = v->next)
            tell(x, t->artifact, values[i].kind, value_get_str(v, NULL), "trigger");
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        if (strcmp(t->fact, subjects[i].fact) == 0)
            tell(x, t->artifact, subjects[i].kind, t->subject, "trigger");
}

/* ---- the sink ---- */

static Extract *extract_of(Sink *s) {
    return (Extract *)s;
}

static void take_artifact(Sink *s, const Artifact *a) {
    Extract *x = extract_of(s);
    sink_artifact(x->next, a);
    see_facts(x, a);
    if (a->parent && strcmp(a->origin, "dropped") == 0) tell(x, a->id, EN_path, a->name, a->origin);
}

static void take_event(Sink *s, const Event *e) {
    sink_event(extract_of(s)->next, e);
    see_event(extract_of(s), e);
}

static void take_finding(Sink *s, const Finding *f) {
    Extract *x = extract_of(s);
    sink_finding(x->next, f);
    if (!f->encounter) return;
    tell(x, f->artifact, EN_address, f->encounter->attacker, "attacker");
    tell(x, f->artifact, EN_address, f->encounter->victim, "victim");
}

static void take_trigger(Sink *s, const Trigger *t) {
    sink_trigger(extract_of(s)->next, t);
    see_values(extract_of(s), t);
}

static void take_host(Sink *s, const Host *h) {
    sink_host(extract_of(s)->next, h);
    tell(extract_of(s), h->artifact, EN_address, h->address, "host");
}

static void take_ended(Sink *s, const InputEnd *end) {
    sink_ended(extract_of(s)->next, end);
    forget(extract_of(s));
}

Extract *extract_open(Sink *next) {
    Extract *x = calloc(1, sizeof *x);
    if (!x) return NULL;
    x->sink = pass_sink();
    x->sink.artifact = take_artifact;
    x->sink.event = take_event;
    x->sink.finding = take_finding;
    x->sink.trigger = take_trigger;
    x->sink.host = take_host;
    x->sink.ended = take_ended;
    x->next = next;
    x->scratch = arena_new(SCRATCH);
    return x;
}

Sink *extract_sink(Extract *x) {
    return &x->sink;
}

void extract_close(Extract *x) {
    if (!x) return;
    free(x->seen);
    arena_reset(&x->scratch);
    free(x);
}
