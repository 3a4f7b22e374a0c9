/* An input's rows lie in several tables; `seq` tells the order in which they were one report. */
#include "store/internal.h"

enum { ROW_MEMORY = 512 << 20 };

typedef struct {
    sqlite3_stmt *query;
    int64_t seq; /* of the row that it stands on; INT64_MAX: it is through */
} Track;

typedef struct {
    Store *store;
    Track tracks[ROW_COUNT];
    Arena arena;
} Replay;

static Status advance(Replay *r, RowKind kind) {
    Track *t = &r->tracks[kind];
    int rc = sqlite3_step(t->query);
    t->seq = rc == SQLITE_ROW ? sqlite3_column_int64(t->query, 0) : INT64_MAX;
    return store_check(r->store, rc);
}

/* Artifacts lie together by their ids; the other tables are sorted by the input. */
static sqlite3_stmt *query(Store *s, RowKind kind) {
    const RowTable *t = &row_tables[kind];
    const char *where = kind == ROW_ARTIFACT ? "id BETWEEN ?1 AND ?2 ORDER BY id"
                                             : "input = ?1 ORDER BY seq";
    if (s->replay[kind]) return s->replay[kind];
    char *text = sqlite3_mprintf("SELECT seq, %s FROM %s WHERE %s", t->columns, t->table, where);
    s->replay[kind] = text ? store_prepare(s, text) : NULL;
    sqlite3_free(text);
    return s->replay[kind];
}

static Status open_track(Replay *r, RowKind kind, int64_t id, int64_t last) {
    sqlite3_stmt *q = query(r->store, kind);
    r->tracks[kind].query = q;
    if (!q) return ST_IO;
    sqlite3_bind_int64(q, 1, id);
    if (kind == ROW_ARTIFACT) sqlite3_bind_int64(q, 2, last);
    return advance(r, kind);
}

static RowKind earliest(const Replay *r) {
    RowKind best = 0;
    for (unsigned k = 1; k < ROW_COUNT; k++)
        if (r->tracks[k].seq < r->tracks[best].seq) best = (RowKind)k;
    return best;
}

/* What was given by a row: the highest ids so far. */
static void follow(const RowReader *r, RowKind kind, StoreIds *ids) {
    bool artifact = kind == ROW_ARTIFACT;
    if (!artifact && kind != ROW_RUN && kind != ROW_EVENT && kind != ROW_CALL) return;
    int64_t n = sqlite3_column_int64(r->query, artifact ? 1 : 2);
    uint32_t id = artifact ? (uint32_t)((uint64_t)n - r->first + 1) + r->artifacts
                           : (uint32_t)n + r->runs;
    uint32_t *highest = artifact ? &ids->artifacts : &ids->runs;
    if (id > *highest) *highest = id;
}

static Status emit_all(Replay *r, RowReader *row, StoreIds *ids, Sink *to) {
    for (;;) {
        RowKind kind = earliest(r);
        if (r->tracks[kind].seq == INT64_MAX) return ST_OK;
        row->query = r->tracks[kind].query;
        follow(row, kind, ids);
        if (!rows_emit(row, kind, to)) return store_check(r->store, SQLITE_CORRUPT);
        TRY(advance(r, kind));
    }
}

/* The input's last artifact and its name. */
static Status find_input(Store *s, Arena *a, int64_t id, int64_t *last, const char **name) {
    sqlite3_stmt *q = store_prepare(
        s, "SELECT last, name FROM inputs JOIN artifacts USING(id) WHERE id = ?");
    if (!q) return ST_IO;
    sqlite3_bind_int64(q, 1, id);
    int rc = sqlite3_step(q);
    if (rc == SQLITE_ROW) {
        *last = sqlite3_column_int64(q, 0);
        if (!*name) *name = arena_str(a, (const char *)sqlite3_column_text(q, 1));
    }
    sqlite3_finalize(q);
    TRY(store_check(s, rc));
    return rc == SQLITE_ROW && *name ? ST_OK : ST_NOT_FOUND;
}

/* One state of the file for all tables, whoever else writes. */
Status store_replay(Store *s, uint64_t id, const char *name, const char *known, StoreIds *ids,
                    Sink *to) {
    Replay r = {.store = s, .arena = arena_new(ROW_MEMORY)};
    Arena kept = arena_new(1 << 20);
    RowReader row = {.arena = &r.arena,
                     .first = id,
                     .artifacts = ids->artifacts,
                     .runs = ids->runs,
                     .known = known,
                     .name = name};
    int64_t last = 0;
    Status status = store_exec(s, "BEGIN");
    if (status == ST_OK) status = find_input(s, &kept, (int64_t)id, &last, &row.name);
    for (unsigned k = 0; k < ROW_COUNT && status == ST_OK; k++)
        status = open_track(&r, (RowKind)k, (int64_t)id, last);
    if (status == ST_OK) status = emit_all(&r, &row, ids, to);
    for (unsigned k = 0; k < ROW_COUNT; k++) sqlite3_reset(r.tracks[k].query);
    sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
    arena_reset(&r.arena);
    arena_reset(&kept);
    return status;
}

const char *store_when(Store *s, Arena *a, uint64_t id) {
    sqlite3_stmt *q = store_prepare(s, "SELECT at FROM inputs WHERE id = ?");
    if (!q) return NULL;
    sqlite3_bind_int64(q, 1, (int64_t)id);
    int rc = sqlite3_step(q);
    const char *at =
        rc == SQLITE_ROW ? arena_str(a, (const char *)sqlite3_column_text(q, 0)) : NULL;
    sqlite3_finalize(q);
    store_check(s, rc);
    return at;
}
