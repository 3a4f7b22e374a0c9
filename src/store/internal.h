/* internal: the store's own face, shared by its files:
 *
 *     open.c      opening, what can go wrong, sessions
 *     write.c     the sink: nouns to the spool, the spool to the file
 *     replay.c    an input's rows to nouns again
 *     query.c     questions
 *     forget.c    removing */
#ifndef COAX_STORE_INTERNAL_H
#define COAX_STORE_INTERNAL_H

#include "store/flight.h"
#include "store/rows.h"
#include "store/store.h"

typedef enum {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_NEXT_ID,
    SQL_INPUT,
    SQL_SIGHTING,
    SQL_UNREAD,
    SQL_FIND_ENTITY,
    SQL_ADD_ENTITY,
    SQL_LINK,
    SQL_KNOWN,
    SQL_OLDER,
    SQL_MOVE_SIGHTINGS,
    SQL_COUNT
} Sql;

struct Store {
    Sink sink; /* first: a Sink pointer is a Store pointer */
    sqlite3 *db;
    char *path;
    Time patience;
    char problem[STORE_MESSAGE]; /* empty: none */
    int64_t session;             /* 0: none */
    int64_t last_known;          /* the last artifact's id when the session began */

    sqlite3_stmt *prepared[SQL_COUNT], *insert[ROW_COUNT], *replay[ROW_COUNT];
    Spool ended; /* inputs that wait for a transaction */
    Spool spool; /* the one that is being told */
    Flight flight;
    unsigned waiting; /* inputs that ended and wait */
    Time since;       /* when the first of them did */
    RowWriter writer;
    bool answered; /* the input is an answer from this case: only the sighting is new */
    uint32_t artifacts, runs; /* the highest ids that were seen */
    char *input_name;
};

/* ---- open.c ---- */

/* Keeps the first problem as a sentence; ST_OK for SQLITE_OK, _ROW and _DONE. */
Status store_check(Store *s, int rc);

/* "the text" as a statement that was prepared once; NULL where that failed. */
sqlite3_stmt *store_prepare(Store *s, const char *sql);

/* Runs statements without results. */
Status store_exec(Store *s, const char *sql);

/* The time now, as the case has it. */
void store_now(char out[TIME_TEXT_SIZE]);

/* Steps a statement that gives nothing, and resets it. */
Status store_step(Store *s, sqlite3_stmt *q);

void store_bind_text(sqlite3_stmt *q, int at, const char *text);

/* ---- forget.c ---- */

/* All rows of an input, within a transaction. */
Status store_remove_rows(Store *s, int64_t id);

#endif
