#include "report/writer.h"
#include <stdlib.h>

/* What was skipped is listed in the summary; past this much text it is only counted. */
enum { KEPT_CAP = 64 << 20 };

static Report *report_of(Sink *s) {
    return (Report *)s;
}

static void take_artifact(Sink *s, const Artifact *a) {
    Report *r = report_of(s);
    r->totals.artifacts++;
    r->writer->artifact(r, a);
    out_breathe(&r->out);
}

static void take_event(Sink *s, const Event *e) {
    Report *r = report_of(s);
    r->writer->event(r, e);
    out_breathe(&r->out);
}

static void take_call(Sink *s, const Call *c) {
    Report *r = report_of(s);
    r->writer->call(r, c);
    out_breathe(&r->out);
}

static void take_finding(Sink *s, const Finding *f) {
    Report *r = report_of(s);
    r->totals.findings[f->severity]++;
    r->writer->finding(r, f);
    out_breathe(&r->out);
}

static void take_trigger(Sink *s, const Trigger *t) {
    Report *r = report_of(s);
    r->totals.triggers++;
    r->writer->trigger(r, t);
    out_breathe(&r->out);
}

static void take_run(Sink *s, const Run *run) {
    Report *r = report_of(s);
    r->totals.runs++;
    r->writer->run(r, run);
    out_breathe(&r->out);
}

static void take_host(Sink *s, const Host *h) {
    Report *r = report_of(s);
    r->totals.hosts++;
    r->writer->host(r, h);
    out_breathe(&r->out);
}

static void take_skipped(Sink *s, const char *what, const char *why) {
    Report *r = report_of(s);
    r->totals.skipped++;
    if (r->writer->skipped(r, what, why)) {
        r->totals.skipped_told++;
        return;
    }
    Value *entry = value_map(&r->kept);
    value_set(&r->kept, entry, "what", value_str(&r->kept, what));
    value_set(&r->kept, entry, "why", value_str(&r->kept, why));
    if (!r->kept.full) value_add(r->skipped, entry);
}

static void take_packet(Sink *s, Time time, Span frame) {
    Report *r = report_of(s);
    if (!r->options.capture) return;
    pcap_packet(&r->capture.buf, time, frame);
    out_breathe(&r->capture);
}

bool report_found(const ReportTotals *t) {
    for (unsigned s = SEVERITY_LOW; s <= SEVERITY_CRITICAL; s++)
        if (t->findings[s]) return true;
    return t->triggers > 0;
}

Report *report_open(const ReportOptions *options) {
    Report *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    *r = (Report){
        .sink = {take_artifact, take_event, take_call, take_finding, take_trigger, take_run,
                 take_skipped, take_host, take_packet},
        .options = *options,
        .out = out_open(options->write, options->context),
        .capture = out_open(options->capture, options->capture_context),
        .kept = arena_new(KEPT_CAP),
        .writer = options->format == REPORT_JSON ? &json_writer : &text_writer,
    };
    if (!r->options.width) r->options.width = 100;
    if (options->capture) pcap_head(&r->capture.buf);
    r->skipped = value_list(&r->kept);
    if (r->skipped && r->writer->open(r)) return r;
    report_close(r);
    return NULL;
}

Sink *report_sink(Report *r) {
    return &r->sink;
}

int report_error(const Report *r) {
    return r->out.error ? r->out.error : r->capture.error;
}

ReportTotals report_totals(const Report *r) {
    return r->totals;
}

Status report_finish(Report *r) {
    r->writer->finish(r);
    out_flush(&r->out);
    out_flush(&r->capture);
    return report_error(r) ? ST_IO : ST_OK;
}

void report_close(Report *r) {
    if (!r) return;
    r->writer->close(r);
    out_close(&r->out);
    out_close(&r->capture);
    arena_reset(&r->kept);
    free(r);
}
