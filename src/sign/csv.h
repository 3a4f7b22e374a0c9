/* csv: comma-separated values (RFC 4180), and what people make of them: a byte order mark, spaces
 * behind commas, blank lines. */
#ifndef COAX_SIGN_CSV_H
#define COAX_SIGN_CSV_H

#include "base/arena.h"

enum { CSV_FIELDS = 64 };

typedef struct {
    const char *fields[CSV_FIELDS]; /* in the arena */
    unsigned count;                 /* further ones are passed over */
    bool comment;                   /* the line begins with '#', which is passed over */
} CsvRow;

/* The next row that is not blank; false at the end. */
bool csv_next(Arena *a, Cur *file, CsvRow *out);

#endif
