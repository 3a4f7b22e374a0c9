/* Tee: a Sink that hands everything to two others, the first one first. */
#ifndef COAX_MODEL_TEE_H
#define COAX_MODEL_TEE_H

#include "model/sink.h"

typedef struct {
    Sink sink; /* first: a Sink pointer is a Tee pointer */
    Sink *first, *second;
} Tee;

Tee tee_of(Sink *first, Sink *second);

#endif
