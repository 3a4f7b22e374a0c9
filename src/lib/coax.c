/* libcoax over the engine and the JSON report. */
#include "engine/engine.h"
#include "report/report.h"
#include <coax.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { OPTIONS_CAP = 16 << 20, MAX_EDITS = 4096, MAX_JOBS = 256 };

struct Coax {
    Arena texts; /* of the options */
    const char *world, *directory;
    const char *edits[MAX_EDITS];
    size_t edit_count;
    unsigned jobs;
    bool trace;
    Engine *volatile engine; /* while an analysis runs */
    char message[ENGINE_MESSAGE];
};

const char *coax_version(void) {
    return COAX_VERSION;
}

Coax *coax_open(void) {
    Coax *c = calloc(1, sizeof *c);
    if (c) c->texts = arena_new(OPTIONS_CAP);
    return c;
}

void coax_close(Coax *c) {
    if (!c) return;
    arena_reset(&c->texts);
    free(c);
}

const char *coax_message(const Coax *c) {
    return c->message;
}

void coax_interrupt(Coax *c) {
    Engine *e = c->engine;
    if (e) engine_interrupt(e);
}

static int trouble(Coax *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int trouble(Coax *c, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(c->message, sizeof c->message, format, args);
    va_end(args);
    return COAX_TROUBLE;
}

/* ---- options ---- */

static bool set_world(Coax *c, const char *value) {
    return (c->world = arena_str(&c->texts, value)) != NULL;
}
static bool set_directory(Coax *c, const char *value) {
    return (c->directory = arena_str(&c->texts, value)) != NULL;
}
static bool add_edit(Coax *c, const char *value) {
    if (c->edit_count == MAX_EDITS) return false;
    const char *copy = arena_str(&c->texts, value);
    if (copy) c->edits[c->edit_count++] = copy;
    return copy != NULL;
}
static bool set_jobs(Coax *c, const char *value) {
    char *end;
    unsigned long n = strtoul(value, &end, 10);
    if (!*value || *end || n < 1 || n > MAX_JOBS) return false;
    c->jobs = (unsigned)n;
    return true;
}
static bool set_trace(Coax *c, const char *value) {
    c->trace = strcmp(value, "yes") == 0;
    return c->trace || strcmp(value, "no") == 0;
}

int coax_set(Coax *c, const char *option, const char *value) {
    static const struct {
        const char *name;
        bool (*set)(Coax *c, const char *value);
    } options[] = {{"world", set_world},
                   {"directory", set_directory},
                   {"set", add_edit},
                   {"jobs", set_jobs},
                   {"trace", set_trace}};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (strcmp(option, options[i].name) != 0) continue;
        if (options[i].set(c, value)) return COAX_NOTHING;
        return trouble(c, "the option %s cannot be \"%s\"", option, value);
    }
    return trouble(c, "there is no option %s", option);
}

/* ---- an analysis ---- */

typedef struct {
    CoaxLine *line;
    void *context;
    Report *report;
} Output;

/* The report gives whole lines, several at a time. */
static int write_lines(void *context, Span bytes) {
    const Output *o = context;
    for (size_t at = 0; at < bytes.n;) {
        const uint8_t *from = bytes.p + at, *end = memchr(from, '\n', bytes.n - at);
        size_t n = end ? (size_t)(end - from) : bytes.n - at;
        if (o->line(o->context, (const char *)from, n) != 0) return ECANCELED;
        at += n + 1;
    }
    return 0;
}

static bool on_progress(void *context, const EngineProgress *now) {
    const Output *o = context;
    (void)now;
    return report_error(o->report) == 0;
}

static int result(Coax *c, const Report *r, const EngineSummary *summary) {
    ReportTotals totals = report_totals(r);
    if (report_error(r) == ECANCELED) return trouble(c, "the receiver of the lines ended it");
    if (report_error(r)) return trouble(c, "the report could not be written");
    if (report_found(&totals)) return COAX_FINDINGS;
    if (summary->interrupted) return trouble(c, "interrupted");
    if (summary->failed) return trouble(c, "a part of the work failed; the lines say which");
    if (summary->unreadable)
        return trouble(c, "an input could not be read; the summary says which");
    return COAX_NOTHING;
}

static int run_engine(Coax *c, Engine *e, const char *const *paths, size_t count, Output *o) {
    EngineSummary summary = {0};
    c->engine = e;
    Status status = engine_run(e, paths, count, report_sink(o->report), &summary);
    c->engine = NULL;
    (void)report_finish(o->report); /* its failure stays in report_error */
    if (status != ST_OK) return trouble(c, "%s", status_text(status));
    return result(c, o->report, &summary);
}

static int analyse(Coax *c, EngineOptions *options, const char *const *paths, size_t count,
                   Output *o) {
    Engine *e = NULL;
    o->report =
        report_open(&(ReportOptions){.write = write_lines, .context = o, .format = REPORT_JSON});
    if (!o->report) return trouble(c, "out of memory");
    Status status = engine_open(options, &e, c->message);
    int r = COAX_TROUBLE;
    if (status == ST_OK) r = run_engine(c, e, paths, count, o);
    else if (!*c->message) trouble(c, "%s", status_text(status));
    engine_close(e);
    report_close(o->report);
    return r;
}

static EngineOptions engine_options(Coax *c, EngineMode mode, Output *o) {
    c->message[0] = 0;
    return (EngineOptions){.mode = mode,
                           .jobs = c->jobs,
                           .world = c->world,
                           .edits = c->edits,
                           .edit_count = c->edit_count,
                           .directory = c->directory,
                           .trace = c->trace,
                           .progress = on_progress,
                           .progress_context = o};
}

int coax_analyse(Coax *c, const char *const *paths, size_t count, CoaxLine *line, void *context) {
    Output o = {.line = line, .context = context};
    EngineOptions options = engine_options(c, ENGINE_ANALYSE, &o);
    return analyse(c, &options, paths, count, &o);
}

int coax_run(Coax *c, const char *program, const char *const *arguments, size_t count,
             CoaxLine *line, void *context) {
    Output o = {.line = line, .context = context};
    EngineOptions options = engine_options(c, ENGINE_RUN, &o);
    options.arguments = arguments;
    options.argument_count = count;
    return analyse(c, &options, &program, 1, &o);
}
