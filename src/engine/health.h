/* health: what this machine has of all that an analysis needs, for `coax doctor`. */
#ifndef COAX_ENGINE_HEALTH_H
#define COAX_ENGINE_HEALTH_H

#include "engine/packs.h"

typedef enum {
    HEALTH_GOOD,
    HEALTH_WEAK,    /* coax works, with less than it could have */
    HEALTH_MISSING, /* some analyses, or all, are not possible */
} HealthState;

typedef struct {
    const char *about; /* two or three words */
    HealthState state;
    const char *text;   /* what was found */
    const char *remedy; /* how to mend it, or NULL */
} Health;

enum { HEALTH_MAX = 16 };

/* Looks at everything; forks a trial worker, so the caller must have one thread. Text is in the
 * arena or constant. The number of entries. */
size_t health_examine(Arena *a, Health out[HEALTH_MAX]);

/* One pack in the cache, which may be NULL. */
Health health_of_pack(Arena *a, const char *cache, PackId id);

#endif
