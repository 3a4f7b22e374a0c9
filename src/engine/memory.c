/* memory: answers that were given before. An answer depends on the bytes, on us, and for what is
 * run on the whole world: all of that makes its key. */
#include "base/hash.h"
#include "base/json.h"
#include "engine/internal.h"
#include "engine/walk.h"
#include "model/pass.h"
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_CAP = 256 << 20, PACK_HEADER = 216 };

/* ---- what an answer depends on ---- */

/* Each part has its name and its length, so that no two lists of parts read the same. */
static void put(Buf *out, const char *name, Span value) {
    buf_printf(out, "%s %zu ", name, value.n);
    buf_add(out, value);
    buf_byte(out, '\n');
}

static void put_number(Buf *out, const char *name, uint64_t n) {
    buf_printf(out, "%s %" PRIu64 "\n", name, n);
}

static void put_text(Buf *out, const char *name, const char *text) {
    if (text) put(out, name, span_str(text));
}

/* A build of the same version may still be another one. */
static void put_program(Buf *out, const char *path) {
    struct stat st;
    if (!path || stat(path, &st) != 0) return;
    put_number(out, "size", (uint64_t)st.st_size);
    put_number(out, "built", (uint64_t)st.st_mtim.tv_sec);
    put_number(out, "nanoseconds", (uint64_t)st.st_mtim.tv_nsec);
}

static void put_ourselves(Buf *out, const Engine *e) {
    put_text(out, "version", e->options.memory->version);
    put_program(out, "/proc/self/exe");
    put_program(out, e->places.guest);
    for (unsigned i = 0; i < PACK_COUNT; i++) {
        uint8_t header[PACK_HEADER] = {0};
        bool there = e->packs[i] >= 0 && pread(e->packs[i], header, PACK_HEADER, 0) > 0;
        put(out, "pack", span(header, there ? PACK_HEADER : 0));
    }
}

static void put_sources(Buf *out, const char *kind, const SignSource *list, size_t count) {
    uint8_t sum[32];
    for (size_t i = 0; i < count; i++) {
        put_text(out, kind, list[i].name);
        hash_sha256(list[i].bytes, sum);
        put(out, "sha256", span(sum, sizeof sum));
    }
}

static void put_trust(Buf *out, const SignOptions *t) {
    put_sources(out, "root", t->roots, t->root_count);
    put_sources(out, "crl", t->crls, t->crl_count);
    put_sources(out, "abuse", t->abuse, t->abuse_count);
    put_sources(out, "catalog", t->catalogs, t->catalog_count);
    put_number(out, "own roots", t->own_roots);
    if (t->has_at) put_number(out, "at", (uint64_t)t->at);
}

typedef struct {
    int fd;
    uint8_t piece[1 << 16];
} Reading;

static Span next_piece(void *context) {
    Reading *r = context;
    ssize_t n = read(r->fd, r->piece, sizeof r->piece);
    return n > 0 ? span(r->piece, (size_t)n) : (Span){0};
}

/* Files, and those in folders: names and content. */
static void put_files(Buf *out, const char *kind, const char *const *paths, size_t count) {
    WalkItem w;
    Walk *walk = count ? walk_open(paths, count) : NULL;
    while (walk && walk_next(walk, &w)) {
        put_text(out, kind, w.path);
        if (w.fd < 0) continue;
        Reading r = {.fd = w.fd};
        Digests d = hash_pieces(next_piece, &r);
        put(out, "sha256", span(d.sha256, sizeof d.sha256));
        close(w.fd);
    }
    walk_close(walk);
}

static void put_rules(Buf *out, const EngineRules *r) {
    put_files(out, "rules", r->rules, r->rule_count);
    put_files(out, "list", r->lists, r->list_count);
    for (size_t i = 0; i < r->define_count; i++) put_text(out, "define", r->defines[i]);
}

static void put_world(Buf *out, const Engine *e) {
    put_text(out, "world", e->world_name);
    put(out, "facts", e->world);
    Buf against = buf_new(KEY_CAP);
    json_write_exact(&against, e->against);
    put(out, "against", buf_span(&against));
    buf_free(&against);
    for (const Value *v = value_first(e->edits); v; v = v->next) put(out, "edit", v->text);
}

/* What one run is told besides its world; wall clock and silence cut no answer that is kept. */
static void put_run(Buf *out, const Engine *e) {
    const EngineOptions *o = &e->options;
    const JobBudget *b = &o->budget;
    for (size_t i = 0; i < o->argument_count; i++) put_text(out, "argument", o->arguments[i]);
    put_text(out, "directory", o->directory);
    put_number(out, "no run", o->no_run);
    put_number(out, "trace", o->trace);
    put_number(out, "replays", o->replays);
    const uint64_t budget[] = {b->blocks, (uint64_t)b->elapsed, b->memory,   b->events,
                               b->calls,  b->written,           b->processes};
    for (size_t i = 0; i < sizeof budget / sizeof *budget; i++) put_number(out, "budget", budget[i]);
}

static void digest(const Buf *text, char hex[65]) {
    uint8_t sum[32];
    hash_sha256(buf_span(text), sum);
    hash_hex(span(sum, sizeof sum), hex);
}

static const char *setting(Engine *e) {
    char hex[65];
    Buf b = buf_new(KEY_CAP);
    put_ourselves(&b, e);
    put_trust(&b, &e->tools.sign);
    put_rules(&b, &e->options.rules);
    put_world(&b, e);
    put_run(&b, e);
    digest(&b, hex);
    if (!b.full) e->setting = arena_str(&e->arena, hex);
    buf_free(&b);
    return e->setting;
}

void memory_key(Item *i) {
    Engine *e = i->engine;
    char hex[65];
    if (!e->options.memory || i->of_world || e->options.no_digests || (!e->setting && !setting(e))) return;
    Buf b = buf_new(KEY_CAP);
    put_text(&b, "setting", e->setting);
    put_number(&b, "mode", e->options.mode);
    put(&b, "sha256", span(i->look.artifact.digests.sha256, 32));
    if (i->program) put_text(&b, "name", i->sample_name); /* a program can see it */
    digest(&b, hex);
    i->key = arena_str(&i->arena, hex);
    buf_free(&b);
}

/* ---- answers ---- */

bool memory_knows(Item *i) {
    const Engine *e = i->engine;
    if (!i->key || e->options.capture) return false; /* nobody keeps the network's frames */
    i->answer = e->options.memory->find(e->options.memory->context, i->key);
    return i->answer != 0;
}

/* Ids are ours already; what is left is to count. */
typedef struct {
    Sink sink; /* first, these two: a Pass */
    Sink *to;
    Item *item;
    EngineSummary *summary;
} Recall;

static void on_artifact(Sink *s, const Artifact *a) {
    Recall *r = (Recall *)s;
    if (!a->parent) r->item->artifact = a->id;
    r->summary->artifacts++;
    sink_artifact(r->to, a);
}

static void on_finding(Sink *s, const Finding *f) {
    ((Recall *)s)->summary->findings++;
    sink_finding(((Recall *)s)->to, f);
}

static void on_trigger(Sink *s, const Trigger *t) {
    ((Recall *)s)->summary->triggers++;
    sink_trigger(((Recall *)s)->to, t);
}

static void on_run(Sink *s, const Run *run) {
    ((Recall *)s)->summary->runs++;
    sink_run(((Recall *)s)->to, run);
}

static void on_skipped(Sink *s, const char *what, const char *why) {
    ((Recall *)s)->summary->skipped++;
    sink_skipped(((Recall *)s)->to, what, why);
}

void memory_tell(Item *i) {
    Engine *e = i->engine;
    Numbers *n = &e->numbers;
    Recall r = {.sink = pass_sink(), .to = e->sink, .item = i, .summary = &n->summary};
    r.sink.artifact = on_artifact;
    r.sink.finding = on_finding;
    r.sink.trigger = on_trigger;
    r.sink.run = on_run;
    r.sink.skipped = on_skipped;
    Status s = e->options.memory->tell(e->options.memory->context, i->answer, i->name,
                                       &n->artifacts, &n->runs, &r.sink);
    if (s == ST_OK) return;
    n->summary.failed++;
    number_skipped(n, i->name, "its answer could not be read from the case");
}
