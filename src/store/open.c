#include "store/internal.h"
#include "store/schema.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- what can go wrong ---- */

/* After SQLite's words, in ours. */
static const char *sentence(sqlite3 *db, int rc) {
    switch (rc & 0xFF) {
    case SQLITE_NOTADB: return "it is no case: no SQLite database";
    case SQLITE_CORRUPT: return "the case is damaged (sqlite3 can say where: PRAGMA integrity_check)";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "the case is locked by another program";
    case SQLITE_READONLY: return "the case cannot be written: the file is read-only";
    case SQLITE_FULL: return "the case cannot be written: the disk is full; what it holds is good";
    case SQLITE_IOERR:
        return "the case cannot be read or written: the disk is full or fails; what it holds is good";
    case SQLITE_CANTOPEN: return "the case cannot be opened";
    case SQLITE_PERM:
    case SQLITE_AUTH: return "the case may not be opened";
    case SQLITE_NOMEM: return "there is no memory for the case";
    default: return db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
    }
}

static Status complain(Store *s, Status status, const char *why) {
    if (!*s->problem) snprintf(s->problem, sizeof s->problem, "%s: %s", s->path, why);
    return status;
}

Status store_check(Store *s, int rc) {
    if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE) return ST_OK;
    return complain(s, ST_IO, sentence(s->db, rc));
}

const char *store_problem(const Store *s) {
    return *s->problem ? s->problem : NULL;
}

sqlite3_stmt *store_prepare(Store *s, const char *sql) {
    sqlite3_stmt *q = NULL;
    store_check(s, sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q, NULL));
    return q;
}

Status store_exec(Store *s, const char *sql) {
    return store_check(s, sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}

Status store_step(Store *s, sqlite3_stmt *q) {
    if (!q) return ST_IO;
    Status status = store_check(s, sqlite3_step(q));
    sqlite3_reset(q);
    sqlite3_clear_bindings(q);
    return status;
}

void store_bind_text(sqlite3_stmt *q, int at, const char *text) {
    if (text) sqlite3_bind_text(q, at, text, -1, SQLITE_STATIC);
    else sqlite3_bind_null(q, at);
}

void store_now(char out[TIME_TEXT_SIZE]) {
    time_print((Time)time(NULL) * TIME_SECOND, out);
}

/* ---- opening ---- */

static Status look_at_file(Store *s, StoreMode mode) {
    struct stat st;
    if (stat(s->path, &st) != 0) {
        if (errno == ENOENT && mode == STORE_WRITE) return ST_OK;
        return complain(s, errno == ENOENT ? ST_NOT_FOUND : ST_IO,
                        errno == ENOENT ? "there is no such case" : strerror(errno));
    }
    if (S_ISDIR(st.st_mode)) return complain(s, ST_USAGE, "it is a folder, not a case");
    if (!S_ISREG(st.st_mode)) return complain(s, ST_USAGE, "it is no file");
    if (st.st_size == 0 && mode != STORE_WRITE) return complain(s, ST_USAGE, "it is empty: no case");
    return ST_OK;
}

/* A case that we may not write is read without the files beside it: nobody else can write it
 * either, or its writer has left these files for us. */
static bool wants_immutable(const Store *s) {
    char beside[4096];
    snprintf(beside, sizeof beside, "%s-wal", s->path);
    return access(s->path, W_OK) != 0 && access(beside, F_OK) != 0;
}

static Status open_database(Store *s, StoreMode mode) {
    bool immutable = mode == STORE_READ && wants_immutable(s);
    int flags = immutable            ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                : mode == STORE_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                      : SQLITE_OPEN_READWRITE;
    char *uri = immutable ? sqlite3_mprintf("file:%s?immutable=1", s->path) : NULL;
    bool plain = !uri || strpbrk(s->path, "?#%"); /* a name that an URI would not carry */
    int rc = sqlite3_open_v2(plain ? s->path : uri, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    sqlite3_free(uri);
    if (rc != SQLITE_OK && access(s->path, F_OK) == 0 && access(s->path, R_OK) != 0)
        return complain(s, ST_IO, strerror(EACCES));
    TRY(store_check(s, rc));
    if (mode != STORE_READ && sqlite3_db_readonly(s->db, "main") == 1)
        return store_check(s, SQLITE_READONLY);
    sqlite3_busy_timeout(s->db, (int)(s->patience / (TIME_SECOND / 1000)));
    /* A case may come from somebody else: its schema runs no functions and its pages are checked. */
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return store_exec(s, "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;");
}

static Status settle_schema(Store *s) {
    int version = 0;
    bool ours = false;
    char why[160];
    TRY(store_check(s, schema_examine(s->db, &version, &ours)));
    if (!ours) return complain(s, ST_USAGE, "it is no case but another program's database");
    if (version > schema_newest()) {
        snprintf(why, sizeof why,
                 "it was written by a newer coax (its schema is version %d, this coax knows %d)",
                 version, schema_newest());
        return complain(s, ST_UNSUPPORTED, why);
    }
    if (version == schema_newest()) return ST_OK;
    if (sqlite3_db_readonly(s->db, "main") == 1)
        return complain(s, ST_IO, "it is of an older version, and read-only: copy it first");
    return store_check(s, schema_migrate(s->db, schema_newest()));
}

/* In this mode a commit writes into a log beside the file and needs no wait for the disk: a process
 * that is killed loses nothing that was committed, a machine that loses power its last seconds. */
static Status set_pace(Store *s, StoreMode mode) {
    if (mode == STORE_READ) return ST_OK;
    return store_exec(s, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                         "PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=33554432;");
}

Status store_open(const char *path, StoreMode mode, Time patience, Store **out,
                  char message[STORE_MESSAGE]) {
    Store *s = calloc(1, sizeof *s);
    if (s) s->path = strdup(path);
    if (!s || !s->path) {
        free(s);
        snprintf(message, STORE_MESSAGE, "%s", status_text(ST_BUDGET));
        return ST_BUDGET;
    }
    s->patience = patience;
    s->ended = spool_new();
    s->spool = spool_new();
    s->writer = (RowWriter){.spool = &s->spool, .scratch = buf_new(1 << 30)};
    Status status = look_at_file(s, mode);
    if (status == ST_OK) status = open_database(s, mode);
    if (status == ST_OK) status = settle_schema(s);
    if (status == ST_OK) status = set_pace(s, mode);
    if (status == ST_OK) *out = s;
    else {
        snprintf(message, STORE_MESSAGE, "%s", s->problem);
        store_close(s);
    }
    return status;
}

void store_close(Store *s) {
    if (!s) return;
    for (unsigned i = 0; i < SQL_COUNT; i++) sqlite3_finalize(s->prepared[i]);
    for (unsigned i = 0; i < ROW_COUNT; i++) sqlite3_finalize(s->insert[i]);
    for (unsigned i = 0; i < ROW_COUNT; i++) sqlite3_finalize(s->replay[i]);
    sqlite3_close(s->db);
    flight_close(&s->flight);
    spool_free(&s->ended);
    spool_free(&s->spool);
    buf_free(&s->writer.scratch);
    free(s->input_name);
    free(s->path);
    free(s);
}
