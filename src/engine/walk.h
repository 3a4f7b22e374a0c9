/* walk: from what the analyst named to files, one at a time and in a fixed order: as named, and
 * what is in a folder sorted by the bytes of its names. Symbolic links are followed where they were
 * named, and told but not followed inside of folders, where they may lead in circles or out of the
 * evidence. */
#ifndef COAX_ENGINE_WALK_H
#define COAX_ENGINE_WALK_H

#include "base/bytes.h"

typedef struct Walk Walk;

typedef struct {
    const char *path; /* valid until the next call */
    int fd;           /* open for reading; the caller closes it; -1 where `why` is set */
    uint64_t size;
    const char *why; /* it cannot be looked at: a sentence without a full stop; else NULL */
    bool unreadable; /* because it is not there or cannot be read, not because of what it is */
} WalkItem;

/* Paths are borrowed. NULL where memory is short. */
Walk *walk_open(const char *const *paths, size_t count);

/* False at the end. */
bool walk_next(Walk *w, WalkItem *out);

void walk_close(Walk *w);

#endif
