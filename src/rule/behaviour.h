/* What a run's events mean, before any rule set is loaded: a Sink that passes everything on and
 * adds findings. behaviours.def is the table. */
#ifndef COAX_RULE_BEHAVIOUR_H
#define COAX_RULE_BEHAVIOUR_H

#include "model/sink.h"

typedef struct Behaviour Behaviour;

/* A filter before `next`. A run's findings come after its Run. NULL where memory is short. */
Behaviour *behaviour_open(Sink *next);

/* The sink to emit into; belongs to the filter. */
Sink *behaviour_sink(Behaviour *b);

/* How many findings it has added. */
uint64_t behaviour_findings(const Behaviour *b);

/* NULL is fine. */
void behaviour_close(Behaviour *b);

#endif
