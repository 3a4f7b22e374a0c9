/* coax case forget ID... | --before TIME: removes for good, and rewrites the file. */
#include "cli/case.h"
#include <inttypes.h>

static bool forget_all(Store *store, const char *const *operands, size_t count, uint64_t *gone) {
    for (size_t i = 0; i < count; i++) {
        uint64_t id = case_input(store, operands[i]);
        if (!id || store_forget(store, id) != ST_OK) return false;
        ++*gone;
    }
    return true;
}

static int run(Store *store, const Settings *s, const char *const *operands, size_t count) {
    Arena a = arena_new(1 << 12);
    const char *before = case_time(&a, s->before);
    uint64_t gone = 0, more = 0;
    if (!count && !before) {
        cli_complain("coax case forget wants IDs or --before TIME");
        return EXIT_TROUBLE;
    }
    bool good = forget_all(store, operands, count, &gone);
    if (good && before) good = store_forget_before(store, before, &more) == ST_OK;
    arena_reset(&a);
    if (gone + more && !store_problem(store)) good = store_compact(store) == ST_OK && good;
    Buf b = buf_new(256);
    buf_printf(&b, "%" PRIu64 " %s forgotten\n", gone + more, gone + more == 1 ? "input" : "inputs");
    int printed = s->quiet ? EXIT_NOTHING : cli_print(&b);
    buf_free(&b);
    return good ? printed : EXIT_TROUBLE;
}

const CaseCommand case_forget = {
    .name = "forget", .operands = "ID... | --before TIME", .mode = STORE_CHANGE, .run = run};
