/* internal: an input on its way through the engine, shared by the files that move it:
 *
 *     engine.c    the loop: which inputs are on their way, whose turn it is
 *     item.c      production: a looker says what the file is, a guest runs it; in any order
 *     memory.c    answers that were given before
 *     tell.c      emission: nouns leave for the sink, in the order of the input
 *     found.c     the same for what a look found, and for files inside files
 *
 * What a guest sends while it is not its turn stays in its reader, up to HELD_MOST; then we stop
 * reading, the guest waits in its write, and memory stays bounded. */
#ifndef COAX_ENGINE_INTERNAL_H
#define COAX_ENGINE_INTERNAL_H

#include "engine/engine.h"
#include "engine/look.h"
#include "engine/number.h"
#include "engine/packs.h"
#include "engine/peer.h"
#include "msg/sink.h"
#include "rule/hashlist.h"

enum { HELD_MOST = 1 << 20, LONGEST_NAME = 200, ENGINE_MEMORY = 512 << 20 };

typedef enum {
    ITEM_LOOKING,
    ITEM_SKIPPED, /* it cannot be looked at */
    ITEM_RUNNING, /* its guest's process lives */
    ITEM_READY,   /* no process is at work for it: what there is to tell is there */
} ItemState;

typedef struct {
    Sink sink; /* first; the guest's nouns arrive here */
    Engine *engine;
    ItemState state;
    char *name;
    char sample_name[LONGEST_NAME + 8]; /* as the guest sees it */
    int fd;
    uint64_t size;
    bool of_world; /* no file of the host but a path of the world */
    const char *skip;
    bool unreadable;

    Arena arena;
    Look look;
    Status looked; /* ST_OK, or how the looker failed */
    JailDeath look_death;
    bool rules_died; /* a first look, with rules, failed so */
    Status rules_failed;

    bool capture;         /* the wire's worker reads it */
    bool endless;         /* an interface or a pipe: no file that can be looked at */
    bool program;         /* a run is to be told */
    const char *opener;   /* the program that opens it, or NULL */
    const char *obstacle; /* why it was not started, or NULL */
    bool our_fault;
    Peer guest;
    const char *key; /* what its answer depends on, or NULL */
    uint64_t answer; /* one that was given before; 0: none */

    /* emission */
    bool begun; /* which was told */
    bool told_artifact;
    bool unsound; /* another time it might end otherwise */
    unsigned inside, depth; /* files inside it that were told, levels above the present one */
    uint32_t artifact, run; /* ours */
    Ids artifacts, runs;
    MsgReceiver receiver;
    bool broken, flooded, told_run;
    uint64_t events, last_event;
    Time first_time, lived; /* of the first event, and from there to the last */
    EventCategory last_category;
} Item;

struct Engine {
    EngineOptions options;
    unsigned jobs, idle; /* idle: of the jobs, those that no input takes up */
    Arena arena;
    const char *world_name;
    Span world;
    const Value *edits;   /* a list of canonical text */
    const Value *against; /* see Job; NULL: none */
    EnginePlaces places;
    LookTools tools;
    HashList *lists;                /* or NULL */
    int guest_program;              /* a descriptor, or -1 */
    int packs[PACK_COUNT];          /* descriptors, or -1 */
    const char *faults[PACK_COUNT]; /* of the packs that are of no use */
    int interrupt;                  /* an eventfd */
    bool stopping;
    uint64_t not_run; /* programs that were not run because nobody wanted it */
    Numbers numbers;
    Sink *sink; /* behind all judges */
    const char *setting; /* memory.c: what all answers depend on, or NULL */
    Peer child_looker; /* for dropped files, at their run's turn */
};

/* ---- item.c ---- */

/* Takes over fd. All four: NULL where memory is short. */
Item *item_new(Engine *e, const char *name, int fd, uint64_t size);
Item *item_new_skipped(Engine *e, const char *name, const char *why, bool unreadable);
Item *item_new_of_world(Engine *e, const char *path);

/* What has no end before it comes: an interface (fd -1), or a pipe, whose descriptor is taken over.
 */
Item *item_new_endless(Engine *e, const char *name, int fd);
void item_free(Item *i);

/* Hands the file to the slot's looker, which may be at another one still. */
void item_ask(Item *i, Peer *looker);

/* It is the one that the looker is at. */
void item_await(const Item *i, Peer *looker);

/* Takes the looker's answer, if it has come, and starts the guest. False where the looker is a new
 * one, or none: what else it had been asked is to be asked again. */
bool item_take_answer(Item *i, Peer *looker);

/* Starts the guest, where there is nothing to look at before. */
void item_start(Item *i);

/* Starts the wire's worker. */
void item_tap(Item *i);

/* Asks a capture that is being read to end with what it has. False where it is none. */
bool item_end_capture(Item *i);

/* ---- found.c ---- */

/* A file, or a part of one, that can be looked at. */
typedef struct {
    int fd;
    LookRange range;
} LookFile;

/* Digests, and that nobody could say more. */
Artifact found_unidentified(LookFile file, Status why);

void found_tell_failed(Item *i, uint32_t artifact, Status s, JailDeath death);
void found_tell_rules_died(Item *i, uint32_t artifact, Status s, JailDeath death);

/* Tells what a look at the artifact found: findings, and the files inside it. */
void found_tell(Item *i, LookFile file, const Look *look, uint32_t artifact);

/* Looks at a file of which parent, offset, name, origin, size and bytes are known, and tells it
 * with everything inside it; its id. */
uint32_t found_artifact(Item *i, LookFile file, const Artifact *known);

/* ---- memory.c ---- */

/* Gives it its key, once it was looked at. */
void memory_key(Item *i);

/* Whether there is an answer to be told. */
bool memory_knows(Item *i);

void memory_tell(Item *i);

/* ---- tell.c ---- */

/* Tells what there is, at the item's turn. True once everything was told. */
bool item_tell(Item *i);

/* How far its run has come. */
void item_progress(const Item *i, EngineProgress *now);

/* The same, at whatever point the work was interrupted. */
void item_tell_interrupted(Item *i);

/* After the last noun. */
void item_end(Item *i);

#endif
