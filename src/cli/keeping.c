/* The case that an analysis is kept in: the store beside the report, and the engine's memory. */
#include "base/text.h"
#include "cli/cli.h"
#include <stdlib.h>

const char *keeping_file(const Settings *s) {
    const char *named = getenv("COAX_CASE");
    return s->case_file ? s->case_file : named && *named ? named : NULL;
}

/* ---- the engine's memory ---- */

static uint64_t find(void *context, const char *key) {
    const Keeping *k = context;
    return k->again ? 0 : store_known(k->store, key);
}

static Status tell(void *context, uint64_t answer, const char *name, uint32_t *artifacts,
                   uint32_t *runs, Sink *to) {
    const Keeping *k = context;
    StoreIds ids = {*artifacts, *runs};
    Arena a = arena_new(1 << 10);
    const char *when = store_when(k->store, &a, answer);
    Status s = when ? store_replay(k->store, answer, name, when, &ids, to) : ST_NOT_FOUND;
    arena_reset(&a);
    *artifacts = ids.artifacts;
    *runs = ids.runs;
    return s;
}

/* ---- the store ---- */

static void tell_lost(void *context, const StoreLost *l) {
    Buf b = buf_new(1 << 16);
    text_escape(&b, span_str(l->name));
    cli_complain("%s: the run of %s did not end; in flight was %.*s", (const char *)context,
                 l->began, (int)b.n, (const char *)b.p);
    buf_free(&b);
}

bool keeping_open(Keeping *k, const Settings *s) {
    char message[STORE_MESSAGE] = "";
    const char *file = keeping_file(s);
    *k = (Keeping){.again = s->again,
                .memory = {.context = k, .version = COAX_VERSION, .find = find, .tell = tell}};
    if (!file) return true;
    Status status = store_open(file, STORE_WRITE, STORE_PATIENCE, &k->store, message);
    if (status == ST_OK) status = store_begin(k->store, COAX_VERSION, tell_lost, (void *)file);
    if (status == ST_OK) return true;
    cli_complain("%s", *message ? message : store_problem(k->store));
    store_close(k->store);
    k->store = NULL;
    return false;
}

Sink *keeping_sink(Keeping *k, Sink *report) {
    if (!k->store) return report;
    k->tee = tee_of(store_sink(k->store), report);
    return &k->tee.sink;
}

bool keeping_good(const Keeping *k) {
    return !k->store || !store_problem(k->store);
}

bool keeping_close(Keeping *k, bool interrupted) {
    if (!k->store) return true;
    store_finish(k->store, interrupted);
    const char *problem = store_problem(k->store);
    if (problem) cli_complain("%s", problem);
    store_close(k->store);
    k->store = NULL;
    return !problem;
}
