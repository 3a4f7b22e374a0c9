#include "report/writer.h"
#include <inttypes.h>
#include <stdio.h>
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

static void take_persona(Sink *s, const Persona *p) {
    Report *r = report_of(s);
    r->totals.avoided += p->avoided;
    r->writer->persona(r, p);
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

/* The first frame says of which link layer the file is. */
static void begin_capture(Report *r, uint32_t link) {
    if (r->capture_begun || !r->options.capture) return;
    pcap_head(&r->capture.buf, link);
    r->capture_link = link;
    r->capture_begun = true;
}

static void take_packet(Sink *s, const NetFrame *f) {
    Report *r = report_of(s);
    if (!r->options.capture) return;
    begin_capture(r, f->link);
    if (f->link != r->capture_link) {
        r->capture_lost++;
        return;
    }
    pcap_packet(&r->capture.buf, f);
    out_breathe(&r->capture);
}

static void end_capture(Report *r) {
    char why[128];
    begin_capture(r, NET_LINK_ETHERNET);
    if (!r->capture_lost) return;
    snprintf(why, sizeof why, "%" PRIu64 " are of another link layer than the file's first packet",
             r->capture_lost);
    take_skipped(&r->sink, "packets for the capture file", why);
}

static void take_ended(Sink *s, const InputEnd *end) {
    Report *r = report_of(s);
    (void)end;
    if (r->writer->ended) r->writer->ended(r);
}

bool report_found(const ReportTotals *t) {
    for (unsigned s = SEVERITY_LOW; s <= SEVERITY_CRITICAL; s++)
        if (t->findings[s]) return true;
    return t->triggers > 0 || t->avoided > 0;
}

Report *report_open(const ReportOptions *options) {
    Report *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    *r = (Report){
        .sink = {.artifact = take_artifact,
                 .event = take_event,
                 .call = take_call,
                 .finding = take_finding,
                 .trigger = take_trigger,
                 .run = take_run,
                 .skipped = take_skipped,
                 .host = take_host,
                  .persona = take_persona,
                 .packet = take_packet,
                 .ended = take_ended},
        .options = *options,
        .out = out_open(options->write, options->context),
        .capture = out_open(options->capture, options->capture_context),
        .kept = arena_new(KEPT_CAP),
        .writer = options->format == REPORT_JSON ? &json_writer : &text_writer,
    };
    if (!r->options.width) r->options.width = 100;
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

void report_flush(Report *r) {
    out_flush(&r->out);
    out_flush(&r->capture);
}

Status report_finish(Report *r) {
    end_capture(r);
    r->writer->finish(r);
    report_flush(r);
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
