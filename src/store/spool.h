/* Spool: rows that wait for their transaction, in memory up to a limit and then in a file without a
 * name. A row is a kind and values. */
#ifndef COAX_STORE_SPOOL_H
#define COAX_STORE_SPOOL_H

#include "base/buf.h"
#include <stdio.h>

typedef enum {
    SPOOL_NULL,
    SPOOL_INT,
    SPOOL_TEXT,
    SPOOL_ARTIFACT /* a number within the input, from 1; its id is known at the commit */
} SpoolKind;

typedef struct {
    SpoolKind kind;
    int64_t number;
    Span text;
} SpoolValue;

typedef struct {
    Buf rows; /* that are in memory; the last one may be open */
    FILE *file;
    uint64_t spilled; /* bytes in the file */
    Buf read;
    size_t open_at; /* where the open row begins */
    bool failed;    /* no room for a row: memory or disk */
} Spool;

Spool spool_new(void);
void spool_free(Spool *s);

/* Forgets the rows. */
void spool_clear(Spool *s);

void spool_row(Spool *s, uint8_t kind); /* begins one; the one before ends */
void spool_null(Spool *s);
void spool_int(Spool *s, int64_t n);
void spool_artifact(Spool *s, uint32_t n); /* 0 is null */
void spool_text(Spool *s, const char *text); /* NULL is null */
void spool_bytes(Spool *s, Span text);
/* After the last row, before reading. */
void spool_end(Spool *s);

typedef struct {
    uint8_t kind;
    Cur values;
} SpoolRow;

/* Puts all rows of `from` behind those of `to`, and clears it. */
void spool_move(Spool *to, Spool *from);

/* Reads from the first row on; false after the last one, and with s->failed where they could not be
 * read. A row is valid until the next one is read. */
void spool_rewind(Spool *s);
bool spool_next(Spool *s, SpoolRow *out);
bool spool_value(SpoolRow *r, SpoolValue *out); /* false after the last */

#endif
