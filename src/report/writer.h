/* What the two formats have in common: the room's own face of a Report. */
#ifndef COAX_REPORT_WRITER_H
#define COAX_REPORT_WRITER_H

#include "report/out.h"
#include "report/pcap.h"
#include "report/report.h"

struct Report {
    Sink sink; /* first: a Sink pointer is a Report pointer */
    ReportOptions options;
    ReportTotals totals;
    Out out, capture;
    bool capture_begun;
    uint32_t capture_link;
    uint64_t capture_lost; /* frames of another link layer */
    Arena kept; /* what must last until the end: the list of what was skipped */
    Value *skipped;
    const struct Writer *writer;
    void *state; /* the writer's own */
};

typedef struct Writer {
    bool (*open)(Report *r); /* false where memory is short */
    void (*artifact)(Report *r, const Artifact *a);
    void (*event)(Report *r, const Event *e);
    void (*call)(Report *r, const Call *c);
    void (*finding)(Report *r, const Finding *f);
    void (*trigger)(Report *r, const Trigger *t);
    void (*run)(Report *r, const Run *run);
    void (*host)(Report *r, const Host *h);
    void (*persona)(Report *r, const Persona *p);
    /* Whether it has told this itself, so that the summary need not list it. */
    bool (*skipped)(Report *r, const char *what, const char *why);
    void (*ended)(Report *r); /* an input; NULL: does not matter */
    void (*finish)(Report *r);
    void (*close)(Report *r);
} Writer;

extern const Writer json_writer, text_writer;

#endif
