/* look: says what a file is, its digests and facts, in a jailed worker that is forked from coax and
 * looks at many files, one after the other. What it answers is as hostile as the files. */
#ifndef COAX_ENGINE_LOOK_H
#define COAX_ENGINE_LOOK_H

#include "engine/peer.h"
#include "model/model.h"

typedef struct {
    Artifact artifact;   /* format, description, size, digests, facts; the rest is the asker's */
    uint16_t machine;    /* of a Windows program, else 0 */
    const char *refusal; /* why it is no program that the guest can run; NULL = it is one */
} Look;

/* Starts the worker if there is none. On failure errno says why. */
Status look_start(Peer *p);

/* Gives it a file of `size` bytes to look at, which it may do for a time that fits the size. */
Status look_ask(Peer *p, int fd, uint64_t size);

/* The answer, in the arena: ST_NOT_FOUND where it has not come yet, ST_CLOSED where the worker
 * died, ST_TIMEOUT where it took too long, ST_PROTOCOL where it told nonsense; after these the
 * worker is dead. */
Status look_answer(Peer *p, Arena *a, Look *out);

/* Asks and waits; ST_INTERRUPTED where `interrupt` becomes readable. */
Status look_at_once(Peer *p, int fd, uint64_t size, int interrupt, Arena *a, Look *out);

#endif
