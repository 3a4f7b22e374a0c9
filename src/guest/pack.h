/* Pack: reading the files that bootstrap made of Wine's DLLs (docs/pack.md). */
#ifndef COAX_GUEST_PACK_H
#define COAX_GUEST_PACK_H

#include "guest/section.h"

typedef enum { PACK_IMAGE = 1, PACK_BLOB = 2 } PackKind;

typedef struct {
    char name[80];
    PackKind kind;
    uint64_t offset, size; /* in the pack */
    uint64_t base;         /* an image's address */
    Section *section;      /* made on first use */
} PackEntry;

typedef struct {
    Ram *ram;
    Frame first; /* of the whole file; 0: no pack */
    uint64_t size;
    uint16_t machine;
    char wine_version[128];
    PackEntry *entries; /* sorted by name */
    size_t count;
} Pack;

/* Size of the pack behind a descriptor, 0 where it is none. */
uint64_t pack_size(int fd);

/* Maps and checks a pack; ST_SYNTAX where the file is none. */
Status pack_open(Pack *p, Ram *ram, int fd);
void pack_close(Pack *p);

/* By lower-case name; NULL where there is none. */
PackEntry *pack_find(Pack *p, const char *name);
Span pack_bytes(const Pack *p, const PackEntry *e);
/* The section of an image or of a blob (owned by the pack), or NULL. */
Section *pack_section(Pack *p, PackEntry *e);

#endif
