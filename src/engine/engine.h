/* engine: evidence in, nouns out. It opens files and folders, says what each is, runs the Windows
 * programs among them in jailed workers, and emits everything into one Sink: from one thread, in
 * the order of the input, with the same ids whatever the number of jobs.
 *
 * Text in the options is borrowed until engine_close. */
#ifndef COAX_ENGINE_ENGINE_H
#define COAX_ENGINE_ENGINE_H

#include "base/status.h"
#include "model/sink.h"
#include "msg/job.h"

typedef struct Engine Engine;

typedef enum {
    ENGINE_ANALYSE, /* every input is looked at; Windows programs are run without arguments */
    ENGINE_WIRE, /* every input is a packet capture; "-" is one that comes through standard input */
    ENGINE_SIGN, /* every input is looked at, and nothing is run */
    ENGINE_RUN,  /* the one input is a program that is run with `arguments`; it may be a path of
                    the world (C:\...) where the host has no such file */
} EngineMode;

/* What signatures are held against; paths of files, and of folders whose files are meant. */
typedef struct {
    const char *const *roots; /* in place of those that coax ships */
    const char *const *crls, *const *abuse, *const *catalogs;
    size_t root_count, crl_count, abuse_count, catalog_count;
    bool has_at;
    Time at; /* when a signature without a time stamp is judged; else the day of coax's lists */
} EngineTrust;

/* What files are held against besides. */
typedef struct {
    const char *const *rules;   /* YARA's: files (.yar, .yarc), folders with such */
    const char *const *defines; /* "VARIABLE=VALUE" for them */
    const char *const *lists;   /* of digests: files */
    size_t rule_count, define_count, list_count;
} EngineRules;

/* What goes on at this moment; counts only. */
typedef struct {
    const char *name;       /* the input whose turn it is, or NULL; escape it where it is printed */
    uint64_t done, started; /* inputs */
    uint64_t events;        /* of the run of `name` */
    Time virtual_time;      /* how long that run has lived in its world */
    uint64_t processes;     /* that live there */
    uint64_t calls;         /* system calls that they made */
    uint64_t packets;       /* of a capture that were read */
    uint64_t lost;          /* packets that the kernel had no room for */
    uint64_t findings;      /* in that capture */
    Time elapsed;           /* wall clock since engine_run began */
} EngineProgress;

/* Answers that were given before, for inputs that come again. */
typedef struct {
    void *context;
    const char *version; /* of coax */
    /* The number of the answer that has this key (see InputEnd), or 0. */
    uint64_t (*find)(void *context, const char *key);
    /* Emits it for the input `name`; ids go on from those that were given last. */
    Status (*tell)(void *context, uint64_t answer, const char *name, uint32_t *artifacts,
                   uint32_t *runs, Sink *to);
} EngineMemory;

typedef struct {
    EngineMode mode;
    unsigned jobs;     /* samples at a time; 0 = as many as there are processors */
    const char *world; /* name of a shipped world, or a file's path where it has a '/' or ends in
                          ".yaml"; NULL = "home" */
    const char *const *edits; /* as typed after --set */
    size_t edit_count;
    const char *const *arguments; /* ENGINE_RUN: what follows the program's name */
    size_t argument_count;
    const char *directory; /* the program's working directory in its world; NULL = its own folder */
    bool no_digests;       /* of files: whoever only matches rules saves half of the time */
    bool no_run;           /* ENGINE_ANALYSE: programs are looked at but not run */
    bool trace;            /* Calls as well */
    uint64_t replays;      /* lives that the lure may try, of each program; 0: plain runs */
    const char *const *against; /* ENGINE_ANALYSE: names of worlds (as `world`) to compare each
                                   program on; Sink.persona */
    size_t against_count;
    bool capture;          /* the network's frames as well (Sink.packet); of captures the packets of
                              findings */
    const char
        *interface;     /* ENGINE_WIRE: to be read instead of the inputs, until engine_interrupt */
    const char *filter; /* ENGINE_WIRE: only the packets that pass (pcap-filter(7)) */
    EngineTrust trust;
    EngineRules rules;
    JobBudget budget;    /* a field that is 0 takes the guest's default */
    Time wall;           /* wall-clock stop of one run; 0 = ENGINE_WALL */
    Time silence;        /* a worker without a sign of life is killed; 0 = ENGINE_SILENCE */
    uint64_t most_bytes; /* that one run may send; 0 = ENGINE_MOST_BYTES */
    const EngineMemory *memory; /* NULL: every input is looked at anew, and ends without a key */
    const char *guest;   /* the coax-guest to start; NULL = the one that belongs to this coax */
    /* Called about ten times a second and at each input's end; false stops the engine as
     * engine_interrupt does, which is how a full disk or a closed pipe of the output ends the work.
     * May be NULL. */
    bool (*progress)(void *context, const EngineProgress *now);
    void *progress_context;
} EngineOptions;

#define ENGINE_WALL (300 * TIME_SECOND)

/* A guest gives a sign of life ten times a second, on a computer that has time for it. */
#define ENGINE_SILENCE (60 * TIME_SECOND)

/* A run that sends more has lost its budgets. */
#define ENGINE_MOST_BYTES (UINT64_C(4) << 30)

/* What engine_run did. `unreadable` counts the skips that make exit status 2: inputs that exist but
 * cannot be read, or do not exist; `failed` those that our own trouble stopped (a missing pack, no
 * coax-guest, no jail). Each has been named through sink_skipped or a Run. */
typedef struct {
    uint64_t artifacts, runs, triggers, findings, skipped, unreadable, failed;
    bool interrupted;
} EngineSummary;

enum { ENGINE_MESSAGE = 512 };

/* Reads the world and the edits and finds coax-guest and the packs. On failure `message` holds one
 * sentence for a person: ST_USAGE and ST_SYNTAX for a wrong option, ST_IO for a file. A missing
 * pack or coax-guest is not a failure here: runs say so. */
Status engine_open(const EngineOptions *options, Engine **out, char message[ENGINE_MESSAGE]);

/* May be called more than once; ids go on counting. ST_OK even where inputs were unreadable or the
 * work was interrupted (see the summary); otherwise nothing could be done at all. */
Status engine_run(Engine *e, const char *const *paths, size_t count, Sink *sink,
                  EngineSummary *summary);

/* Ends engine_run soon: workers are killed, what was not finished is named. Safe in a signal
 * handler. */
void engine_interrupt(Engine *e);

void engine_close(Engine *e);

/* Appends the world, as its persona and the edits make it: every fact as an edit, one a line, in an
 * order in which they make the same world out of a silent one. */
Status engine_print_world(const Engine *e, Buf *out);

/* Appends the edits that make one world out of the other, one a line, in their order. */
Status engine_diff_worlds(const Engine *from, const Engine *to, Buf *out);

/* Where things are, for `coax doctor`: paths in `arena`, NULL where nothing is there. */
typedef struct {
    const char *guest, *worlds;
    const char *data;  /* the folder of roots and lists */
    const char *cache; /* of the packs; NULL where the environment names no place for it */
} EnginePlaces;

EnginePlaces engine_places(Arena *arena);

#endif
