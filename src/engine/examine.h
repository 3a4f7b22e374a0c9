/* examine: what one file is, in the worker that looks at it: each room that reads such a format has
 * its say. */
#ifndef COAX_ENGINE_EXAMINE_H
#define COAX_ENGINE_EXAMINE_H

#include "engine/look.h"
#include "model/sink.h"

/* What a worker keeps for all its files. */
typedef struct {
    SignTrust *sign;
    YaraScan *rules; /* or NULL */
} Examiner;

/* Fills format, description, facts, signatures, machine, refusal and children; findings go to `to`
 * as they are made, with the artifact 1. ST_BUDGET where the arena was too small: then nothing in
 * `out` but the refusal is of use. */
Status examine(const Examiner *e, Arena *a, Span file, Sink *to, Look *out);

/* Matches the rules, if there are any; what they find goes to `to`. */
void examine_rules(const Examiner *e, Span file, const char *name, Sink *to);

#endif
