/* A life: the opened, locked-in guest is forked; the fork changes its copy of the world, lives, and
 * leaves its record in memory that both share. So every life starts from boot, exactly as
 * `coax run --set` would. */
#include "base/log.h"
#include "lure/internal.h"
#include <errno.h>
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

/* ---- one life ---- */

static Value *edit_list(Arena *a, const Value *plain, const EditSet *edits) {
    Value *list = value_list(a);
    for (const Value *v = value_first(plain); v; v = v->next)
        value_add(list, value_str(a, value_get_str(v, "")));
    for (size_t i = 0; i < edits->count; i++)
        value_add(list, value_str(a, edit_text(a, edits->edits[i])));
    return list;
}

/* In the fork; never returns. */
_Noreturn static void live(Lure *l, const EditSet *edits, uint32_t run, unsigned how) {
    GuestConfig config = l->config->guest;
    const Stay *stay = l->stay;
    World *w = stay ? stay->world : (World *)(uintptr_t)config.world; /* this process' own copy */
    WorldError error;
    uint64_t size = 0;
    /* Of a part of a difference some edits may have lost what they are about. */
    for (size_t i = 0; stay && i < stay->edit_count; i++) edit_apply(w, stay->edits[i], &error);
    for (size_t i = 0; i < edits->count; i++)
        if (edit_apply(w, edits->edits[i], &error) != ST_OK) {
            log_debug("lure: no such world: %s: %s", edit_text(&l->arena, edits->edits[i]),
                      error.text);
            _exit(1);
        }
    Recorder *r = recorder_open(l->guest, run ? config.sink : NULL, how & LIFE_COMPARES);
    if (!r) _exit(1);
    if (l->forced) recorder_force(r, l->forced, l->forced_side, l->forced_bytes);
    config.world = w;
    if (stay) config.world_name = stay->name;
    config.path = world_expand(w, &l->arena, l->config->place);
    config.run = run;
    config.edits = edit_list(&l->arena, config.edits, edits);
    config.watch = recorder_watch(r);
    config.sink = recorder_sink(r);
    if (!run) config.progress = NULL;
    if (guest_live(l->guest, &config) != ST_OK) _exit(1);
    Span record = recorder_finish(r);
    if (record.n > SHARED_BYTES - sizeof size) _exit(1);
    size = record.n;
    memcpy(l->shared + sizeof size, record.p, record.n);
    memcpy(l->shared, &size, sizeof size);
    _exit(0);
}

static void forget_shared(Lure *l) {
    madvise(l->shared, SHARED_BYTES, MADV_REMOVE);
    memset(l->shared, 0, sizeof(uint64_t));
}

Status life(Lure *l, const EditSet *edits, uint32_t run, unsigned how, Record *out) {
    uint64_t size;
    int status = 0;
    *out = (Record){.failed = true};
    for (size_t i = 0; i < edits->count; i++)
        log_debug("lure: life %u: %s", l->lives, edit_text(&l->arena, edits->edits[i]));
    if (!l->shared) {
        l->shared = mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (l->shared == MAP_FAILED) return l->shared = NULL, ST_BUDGET;
    }
    pid_t pid = fork();
    if (pid < 0) return ST_BUDGET;
    if (pid == 0) live(l, edits, run, how);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    l->lives++;
    memcpy(&size, l->shared, sizeof size);
    bool lived =
        WIFEXITED(status) && WEXITSTATUS(status) == 0 && size <= SHARED_BYTES - sizeof size;
    Status s = ST_OK;
    if (lived) s = record_read(span(l->shared + sizeof size, size), out);
    else log_debug("lure: a life ended with status %#x", (unsigned)status);
    forget_shared(l);
    if (s == ST_OK) l->blocks += out->blocks;
    if (l->config->sign) l->config->sign(l->config->sign_context);
    return s;
}

bool life_left(const Lure *l) {
    uint32_t lives = l->config->replays ? l->config->replays : DEFAULT_LIVES;
    uint64_t blocks = l->config->blocks ? l->config->blocks : default_blocks;
    return l->lives < lives && l->blocks < blocks;
}
