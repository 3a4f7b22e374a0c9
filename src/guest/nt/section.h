/* Sections as objects, and the sections that a file has: its image, and its mapped bytes. */
#ifndef COAX_GUEST_NT_SECTION_H
#define COAX_GUEST_NT_SECTION_H

#include "guest/fs.h"
#include "guest/machine.h"

typedef struct {
    Object object;
    Section *section;    /* a reference is held */
    uint64_t size;       /* of this object; several may share the section */
    uint32_t attributes; /* SEC_* */
    uint32_t protect;    /* VM_*, as asked for */
} SectionObject;

extern const ObjectType section_type;

/* The image that a file's bytes make, with a reference for the caller; the NTSTATUS says why there
 * is none. A pack's image shares its frames; every file's is made once, until it is written. */
uint32_t section_of_image(Machine *m, Name *file, Section **out);

/* ---- for open files ---- */

/* Whether anybody has the file's image mapped, or its bytes. */
bool section_image_in_use(const Node *n);
bool section_in_use(const Node *n);

/* Views wrote: brings their changes into the file. */
void section_sync_file(Node *n);
/* The file was written, or replaced: brings its bytes into the views. */
void section_file_written(Node *n, uint64_t at, uint64_t size);
void section_content_replaced(Node *n);

/* The machine has ended: tells of what was written through views that are still mapped. */
void section_tell_unclosed(Machine *m);

#endif
