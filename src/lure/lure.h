/* The lure finds what a program waits for: the conditions on its world that keep an effect away, or
 * that would. Input-to-state correspondence with the environment as the input (REDQUEEN, NDSS
 * 2019): what the program asks of its world and what it compares say which change of the world
 * might matter; the change is tried in a life of its own, from boot, and what it does decides. */
#ifndef COAX_LURE_LURE_H
#define COAX_LURE_LURE_H

#include "guest/guest.h"

typedef struct {
    GuestConfig guest;      /* the plain run; its world is changed in forks only */
    uint32_t replays;       /* lives at the most; 0: look for no triggers */
    uint64_t blocks;        /* of all lives together; 0: the default */
    unsigned lives_at_once; /* processors for them; what is told does not depend on it */
    const char *place;      /* guest.path as it is spelled in every world, with %VARIABLES% */
    Span world;             /* the YAML that guest.world was made of */
    const Value *against;   /* a list of maps {"name","world"} (YAML): personas to compare it on */
    void (*sign)(void *context); /* a sign of life, after each; NULL: none wanted */
    void *sign_context;
} LureConfig;

/* Lives the plain run and tells it, then finds its triggers and tells the runs that prove them, the
 * triggers, and what it left untried. config->guest.lock is called once; it must leave fork
 * allowed. As guest_run otherwise. */
Status lure_run(const LureConfig *config);

#endif
