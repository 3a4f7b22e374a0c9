/* number: ids, in the order in which nouns leave the engine, and the counts of its summary. A
 * worker numbers its own nouns from 1 and may lie about it; what it says is translated here. */
#ifndef COAX_ENGINE_NUMBER_H
#define COAX_ENGINE_NUMBER_H

#include "engine/engine.h"

typedef struct {
    Sink *to;
    uint32_t artifacts, runs; /* the last ids */
    EngineSummary summary;
} Numbers;

uint32_t number_artifact(Numbers *n, const Artifact *a); /* gives it the next id and emits it */
void number_trigger(Numbers *n, const Trigger *t);
void number_finding(Numbers *n, const Finding *f);
void number_skipped(Numbers *n, const char *what, const char *why);
void number_run(Numbers *n, const Run *r);

/* ---- a worker's ids to ours ---- */

typedef struct {
    uint32_t *ours; /* by theirs; 0 = never told */
    size_t count;
    uint32_t otherwise; /* for those */
} Ids;

void ids_add(Ids *i, uint32_t theirs, uint32_t ours);
uint32_t ids_find(const Ids *i, uint32_t theirs);
void ids_free(Ids *i);

/* A copy of an evidence list in which the values of "run" and "artifact" are ours. */
const Value *ids_translate(Arena *a, const Value *evidence, const Ids *artifacts, const Ids *runs);

#endif
