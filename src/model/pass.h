/* Pass: a Sink that hands everything on. What sees some nouns on their way begins with its two
 * members, takes its Sink from here and puts its own functions in the place of some. */
#ifndef COAX_MODEL_PASS_H
#define COAX_MODEL_PASS_H

#include "model/sink.h"

typedef struct {
    Sink sink; /* first: a Sink pointer is a Pass pointer */
    Sink *next;
} Pass;

Sink pass_sink(void);

#endif
