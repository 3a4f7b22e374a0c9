/* place: where coax-guest, the worlds and the packs are. Paths are in the arena; NULL where nothing
 * is there. engine_places (engine.h) tells all of them. */
#ifndef COAX_ENGINE_PLACE_H
#define COAX_ENGINE_PLACE_H

#include "base/arena.h"

/* worlds/NAME.yaml, or the name itself where it is a path. */
const char *place_world(Arena *a, const char *name);

/* NAME.yaml in the folder of the file, else in coax's own; NULL where there is neither. */
const char *place_world_beside(Arena *a, const char *path, const char *name);

#endif
