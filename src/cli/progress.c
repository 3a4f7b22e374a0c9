#include "base/text.h"
#include "cli/cli.h"
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define FIRST_AFTER (2 * TIME_SECOND)
#define AGAIN_AFTER (TIME_SECOND / 2)

enum { LINE_CAP = 1024, LONGEST_NAME = 40 };

Progress progress_new(bool quiet) {
    return (Progress){.wanted = !quiet && isatty(STDERR_FILENO)};
}

static void put(const Buf *b) {
    if (write(STDERR_FILENO, b->p, b->n) < 0) return; /* progress is a courtesy */
}

static void put_count(Buf *b, uint64_t n, const char *one, const char *many) {
    buf_printf(b, ", %" PRIu64 " %s", n, n == 1 ? one : many);
}

static void line(Buf *b, const EngineProgress *now, uint64_t inputs) {
    char lived[TIME_TEXT_SIZE], took[TIME_TEXT_SIZE];
    time_print_span(now->virtual_time, lived);
    time_print_span(now->elapsed - now->elapsed % TIME_SECOND, took);
    buf_str(b, "\r\x1b[K");
    if (inputs > 1) buf_printf(b, "%" PRIu64 " of %" PRIu64 "  ", now->done, inputs);
    buf_str(b, took);
    if (!now->name) return;
    buf_str(b, "  ");
    text_escape(b, span_clip(span_str(now->name), 0, LONGEST_NAME));
    if (now->packets) {
        put_count(b, now->packets, "packet", "packets");
        put_count(b, now->events, "event", "events");
        put_count(b, now->findings, "finding", "findings");
        if (now->lost) put_count(b, now->lost, "lost", "lost");
        return;
    }
    if (!now->virtual_time && !now->events) return;
    buf_printf(b, ": %s of its time", lived);
    put_count(b, now->processes, "process", "processes");
    put_count(b, now->calls, "call", "calls");
    put_count(b, now->events, "event", "events");
}

void progress_show(Progress *p, const EngineProgress *now, uint64_t inputs) {
    if (!p->wanted || now->elapsed < FIRST_AFTER) return;
    if (p->shown && now->elapsed - p->last < AGAIN_AFTER) return;
    Buf b = buf_new(LINE_CAP);
    line(&b, now, inputs);
    put(&b);
    buf_free(&b);
    p->last = now->elapsed;
    p->shown = true;
}

void progress_clear(Progress *p) {
    if (!p->shown) return;
    Buf b = buf_new(LINE_CAP);
    buf_str(&b, "\r\x1b[K");
    put(&b);
    buf_free(&b);
    p->shown = false;
}
