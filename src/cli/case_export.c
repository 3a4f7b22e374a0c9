/* coax case export [ID...]: the inputs, or all of them, for other programs: as JSON Lines, which is
 * one report of all (docs/json.md), or as a table of what links them. */
#include "cli/case.h"
#include "report/report.h"
#include <inttypes.h>
#include <stdlib.h>

typedef struct {
    uint64_t *ids;
    size_t count, room;
    bool full;
} Ids;

static void add(Ids *ids, uint64_t id) {
    if (ids->count == ids->room) {
        size_t room = ids->room ? 2 * ids->room : 64;
        uint64_t *more = realloc(ids->ids, room * sizeof *more);
        ids->full = ids->full || !more;
        if (!more) return;
        ids->ids = more;
        ids->room = room;
    }
    ids->ids[ids->count++] = id;
}

static bool add_input(void *context, const StoreInput *i) {
    add(context, i->id);
    return true;
}

/* ---- JSON Lines ---- */

static int write_report(void *context, Span bytes) {
    (void)context;
    return cli_write(bytes);
}

static bool as_jsonl(Store *store, const Ids *ids) {
    Report *report = report_open(&(ReportOptions){.write = write_report, .format = REPORT_JSON});
    StoreIds given = {0};
    Status status = report ? ST_OK : ST_BUDGET;
    for (size_t i = 0; i < ids->count && status == ST_OK && !report_error(report); i++)
        status = store_replay(store, ids->ids[i], NULL, NULL, &given, report_sink(report));
    bool written = report && report_finish(report) == ST_OK;
    if (report && !written) cli_complain("standard output: %s", strerror(report_error(report)));
    if (!report) cli_complain("out of memory");
    report_close(report);
    return status == ST_OK && written;
}

/* ---- CSV: RFC 4180 ---- */

typedef struct {
    CaseOut out;
    const Ids *ids;
    bool all;
} Table;

static int by_number(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* A cell that a spreadsheet would take for a formula begins with an apostrophe. */
static void cell(Buf *b, const char *text, char behind) {
    buf_byte(b, '"');
    if (*text && strchr("=+-@\t\r", *text)) buf_byte(b, '\'');
    for (; *text; text++) {
        if (*text == '"') buf_byte(b, '"');
        buf_byte(b, (uint8_t)*text);
    }
    buf_printf(b, "\"%c", behind);
}

static bool row(void *context, const StoreLink *l) {
    Table *t = context;
    Buf *b = &t->out.buf;
    if (!t->all && !bsearch(&l->input, t->ids->ids, t->ids->count, sizeof l->input, by_number))
        return true;
    buf_printf(b, "%" PRIu64 ",%" PRIu64 ",", l->input, l->artifact);
    cell(b, l->name, ',');
    cell(b, l->sha256, ',');
    cell(b, entity_name(l->kind), ',');
    cell(b, l->value, ',');
    cell(b, l->via, '\n');
    case_out_breathe(&t->out);
    return !t->out.error;
}

static bool as_csv(Store *store, Ids *ids, bool all) {
    Table t = {.out = case_out(), .ids = ids, .all = all};
    qsort(ids->ids, ids->count, sizeof *ids->ids, by_number);
    buf_str(&t.out.buf, "input,artifact,name,input_sha256,kind,value,via\n");
    Status status = store_links(store, row, &t);
    return case_out_close(&t.out) && status == ST_OK;
}

static int run(Store *store, const Settings *s, const char *const *operands, size_t count) {
    Ids ids = {0};
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        uint64_t id = case_input(store, operands[i]);
        good = id != 0;
        if (good) add(&ids, id);
    }
    if (!count) good = store_list(store, &(StoreFilter){.severity = -1}, add_input, &ids) == ST_OK;
    if (ids.full) cli_complain("out of memory");
    bool csv = s->as && strcmp(s->as, "csv") == 0;
    if (good && !ids.full) good = csv ? as_csv(store, &ids, !count) : as_jsonl(store, &ids);
    free(ids.ids);
    return good && !ids.full ? EXIT_NOTHING : EXIT_TROUBLE;
}

const CaseCommand case_export = {
    .name = "export", .operands = "[ID...]", .mode = STORE_READ, .run = run};
