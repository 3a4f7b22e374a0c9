/* rows: the nouns as rows of tables, written to a Spool and read from a query; trees are JSON.
 *
 * Artifacts and runs have numbers within their input here, from 1. In `evidence` they stay so; in
 * columns an artifact has its id in the case. */
#ifndef COAX_STORE_ROWS_H
#define COAX_STORE_ROWS_H

#include "model/sink.h"
#include "store/spool.h"
#include <sqlite3.h>

typedef enum {
#define ROWS(kind, table, count, columns) ROW_##kind,
#include "store/rows.def"
    ROW_COUNT,
    /* of the spool alone: */
    ROW_ENTITY = ROW_COUNT, /* kind, value, artifact, via */
    ROW_UNREAD,             /* name, why: of an input that has no artifact */
    ROW_END,                /* name, key, sound, answered, whether it has an artifact */
} RowKind;

typedef struct {
    const char *table, *columns;
    int count;
} RowTable;

extern const RowTable row_tables[ROW_COUNT];

typedef struct {
    Spool *spool;
    Buf scratch;
    uint32_t artifacts, runs; /* ids that were given before this input */
    const char *name;         /* of the input: `what` of a skip that is about itself is null */
} RowWriter;

void rows_put_artifact(RowWriter *w, const Artifact *a);
void rows_put_event(RowWriter *w, const Event *e);
void rows_put_call(RowWriter *w, const Call *c);
void rows_put_finding(RowWriter *w, const Finding *f);
void rows_put_trigger(RowWriter *w, const Trigger *t);
void rows_put_run(RowWriter *w, const Run *r);
void rows_put_host(RowWriter *w, const Host *h);
void rows_put_persona(RowWriter *w, const Persona *p);
void rows_put_skipped(RowWriter *w, const char *what, const char *why);
void rows_put_unread(RowWriter *w, const char *name, const char *why);
void rows_put_end(RowWriter *w, const InputEnd *end, bool answered);
void rows_put_entity(RowWriter *w, const Entity *e);

/* A row that a query stands on, whose first columns are `seq` and those of its kind. */
typedef struct {
    sqlite3_stmt *query;
    Arena *arena;
    uint64_t first;           /* the input's artifact's id in the case */
    uint32_t artifacts, runs; /* ids that were given before */
    const char *name;         /* the input's */
    const char *known;        /* Artifact.known of the input, or NULL */
} RowReader;

/* Emits it. False where it is not as rows_put_* writes it. */
bool rows_emit(RowReader *r, RowKind kind, Sink *to);

#endif
