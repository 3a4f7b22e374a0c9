/* packs: the files of guest DLLs (docs/pack.md), as far as coax looks into them before a guest is
 * handed one. Each version of the tools that make them has its own, side by side. */
#ifndef COAX_ENGINE_PACKS_H
#define COAX_ENGINE_PACKS_H

#include "base/arena.h"

typedef enum { PACK_X64, PACK_X86, PACK_COUNT } PackId;

typedef struct {
    const char *path;  /* where it is, or NULL */
    const char *fault; /* why it is of no use, for a person; NULL: it is good */
    uint32_t entries;
    const char *wine;  /* its package's version */
    const char *known; /* the Wine that coax was tested with and this one is, or NULL */
} PackFile;

/* What follows a fault. */
extern const char pack_remedy[];

/* Looks at a pack's header. `folder` is the cache, or NULL. Text is in the arena or constant. */
PackFile pack_examine(Arena *a, const char *folder, PackId id);

/* What packs.c looks for: the pack's name in the cache. */
const char *pack_name(Arena *a, PackId id);

#endif
