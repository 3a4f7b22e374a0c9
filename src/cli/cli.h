/* cli: one file per command. A command's file ends in its own row, and commands.def lists the rows;
 * that is all that a new command needs. options.def lists the options, in groups that a command
 * accepts or not. */
#ifndef COAX_CLI_CLI_H
#define COAX_CLI_CLI_H

#include "base/buf.h"
#include "engine/engine.h"
#include "model/tee.h"
#include "store/store.h"

/* Exit status: 1 beats 2, but a report that could not be written is always 2. */
enum { EXIT_NOTHING = 0, EXIT_FINDINGS = 1, EXIT_TROUBLE = 2 };

typedef enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorWhen;

/* What the options said. Text is borrowed from the command line. */
typedef struct {
    bool help, version;
    bool json, quiet;
    ColorWhen color;
    const char *world, *directory;
    const char **edits; /* room for every argument of the command line */
    size_t edit_count;
    bool no_run, no_digests;
    EngineRules against;                     /* counts */
    const char **rules, **defines, **hashes; /* room as for edits */
    bool trace;
    uint64_t replays;      /* the lure's */
    const char **personas; /* names of worlds */
    size_t persona_count;
    const char *pcap;   /* a file of the host, or NULL */
    const char *output; /* the same, for the report */
    const char *interface, *filter;
    const char *case_file; /* or NULL */
    bool again;
    const char *since, *before, *format, *name, *rule, *kind, *as; /* of `coax case`; or NULL */
    int severity;                                                  /* at least; -1: any */
    unsigned jobs;
    const char **roots, **crls, **abuse, **catalogs; /* room as for edits */
    EngineTrust trust; /* counts and --at; the lists are those above */
    JobBudget budget;  /* 0 = default */
    Time wall;
} Settings;

/* Groups of options. */
enum {
    OPTIONS_ALWAYS = 1,
    OPTIONS_OUTPUT = 2,
    OPTIONS_WORLD = 4,
    OPTIONS_LURE = 8,
    OPTIONS_BUDGET = 16,
    OPTIONS_REPORT = 32,
    OPTIONS_JOBS = 64,
    OPTIONS_WIRE = 128,
    OPTIONS_TRUST = 256,
    OPTIONS_STATIC = 512,
    OPTIONS_KEEP = 1024, /* in a case, what is analysed */
    OPTIONS_CASE = 2048, /* questions to a case */
};

enum { CLI_MESSAGE = 512 };

typedef struct {
    unsigned group;
    char letter; /* or 0 */
    const char *name;
    const char *argument; /* NULL where it takes none */
    bool (*set)(Settings *s, const char *value);
    const char *wants; /* completes "--name wants ..." where set fails */
    const char *help;
} Option;

typedef struct Command Command;
struct Command {
    const char *name;
    const char *operands; /* for the usage line */
    const char *summary;  /* one line */
    const char *text;     /* the rest of its help, with line ends */
    unsigned options;     /* groups that it accepts */
    bool verbatim;        /* options end at the first operand: `coax run PROGRAM ARGUMENTS` */
    int (*run)(const Settings *s, const char *const *operands, size_t count);
};

/* ---- commands.c ---- */

const Command *command_default(void);
const Command *command_find(const char *name); /* or NULL */
const Command *command_at(size_t i);           /* NULL past the last */

/* ---- options.c ---- */

const Option *option_at(size_t i); /* NULL past the last */

typedef struct {
    const Command *command;
    bool named; /* the command line names it */
    Settings settings;
    const char **operands;
    size_t operand_count;
} CommandLine;

/* False with a sentence in message. Either way the line's lists are to be freed. */
bool command_line_parse(int argc, const char *const *argv, CommandLine *out,
                        char message[CLI_MESSAGE]);
void command_line_free(CommandLine *line);

/* ---- quantity.c: numbers with units; false where the text is none or does not fit ---- */

bool quantity_count(const char *text, uint64_t *out); /* 1000, 10k, 5M, 2G */
bool quantity_size(const char *text, uint64_t *out); /* 4096, 64KiB, 512MiB, 2GiB (also K, KB...) */
bool quantity_time(const char *text, Time *out);     /* 250ms, 90s, 5min, 2h, 10d */

/* ---- nearest.c ---- */

/* How many letters must change to make one of the other; at most `limit` + 1. */
unsigned nearest_distance(const char *a, const char *b, unsigned limit);

/* ---- help.c ---- */

void help_general(Buf *out);
void help_command(Buf *out, const Command *c);

/* ---- analysis.c ---- */

/* Runs the engine over paths and writes the report to standard output; the exit status. */
int analysis_run(const Settings *s, EngineMode mode, const char *const *paths, size_t path_count,
                 const char *const *arguments, size_t argument_count);

/* ---- keeping.c: the case that an analysis is kept in ---- */

typedef struct {
    Store *store; /* NULL: none */
    bool again;
    EngineMemory memory;
    Tee tee;
} Keeping;

/* The case that the command line or COAX_CASE names, or NULL. */
const char *keeping_file(const Settings *s);

/* Opens it, if there is one; false where that failed, which has been said. */
bool keeping_open(Keeping *k, const Settings *s);

/* Where an analysis' nouns go, that shall go to `report` as well. */
Sink *keeping_sink(Keeping *k, Sink *report);

/* False where something could not be kept; keeping_close says so. */
bool keeping_good(const Keeping *k);

/* The same at the end of all. */
bool keeping_close(Keeping *k, bool interrupted);

/* ---- progress.c: one line on a terminal's standard error, for what takes over two seconds ---- */

typedef struct {
    bool wanted, shown;
    Time last;
} Progress;

Progress progress_new(bool quiet);
void progress_show(Progress *p, const EngineProgress *now, uint64_t inputs);
void progress_clear(Progress *p);

/* ---- dispatch.c: all of coax; the exit status ---- */

int cli_main(int argc, const char *const *argv);

/* ---- cli.c ---- */

/* "coax: ..." on standard error. */
void cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes to standard output; 0 or an errno. */
int cli_write(Span bytes);

/* The same, complaining; the exit status. */
int cli_print(const Buf *text);

/* Whether standard output is for a person who likes colour, and how wide it is (0 = no terminal).
 */
bool cli_wants_color(const Settings *s);
unsigned cli_width(void);

#endif
