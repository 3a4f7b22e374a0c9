/* report: a Sink that writes what it is given, as text for a person or as JSON Lines.
 *
 * JSON comes out line by line. Text is collected until the next input begins, in bounded memory,
 * so that it can be told in an order that a reader enjoys. */
#ifndef COAX_REPORT_REPORT_H
#define COAX_REPORT_REPORT_H

#include "base/status.h"
#include "model/sink.h"

typedef enum { REPORT_TEXT, REPORT_JSON } ReportFormat;

typedef struct {
    /* Takes whole lines; 0, or an errno, after which it is not called again. */
    int (*write)(void *context, Span bytes);
    void *context;
    ReportFormat format;
    /* Takes the network's frames as a capture file (pcap), with its own context; NULL: not wanted. */
    int (*capture)(void *context, Span bytes);
    void *capture_context;
    /* text only: */
    bool color;
    bool quiet;     /* findings and what was skipped, nothing else */
    unsigned width; /* columns; 0 = 100 */
    bool live;      /* each finding at once, and again in the report at the end */
} ReportOptions;

typedef struct {
    uint64_t artifacts, runs, triggers, skipped;
    uint64_t hosts;
    uint64_t avoided; /* worlds that a program avoids */
    uint64_t skipped_told; /* of the skipped ones, those that the text tells where they belong */
    uint64_t findings[SEVERITY_CRITICAL + 1];
} ReportTotals;

/* Whether there is something that counts: a trigger, a world that is avoided, or a finding above
 * "info". */
bool report_found(const ReportTotals *t);

typedef struct Report Report;

/* NULL where memory is short. */
Report *report_open(const ReportOptions *options);

/* The sink; belongs to the report. */
Sink *report_sink(Report *r);

/* What `write` failed with; else 0. */
int report_error(const Report *r);

ReportTotals report_totals(const Report *r);

/* Writes the lines that are finished: for those who wait for them while a live capture is silent. */
void report_flush(Report *r);

/* Writes what is still held and the summary. May be called once. */
Status report_finish(Report *r);

/* Frees it; NULL is fine. */
void report_close(Report *r);

#endif
