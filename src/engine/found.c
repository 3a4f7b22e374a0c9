/* found: what a look found besides facts: what is wrong with the file, and files inside it, which
 * are looked at in turn, as are those that a guest wrote. How many and how deep is bounded for each
 * input, and what is left out for that is told. */
#include "base/log.h"
#include "engine/internal.h"
#include "engine/rules.h"
#include <inttypes.h>
#include <unistd.h>

enum { MOST_INSIDE = 256, DEEPEST = 6, LOOK_MEMORY = 256 << 20 };

/* ---- digests need no parser: a file that kills those who look into it still has its name ---- */

typedef struct {
    LookFile file;
    uint64_t at;
    uint8_t piece[1 << 16];
} Reading;

static Span next_piece(void *context) {
    Reading *r = context;
    LookRange range = r->file.range;
    uint64_t left = range.size - r->at;
    size_t most = left < sizeof r->piece ? (size_t)left : sizeof r->piece;
    ssize_t n = pread(r->file.fd, r->piece, most, (off_t)(range.offset + r->at));
    if (n <= 0) return (Span){0};
    for (ssize_t k = 0; k < n && range.key; k++) r->piece[k] ^= range.key;
    r->at += (uint64_t)n;
    return span(r->piece, (size_t)n);
}

Artifact found_unidentified(LookFile file, Status why) {
    Reading r = {.file = file};
    return (Artifact){.size = file.range.size,
                      .digests = hash_pieces(next_piece, &r),
                      .format = "unknown",
                      .description = why == ST_INTERRUPTED
                                         ? "not identified: interrupted"
                                         : "not identified: the worker that looked at it died"};
}

/* ---- findings ---- */

static const char *describe_failure(Arena *a, Status s, JailDeath death) {
    char text[JAIL_DEATH_TEXT];
    jail_death_print(death, text);
    if (s == ST_TIMEOUT) return "it took too long and was killed";
    if (s == ST_PROTOCOL) return "it broke the protocol and was killed";
    return s == ST_CLOSED ? arena_printf(a, "it died: %s", text) : status_text(s);
}

static void tell_death(Item *i, uint32_t artifact, Status s, JailDeath death, const char *rule,
                       const char *title) {
    i->unsound = true;
    Arena a = arena_new(64 << 10);
    Value *evidence = value_list(&a), *one = value_map(&a);
    value_set(&a, one, "text", value_str(&a, describe_failure(&a, s, death)));
    value_add(evidence, one);
    number_finding(&i->engine->numbers, &(Finding){.rule = rule,
                                                   .severity = SEVERITY_MEDIUM,
                                                   .title = title,
                                                   .artifact = artifact,
                                                   .evidence = evidence});
    arena_reset(&a);
}

void found_tell_failed(Item *i, uint32_t artifact, Status s, JailDeath death) {
    tell_death(i, artifact, s, death, "engine.worker-died",
               "The worker that looked at this file did not survive it");
}

void found_tell_rules_died(Item *i, uint32_t artifact, Status s, JailDeath death) {
    tell_death(i, artifact, s, death, "engine.rules-died",
               "The worker that matched rules against this file did not survive it; no rule was "
               "matched");
}

static void tell_findings(Item *i, const Look *look, uint32_t artifact) {
    Arena a = arena_new(64 << 20);
    Ids ids = {.otherwise = artifact};
    for (size_t k = 0; k < look->finding_count; k++) {
        Finding ours = look->findings[k];
        ours.artifact = artifact;
        ours.evidence = ids_translate(&a, ours.evidence, &ids, &ids);
        ours.encounter = NULL;
        number_finding(&i->engine->numbers, &ours);
    }
    arena_reset(&a);
}

/* ---- files inside files ---- */

static bool fits(LookRange child, LookRange parent) {
    return child.size && child.offset <= parent.size && child.size <= parent.size - child.offset;
}

static LookRange inside(LookRange child, LookRange parent) {
    return (LookRange){
        .offset = parent.offset + child.offset, .size = child.size, .key = child.key ^ parent.key};
}

static void tell_child(Item *i, LookFile parent, const LookChild *child, uint32_t artifact) {
    if (!fits(child->at, parent.range)) {
        log_warn("a worker told of a file that does not lie inside the one that it looked at");
        return;
    }
    LookFile file = {parent.fd, inside(child->at, parent.range)};
    found_artifact(i, file,
                   &(Artifact){.parent = artifact,
                               .offset = child->at.offset,
                               .name = child->name,
                               .origin = child->origin,
                               .size = child->at.size});
}

void found_tell(Item *i, LookFile file, const Look *look, uint32_t artifact) {
    tell_findings(i, look, artifact);
    if (i->depth == DEEPEST && look->child_count) {
        number_skipped(&i->engine->numbers, i->name, "files inside files: deeper than 6 levels");
        return;
    }
    i->depth++;
    for (size_t k = 0; k < look->child_count && !i->engine->stopping; k++) {
        if (i->inside++ < MOST_INSIDE) tell_child(i, file, &look->children[k], artifact);
        else if (i->inside == MOST_INSIDE + 1)
            number_skipped(&i->engine->numbers, i->name, "files inside it: more than 256");
    }
    i->depth--;
}

/* Without the rules, where a worker did not survive them. */
static Status look(Item *i, LookFile file, const char *name, Arena *a, Look *out,
                   bool *rules_died) {
    Engine *e = i->engine;
    LookQuestion q = {.range = file.range, .no_rules = !e->tools.yara, .name = name};
    if (e->options.no_digests) q.digests = LOOK_NO_DIGESTS;
    Status s = look_at_once(&e->child_looker, &e->tools, file.fd, &q, e->interrupt, a, out);
    *rules_died = s != ST_OK && s != ST_INTERRUPTED && !q.no_rules;
    if (!*rules_died) return s;
    i->rules_failed = s;
    i->look_death = e->child_looker.death;
    q.no_rules = true;
    return look_at_once(&e->child_looker, &e->tools, file.fd, &q, e->interrupt, a, out);
}

uint32_t found_artifact(Item *i, LookFile file, const Artifact *known) {
    Engine *e = i->engine;
    Arena a = arena_new(LOOK_MEMORY);
    Look found;
    bool rules_died;
    Status s = look(i, file, known->name, &a, &found, &rules_died);
    Artifact noun = s == ST_OK ? found.artifact : found_unidentified(file, s);
    noun.parent = known->parent;
    noun.offset = known->offset;
    noun.name = known->name;
    noun.origin = known->origin;
    noun.size = known->size;
    noun.bytes = known->bytes;
    uint32_t id = number_artifact(&e->numbers, &noun);
    rules_tell_listed(e, &noun, id);
    if (s == ST_OK && rules_died) found_tell_rules_died(i, id, i->rules_failed, i->look_death);
    if (s == ST_OK) found_tell(i, file, &found, id);
    else if (s == ST_INTERRUPTED) e->stopping = true;
    else found_tell_failed(i, id, s, e->child_looker.death);
    arena_reset(&a);
    return id;
}
