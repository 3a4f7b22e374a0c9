/* Job: what coax tells a coax-guest to do, and the descriptors that it hands over with it. */
#ifndef COAX_MSG_JOB_H
#define COAX_MSG_JOB_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/status.h"
#include "base/value.h"

/* The descriptors of a coax-guest; it has 0 and 1 on /dev/null, 2 on a pipe that coax reads for a
 * last word, and nothing else. A pack that is missing leaves its number closed. */
enum {
    JOB_FD_CHANNEL = 3, /* frames, both ways */
    JOB_FD_SAMPLE = 4,  /* the program's file, read only */
    JOB_FD_PACK_X64 = 5,
    JOB_FD_PACK_X86 = 6,
    JOB_FD_END
};

/* Where a run is cut, deterministically; 0 = the guest's default. */
typedef struct {
    uint64_t blocks;    /* basic blocks that ran */
    Time elapsed;       /* virtual time */
    uint64_t memory;    /* bytes of guest memory committed at a time, all processes */
    uint64_t events;    /* Events emitted */
    uint64_t calls;     /* Calls emitted; past it the run goes on untold */
    uint64_t written;   /* bytes that the guest wrote to files */
    uint64_t processes; /* that live at the same time */
} JobBudget;

typedef struct {
    const char *sample_name; /* as the guest shall see it: a file name without a folder, or an
                                absolute path of its world, where there need not be a sample */
    const char *opener;      /* the program of the world that opens the sample, with options; NULL: it
                                is a program itself */
    const Value *arguments;  /* a list of text */
    const char *directory;   /* working directory in the world, or NULL for the sample's folder */
    const char *world_name;
    Span world;         /* the persona's YAML */
    const Value *edits; /* a list of text, in canonical form */
    JobBudget budget;
    bool trace;
    uint64_t replays;       /* lives that the lure may try; 0: a plain run */
    uint64_t lives_at_once; /* of those; what is told does not depend on it */
    bool capture;           /* frames of the network as well */
    const Value *against;   /* a list of maps {"name","world"}: personas to compare it on */
    uint32_t artifact, run;
} Job;

/* One payload. Encoding appends to `out` (see Buf.full). Decoding takes memory from `a` for the
 * text and the trees; spans point into `payload`. ST_PROTOCOL for anything malformed. */
void job_encode(Buf *out, const Job *job);
Status job_decode(Arena *a, Span payload, Job *job);

#endif
