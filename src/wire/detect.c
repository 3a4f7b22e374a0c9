/* detect: the table of detectors, and the attacks that they note. */
#include "wire/detect.h"
#include "wire/session.h"
#include <inttypes.h>
#include <stdlib.h>

enum { ATTACKS_MOST = 1 << 14 };

/* Findings of a live capture are told once nothing was added for so long. */
static const Time QUIET = 2 * TIME_SECOND;

#define DETECTOR(name) extern const Detector detect_##name;
#include "wire/detectors.def"
#define DETECTOR(name) &detect_##name,
static const Detector *const detectors[] = {
#include "wire/detectors.def"
};

enum { DETECTOR_COUNT = sizeof detectors / sizeof detectors[0] };

const Detector *detector_at(unsigned i) {
    return i < DETECTOR_COUNT ? detectors[i] : NULL;
}

void detect_see(Session *s, const Sight *sight) {
    Clues *clues = clues_see(s, sight);
    for (unsigned i = 0; i < DETECTOR_COUNT; i++)
        if (detectors[i]->wants >> sight->kind & 1) detectors[i]->see(s, sight, clues);
}

/* ---- attacks ---- */

static Attack *find(Attacks *t, const Detector *d, Address attacker, Address victim) {
    for (uint32_t i = t->count; i-- > 0;) { /* the last ones are asked for most */
        Attack *a = &t->all[i];
        if (a->detector == d && address_equal(a->attacker, attacker) &&
            address_equal(a->victim, victim))
            return a;
    }
    return NULL;
}

static Attack *add(Attacks *t) {
    if (t->count == t->room) {
        uint32_t room = t->room ? t->room * 2 : 32;
        Attack *all = t->count < ATTACKS_MOST ? realloc(t->all, room * sizeof *all) : NULL;
        if (!all) {
            t->lost++;
            return NULL;
        }
        t->all = all;
        t->room = room;
    }
    return &t->all[t->count++];
}

Attack *attack_of(Session *s, const Detector *d) {
    const Flow *f = s->flow;
    Attacks *t = &s->wire->attacks;
    unsigned attacker = s->client ^ (unsigned)d->reversed;
    Attack *a = find(t, d, f->ends[attacker], f->ends[!attacker]);
    if (a) return a;
    a = add(t);
    if (!a) return NULL;
    *a = (Attack){.detector = d,
                  .attacker = f->ends[attacker],
                  .victim = f->ends[!attacker],
                  .attacker_port = f->ports[attacker],
                  .victim_port = f->ports[!attacker],
                  .succeeded = -1,
                  .first = s->time,
                  .last = s->time,
                  .flow_first = f->first_frame};
    return a;
}

/* In order, each once. */
void attack_frame(Attack *a, uint64_t frame) {
    unsigned at = a->frame_count;
    while (at && a->frames[at - 1] > frame) at--;
    if (!frame || a->frame_count == ATTACK_FRAMES || (at && a->frames[at - 1] == frame)) return;
    memmove(a->frames + at + 1, a->frames + at, (a->frame_count - at) * sizeof *a->frames);
    a->frames[at] = frame;
    a->frame_count++;
}

void attack_stage(Session *s, Attack *a, Stage stage) {
    a->stages |= 1u << stage;
    a->last = s->time;
    attack_frame(a, s->frame);
}

void attack_raise(Session *s, Attack *a) {
    if (!a->raised) { /* the flow that it is told with is the one in which it came so far */
        unsigned attacker = s->client ^ (unsigned)a->detector->reversed;
        a->attacker_port = s->flow->ports[attacker];
        a->victim_port = s->flow->ports[!attacker];
        a->flow_first = s->flow->first_frame;
    }
    a->raised = true;
    a->count++;
    a->last = s->time;
    attack_frame(a, s->frame);
}

/* ---- telling ---- */

static const char *print_address(Arena *arena, Address a) {
    char text[ADDRESS_TEXT];
    address_print(a, text);
    return arena_str(arena, text);
}

static Value *words(Arena *arena, const char *text) {
    Value *list = value_list(arena);
    while (*text) {
        size_t n = strcspn(text, " ");
        value_add(list, value_text(arena, span(text, n)));
        text += n + (text[n] == ' ');
    }
    return list;
}

static const Value *frames_of(Arena *arena, const Attack *a) {
    Value *list = value_list(arena);
    for (unsigned i = 0; i < a->frame_count; i++) value_add(list, value_uint(arena, a->frames[i]));
    return list;
}

static const Value *stages_of(Arena *arena, const Attack *a) {
    static const char *const names[] = {[STAGE_PROBE] = "probe",
                                        [STAGE_GROOMING] = "grooming",
                                        [STAGE_LEAK] = "leak",
                                        [STAGE_CONTROL] = "control",
                                        [STAGE_IMPLANT] = "implant"};
    Value *list = value_list(arena);
    for (unsigned i = 0; i < STAGE_COUNT; i++)
        if (a->stages >> i & 1) value_add(list, value_str(arena, names[i]));
    return list;
}

/* The exploit by which the miner, or whoever is the victim of this, was taken before. */
static const Attack *taken_before(const Wire *w, const Attack *a) {
    for (uint32_t i = 0; i < w->attacks.count; i++) {
        const Attack *b = &w->attacks.all[i];
        if (b->raised && b->detector->exploit && b->succeeded != 0 && b->first <= a->first &&
            address_equal(b->victim, a->victim))
            return b;
    }
    return NULL;
}

static const Value *details_of(const Wire *w, Arena *arena, const Attack *a) {
    Value *map = value_map(arena);
    value_set(arena, map, "times", value_uint(arena, a->count));
    if (a->commands) {
        Value *list = value_list(arena);
        static const char *const names[] = {"ping", "exec", "kill"};
        for (unsigned i = 0; i < 3; i++)
            if (a->commands >> i & 1) value_add(list, value_str(arena, names[i]));
        value_set(arena, map, "commands", list);
    }
    if (a->key_known) {
        value_set(arena, map, "key", value_printf(arena, "0x%08" PRIx32, a->key));
        value_set(arena, map, "architecture", value_str(arena, a->architecture ? "x64" : "x86"));
    }
    const Attack *before = a->detector->reversed ? taken_before(w, a) : NULL;
    if (before) {
        value_set(arena, map, "after", value_str(arena, before->detector->rule));
        value_set(arena, map, "exploited_by",
                  value_str(arena, print_address(arena, before->attacker)));
    }
    if (*a->text) value_set(arena, map, "text", value_str(arena, a->text));
    return map;
}

/* The title's {attacker} and {victim}. */
static const char *fill(Arena *arena, const char *title, const char *attacker, const char *victim) {
    Buf b = buf_new(512);
    for (const char *at = title; *at;) {
        const char *name = NULL, *value = NULL;
        if (strncmp(at, "{attacker}", 10) == 0) name = "{attacker}", value = attacker;
        else if (strncmp(at, "{victim}", 8) == 0) name = "{victim}", value = victim;
        if (value) buf_str(&b, value), at += strlen(name);
        else buf_byte(&b, (uint8_t)*at++);
    }
    const char *text = arena_text(arena, buf_span(&b));
    buf_free(&b);
    return text;
}

static const Value *evidence_of(Wire *w, Arena *arena, const Attack *a) {
    Value *list = value_list(arena);
    for (unsigned i = 0; i < a->frame_count && i < 8; i++) {
        Value *one = value_map(arena);
        value_set(arena, one, "artifact", value_uint(arena, w->options.artifact));
        value_set(arena, one, "frame", value_uint(arena, a->frames[i]));
        value_add(list, one);
    }
    return list;
}

static void tell(Wire *w, Attack *a) {
    Arena *arena = &w->arena;
    arena_clear(arena);
    const char *attacker = print_address(arena, a->attacker);
    const char *victim = print_address(arena, a->victim);
    Encounter e = {.attacker = attacker,
                   .victim = victim,
                   .flow = arena_printf(arena, "tcp %s %u %s %u", attacker, a->attacker_port,
                                        victim, a->victim_port),
                   .frames = frames_of(arena, a),
                   .stages = stages_of(arena, a),
                   .cve = words(arena, a->detector->cves),
                   .details = details_of(w, arena, a),
                   .succeeded = a->succeeded,
                   .exploit = a->detector->exploit,
                   .first = a->first,
                   .last = a->last};
    Finding f = {.rule = a->detector->rule,
                 .severity = a->detector->severity,
                 .title = fill(arena, a->detector->title, attacker, victim),
                 .artifact = w->options.artifact,
                 .evidence = evidence_of(w, arena, a),
                 .attack = words(arena, a->detector->attack),
                 .encounter = &e};
    if (!arena->full && f.title) {
        w->counters.findings++;
        sink_finding(w->options.sink, &f);
    }
    arena_clear(arena);
    a->told = true;
}

/* A DoublePulsar that answers after an exploit is what the exploit left; where none does, it failed.
 */
static void judge_success(Wire *w, Attack *a) {
    Server *s = host_server(w, a->victim);
    if (!a->detector->exploit || !s) return;
    if (a->succeeded < 0 && !s->implant && s->no_implant > a->first) a->succeeded = 0;
    if (!s->implant || s->implant < a->first) return;
    a->stages |= 1u << STAGE_IMPLANT;
    a->succeeded = 1;
}

/* A part of an exploit needs no finding of its own where the whole has one. */
static bool is_part_of_another(const Attacks *t, const Attack *a) {
    unsigned part = a->detector->part;
    for (uint32_t i = 0; part && i < t->count; i++) {
        const Attack *b = &t->all[i];
        if (b->raised && b->detector->part < part && b->detector->ms17 &&
            address_equal(a->attacker, b->attacker) && address_equal(a->victim, b->victim))
            return true;
    }
    return false;
}

static int by_time(const void *a, const void *b) {
    const Attack *x = *(Attack *const *)a, *y = *(Attack *const *)b;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    return x < y ? -1 : x > y; /* then by the order in which they were found */
}

void attacks_tell(Wire *w, bool all) {
    Attacks *t = &w->attacks;
    Attack **ready = t->count ? malloc(t->count * sizeof(Attack *)) : NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; ready && i < t->count; i++) {
        Attack *a = &t->all[i];
        if (!a->raised || a->told || (!all && w->now - a->last < QUIET)) continue;
        if (is_part_of_another(t, a)) continue;
        judge_success(w, a);
        ready[n++] = a;
    }
    if (n) qsort(ready, n, sizeof(Attack *), by_time);
    for (uint32_t i = 0; i < n; i++) tell(w, ready[i]);
    free(ready);
}

void attacks_close(Wire *w) {
    free(w->attacks.all);
}
