/* engine: the loop. A slot works at one input: first its looker says what the file is, then a guest
 * runs it, and when no process is left the slot takes the next input, while the finished one waits
 * for its turn to be told. Items wait in a ring whose size bounds how far production runs ahead. A
 * looker is asked of the next files ahead: it need not wait for us, who are not woken at once where
 * every processor is busy. */
#include "engine/engine.h"
#include "engine/internal.h"
#include "engine/place.h"
#include "engine/rules.h"
#include "engine/sources.h"
#include "engine/walk.h"
#include "engine/wiretap.h"
#include "link/extract.h"
#include "rule/behaviour.h"
#include "world/world.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_JOBS = 64, AHEAD = 32, MOST_ITEMS = 512, MOST_WAITING = 5, MOST_BYTES_WAITING = 4 << 20, MOST_HOST_FILE = 64 << 20 };

/* ---- opening ---- */

static Status read_host_file(const WorldFileReader *r, Arena *a, const char *path, Span *out) {
    (void)r;
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return errno == ENOENT ? ST_NOT_FOUND : ST_IO;
    bool fits = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= MOST_HOST_FILE;
    size_t n = fits ? (size_t)st.st_size : 0, at = 0;
    uint8_t *bytes = fits ? arena_alloc(a, n + 1) : NULL;
    ssize_t got = 1;
    while (bytes && at < n && (got = read(fd, bytes + at, n - at)) > 0) at += (size_t)got;
    close(fd);
    if (!fits || got < 0) return ST_IO;
    if (!bytes) return ST_BUDGET;
    *out = span(bytes, at);
    return ST_OK;
}

static Status complain(char message[ENGINE_MESSAGE], Status s, const char *what, const char *why) {
    snprintf(message, ENGINE_MESSAGE, "%s: %s", what, why);
    return s;
}

/* "home" for worlds/home.yaml and for a path to it. */
static const char *name_of_world(Arena *a, const char *path) {
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    size_t n = strlen(base);
    if (n > 5 && strcmp(base + n - 5, ".yaml") == 0) n -= 5;
    return arena_text(a, span(base, n));
}

enum { MOST_EXTENDED = 8 };

/* The world's text, behind those of the worlds that it extends. A world lies next to the one that
 * extends it, unless it is one of ours. */
static Status read_world_text(Engine *e, const char *path, unsigned depth, Span *out,
                              char message[ENGINE_MESSAGE]) {
    Status s = read_host_file(NULL, &e->arena, path, out);
    if (s == ST_NOT_FOUND) return complain(message, ST_USAGE, path, "there is no such world");
    if (s != ST_OK) return complain(message, s, path, "the world cannot be read");
    const char *name = world_extends(&e->arena, *out);
    if (!name) return ST_OK;
    const char *base = strpbrk(name, "/\\") ? NULL : place_world_beside(&e->arena, path, name);
    if (!base) return complain(message, ST_USAGE, path, "it extends a world that is not there");
    if (depth == MOST_EXTENDED)
        return complain(message, ST_USAGE, path, "it extends a world that extends it");
    Span above;
    TRY(read_world_text(e, base, depth + 1, &above, message));
    Buf both = buf_new(MOST_HOST_FILE);
    buf_add(&both, above);
    buf_str(&both, world_separator);
    buf_add(&both, *out);
    *out = arena_bytes(&e->arena, buf_span(&both));
    buf_free(&both);
    return out->p ? ST_OK : complain(message, ST_BUDGET, path, status_text(ST_BUDGET));
}

/* Reads one of the worlds that were asked for, and holds it to the grammar. */
static Status read_world(Engine *e, const char *wanted, const char **name, Span *text,
                         World **world, char message[ENGINE_MESSAGE]) {
    const char *path = place_world(&e->arena, wanted);
    WorldError error = {0};
    if (!path) return complain(message, ST_NOT_FOUND, wanted, "coax finds no folder of worlds");
    if (access(path, F_OK) != 0)
        return complain(message, ST_USAGE, wanted, "there is no such world (see coax world)");
    Status s = read_world_text(e, path, 0, text, message);
    if (s != ST_OK) return s;
    *name = name_of_world(&e->arena, path);
    s = world_read(&e->arena, *text, *name, world, &error);
    if (s != ST_OK)
        snprintf(message, ENGINE_MESSAGE, "%s:%u:%u: %s", path, error.line, error.column,
                 error.text ? error.text : status_text(s));
    return s;
}

static Status open_world(Engine *e, World **world, char message[ENGINE_MESSAGE]) {
    const char *wanted = e->options.world ? e->options.world : "home";
    return read_world(e, wanted, &e->world_name, &e->world, world, message);
}

static bool is_listed(const Value *list, const char *name) {
    for (const Value *v = value_first(list); v; v = v->next)
        if (strcmp(value_get_str(value_get(v, "name"), ""), name) == 0) return true;
    return false;
}

static Status open_against(Engine *e, char message[ENGINE_MESSAGE]) {
    if (!e->options.against_count) return ST_OK;
    Value *list = value_list(&e->arena);
    for (size_t i = 0; i < e->options.against_count; i++) {
        const char *name;
        World *world;
        Span text;
        Status s = read_world(e, e->options.against[i], &name, &text, &world, message);
        if (s != ST_OK) return s;
        if (is_listed(list, name)) continue;
        Value *one = value_map(&e->arena);
        value_set(&e->arena, one, "name", value_str(&e->arena, name));
        value_set(&e->arena, one, "world", value_text(&e->arena, text));
        value_add(list, one);
    }
    e->against = list;
    return e->arena.full ? complain(message, ST_BUDGET, "coax", status_text(ST_BUDGET)) : ST_OK;
}

static Status open_edit(Engine *e, World *world, Value *list, const char *text,
                        char message[ENGINE_MESSAGE]) {
    static const WorldFileReader host_files = {.read = read_host_file};
    WorldEdit edit;
    WorldError error = {0};
    Buf canonical = buf_new(MOST_HOST_FILE);
    Status s = edit_parse(&e->arena, span_str(text), &host_files, &edit, &error);
    if (s == ST_OK) s = edit_apply(world, &edit, &error);
    if (s == ST_OK) {
        edit_print(&canonical, &edit);
        value_add(list, value_text(&e->arena, buf_span(&canonical)));
        if (canonical.full || e->arena.full) s = ST_BUDGET;
    }
    buf_free(&canonical);
    return s == ST_OK ? ST_OK
                      : complain(message, s, text, error.text ? error.text : status_text(s));
}

static Status open_edits(Engine *e, World *world, char message[ENGINE_MESSAGE]) {
    Value *list = value_list(&e->arena);
    for (size_t i = 0; i < e->options.edit_count; i++)
        TRY(open_edit(e, world, list, e->options.edits[i], message));
    e->edits = list;
    return ST_OK;
}

static int open_place(const char *path, int how) {
    return path ? open(path, how | O_CLOEXEC) : -1;
}

static void open_packs(Engine *e) {
    for (PackId id = 0; id < PACK_COUNT; id++) {
        PackFile p = pack_examine(&e->arena, e->places.cache, id);
        e->packs[id] = p.fault ? -1 : open_place(p.path, O_RDONLY);
        e->faults[id] = p.fault ? p.fault : e->packs[id] < 0 ? "it cannot be opened" : NULL;
    }
}

static unsigned choose_jobs(unsigned wanted) {
    long n = wanted ? (long)wanted : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MOST_JOBS ? MOST_JOBS : (unsigned)n;
}

Status engine_open(const EngineOptions *options, Engine **out, char message[ENGINE_MESSAGE]) {
    World *world;
    Engine *e = calloc(1, sizeof *e);
    if (!e) return complain(message, ST_BUDGET, "coax", status_text(ST_BUDGET));
    e->options = *options;
    e->jobs = choose_jobs(options->jobs);
    e->arena = arena_new(ENGINE_MEMORY);
    e->places = engine_places(&e->arena);
    if (options->guest) e->places.guest = options->guest;
    e->guest_program = open_place(e->places.guest, O_PATH);
    open_packs(e);
    e->interrupt = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    Status s = open_world(e, &world, message);
    if (s == ST_OK && !wiretap_check(options->interface, options->filter, message)) s = ST_USAGE;
    if (s == ST_OK) s = open_edits(e, world, message);
    if (s == ST_OK)
        s = sources_of_trust(&e->arena, &options->trust, e->places.data, &e->tools.sign, message);
    if (s == ST_OK) s = rules_open(e, message);
    if (s == ST_OK) s = open_against(e, message);
    if (s == ST_OK) *out = e;
    else engine_close(e);
    return s;
}

void engine_interrupt(Engine *e) {
    int error = errno;
    if (write(e->interrupt, &(uint64_t){1}, 8) < 0) errno = error; /* it is signalled already */
}

void engine_close(Engine *e) {
    if (!e) return;
    int all[] = {e->guest_program, e->packs[PACK_X64], e->packs[PACK_X86], e->interrupt};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] >= 0) close(all[i]);
    peer_close(&e->child_looker);
    rules_close(e);
    arena_reset(&e->arena);
    free(e);
}

/* ---- the loop ---- */

typedef struct {
    Peer looker;
    Item *item;               /* that a process works at, or NULL */
    Item *ahead[MOST_WAITING]; /* its next ones, of which the looker was asked already */
    size_t waiting;
} Slot;

enum { MOST_POLLS = 1 + (MOST_JOBS + MOST_ITEMS) * PEER_POLLS };

typedef struct {
    Engine *engine;
    Walk *walk;
    bool walked;  /* no input is left to begin */
    bool closing; /* interrupted: captures that are being read end with what they have */
    Slot slots[MOST_JOBS];
    Item *ring[MOST_ITEMS];
    size_t first, count; /* the item whose turn it is, and how many there are */
    uint64_t done, started;
    Time began, told; /* progress */
    struct pollfd polls[MOST_POLLS];
} Loop;

/* Each of them holds a descriptor. */
static size_t ring_size(const Loop *l) {
    size_t n = (size_t)l->engine->jobs * AHEAD;
    return n < MOST_ITEMS ? n : MOST_ITEMS;
}

static Item *at(const Loop *l, size_t k) {
    return l->ring[(l->first + k) % ring_size(l)];
}

static Item *turn(const Loop *l) {
    return l->count ? at(l, 0) : NULL;
}

static bool is_world_path(const char *path) {
    return ((path[0] | 0x20) >= 'a' && (path[0] | 0x20) <= 'z') && path[1] == ':' &&
           path[2] == '\\';
}

/* Standard input, unless it is a file like any other. */
static Item *make_item_of_input(Engine *e) {
    struct stat st;
    int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    if (fd < 0 || fstat(fd, &st) != 0)
        return item_new_skipped(e, "-", "standard input is closed", true);
    if (S_ISREG(st.st_mode)) return item_new(e, "-", fd, (uint64_t)st.st_size);
    return item_new_endless(e, "-", fd);
}

static Item *make_item(Engine *e, const WalkItem *w) {
    if (e->options.mode == ENGINE_WIRE && strcmp(w->path, "-") == 0) {
        if (w->fd >= 0) close(w->fd); /* a file of that name is ./- */
        return make_item_of_input(e);
    }
    if (!w->why) return item_new(e, w->path, w->fd, w->size);
    if (e->options.mode == ENGINE_RUN && is_world_path(w->path))
        return item_new_of_world(e, w->path);
    return item_new_skipped(e, w->path, w->why, w->unreadable);
}

static bool is_looked_at(const Item *i) {
    return !i->of_world && !i->endless;
}

/* The first item that waits is the slot's now. */
static void promote(Slot *s) {
    Item *i = s->ahead[0];
    s->item = i;
    memmove(s->ahead, s->ahead + 1, --s->waiting * sizeof *s->ahead);
    if (i->of_world) item_start(i);
    else if (i->endless) item_tap(i);
    else item_await(i, &s->looker);
}

static void begin(Slot *s, Item *i) {
    if (i->state == ITEM_SKIPPED) return;
    i->begun = true;
    sink_begun(i->engine->sink, i->name);
    s->ahead[s->waiting++] = i;
    if (is_looked_at(i)) item_ask(i, &s->looker);
    if (!s->item) promote(s);
}

/* False where there is none. */
static bool next_item(Loop *l, Item **out) {
    Engine *e = l->engine;
    WalkItem w;
    if (e->options.interface) {
        l->walked = true;
        *out = item_new_endless(e, e->options.interface, -1);
        return true;
    }
    l->walked = !walk_next(l->walk, &w);
    if (!l->walked) *out = make_item(e, &w);
    return !l->walked;
}

/* Gives the free slot its next input. False where there is none, or no place to keep it. */
static bool fill_slot(Loop *l, Slot *s) {
    Item *i;
    if (l->walked || l->closing || l->count == ring_size(l) || !next_item(l, &i)) return false;
    if (!i) {
        l->engine->stopping = true;
        return false;
    }
    l->ring[(l->first + l->count++) % ring_size(l)] = i;
    l->started++;
    begin(s, i);
    return true;
}

/* What waits behind an item whose looker died. */
static void ask_again(Slot *s) {
    for (size_t i = 0; i < s->waiting; i++)
        if (is_looked_at(s->ahead[i])) item_ask(s->ahead[i], &s->looker);
}

/* Moves the slot's item on, and lets it go when no process works at it any more. */
static void move_item(Slot *s) {
    Item *i = s->item;
    if (i->state == ITEM_LOOKING && !item_take_answer(i, &s->looker)) ask_again(s);
    if (i->state == ITEM_RUNNING && i->guest.dead) i->state = ITEM_READY;
    if (i->state == ITEM_READY) s->item = NULL;
}

/* The answers about those that wait may have come already. */
static void advance(Slot *s) {
    while (s->item || s->waiting) {
        if (!s->item) promote(s);
        move_item(s);
        if (s->item) return;
    }
}

/* What waits behind a guest's run goes to a free slot, and with it the looker that was asked. */
static void take_over(Loop *l, Slot *s) {
    for (size_t i = 0; i < l->engine->jobs && !s->waiting; i++) {
        Slot *busy = &l->slots[i];
        if (!busy->waiting || !busy->item || busy->item->state != ITEM_RUNNING) continue;
        Slot swap = *busy;
        *busy = *s;
        *s = swap;
        busy->item = s->item;
        s->item = NULL;
    }
    advance(s);
}

/* What waits for a large file had better wait for another slot. A looker that died takes no
 * questions until its death has been told of. */
static bool can_ask_ahead(const Slot *s) {
    if (!s->item || s->item->state != ITEM_LOOKING || s->looker.dead) return false;
    uint64_t bytes = s->item->size;
    for (size_t i = 0; i < s->waiting; i++) bytes += s->ahead[i]->size;
    return s->waiting < MOST_WAITING && bytes < MOST_BYTES_WAITING;
}

static void fill_slots(Loop *l) {
    for (size_t i = 0; i < l->engine->jobs; i++) {
        Slot *s = &l->slots[i];
        if (!s->item) take_over(l, s);
        while (!s->item && !l->engine->stopping && fill_slot(l, s)) {}
    }
    for (size_t round = 0; round < MOST_WAITING; round++)
        for (size_t i = 0; i < l->engine->jobs; i++) {
            Slot *s = &l->slots[i];
            if (can_ask_ahead(s) && !l->engine->stopping) fill_slot(l, s);
        }
}

static void tell_progress(Loop *l, bool now) {
    Engine *e = l->engine;
    Time time = time_monotonic();
    if (!e->options.progress || (!now && time - l->told < TIME_SECOND / 10)) return;
    Item *i = turn(l);
    l->told = time;
    EngineProgress p = {.name = i ? i->name : NULL,
                        .done = l->done,
                        .started = l->started,
                        .events = i ? i->events : 0,
                        .elapsed = time - l->began};
    if (i) item_progress(i, &p);
    if (!e->options.progress(e->options.progress_context, &p)) e->stopping = true;
}

static void tell_turns(Loop *l) {
    for (Item *i; !l->engine->stopping && (i = turn(l)) && item_tell(i);) {
        /* a worker that was killed for what it sent is still its slot's */
        for (size_t k = 0; k < l->engine->jobs; k++)
            if (l->slots[k].item == i) l->slots[k].item = NULL;
        item_end(i);
        item_free(i);
        l->first = (l->first + 1) % ring_size(l);
        l->count--;
        l->done++;
        tell_progress(l, true); /* it may end the work */
    }
}

/* ---- waiting ---- */

static bool may_read(const Loop *l, const Item *i) {
    return i == turn(l) || frame_held(&i->guest.in) < HELD_MOST;
}

/* While the slot runs a guest, nobody takes the answers about those that wait. */
static bool is_listened_to(const Slot *s) {
    return !s->item || s->item->state != ITEM_RUNNING;
}

/* The interrupt, every slot's looker, every item's guest. */
static size_t gather(Loop *l) {
    struct pollfd *polls = l->polls;
    size_t n = 0;
    polls[n++] = (struct pollfd){.fd = l->engine->interrupt, .events = POLLIN};
    for (size_t k = 0; k < l->engine->jobs; k++, n += PEER_POLLS)
        peer_poll(&l->slots[k].looker, is_listened_to(&l->slots[k]), polls + n);
    for (size_t k = 0; k < l->count; k++) {
        Item *i = at(l, k);
        if (!i->guest.open) continue;
        peer_poll(&i->guest, may_read(l, i), polls + n);
        n += PEER_POLLS;
    }
    return n;
}

static void drain_interrupt(Engine *e) {
    uint64_t n;
    while (read(e->interrupt, &n, sizeof n) > 0) {}
}

/* What is being read of captures is told; everything else is given up. */
static void interrupt(Loop *l) {
    bool ends = false;
    drain_interrupt(l->engine);
    for (size_t k = 0; !l->closing && k < l->count; k++)
        ends |= item_end_capture(at(l, k));
    l->closing = true;
    if (!ends) l->engine->stopping = true;
}

static void handle(Loop *l) {
    const struct pollfd *polls = l->polls;
    size_t n = 1;
    if (polls[0].revents) interrupt(l);
    for (size_t k = 0; k < l->engine->jobs; k++, n += PEER_POLLS)
        peer_handle(&l->slots[k].looker, polls + n);
    for (size_t k = 0; k < l->count; k++) {
        if (!at(l, k)->guest.open) continue;
        peer_handle(&at(l, k)->guest, polls + n);
        n += PEER_POLLS;
    }
}

/* What no input takes up is for the lives of those that run. */
static void count_idle(Loop *l) {
    l->engine->idle = 0;
    for (size_t k = 0; k < l->engine->jobs; k++) l->engine->idle += !l->slots[k].item;
}

static Status wait_and_handle(Loop *l, int milliseconds) {
    size_t n = gather(l);
    if (poll(l->polls, n, milliseconds) < 0) return errno == EINTR ? ST_OK : ST_IO;
    handle(l);
    count_idle(l);
    for (size_t k = 0; k < l->engine->jobs; k++) advance(&l->slots[k]);
    return ST_OK;
}

/* ---- one run of the engine ---- */

static void tell_interrupted(Loop *l) {
    WalkItem w;
    for (; l->count; l->count--, l->first = (l->first + 1) % ring_size(l)) {
        item_tell_interrupted(turn(l));
        item_end(turn(l));
        item_free(turn(l));
    }
    if (l->walked || !walk_next(l->walk, &w)) return;
    number_skipped(&l->engine->numbers, w.path,
                   "interrupted before it and what follows was looked at");
    if (w.fd >= 0) close(w.fd);
}

static Status work(Loop *l) {
    Status s = ST_OK;
    while (s == ST_OK && !l->engine->stopping) {
        uint64_t done = l->done;
        fill_slots(l);
        tell_turns(l);
        tell_progress(l, false);
        if (l->closing && !(turn(l) && turn(l)->capture)) l->engine->stopping = true;
        if (l->walked && !l->count) return ST_OK;
        s = wait_and_handle(l, l->done == done ? 100 : 0); /* what was told made room for more */
    }
    return s;
}

/* What was not looked for is not called absent: one line for all. */
static void tell_not_run(Engine *e) {
    char what[64];
    if (!e->not_run) return;
    snprintf(what, sizeof what, "%llu program%s", (unsigned long long)e->not_run,
             e->not_run == 1 ? "" : "s");
    number_skipped(&e->numbers, what, "only looked at and not run, as --no-run asks");
}

Status engine_run(Engine *e, const char *const *paths, size_t count, Sink *sink,
                  EngineSummary *summary) {
    Loop *l = calloc(1, sizeof *l);
    Walk *walk = walk_open(paths, count);
    Extract *extract = sink->entity ? extract_open(sink) : NULL;
    Behaviour *behaviour = behaviour_open(extract ? extract_sink(extract) : sink);
    if (!l || !walk || !behaviour || (sink->entity && !extract)) {
        free(l);
        walk_close(walk);
        behaviour_close(behaviour);
        extract_close(extract);
        return ST_BUDGET;
    }
    *l = (Loop){.engine = e, .walk = walk, .began = time_monotonic()};
    e->numbers.to = behaviour_sink(behaviour);
    e->sink = extract ? extract_sink(extract) : sink;
    e->numbers.summary = (EngineSummary){0};
    e->stopping = false;
    e->not_run = 0;
    rules_tell_problems(e);
    Status s = work(l);
    /* an interface has no other end */
    e->numbers.summary.interrupted = (e->stopping || l->closing) && !e->options.interface;
    tell_interrupted(l); /* nothing, where the work was done */
    tell_not_run(e);
    for (size_t k = 0; k < e->jobs; k++) peer_close(&l->slots[k].looker);
    peer_close(&e->child_looker);
    drain_interrupt(e);
    walk_close(walk);
    free(l);
    *summary = e->numbers.summary;
    summary->findings += behaviour_findings(behaviour);
    behaviour_close(behaviour);
    extract_close(extract);
    return s;
}
