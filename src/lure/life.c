/* A life: the opened, locked-in guest is forked; the fork changes its copy of the world, lives, and
 * leaves its record in memory that both share. So every life starts from boot, exactly as
 * `coax run --set` would. A life depends on its edits alone: one that will be wanted soon can begin
 * beside the present one, and shows the same whenever it is asked for. */
#include "base/log.h"
#include "lure/internal.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHARED_BYTES = 64 << 20, DEFAULT_LIVES = 200 };
static const uint64_t default_blocks = UINT64_C(20000000000);

/* ---- edits ---- */

bool edit_same_target(const WorldEdit *a, const WorldEdit *b) {
    if (a->fact != b->fact || !a->subject != !b->subject) return false;
    return !a->subject || strcasecmp(a->subject, b->subject) == 0;
}

bool edit_set_add(EditSet *s, const WorldEdit *e) {
    for (size_t i = 0; i < s->count; i++) {
        if (!edit_same_target(s->edits[i], e)) continue;
        s->edits[i] = e;
        return true;
    }
    if (s->count == sizeof s->edits / sizeof *s->edits) return false;
    s->edits[s->count++] = e;
    return true;
}

EditSet edit_set_without(const EditSet *s, size_t i) {
    EditSet out = *s;
    memmove(&out.edits[i], &out.edits[i + 1], (out.count - i - 1) * sizeof *out.edits);
    out.count--;
    return out;
}

const char *edit_text(Arena *a, const WorldEdit *e) {
    Buf text = buf_new(1 << 20);
    edit_print(&text, e);
    const char *out = arena_text(a, buf_span(&text));
    buf_free(&text);
    return out;
}

const WorldEdit *edit_keep(Arena *a, const WorldEdit *e) {
    WorldEdit *kept = arena_one(a, WorldEdit);
    if (kept) *kept = *e;
    return kept;
}

bool edit_same_value(const WorldEdit *a, const WorldEdit *b) {
    return a->verb == b->verb && a->value.number == b->value.number &&
           span_equal(a->value.bytes, b->value.bytes);
}

bool edit_same(const WorldEdit *a, const WorldEdit *b) {
    return edit_same_target(a, b) && edit_same_value(a, b);
}

/* ---- in the fork ---- */

/* What a fork and its parent share; the record follows. */
typedef struct {
    _Atomic bool unwanted;
    uint64_t size;
} Shared;

enum { MOST_RECORD = SHARED_BYTES - sizeof(Shared) };

static Value *edit_list(Arena *a, const Value *plain, const EditSet *edits) {
    Value *list = value_list(a);
    for (const Value *v = value_first(plain); v; v = v->next)
        value_add(list, value_str(a, value_get_str(v, "")));
    for (size_t i = 0; i < edits->count; i++)
        value_add(list, value_str(a, edit_text(a, edits->edits[i])));
    return list;
}

/* This process' own copy of the world. Of a part of a difference some edits may have lost what they
 * are about. */
static World *change_world(Lure *l, const LifeKey *k) {
    const Stay *stay = k->stay;
    World *w = stay ? stay->world : (World *)(uintptr_t)l->config->guest.world;
    WorldError error;
    for (size_t i = 0; stay && i < stay->edit_count; i++) edit_apply(w, stay->edits[i], &error);
    for (size_t i = 0; i < k->edits.count; i++)
        if (edit_apply(w, k->edits.edits[i], &error) != ST_OK) {
            log_debug("lure: no such world: %s: %s", edit_text(&l->arena, k->edits.edits[i]),
                      error.text);
            _exit(1);
        }
    return w;
}

/* Nobody may end it but itself. */
static void leave_if_unwanted(void *context, const GuestProgress *now) {
    const Shared *shared = context;
    (void)now;
    if (atomic_load_explicit(&shared->unwanted, memory_order_relaxed)) _exit(1);
}

_Noreturn static void live(Lure *l, const LifeKey *k, uint32_t run, Shared *shared) {
    GuestConfig config = l->config->guest;
    World *w = change_world(l, k);
    Recorder *r = recorder_open(l->guest, run ? config.sink : NULL, k->how & LIFE_COMPARES);
    if (!r) _exit(1);
    if (k->how & LIFE_ORDER) recorder_keep_order(r);
    if (k->forced) recorder_force(r, k->forced, k->forced_side, k->forced_bytes);
    config.world = w;
    if (k->stay) config.world_name = k->stay->name;
    config.path = world_expand(w, &l->arena, l->config->place);
    config.run = run;
    config.edits = edit_list(&l->arena, config.edits, &k->edits);
    config.watch = recorder_watch(r);
    config.sink = recorder_sink(r);
    if (!run) {
        config.progress = leave_if_unwanted;
        config.progress_context = shared;
    }
    if (guest_live(l->guest, &config) != ST_OK) _exit(1);
    Span record = recorder_finish(r);
    if (record.n > MOST_RECORD) _exit(1);
    shared->size = record.n;
    memcpy(shared + 1, record.p, record.n);
    _exit(0);
}

/* ---- forks ---- */

static void log_nothing(LogLevel level, const char *line) {
    (void)level, (void)line;
}

/* `beside`: it lives beside another, to whom the channel belongs. */
static Status fork_begin(Lure *l, LifeFork *f, const LifeKey *k, uint32_t run, bool beside) {
    if (!f->shared) {
        f->shared = mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (f->shared == MAP_FAILED) return f->shared = NULL, ST_BUDGET;
    }
    f->key = *k;
    f->ended = false;
    f->pid = fork();
    if (f->pid < 0) return f->pid = 0, ST_BUDGET;
    if (f->pid > 0) return ST_OK;
    if (beside) log_set_sink(log_nothing);
    live(l, k, run, f->shared);
}

static void fork_wait(LifeFork *f, int flags) {
    pid_t pid;
    if (!f->pid || f->ended) return;
    while ((pid = waitpid(f->pid, &f->status, flags)) < 0 && errno == EINTR) {}
    f->ended = pid != 0;
}

/* Gives the slot back. */
static void fork_drop(LifeFork *f) {
    if (!f->pid) return;
    Shared *shared = f->shared;
    atomic_store(&shared->unwanted, true);
    fork_wait(f, 0);
    f->pid = 0;
    madvise(shared, SHARED_BYTES, MADV_REMOVE);
    memset(shared, 0, sizeof *shared);
}

static bool same_key(const LifeKey *a, const LifeKey *b) {
    if (a->how != b->how || a->stay != b->stay || a->forced != b->forced ||
        a->forced_side != b->forced_side || !span_equal(a->forced_bytes, b->forced_bytes) ||
        a->edits.count != b->edits.count)
        return false;
    for (size_t i = 0; i < a->edits.count; i++)
        if (!edit_same(a->edits.edits[i], b->edits.edits[i])) return false;
    return true;
}

static LifeFork *find_fork(Lure *l, const LifeKey *k) {
    for (size_t i = 0; i < MOST_FORKS; i++)
        if (l->forks[i].pid && same_key(&l->forks[i].key, k)) return &l->forks[i];
    return NULL;
}

static LifeFork *free_fork(Lure *l) {
    for (size_t i = 0; i < MOST_FORKS; i++)
        if (!l->forks[i].pid) return &l->forks[i];
    return NULL;
}

static unsigned count_living(Lure *l, size_t *kept) {
    unsigned n = 0;
    *kept = 0;
    for (size_t i = 0; i < MOST_FORKS; i++) {
        fork_wait(&l->forks[i], WNOHANG);
        n += l->forks[i].pid && !l->forks[i].ended;
        *kept += l->forks[i].pid != 0;
    }
    return n;
}

/* ---- lives ---- */

static LifeKey key_of(const Lure *l, const EditSet *edits, unsigned how) {
    return (LifeKey){.edits = *edits,
                     .how = how,
                     .stay = l->stay,
                     .forced = l->forced,
                     .forced_side = l->forced_side,
                     .forced_bytes = l->forced_bytes};
}

/* One place stays free for the life that is wanted now. */
void life_ahead(Lure *l, const EditSet *edits, unsigned how) {
    LifeKey k = key_of(l, edits, how);
    size_t kept;
    if (count_living(l, &kept) + 1 >= l->config->lives_at_once || kept + 1 >= MOST_FORKS) return;
    if (!find_fork(l, &k)) fork_begin(l, free_fork(l), &k, 0, true);
}

void lives_forget(Lure *l) {
    for (size_t i = 0; i < MOST_FORKS; i++) fork_drop(&l->forks[i]);
}

static Status take_record(LifeFork *f, Record *out) {
    const Shared *shared = f->shared;
    bool lived = WIFEXITED(f->status) && WEXITSTATUS(f->status) == 0 && shared->size <= MOST_RECORD;
    if (lived) return record_read(span(shared + 1, shared->size), out);
    log_debug("lure: a life ended with status %#x", (unsigned)f->status);
    return ST_OK;
}

Status life(Lure *l, const EditSet *edits, uint32_t run, unsigned how, Record *out) {
    LifeKey k = key_of(l, edits, how);
    LifeFork *f = run ? NULL : find_fork(l, &k);
    *out = (Record){.failed = true};
    for (size_t i = 0; i < edits->count; i++)
        log_debug("lure: life %u: %s", l->lives, edit_text(&l->arena, edits->edits[i]));
    if (!f) {
        f = free_fork(l);
        TRY(fork_begin(l, f, &k, run, false));
    }
    fork_wait(f, 0);
    l->lives++;
    Status s = take_record(f, out);
    fork_drop(f);
    if (s == ST_OK) l->blocks += out->blocks;
    if (l->config->sign) l->config->sign(l->config->sign_context);
    return s;
}

bool life_left(const Lure *l) {
    uint32_t lives = l->config->replays ? l->config->replays : DEFAULT_LIVES;
    uint64_t blocks = l->config->blocks ? l->config->blocks : default_blocks;
    return l->lives < lives && l->blocks < blocks;
}
