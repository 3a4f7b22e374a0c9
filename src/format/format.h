/* format: what a file is, by its bytes; and the hostile formats other than PE, one file each. */
#ifndef COAX_FORMAT_FORMAT_H
#define COAX_FORMAT_FORMAT_H

#include "pe/pe.h"

typedef struct {
    const char *name;        /* "pe32+", "zip", "text", "empty", "unknown" */
    const char *description; /* for a person: "Windows program for 64 bits (amd64), console" */
} Format;

/* Looks at the beginning of the file, and for a program at its headers and imports. The texts are
 * constants or in the arena; ST_BUDGET where that is full. */
Status format_identify(Arena *a, Span file, Format *out);

/* The same for a file that is known to start with an MZ header; wants pe_read_imports and
 * pe_read_dotnet before. */
Format format_of_program(Arena *a, const Pe *pe);

#endif
