/* look: says what a file is, its digests and facts, what is wrong with it and which files lie
 * inside it, in a jailed worker that is forked from coax and looks at many files, one after the
 * other. What it answers is as hostile as the files. */
#ifndef COAX_ENGINE_LOOK_H
#define COAX_ENGINE_LOOK_H

#include "engine/bytes_of.h"
#include "engine/peer.h"
#include "model/model.h"
#include "rule/yara.h"
#include "sign/sign.h"

enum { LOOK_MOST_CHILDREN = 64, LOOK_MOST_FINDINGS = 4096 };

/* What files are held against; opened by the engine, inherited by the worker. */
typedef struct {
    SignOptions sign;
    Yara *yara; /* or NULL */
} LookTools;

typedef struct {
    LookRange range;
    LookDigests digests;
    bool no_rules;    /* a look with rules was not survived */
    const char *name; /* as rules may ask for it */
} LookQuestion;

/* A file inside the one that was looked at. */
typedef struct {
    LookRange at; /* in that file's bytes */
    const char *name, *origin;
} LookChild;

typedef struct {
    Artifact artifact;   /* format, description, size, digests, facts; the rest is the asker's */
    uint16_t machine;    /* of a Windows program, else 0 */
    const char *refusal; /* why it is no program that the guest can run; NULL = it is one */
    Finding *findings;   /* whose artifact, in their evidence as well, is any number: this file */
    size_t finding_count;
    LookChild *children;
    size_t child_count;
} Look;

/* Starts the worker if there is none. On failure errno says why. The tools are the worker's for as
 * long as it lives. */
Status look_start(Peer *p, const LookTools *tools);

/* Gives it a part of a file to look at. A worker answers in the order in which it was asked, so the
 * next question may be asked before this one is answered: then it need not wait for us. */
Status look_ask(Peer *p, int fd, const LookQuestion *q);

/* From now on it may take a time that fits what it was asked: as soon as that is its turn. */
void look_await(Peer *p, const LookQuestion *q);

/* The answer, in the arena: ST_NOT_FOUND where it has not come yet, ST_CLOSED where the worker
 * died, ST_TIMEOUT where it took too long, ST_PROTOCOL where it told nonsense; after these the
 * worker is dead. */
Status look_answer(Peer *p, Arena *a, Look *out);

/* Asks and waits; ST_INTERRUPTED where `interrupt` becomes readable. */
Status look_at_once(Peer *p, const LookTools *tools, int fd, const LookQuestion *q, int interrupt,
                    Arena *a, Look *out);

#endif
