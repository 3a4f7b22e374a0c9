/* coax case show ID: an input's report, as its analysis wrote it. */
#include "cli/case.h"
#include "report/report.h"
#include <errno.h>

static int write_report(void *context, Span bytes) {
    (void)context;
    return cli_write(bytes);
}

static int show(Store *store, const Settings *s, uint64_t input) {
    ReportOptions options = {.write = write_report,
                             .format = s->json ? REPORT_JSON : REPORT_TEXT,
                             .color = cli_wants_color(s),
                             .quiet = s->quiet,
                             .width = cli_width()};
    Report *report = report_open(&options);
    if (!report) {
        cli_complain("out of memory");
        return EXIT_TROUBLE;
    }
    StoreIds ids = {0};
    Status status = store_replay(store, input, NULL, NULL, &ids, report_sink(report));
    Status written = report_finish(report);
    if (written != ST_OK) cli_complain("standard output: %s", strerror(report_error(report)));
    ReportTotals totals = report_totals(report);
    report_close(report);
    if (status != ST_OK || written != ST_OK) return EXIT_TROUBLE;
    return report_found(&totals) ? EXIT_FINDINGS : EXIT_NOTHING;
}

static int run(Store *store, const Settings *s, const char *const *operands, size_t count) {
    if (count != 1) {
        cli_complain("coax case show wants one ID (coax case export takes many)");
        return EXIT_TROUBLE;
    }
    uint64_t input = case_input(store, operands[0]);
    return input ? show(store, s, input) : EXIT_TROUBLE;
}

const CaseCommand case_show = {
    .name = "show", .operands = "ID", .mode = STORE_READ, .least = 1, .run = run};
