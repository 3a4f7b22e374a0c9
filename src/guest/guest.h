/* The guest's face: runs one program in a pretend computer and emits what it did.
 *
 * (The lure watches it through watch.h.) */
#ifndef COAX_GUEST_GUEST_H
#define COAX_GUEST_GUEST_H

#include "base/status.h"
#include "guest/watch.h"
#include "model/sink.h"
#include "world/world.h"

typedef struct {
    uint64_t blocks;     /* basic blocks of all processes together */
    Time time;           /* virtual time that may pass, ns */
    uint64_t memory;     /* RAM of the machine, bytes */
    uint64_t events;     /* emitted events */
    uint64_t calls;      /* emitted API calls; past it they are not told, and the run goes on */
    uint64_t file_bytes; /* written to files */
    uint32_t processes;  /* that ever live at the same time */
    uint32_t sockets;    /* open at the same time */
    uint64_t traffic;    /* bytes sent and received by sockets */
} GuestBudget;

/* How far a run has come. */
typedef struct {
    Time time;          /* that passed in its world */
    uint32_t processes; /* that live */
    uint64_t calls;     /* system calls that they made */
} GuestProgress;

typedef struct {
    Span sample;            /* the program's bytes */
    const char *path;       /* where it lies in the guest: C:\Users\...\setup.exe; a path that
                               exists in the guest with an empty sample runs that file */
    const char *opener;     /* the program that opens the sample, with options behind blanks; NULL:
                               the sample is the program */
    const Value *arguments; /* list of text */
    const char *directory;  /* current directory, or NULL: the program's own */
    const World *world;
    const char *world_name;
    const Value *edits; /* canonical text, for the report */
    int pack64, pack32; /* descriptors of the packs; -1: absent */
    GuestBudget budget;
    bool trace; /* API calls too */
    bool capture; /* frames of the network too */
    uint32_t run, artifact;
    void (*lock)(void *context); /* called once every engine is open: no executable memory can be
                                    mapped after it */
    void *lock_context;
    /* A sign of life, after every turn of a thread; NULL: not wanted. */
    void (*progress)(void *context, const GuestProgress *now);
    void *progress_context;
    const GuestWatch *watch; /* sees what the program asks and compares; NULL: nobody does */
    Sink *sink; /* events, calls, findings, dropped artifacts, and the run at the end */
} GuestConfig;

/* Sensible budgets. */
GuestBudget guest_default_budget(void);

/* Runs to the end. ST_OK whatever the program did (the run says how it ended); otherwise our own
 * trouble, with no run emitted. */
Status guest_run(const GuestConfig *config);

/* The same in three parts, so that a process that has opened a guest, and is locked in, can be
 * forked for one life after the other. */
typedef struct Guest Guest;

/* Opens what needs the host: config's packs, memory budget and lock count. On failure nothing is
 * left. */
Status guest_open(const GuestConfig *config, Guest **out);
/* Lives, once: config may have another world, sink, watch, run and budgets than guest_open's, and
 * stays valid until guest_close. */
Status guest_live(Guest *g, const GuestConfig *config);
void guest_close(Guest *g);

#endif
