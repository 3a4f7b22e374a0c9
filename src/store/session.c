/* Sessions: who wrote, and what those that died were at. */
#include "store/internal.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PROCESS_NAME = 128 };

/* The start of a process in ticks since the machine's: field 22 of /proc/PID/stat; 0: there is no
 * such process. */
static unsigned long long start_of(long process) {
    char path[64], line[1024] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", process);
    FILE *f = fopen(path, "re");
    if (!f) return 0;
    size_t n = fread(line, 1, sizeof line - 1, f);
    fclose(f);
    line[n] = 0;
    char *at = strrchr(line, ')'); /* after the name, which may hold anything */
    for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
    return at ? strtoull(at + 1, NULL, 10) : 0;
}

static void read_boot(char out[64]) {
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
    size_t n = f ? fread(out, 1, 36, f) : 0;
    if (f) fclose(f);
    out[n] = 0;
}

/* "PID START BOOT": no other process has it, on any machine. */
static void name_process(long process, char out[PROCESS_NAME]) {
    char boot[64];
    read_boot(boot);
    snprintf(out, PROCESS_NAME, "%ld %llu %s", process, start_of(process), boot);
}

static bool lives(const char *name) {
    char now[PROCESS_NAME];
    long process = strtol(name, NULL, 10);
    name_process(process, now);
    return start_of(process) && strcmp(name, now) == 0;
}

/* ---- the dead ---- */

typedef struct {
    Store *store;
    int64_t session;
    const char *began;
    void (*lost)(void *context, const StoreLost *l);
    void *context;
} Dead;

/* Between a transaction and the moment in which its inputs are no more in flight there is a gap. */
static bool is_kept(Store *s, int64_t session, const char *name) {
    sqlite3_stmt *q =
        store_prepare(s, "SELECT 1 FROM sightings WHERE session = ?1 AND name = ?2"
                         " UNION ALL SELECT 1 FROM unread WHERE session = ?1 AND name = ?2");
    if (!q) return false;
    sqlite3_bind_int64(q, 1, session);
    store_bind_text(q, 2, name);
    int rc = sqlite3_step(q);
    sqlite3_finalize(q);
    store_check(s, rc);
    return rc == SQLITE_ROW;
}

static void tell_one(void *context, const char *name) {
    const Dead *d = context;
    if (!is_kept(d->store, d->session, name)) d->lost(d->context, &(StoreLost){d->began, name});
}

static Status bury(Store *s, int64_t session) {
    sqlite3_stmt *q = store_prepare(
        s, "UPDATE sessions SET outcome = 'killed', ended = ?2 WHERE id = ?1 AND outcome IS NULL");
    char now[TIME_TEXT_SIZE];
    store_now(now);
    sqlite3_bind_int64(q, 1, session);
    store_bind_text(q, 2, now);
    Status status = store_step(s, q);
    sqlite3_finalize(q);
    return status;
}

static Status look_for_dead(Store *s, void (*lost)(void *context, const StoreLost *l),
                            void *context) {
    sqlite3_stmt *q = store_prepare(
        s, "SELECT id, process, began FROM sessions WHERE outcome IS NULL ORDER BY id");
    Status status = q ? ST_OK : ST_IO;
    int rc = SQLITE_DONE;
    while (status == ST_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        if (lives((const char *)sqlite3_column_text(q, 1))) continue;
        int64_t session = sqlite3_column_int64(q, 0);
        Dead dead = {s, session, (const char *)sqlite3_column_text(q, 2), lost, context};
        flight_read(s->path, session, tell_one, &dead);
        status = bury(s, session);
    }
    sqlite3_finalize(q);
    return status == ST_OK ? store_check(s, rc) : status;
}

/* ---- this one ---- */

static Status begin_session(Store *s, const char *version) {
    char now[TIME_TEXT_SIZE], process[PROCESS_NAME];
    store_now(now);
    name_process(getpid(), process);
    sqlite3_stmt *q =
        store_prepare(s, "INSERT INTO sessions(began, version, process) VALUES(?, ?, ?)");
    store_bind_text(q, 1, now);
    store_bind_text(q, 2, version);
    store_bind_text(q, 3, process);
    Status status = store_step(s, q);
    sqlite3_finalize(q);
    s->session = sqlite3_last_insert_rowid(s->db);
    return status;
}

static Status note_last(Store *s) {
    sqlite3_stmt *q = store_prepare(s, "SELECT seq FROM sqlite_sequence WHERE name = 'artifacts'");
    if (!q) return ST_IO;
    int rc = sqlite3_step(q);
    s->last_known = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
    sqlite3_finalize(q);
    return store_check(s, rc);
}

/* The dead are told and the new session is there, or neither. */
Status store_begin(Store *s, const char *version, void (*lost)(void *context, const StoreLost *l),
                   void *context) {
    TRY(store_exec(s, "BEGIN IMMEDIATE"));
    Status status = look_for_dead(s, lost, context);
    if (status == ST_OK) status = begin_session(s, version);
    if (status == ST_OK) status = note_last(s);
    if (status == ST_OK) status = store_exec(s, "COMMIT");
    if (status != ST_OK) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    if (status == ST_OK && !flight_open(&s->flight, s->path, s->session)) {
        snprintf(s->problem, sizeof s->problem, "%s: no file can be made beside it: %s", s->path,
                 strerror(errno));
        status = ST_IO;
    }
    return status;
}

Status store_finish(Store *s, bool interrupted) {
    char now[TIME_TEXT_SIZE];
    if (*s->problem || !s->session || store_settle(s, 0) != ST_OK) return ST_IO;
    flight_close(&s->flight); /* first: nobody looks for the file of a session that has ended */
    store_now(now);
    sqlite3_stmt *q =
        store_prepare(s, "UPDATE sessions SET ended = ?2, outcome = ?3 WHERE id = ?1");
    sqlite3_bind_int64(q, 1, s->session);
    store_bind_text(q, 2, now);
    store_bind_text(q, 3, interrupted ? "interrupted" : "done");
    Status status = store_step(s, q);
    sqlite3_finalize(q);
    s->session = 0;
    return status;
}
