#include "base/text.h"
#include "engine/internal.h"
#include "engine/opener.h"
#include "engine/wiretap.h"
#include "pe/pe.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Memory of one input's answers; a guest's file artifact. */
enum { ITEM_MEMORY = 256 << 20, MOST_BYTES = 512 << 20 };

/* ---- names ---- */

/* What a Windows file name cannot hold. */
static bool fits_name(uint32_t c) {
    return c >= 0x20 && c != TEXT_REPLACEMENT && !(c < 0x80 && strchr("<>:\"/\\|?*", (int)c));
}

/* The file's own name, such that the guest can have a file of that name: a sample that was named by
 * its digest becomes a program by its extension. */
static void make_sample_name(Item *i) {
    const char *slash = strrchr(i->name, '/'), *base = slash ? slash + 1 : i->name;
    Buf b = buf_new(LONGEST_NAME);
    Span s = span_str(base);
    for (size_t at = 0; at < s.n;) {
        uint8_t raw[4];
        uint32_t c = text_utf8_next(s, &at);
        buf_add(&b, span(raw, text_utf8_put(raw, fits_name(c) ? c : '_')));
    }
    while (b.n && (b.p[b.n - 1] == '.' || b.p[b.n - 1] == ' ')) b.n--; /* Windows drops them */
    if (b.n) memcpy(i->sample_name, b.p, b.n);
    i->sample_name[b.n] = 0;
    buf_free(&b);
    if (!strchr(i->sample_name, '.'))
        strcat(i->sample_name, *i->sample_name ? ".exe" : "sample.exe");
}

/* ---- making and freeing ---- */

static Item *new_item(Engine *e, const char *name) {
    Item *i = calloc(1, sizeof *i);
    if (i) i->name = strdup(name);
    if (!i || !i->name) {
        free(i);
        return NULL;
    }
    i->engine = e;
    i->fd = -1;
    i->arena = arena_new(ITEM_MEMORY);
    i->receiver = msg_receiver(MOST_BYTES);
    return i;
}

Item *item_new(Engine *e, const char *name, int fd, uint64_t size) {
    Item *i = new_item(e, name);
    if (!i) {
        close(fd);
        return NULL;
    }
    i->fd = fd;
    i->size = size;
    make_sample_name(i);
    return i;
}

Item *item_new_skipped(Engine *e, const char *name, const char *why, bool unreadable) {
    Item *i = new_item(e, name);
    if (!i) return NULL;
    i->state = ITEM_SKIPPED;
    i->skip = arena_str(&i->arena, why);
    i->unreadable = unreadable;
    return i;
}

Item *item_new_of_world(Engine *e, const char *path) {
    Item *i = new_item(e, path);
    if (i) i->of_world = true;
    return i;
}

Item *item_new_endless(Engine *e, const char *name, int fd) {
    Item *i = new_item(e, name);
    if (!i && fd >= 0) close(fd);
    if (!i) return NULL;
    i->fd = fd;
    i->endless = true;
    return i;
}

void item_free(Item *i) {
    if (!i) return;
    peer_close(&i->guest);
    msg_receiver_close(&i->receiver);
    ids_free(&i->artifacts);
    ids_free(&i->runs);
    arena_reset(&i->arena);
    if (i->fd >= 0) close(i->fd);
    free(i->name);
    free(i);
}

/* ---- the guest ---- */

static const Value *arguments(Item *i) {
    const EngineOptions *o = &i->engine->options;
    Value *list = value_list(&i->arena);
    for (size_t k = 0; k < o->argument_count; k++)
        value_add(list, value_str(&i->arena, o->arguments[k]));
    return list;
}

/* The worker numbers its nouns from 1; see number.h. What a script waits for is decided in the DLLs
 * of its language, where the lure does not look: it is run, and not searched. */
static Job make_job(Item *i) {
    const Engine *e = i->engine;
    return (Job){.sample_name = i->of_world ? i->name : i->sample_name,
                 .opener = i->opener,
                 .arguments = arguments(i),
                 .directory = e->options.directory,
                 .world_name = e->world_name,
                 .world = e->world,
                 .edits = e->edits,
                 .budget = e->options.budget,
                 .trace = e->options.trace,
                 .replays = i->opener ? 0 : e->options.replays,
                 .lives_at_once = 1 + e->idle,
                 .capture = e->options.capture,
                 .against = e->against,
                 .artifact = 1,
                 .run = 1};
}

static bool send_job(Item *i) {
    Buf payload = buf_new(FRAME_CEILING_JOB);
    Job job = make_job(i);
    job_encode(&payload, &job);
    bool fits = !payload.full;
    if (fits) peer_send(&i->guest, MSG_JOB, buf_span(&payload));
    buf_free(&payload);
    return fits && !i->guest.out.full;
}

/* A worker of a build with sanitizers must know how they are set; anything else is none of its
 * business. */
static void copy_environment(Arena *a, const char *environment[4]) {
    static const char *const names[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "COAX_LOG"};
    size_t n = 0;
    for (size_t i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value) environment[n++] = arena_printf(a, "%s=%s", names[i], value);
    }
    environment[n] = NULL;
}

static Time wall(const Engine *e) {
    return e->options.wall ? e->options.wall : ENGINE_WALL;
}

static Status spawn(Item *i) {
    static const char *const command[] = {"coax-guest", NULL};
    const Engine *e = i->engine;
    const char *environment[4];
    copy_environment(&i->arena, environment);
    JailSpawn s = {.program = e->guest_program,
                   .arguments = command,
                   .environment = environment,
                   .forks = e->options.replays != 0 || e->against,
                   .handed = {[JOB_FD_SAMPLE - JAIL_FD_FIRST] = i->fd,
                              [JOB_FD_PACK_X64 - JAIL_FD_FIRST] = e->packs[PACK_X64],
                              [JOB_FD_PACK_X86 - JAIL_FD_FIRST] = e->packs[PACK_X86]},
                   .handed_count = JOB_FD_END - JAIL_FD_FIRST,
                   /* behind the wall clock, for a coax that hangs */
                   .cpu_seconds = (unsigned)(wall(e) / TIME_SECOND) * 2 + 10};
    TRY(peer_start(&i->guest, &s, FRAME_CEILING));
    i->guest.deadline = time_monotonic() + wall(e);
    i->guest.silence = e->options.silence ? e->options.silence : ENGINE_SILENCE;
    return ST_OK;
}

/* What the packs lack that the program needs, or NULL. A 32-bit program lives in a 64-bit Windows,
 * whose files and registry are those of the other pack. */
static const char *pack_fault(Item *i) {
    const char *const *faults = i->engine->faults;
    bool narrow = !i->of_world && !i->opener && i->look.machine != PE_MACHINE_AMD64;
    PackId id = narrow && faults[PACK_X86] ? PACK_X86 : PACK_X64;
    if (!faults[id]) return NULL;
    return arena_printf(&i->arena, "the guest's %s: %s; ./bootstrap --packs makes it (coax doctor)",
                        id == PACK_X64 ? "64-bit pack" : "32-bit pack", faults[id]);
}

static void obstruct(Item *i, bool our_fault, const char *why) {
    i->state = ITEM_READY;
    i->obstacle = why ? why : "out of memory";
    i->our_fault = our_fault;
}

void item_start(Item *i) {
    const char *fault = pack_fault(i);
    i->program = true;
    i->state = ITEM_RUNNING;
    if (i->engine->guest_program < 0) obstruct(i, true, "coax-guest does not lie next to coax");
    else if (fault) obstruct(i, true, fault);
    else if (spawn(i) != ST_OK)
        obstruct(i, true, arena_printf(&i->arena, "no worker: %s", strerror(errno)));
    else if (!send_job(i)) {
        peer_stop(&i->guest);
        peer_close(&i->guest);
        obstruct(i, true, "its world and arguments are too large");
    }
}

/* ---- looking ---- */

static void fail_look(Item *i, Status s, const Peer *looker) {
    i->looked = s;
    i->look_death = looker->death;
    i->state = ITEM_READY;
}

static LookQuestion question(const Item *i) {
    const EngineOptions *o = &i->engine->options;
    /* captures are large, and MD5 would take longer than to read one */
    LookDigests digests = o->no_digests            ? LOOK_NO_DIGESTS
                          : o->mode == ENGINE_WIRE ? LOOK_SHA256
                                                   : LOOK_DIGESTS;
    return (LookQuestion){.range = {.size = i->size},
                          .digests = digests,
                          .no_rules = !i->engine->tools.yara || i->rules_died,
                          .name = i->name};
}

void item_ask(Item *i, Peer *looker) {
    LookQuestion q = question(i);
    i->state = ITEM_LOOKING;
    Status s = look_start(looker, &i->engine->tools);
    if (s == ST_OK) s = look_ask(looker, i->fd, &q);
    if (s == ST_OK || s == ST_CLOSED) return; /* its death is noticed in due course */
    peer_stop(looker);
    fail_look(i, s, looker);
}

void item_await(const Item *i, Peer *looker) {
    LookQuestion q = question(i);
    look_await(looker, &q);
}

static bool is_capture(const Item *i) {
    return strcmp(i->look.artifact.format, "pcap") == 0 ||
           strcmp(i->look.artifact.format, "pcapng") == 0;
}

void item_tap(Item *i) {
    const EngineOptions *o = &i->engine->options;
    bool wire = o->mode == ENGINE_WIRE;
    WiretapJob job = {.fd = i->fd,
                      .pipe = i->endless && i->fd >= 0,
                      .size = i->size,
                      .interface = i->endless && i->fd < 0 ? i->name : NULL,
                      .filter = wire ? o->filter : NULL,
                      .packets = wire && o->capture};
    i->capture = true;
    i->state = ITEM_RUNNING;
    if (wiretap_start(&i->guest, &job) != ST_OK)
        obstruct(i, true, arena_printf(&i->arena, "no worker: %s", strerror(errno)));
}

bool item_end_capture(Item *i) {
    if (!i->capture || !i->guest.open || i->guest.dead) return false;
    wiretap_end(&i->guest);
    return true;
}

/* A capture is read, a program is run, also one that only opens the file; in ENGINE_RUN everything is
 * meant to be one, in ENGINE_SIGN nothing. What was answered before need not be. */
static void decide(Item *i) {
    EngineMode mode = i->engine->options.mode;
    bool capture = mode != ENGINE_RUN && is_capture(i);
    i->state = ITEM_READY;
    if (!i->look.machine) i->opener = opener_of(i->sample_name, i->look.artifact.format);
    bool runs = i->look.machine != 0 || i->opener;
    i->program = mode == ENGINE_RUN || (mode == ENGINE_ANALYSE && runs);
    if (i->program && i->engine->options.no_run) {
        i->program = false;
        i->engine->not_run++;
    }
    memory_key(i);
    if (memory_knows(i)) return;
    if (mode == ENGINE_SIGN) return;
    if (capture) item_tap(i);
    else if (mode == ENGINE_WIRE) obstruct(i, true, "it is no packet capture");
    else if (!i->program) return;
    else if (i->look.refusal && !i->opener)
        obstruct(i, i->look.machine == 0, i->look.refusal); /* to run no program is misuse */
    else item_start(i);
}

/* It may have been libyara that did not survive the file: then everything else still can. */
static void look_without_rules(Item *i, Status s, Peer *looker) {
    i->rules_died = true;
    i->rules_failed = s;
    i->look_death = looker->death;
    item_ask(i, looker);
    item_await(i, looker);
}

bool item_take_answer(Item *i, Peer *looker) {
    Status s = look_answer(looker, &i->arena, &i->look);
    if (s == ST_NOT_FOUND) return true;
    if (s == ST_OK) decide(i);
    else if (i->engine->tools.yara && !i->rules_died) look_without_rules(i, s, looker);
    else fail_look(i, s, looker);
    return s == ST_OK;
}
