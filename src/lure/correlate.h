/* Correlate: what a compare shows of a fact that lost its dye on the way. */
#ifndef COAX_LURE_CORRELATE_H
#define COAX_LURE_CORRELATE_H

#include "lure/search.h"

/* Lives the node with other values of each fact that it asks for and that no trigger is told of
 * yet. A compare of which one side moves with the fact is the fact's. Where plain arithmetic leads
 * from the one to the other, the wanted value follows; else the compare itself is made to hold. */
void correlate(Search *s, Node *node);

#endif
