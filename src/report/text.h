/* The text report: text.c collects what belongs to one input, text_print.c tells it. */
#ifndef COAX_REPORT_TEXT_H
#define COAX_REPORT_TEXT_H

#include "report/page.h"
#include "report/writer.h"

typedef enum {
#define THEME(id, heading) THEME_##id,
#include "report/themes.def"
    THEME_COUNT
} Theme;

/* A list of lines in which equal ones are folded. Past its limit lines are only counted. */
typedef struct Line Line;
struct Line {
    Line *next;
    const char *subject; /* who did it: the base name of its image; or NULL */
    const char *text;
    uint64_t count;
    Time length; /* of all delays that are folded here */
    uint32_t hash;
    Time at;
};

typedef struct {
    Line *first, *last;
    size_t kept;
    uint64_t more; /* that were not kept */
} Lines;

typedef struct TextRun TextRun;
struct TextRun {
    TextRun *next;
    uint32_t id;
    const char *world, *ended, *budget; /* NULL where no Run came */
    const Value *edits, *unmodelled, *details, *processes_started;
    uint64_t blocks;
    Time elapsed, began;
    bool nondeterministic;
    const char *process; /* the first process id seen */
    bool processes;      /* there is another one */
    Lines themes[THEME_COUNT];
    Lines calls;
    Buf console;
};

typedef struct TextFinding TextFinding;
struct TextFinding {
    TextFinding *next;
    Severity severity;
    const char *title, *rule, *attack;
    /* of a finding about the wire; else NULL */
    const char *attacker, *victim, *stages, *cve, *frames;
    int succeeded;
    bool exploit;
    Time first;
};

typedef struct TextHost TextHost;
struct TextHost {
    TextHost *next;
    const char *address, *why, *system, *dialect;
    Patch patch;
};

typedef struct TextTrigger TextTrigger;
struct TextTrigger {
    TextTrigger *next;
    const char *fact, *subject, *test, *site, *proved, *ids;
    bool must_not;
    const Value *values, *reveals;
    uint32_t runs[TRIGGER_MAX_RUNS];
};

typedef struct TextPersona TextPersona;
struct TextPersona {
    TextPersona *next;
    const char *world, *reference;
    bool avoided;
    uint64_t shown, all;
    const Value *by;
};

typedef struct TextArtifact TextArtifact;
struct TextArtifact {
    TextArtifact *next;
    uint32_t id;
    const char *name, *format, *description, *origin, *known;
    uint64_t size;
    char sha256[65];
    bool endless; /* no file: it has neither size nor digests */
    const Value *facts, *signatures;
};

/* One input and everything below it. */
typedef struct {
    Arena arena;
    TextArtifact *artifact, *last_artifact; /* the input, then its children */
    TextRun *runs, *last_run;
    TextFinding *findings, *last_finding;
    TextTrigger *triggers, *last_trigger;
    TextPersona *personas, *last_persona;
    TextHost *hosts, *last_host;
    const char *not_run; /* why, or NULL */
    bool lost;           /* the arena was full at some time */
} Block;

/* text_pe.c: the lines about a program's file; NULL is fine. */
void text_print_pe(const Page *p, const Value *pe);

/* text_wire.c: what a finding about the wire says besides, the hosts, and who infected whom. */
void text_print_finding(const Page *p, const TextFinding *f);
void text_print_encounter(const Page *p, const TextFinding *f);
void text_print_hosts(const Page *p, const Block *block);
void text_print_spread(const Page *p, const Block *block);

/* text_sign.c: who signed the input. */
void text_print_signatures(const Page *p, const Block *block);

/* text_lure.c: what a program waits for, and which worlds it avoids. */
void text_print_triggers(const Page *p, const Block *block);
void text_print_personas(const Page *p, const Block *block);

/* Appends " --set EDIT" for each, quoted for a shell. */
void text_print_options(Buf *b, const Value *edits);

/* Prints a block that has an artifact. */
void text_print_block(const Page *p, const Block *block, bool quiet);

/* The last lines: totals and what was skipped. */
void text_print_summary(const Page *p, const ReportTotals *totals, const Value *skipped);

#endif
