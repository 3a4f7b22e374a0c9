#include "guest/ask.h"
#include <string.h>
#include <strings.h>

static void tell(const Machine *m, FactId id, const char *subject, const char *way, unsigned how) {
    const GuestWatch *w = m->config->watch;
    const Thread *t = m->current;
    if (!t->process->initialised && !t->process->own_code) return; /* Windows gets it ready */
    w->asked(w->context, &(Question){.fact = id,
                                     .subject = subject,
                                     .way = way,
                                     .found = how & ASK_FOUND,
                                     .value = how & ASK_VALUE,
                                     .process = t->process->id,
                                     .thread = t->id});
}

void ask_about(const Machine *m, FactId id, const char *subject, unsigned how) {
    tell(m, id, subject, NULL, how);
}

/* ---- what follows from other facts ---- */

typedef struct {
    const Machine *machine;
    FactId fact;
    const char *subject, *way; /* what was asked for */
    unsigned how, told;
} Derived;

static void tell_origin(const OriginSink *sink, FactId id, const char *subject) {
    Derived *d = sink->context;
    bool itself = id == d->fact && subject && strcmp(subject, d->subject) == 0;
    tell(d->machine, id, subject, itself ? NULL : d->way, d->how);
    d->told++;
}

/* Registry keys that hold a world's list: each key below is one of its items. */
static const struct {
    const char *prefix;
    FactId fact;
} lists[] = {
    {"HKLM\\SYSTEM\\CurrentControlSet\\Services\\", FACT_service},
    {"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Print\\Printers\\", FACT_printer},
};

/* The fact and subject of a key or value below one of these. */
static bool is_listed(Arena *a, const char *subject, FactId *fact, const char **name) {
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        size_t n = strlen(lists[i].prefix);
        if (strncasecmp(subject, lists[i].prefix, n) != 0) continue;
        *fact = lists[i].fact;
        *name = arena_text(a, span(subject + n, strcspn(subject + n, "\\")));
        return *name && **name;
    }
    return false;
}

static void tell_listed(Derived *d, Arena *a, const char *subject) {
    FactId fact;
    const char *name;
    if (!is_listed(a, subject, &fact, &name)) return;
    bool there = world_find(d->machine->world, fact, name);
    if (there == (d->how & ASK_FOUND)) tell(d->machine, fact, name, d->way, d->how), d->told++;
}

void ask_about_derived(const Machine *m, FactId id, const char *subject, unsigned how) {
    Arena scratch = arena_new(1 << 20);
    Derived d = {.machine = m, .fact = id, .subject = subject, .how = how};
    const OriginSink sink = {.origin = tell_origin, .context = &d};
    const WorldItem *item = world_find(m->world, id, subject);
    d.way = arena_printf(&scratch, "%s:%s", fact_info(id)->name, subject);
    if (id == FACT_environment) world_variable_origins(m->world, subject, &sink);
    else if (item) world_origins(item, &sink);
    if (!item && (id == FACT_registry || id == FACT_key)) tell_listed(&d, &scratch, subject);
    if (!d.told) tell(m, id, subject, NULL, how);
    arena_reset(&scratch);
}

/* ---- lists ---- */

const WorldItem *ask_first(const Machine *m, FactId fact) {
    const WorldItem *i = world_first(m->world, fact);
    if (asking(m)) {
        ask_about(m, fact, "*", i ? ASK_FOUND : ASK_ABSENT);
        if (i) ask_about(m, fact, i->subject, ASK_FOUND);
    }
    return i;
}

const WorldItem *ask_next(const Machine *m, const WorldItem *item) {
    const WorldItem *i = world_next(item);
    if (i && asking(m)) ask_about(m, i->fact, i->subject, ASK_FOUND);
    return i;
}
