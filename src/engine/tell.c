/* tell: what one input has to tell leaves for the sink: its Artifact, its run's nouns as the guest
 * sends them, and how the run ended, whatever became of the worker. */
#include "base/log.h"
#include "engine/internal.h"
#include "engine/rules.h"
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- findings about workers ---- */

static void add_text(Arena *a, Value *list, const char *text) {
    Value *one = value_map(a);
    value_set(a, one, "text", value_str(a, text));
    value_add(list, one);
}

static void add_last_event(Arena *a, Value *list, const Item *i) {
    if (!i->last_event) {
        add_text(a, list, "it had sent no event");
        return;
    }
    Value *one = value_map(a);
    value_set(a, one, "run", value_uint(a, i->run));
    value_set(a, one, "event", value_uint(a, i->last_event));
    value_set(a, one, "text",
              value_printf(a, "the last event: %" PRIu64 " %s", i->last_event,
                           event_category_name(i->last_category)));
    value_add(list, one);
}

static void tell_finding(Item *i, const char *rule, Severity severity, const char *title,
                         const Value *evidence) {
    number_finding(&i->engine->numbers, &(Finding){.rule = rule,
                                                   .severity = severity,
                                                   .title = title,
                                                   .artifact = i->artifact,
                                                   .evidence = evidence});
}

/* ---- the input's own artifact ---- */

static void tell_artifact(Item *i) {
    LookFile file = {i->fd, {.size = i->size}};
    Artifact a = i->looked == ST_OK ? i->look.artifact : found_unidentified(file, i->looked);
    if (i->endless) {
        a.format = i->fd < 0 ? "interface" : "stream";
        a.description = i->fd < 0 ? "packets of a network interface, as they come"
                                  : "packets of standard input, as they come";
    }
    a.parent = 0;
    a.offset = MODEL_NO_OFFSET;
    a.name = i->name;
    a.origin = "input";
    a.bytes = (Span){0};
    i->artifact = number_artifact(&i->engine->numbers, &a);
    rules_tell_listed(i->engine, &a, i->artifact);
    if (i->looked == ST_OK && i->rules_died)
        found_tell_rules_died(i, i->artifact, i->rules_failed, i->look_death);
    if (i->looked != ST_OK) found_tell_failed(i, i->artifact, i->looked, i->look_death);
    else found_tell(i, file, &i->look, i->artifact);
    bool run = i->program || i->capture || i->engine->options.mode == ENGINE_SIGN ||
               i->engine->options.no_run;
    if (i->looked == ST_OK && !run && !i->obstacle)
        number_skipped(&i->engine->numbers, i->name,
                       arena_printf(&i->arena, "only identified: %s",
                                    a.description ? a.description : a.format));
}

/* ---- the guest's nouns, in our numbers ---- */

static uint32_t run_id(Item *i, uint32_t theirs) {
    uint32_t ours = ids_find(&i->runs, theirs);
    if (ours) return ours;
    ours = ++i->engine->numbers.runs;
    ids_add(&i->runs, theirs, ours);
    if (!i->run) i->run = ours;
    return ours;
}

/* How far the run has come by its events: unlike the guest's signs of life, they come at the same
 * places every time. */
static void follow_time(Item *i, Time now) {
    Time lived;
    if (!i->events) i->first_time = now;
    if (!__builtin_sub_overflow(now, i->first_time, &lived) && lived > i->lived) i->lived = lived;
}

void item_progress(const Item *i, EngineProgress *now) {
    const MsgProgress *sign = &i->receiver.progress;
    now->virtual_time = sign->time > i->lived ? sign->time : i->lived;
    now->processes = sign->processes;
    now->calls = sign->calls;
    now->packets = sign->packets;
    now->lost = sign->lost;
    now->findings = sign->findings;
}

static void on_event(Sink *s, const Event *e) {
    Item *i = (Item *)s;
    Event ours = *e;
    ours.run = i->capture ? 0 : run_id(i, e->run);
    ours.artifact = ids_find(&i->artifacts, e->artifact);
    follow_time(i, e->time);
    i->events++;
    i->last_event = e->n;
    i->last_category = e->category;
    sink_event(i->engine->numbers.to, &ours);
}

static void on_call(Sink *s, const Call *c) {
    Item *i = (Item *)s;
    Call ours = *c;
    ours.run = run_id(i, c->run);
    ours.artifact = ids_find(&i->artifacts, c->artifact);
    sink_call(i->engine->numbers.to, &ours);
}

static void on_finding(Sink *s, const Finding *f) {
    Item *i = (Item *)s;
    Arena a = arena_new(64 << 20);
    Finding ours = *f;
    ours.artifact = ids_find(&i->artifacts, f->artifact);
    ours.evidence = ids_translate(&a, f->evidence, &i->artifacts, &i->runs);
    number_finding(&i->engine->numbers, &ours);
    arena_reset(&a);
}

static void on_trigger(Sink *s, const Trigger *t) {
    Item *i = (Item *)s;
    Trigger ours = *t;
    ours.artifact = ids_find(&i->artifacts, t->artifact);
    for (unsigned k = 0; k < TRIGGER_MAX_RUNS; k++)
        ours.runs[k] = t->runs[k] ? ids_find(&i->runs, t->runs[k]) : 0;
    number_trigger(&i->engine->numbers, &ours);
}

static void on_run(Sink *s, const Run *r) {
    Item *i = (Item *)s;
    Run ours = *r;
    ours.id = run_id(i, r->id);
    ours.artifact = ids_find(&i->artifacts, r->artifact);
    i->told_run = true;
    i->unsound = i->unsound || r->nondeterministic;
    number_run(&i->engine->numbers, &ours);
}

static void on_host(Sink *s, const Host *h) {
    Item *i = (Item *)s;
    Host ours = *h;
    ours.artifact = i->artifact;
    sink_host(i->engine->numbers.to, &ours);
}

static void on_persona(Sink *s, const Persona *p) {
    Item *i = (Item *)s;
    Persona ours = *p;
    ours.artifact = ids_find(&i->artifacts, p->artifact);
    ours.run = ids_find(&i->runs, p->run);
    sink_persona(i->engine->numbers.to, &ours);
}

static void on_skipped(Sink *s, const char *what, const char *why) {
    number_skipped(&((Item *)s)->engine->numbers, what, why);
}

static void on_packet(Sink *s, const NetFrame *f) {
    sink_packet(((Item *)s)->engine->numbers.to, f);
}

/* A descriptor of the bytes, for a looker; -1 where the host has no memory for them. */
static int as_file(Span bytes) {
    int fd = memfd_create("coax-dropped", MFD_CLOEXEC);
    for (size_t at = 0; fd >= 0 && at < bytes.n;) {
        ssize_t n = write(fd, bytes.p + at, bytes.n - at);
        if (n <= 0) {
            close(fd);
            return -1;
        }
        at += (size_t)n;
    }
    return fd;
}

/* Bytes that came in part, or that there is no memory for, are told as the guest told them. */
static uint32_t tell_dropped(Item *i, const Artifact *dropped) {
    int fd = dropped->bytes.n == dropped->size ? as_file(dropped->bytes) : -1;
    if (fd < 0) return number_artifact(&i->engine->numbers, dropped);
    uint32_t id = found_artifact(i, (LookFile){fd, {.size = dropped->size}}, dropped);
    close(fd);
    return id;
}

/* A file that the guest wrote, or the program itself where that is one of the world: what it is we
 * find out ourselves. */
static void on_artifact(Sink *s, const Artifact *dropped) {
    Item *i = (Item *)s;
    Artifact ours = *dropped;
    ours.parent = ids_find(&i->artifacts, dropped->parent);
    ours.facts = NULL;
    uint32_t id = tell_dropped(i, &ours);
    ids_add(&i->artifacts, dropped->id, id);
    if (i->of_world && !i->artifact) i->artifact = i->artifacts.otherwise = id;
}

/* ---- the run's end ---- */

typedef struct {
    const char *ended;
    const char *rule, *title; /* of a finding, or NULL */
    const char *budget;
    bool nondeterministic;
} Ending;

static Ending late_ending(Item *i) {
    char span[TIME_TEXT_SIZE];
    Time wall = i->engine->options.wall ? i->engine->options.wall : ENGINE_WALL;
    time_print_span(wall, span);
    return (Ending){.ended = arena_printf(&i->arena, "stopped: %s of wall clock", span),
                    .rule = "engine.wall-clock",
                    .title =
                        arena_printf(&i->arena, "The run was stopped after %s of wall clock", span),
                    .budget = "wall clock",
                    .nondeterministic = true};
}

static Ending silent_ending(Item *i) {
    char span[TIME_TEXT_SIZE];
    time_print_span(i->guest.silence, span);
    return (Ending){
        .ended = arena_printf(&i->arena, "worker killed: no sign of life for %s", span),
        .rule = "engine.worker-died",
        .title = arena_printf(
            &i->arena,
            "The worker that ran this program gave no sign of life for %s and was killed", span),
        .nondeterministic = true};
}

static Ending died_ending(Item *i) {
    char text[JAIL_DEATH_TEXT];
    jail_death_print(i->guest.death, text);
    return (Ending){.ended = arena_printf(&i->arena, "worker died: %s", text),
                    .rule = "engine.worker-died",
                    .title =
                        arena_printf(&i->arena, "The worker that ran this program died: %s", text)};
}

static bool ended_well(const Item *i) {
    return i->receiver.ended && (i->told_run || i->capture) && i->guest.death.end == JAIL_EXITED &&
           i->guest.death.number == 0;
}

static Ending ending(Item *i) {
    if (i->flooded)
        return (Ending){"worker killed: it sent more than its budgets allow", "engine.worker-died",
                        "The worker that ran this program sent more than its budgets allow and was "
                        "killed",
                        NULL, false};
    if (i->broken)
        return (Ending){"worker killed: it broke the protocol", "engine.worker-died",
                        "The worker that ran this program broke the protocol and was killed", NULL,
                        false};
    if (i->guest.late) return late_ending(i);
    if (i->guest.silent) return silent_ending(i);
    if (ended_well(i)) return (Ending){0};
    if (i->receiver.ended && !i->told_run)
        return (Ending){"worker ended without a run", "engine.worker-died",
                        "The worker that ran this program ended without telling how", NULL, false};
    return died_ending(i);
}

static void tell_run(Item *i, Ending e) {
    if (i->told_run || i->capture) return;
    number_run(&i->engine->numbers, &(Run){.id = run_id(i, 1),
                                           .artifact = i->artifact,
                                           .world = i->engine->world_name,
                                           .edits = i->engine->edits,
                                           .ended = e.ended ? e.ended : status_text(ST_BUDGET),
                                           .elapsed = i->lived,
                                           .budget = e.budget,
                                           .nondeterministic = e.nondeterministic});
}

static void tell_ending(Item *i) {
    Ending e = ending(i);
    if (!e.rule) return;
    i->unsound = true;
    tell_run(i, e);
    Value *evidence = value_list(&i->arena);
    add_last_event(&i->arena, evidence, i);
    Severity severity = i->guest.late ? SEVERITY_INFO : SEVERITY_MEDIUM;
    tell_finding(i, e.rule, severity, e.title ? e.title : e.rule, evidence);
}

static void tell_obstacle(Item *i) {
    if (i->our_fault) i->engine->numbers.summary.failed++;
    i->unsound = i->our_fault;
    if (!i->program) {
        number_skipped(&i->engine->numbers, i->name, i->obstacle);
        return;
    }
    tell_run(i, (Ending){.ended = arena_printf(&i->arena, "not started: %s", i->obstacle)});
}

/* ---- all ---- */

static void prepare(Item *i) {
    i->told_artifact = true;
    if (!i->of_world) tell_artifact(i);
    i->artifacts.otherwise = i->artifact;
    i->sink = (Sink){.artifact = on_artifact,
                     .event = on_event,
                     .call = on_call,
                     .finding = on_finding,
                     .trigger = on_trigger,
                     .run = on_run,
                     .skipped = on_skipped,
                     .host = on_host,
                     .persona = on_persona,
                     .packet = on_packet};
}

static uint64_t most_bytes(const Engine *e) {
    return e->options.most_bytes ? e->options.most_bytes : ENGINE_MOST_BYTES;
}

/* Everything that the guest sent so far. */
static void receive_frames(Item *i) {
    Frame f = {0};
    Status s = ST_OK;
    while (s == ST_OK && !i->engine->stopping && (s = frame_next(&i->guest.in, &f)) == ST_OK)
        s = msg_receive(&i->receiver, f, &i->sink);
    i->flooded = i->guest.received > most_bytes(i->engine);
    i->broken =
        (s != ST_OK && s != ST_NOT_FOUND) || (s == ST_NOT_FOUND && peer_drained(&i->guest) &&
                                              i->receiver.ended && frame_held(&i->guest.in));
    if (i->broken)
        log_warn("a worker sent a frame of type %u: %s", (unsigned)f.type, status_text(s));
    if (i->broken || i->flooded) peer_stop(&i->guest);
}

static bool tell_guest(Item *i) {
    receive_frames(i);
    if (!i->broken && !i->flooded && !peer_drained(&i->guest)) return false;
    tell_ending(i);
    return true;
}

bool item_tell(Item *i) {
    if (i->state == ITEM_SKIPPED) {
        number_skipped(&i->engine->numbers, i->name, i->skip);
        if (i->unreadable) i->engine->numbers.summary.unreadable++;
        return true;
    }
    if (i->state == ITEM_LOOKING) return false;
    if (i->answer) {
        memory_tell(i);
        return true;
    }
    if (!i->told_artifact) prepare(i);
    if (i->obstacle) tell_obstacle(i);
    return i->obstacle || !i->guest.open || tell_guest(i);
}

void item_tell_interrupted(Item *i) {
    i->unsound = true;
    if (!i->told_artifact) {
        number_skipped(&i->engine->numbers, i->name, "interrupted before it was told");
        return;
    }
    peer_stop(&i->guest);
    tell_run(i, (Ending){.ended = "stopped: interrupted", .nondeterministic = true});
}

void item_end(Item *i) {
    bool sound = !i->unsound && i->looked == ST_OK && !i->engine->stopping;
    if (i->begun)
        sink_ended(i->engine->sink, &(InputEnd){.name = i->name,
                                                .artifact = i->artifact,
                                                .key = i->key,
                                                .sound = sound && i->key});
}
