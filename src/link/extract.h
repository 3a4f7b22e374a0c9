/* extract: a Sink that hands everything on and adds the Entities that it sees in it: each once for
 * an artifact and a way in which it was seen. */
#ifndef COAX_LINK_EXTRACT_H
#define COAX_LINK_EXTRACT_H

#include "model/sink.h"

typedef struct Extract Extract;

/* NULL where memory is short. */
Extract *extract_open(Sink *next);
Sink *extract_sink(Extract *x);
void extract_close(Extract *x);

#endif
