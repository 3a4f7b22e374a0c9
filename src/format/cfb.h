/* cfb: compound files ([MS-CFB]), the file system inside of a file that installers (.msi) and old
 * Office documents are. Malformed input is a result: what cannot be read is empty. */
#ifndef COAX_FORMAT_CFB_H
#define COAX_FORMAT_CFB_H

#include "base/arena.h"
#include "base/status.h"

#define CFB_NONE 0xffffffffu

typedef enum { CFB_UNUSED = 0, CFB_STORAGE = 1, CFB_STREAM = 2, CFB_ROOT = 5 } CfbType;

typedef struct {
    CfbType type;
    Span name;                            /* UTF-16LE, without the NUL */
    uint32_t left, right, child;          /* entries, or CFB_NONE */
    Span class, state, created, modified; /* 16, 4, 8, 8 bytes, as the entry has them */
    uint32_t start;
    uint64_t size;
} CfbEntry;

typedef struct {
    Span file;
    unsigned sector_shift, mini_shift;
    uint32_t mini_cutoff;
    uint32_t *fat, *mini_fat; /* the next sector of each */
    size_t fat_count, mini_count;
    CfbEntry *entries; /* 0 is the root */
    size_t entry_count;
    Span mini;         /* the stream that small ones lie in */
    uint64_t end;      /* of the last sector that is in use */
    const char *fault; /* why there is nothing to be read, or NULL */
} Cfb;

/* Whether it begins as one. */
bool cfb_is(Span file);

/* ST_BUDGET where the arena is full. */
Status cfb_read(Arena *a, Span file, Cfb *out);

/* The stream's bytes: in the file where they lie there in one piece, else in the arena. As many as
 * there are, where its sectors end early. */
Span cfb_stream(Arena *a, const Cfb *c, const CfbEntry *e);

/* The entries of a storage, in an order that is of no importance. `room` at the most; how many. */
size_t cfb_children(const Cfb *c, const CfbEntry *storage, const CfbEntry **out, size_t room);

#endif
