/* Section: memory that several views share: the paging file's, a file's, or a program image. */
#ifndef COAX_GUEST_SECTION_H
#define COAX_GUEST_SECTION_H

#include "guest/ram.h"

/* Where the bytes of a data section come from and where changes go. */
typedef struct SectionBacking SectionBacking;
struct SectionBacking {
    /* Fills a page of zeroes with the bytes at `offset`. */
    void (*load)(SectionBacking *b, uint64_t offset, uint8_t page[PAGE_SIZE]);
    /* Takes back a page that a writable view may have changed. */
    void (*store)(SectionBacking *b, uint64_t offset, const uint8_t page[PAGE_SIZE]);
    void (*close)(SectionBacking *b);
};

/* Protection of a range of an image, from its section headers. */
typedef struct {
    uint64_t at, size;
    uint32_t protect; /* VM_* */
} SectionRange;

typedef struct {
    uint32_t refs;
    Ram *ram;
    uint64_t size;       /* bytes */
    bool image, reserve; /* SEC_IMAGE; SEC_RESERVE: pages start uncommitted */
    uint32_t protect;
    Frame *frames; /* one a page; 0: not there yet */
    Frame first;   /* a pack's image: frames are first, first+1, ...; `frames` is NULL */
    SectionBacking *backing;
    char *name; /* NT path, or NULL */

    /* Images (SECTION_IMAGE_INFORMATION and what the mapper needs). */
    SectionRange *ranges;
    size_t range_count;
    uint64_t preferred_base, entry_point, stack_reserve, stack_commit;
    uint32_t subsystem, subsystem_major, subsystem_minor, checksum, file_size;
    uint16_t machine, characteristics, dll_characteristics;
    bool dotnet;
} Section;

/* A section of the paging file. NULL: no memory. */
Section *section_new(Ram *ram, uint64_t size);
Section *section_new_backed(Ram *ram, uint64_t size, SectionBacking *backing);

/* Lays a PE file out as an image. NULL with an NTSTATUS in *status where it is none
 * (STATUS_INVALID_IMAGE_FORMAT ...). */
Section *section_new_image(Ram *ram, Span file, uint32_t *status);

/* The image that lies flat in a pack (docs/pack.md), from its first frame. */
Section *section_new_pack_image(Ram *ram, Frame first, uint64_t size);

void section_hold(Section *s);
void section_drop(Section *s);

/* A file that lies in a pack, for views that only read. */
Section *section_new_pack_data(Ram *ram, Frame first, uint64_t size);

/* The frame of a page, loaded on first use; the caller gets no reference. 0: no memory. */
Frame section_frame(Section *s, uint64_t page);

/* Writes changed pages back to the backing. */
void section_flush(Section *s);

#endif
