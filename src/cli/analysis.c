/* From settings to an exit status: engine, report, progress, Ctrl-C. */
#include "cli/cli.h"
#include "cli/output.h"
#include "report/report.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

typedef struct {
    Report *report;
    Progress progress;
    Output output;
    uint64_t inputs;
    bool live; /* lines are wanted as they come */
    int pcap;  /* a descriptor, or -1 */
    int pcap_error;
    Keeping keep;
} Analysis;

static int write_report(void *context, Span bytes) {
    Analysis *a = context;
    progress_clear(&a->progress);
    return output_write(&a->output, bytes);
}

static int write_capture(void *context, Span bytes) {
    Analysis *a = context;
    return a->pcap_error = output_write_all(a->pcap, bytes);
}

static bool complain_of(const char *path, int error) {
    if (error) cli_complain("%s cannot be written: %s", path, strerror(error));
    return error == 0;
}

/* False where a file cannot be written, which has been said. */
static bool open_files(Analysis *a, const Settings *s) {
    a->pcap = -1;
    if (!complain_of(s->output, output_open(&a->output, s->output))) return false;
    if (!s->pcap) return true;
    a->pcap = open(s->pcap, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    return complain_of(s->pcap, a->pcap < 0 ? errno : 0);
}

static void close_files(Analysis *a) {
    if (a->pcap >= 0) close(a->pcap);
    output_close(&a->output);
}

static bool on_progress(void *context, const EngineProgress *now) {
    Analysis *a = context;
    if (a->live) report_flush(a->report);
    progress_show(&a->progress, now, a->inputs);
    if (a->keep.store) store_settle(a->keep.store, STORE_PAUSE);
    return report_error(a->report) == 0 && keeping_good(&a->keep);
}

/* ---- Ctrl-C: the first ends the work and writes what there is, the second ends coax ---- */

static Engine *volatile interruptible;

static void on_signal(int number) {
    (void)number;
    if (interruptible) engine_interrupt(interruptible);
}

static void catch_signals(Engine *e) {
    struct sigaction once = {.sa_handler = on_signal, .sa_flags = SA_RESETHAND};
    interruptible = e;
    sigaction(SIGINT, &once, NULL);
    sigaction(SIGTERM, &once, NULL);
}

static void release_signals(void) {
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    interruptible = NULL;
}

/* ---- the end ---- */

static const char *write_error(int error) {
    return error == EPIPE ? "whoever read it went away" : strerror(error);
}

static int status_of(const Report *r, const EngineSummary *summary) {
    ReportTotals totals = report_totals(r);
    if (report_error(r)) return EXIT_TROUBLE;
    if (report_found(&totals)) return EXIT_FINDINGS;
    return summary->unreadable || summary->failed || summary->interrupted ? EXIT_TROUBLE
                                                                          : EXIT_NOTHING;
}

static int run_engine(Analysis *a, Engine *e, const char *const *paths, size_t count) {
    EngineSummary summary = {0};
    catch_signals(e);
    Sink *sink = keeping_sink(&a->keep, report_sink(a->report));
    Status status = engine_run(e, paths, count, sink, &summary);
    release_signals();
    Status written = report_finish(a->report);
    progress_clear(&a->progress);
    if (status != ST_OK) cli_complain("%s", status_text(status));
    bool kept = keeping_close(&a->keep, summary.interrupted);
    if (summary.interrupted && kept && !report_error(a->report))
        cli_complain("interrupted; the report tells what was finished");
    if (written != ST_OK)
        cli_complain("the %s could not be written: %s", a->pcap_error ? "capture" : "report",
                     write_error(report_error(a->report)));
    return status != ST_OK || !kept ? EXIT_TROUBLE : status_of(a->report, &summary);
}

static EngineTrust trust(const Settings *s) {
    EngineTrust t = s->trust;
    t.roots = s->roots;
    t.crls = s->crls;
    t.abuse = s->abuse;
    t.catalogs = s->catalogs;
    return t;
}

static EngineRules rules(const Settings *s) {
    EngineRules r = s->against;
    r.rules = s->rules;
    r.defines = s->defines;
    r.lists = s->hashes;
    return r;
}

static EngineOptions engine_options(const Settings *s, EngineMode mode, Analysis *a) {
    return (EngineOptions){.mode = mode,
                           .jobs = s->jobs,
                           .world = s->world,
                           .edits = s->edits,
                           .edit_count = s->edit_count,
                           .directory = s->directory,
                           .no_run = s->no_run,
                           .trace = s->trace,
                           .replays = mode == ENGINE_ANALYSE ? s->replays : 0,
                           .against = s->personas,
                           .against_count = s->persona_count,
                           .capture = s->pcap != NULL,
                           .interface = s->interface,
                           .filter = s->filter,
                           .trust = trust(s),
                           .rules = rules(s),
                           .no_digests = s->no_digests,
                           .budget = s->budget,
                           .wall = s->wall,
                           .memory = keeping_file(s) ? &a->keep.memory : NULL,
                           .progress = on_progress,
                           .progress_context = a};
}

static bool is_live(const Settings *s, const char *const *paths, size_t count) {
    return s->interface || (count == 1 && strcmp(paths[0], "-") == 0);
}

int analysis_run(const Settings *s, EngineMode mode, const char *const *paths, size_t path_count,
                 const char *const *arguments, size_t argument_count) {
    char message[ENGINE_MESSAGE] = "";
    Analysis a = {.progress = progress_new(s->quiet),
                  .inputs = path_count,
                  .live = is_live(s, paths, path_count),
                  .pcap = -1};
    ReportOptions report = {.write = write_report,
                            .context = &a,
                            .capture = s->pcap ? write_capture : NULL,
                            .capture_context = &a,
                            .format = s->json ? REPORT_JSON : REPORT_TEXT,
                            .color = !s->output && cli_wants_color(s),
                            .quiet = s->quiet,
                            .live = a.live,
                            .width = s->output ? 0 : cli_width()};
    EngineOptions options = engine_options(s, mode, &a);
    options.arguments = arguments;
    options.argument_count = argument_count;

    Engine *engine = NULL;
    Status status = engine_open(&options, &engine, message);
    if (status != ST_OK) {
        cli_complain("%s", *message ? message : status_text(status));
        return EXIT_TROUBLE;
    }
    int exit_status = EXIT_TROUBLE;
    bool ready = open_files(&a, s) && keeping_open(&a.keep, s);
    a.report = ready ? report_open(&report) : NULL;
    if (a.report) exit_status = run_engine(&a, engine, paths, path_count);
    else if (ready) cli_complain("out of memory");
    report_close(a.report);
    store_close(a.keep.store);
    close_files(&a);
    engine_close(engine);
    return exit_status;
}
