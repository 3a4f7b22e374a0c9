#include "store/internal.h"

static Status run(Store *s, const char *text, int64_t first, int64_t second) {
    sqlite3_stmt *q = store_prepare(s, text);
    if (!q) return ST_IO;
    sqlite3_bind_int64(q, 1, first);
    if (sqlite3_bind_parameter_count(q) > 1) sqlite3_bind_int64(q, 2, second);
    Status status = store_step(s, q);
    sqlite3_finalize(q);
    return status;
}

static Status last_artifact(Store *s, int64_t id, int64_t *last) {
    sqlite3_stmt *q = store_prepare(s, "SELECT last FROM inputs WHERE id = ?");
    if (!q) return ST_IO;
    sqlite3_bind_int64(q, 1, id);
    int rc = sqlite3_step(q);
    *last = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
    sqlite3_finalize(q);
    TRY(store_check(s, rc));
    return *last ? ST_OK : ST_NOT_FOUND;
}

Status store_remove_rows(Store *s, int64_t id) {
    static const char *const links[] = {
        "DELETE FROM entities WHERE id IN (SELECT l.entity FROM links l WHERE l.artifact BETWEEN ?1"
        " AND ?2 AND NOT EXISTS (SELECT 1 FROM links o WHERE o.entity = l.entity AND"
        " (o.artifact < ?1 OR o.artifact > ?2)))",
        "DELETE FROM links WHERE artifact BETWEEN ?1 AND ?2",
        "DELETE FROM artifacts WHERE id BETWEEN ?1 AND ?2",
        "DELETE FROM sightings WHERE input = ?1",
        "DELETE FROM inputs WHERE id = ?1",
    };
    int64_t last;
    TRY(last_artifact(s, id, &last));
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) TRY(run(s, links[i], id, last));
    for (unsigned k = 0; k < ROW_COUNT; k++) {
        if (k == ROW_ARTIFACT) continue;
        char *text = sqlite3_mprintf("DELETE FROM %s WHERE input = ?1", row_tables[k].table);
        Status status = text ? run(s, text, id, last) : ST_BUDGET;
        sqlite3_free(text);
        TRY(status);
    }
    return ST_OK;
}

/* Sessions of which nothing is left. */
static Status remove_sessions(Store *s) {
    return store_exec(
        s, "DELETE FROM sessions WHERE outcome IS NOT NULL AND id NOT IN"
           " (SELECT session FROM sightings UNION SELECT session FROM inputs UNION"
           " SELECT session FROM unread)");
}

static Status in_transaction(Store *s, Status (*work)(Store *s, void *context), void *context) {
    TRY(store_exec(s, "BEGIN IMMEDIATE"));
    Status status = work(s, context);
    if (status == ST_OK) status = remove_sessions(s);
    if (status == ST_OK) return store_exec(s, "COMMIT");
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static Status remove_one(Store *s, void *context) {
    return store_remove_rows(s, *(int64_t *)context);
}

Status store_forget(Store *s, uint64_t id) {
    int64_t input = (int64_t)id;
    return in_transaction(s, remove_one, &input);
}

typedef struct {
    const char *time;
    uint64_t count;
} Before;

static Status remove_before(Store *s, void *context) {
    Before *b = context;
    for (;;) {
        sqlite3_stmt *q = store_prepare(s, "SELECT id FROM inputs WHERE at < ? LIMIT 1");
        if (!q) return ST_IO;
        store_bind_text(q, 1, b->time);
        int rc = sqlite3_step(q);
        int64_t id = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
        sqlite3_finalize(q);
        TRY(store_check(s, rc));
        if (!id) break;
        TRY(store_remove_rows(s, id));
        b->count++;
    }
    sqlite3_stmt *q = store_prepare(
        s, "DELETE FROM unread WHERE session IN (SELECT id FROM sessions WHERE ended < ?)");
    if (q) store_bind_text(q, 1, b->time);
    Status status = store_step(s, q);
    sqlite3_finalize(q);
    return status;
}

Status store_forget_before(Store *s, const char *time, uint64_t *count) {
    Before b = {.time = time};
    TRY(in_transaction(s, remove_before, &b));
    *count = b.count;
    return ST_OK;
}

/* The log beside the file holds old pages as well: it is emptied, too. */
Status store_compact(Store *s) {
    return store_exec(s, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
}
