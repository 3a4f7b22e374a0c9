#include "store/internal.h"

/* ---- list ---- */

/* A pattern of ours ([ is no sign in it) as SQLite's GLOB; "*" where there is none. */
static void bind_pattern(sqlite3_stmt *q, int at, const char *pattern) {
    Buf b = buf_new(1 << 16);
    for (const char *p = pattern ? pattern : "*"; *p; p++)
        if (*p == '[') buf_str(&b, "[[]");
        else buf_byte(&b, (uint8_t)*p);
    sqlite3_bind_text(q, at, (const char *)b.p, (int)b.n, SQLITE_TRANSIENT);
    buf_free(&b);
}

static const char list_sql[] =
    "SELECT i.id, i.at, a.name, a.sha256, a.format, a.size, i.last - i.id + 1,"
    " (SELECT count(*) FROM findings f WHERE f.input = i.id AND f.severity > 0),"
    " (SELECT count(*) FROM triggers t WHERE t.input = i.id),"
    " (SELECT count(*) FROM sightings s WHERE s.input = i.id),"
    " ifnull((SELECT max(severity) FROM findings f WHERE f.input = i.id), -1),"
    " (SELECT world FROM runs r WHERE r.input = i.id ORDER BY seq LIMIT 1)"
    " FROM inputs i JOIN artifacts a ON a.id = i.id"
    " WHERE i.at >= ?1 AND i.at < ?2 AND a.format GLOB ?3 AND"
    " (?4 = '*' OR EXISTS (SELECT 1 FROM sightings s WHERE s.input = i.id AND s.name GLOB ?4)) AND"
    " (?5 = '*' OR EXISTS (SELECT 1 FROM findings f WHERE f.input = i.id AND f.rule GLOB ?5)) AND"
    " (?6 < 0 OR EXISTS (SELECT 1 FROM findings f WHERE f.input = i.id AND f.severity >= ?6))"
    " ORDER BY i.id";

static const char *column(sqlite3_stmt *q, int at) {
    return (const char *)sqlite3_column_text(q, at);
}

Status store_list(Store *s, const StoreFilter *f, bool (*each)(void *context, const StoreInput *i),
                  void *context) {
    sqlite3_stmt *q = store_prepare(s, list_sql);
    int rc = SQLITE_DONE;
    if (!q) return ST_IO;
    store_bind_text(q, 1, f->since ? f->since : "");
    store_bind_text(q, 2, f->before ? f->before : "~"); /* sorts behind every time */
    bind_pattern(q, 3, f->format);
    bind_pattern(q, 4, f->name);
    bind_pattern(q, 5, f->rule);
    sqlite3_bind_int(q, 6, f->severity);
    while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
        StoreInput i = {.id = (uint64_t)sqlite3_column_int64(q, 0),
                        .at = column(q, 1),
                        .name = column(q, 2),
                        .sha256 = column(q, 3),
                        .format = column(q, 4),
                        .size = (uint64_t)sqlite3_column_int64(q, 5),
                        .artifacts = (uint64_t)sqlite3_column_int64(q, 6),
                        .findings = (uint64_t)sqlite3_column_int64(q, 7),
                        .triggers = (uint64_t)sqlite3_column_int64(q, 8),
                        .sightings = (uint64_t)sqlite3_column_int64(q, 9),
                        .severity = sqlite3_column_int(q, 10),
                        .world = column(q, 11)};
        if (!each(context, &i)) break;
    }
    sqlite3_finalize(q);
    return store_check(s, rc);
}

/* ---- links ---- */

#define LINK_COLUMNS "a.input, a.id, a.name, r.sha256, e.kind, e.value, l.via"
#define LINK_TABLES                                                                                \
    " FROM links l JOIN entities e ON e.id = l.entity JOIN artifacts a ON a.id = l.artifact"       \
    " JOIN artifacts r ON r.id = a.input "
/* An artifact's own digest is an entity that needs no row. */
#define DIGEST_COLUMNS                                                                             \
    "a.input, a.id, a.name, r.sha256, 'sha256', a.sha256, a.origin"                                \
    " FROM artifacts a JOIN artifacts r ON r.id = a.input "

/* Runs a query of those columns; takes it over. A kind that this coax does not know, of a newer
 * one, is passed over. */
static Status each_link(Store *s, sqlite3_stmt *q, StoreEach *each, void *context) {
    int rc = SQLITE_DONE;
    if (!q) return ST_IO;
    while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
        StoreLink l = {.input = (uint64_t)sqlite3_column_int64(q, 0),
                       .artifact = (uint64_t)sqlite3_column_int64(q, 1),
                       .name = column(q, 2),
                       .sha256 = column(q, 3),
                       .value = column(q, 5),
                       .via = column(q, 6)};
        if (entity_parse(column(q, 4), &l.kind) && !each(context, &l)) break;
    }
    sqlite3_finalize(q);
    return store_check(s, rc);
}

Status store_links(Store *s, StoreEach *each, void *context) {
    return each_link(s,
                     store_prepare(s, "SELECT " LINK_COLUMNS LINK_TABLES
                                      "UNION ALL SELECT " DIGEST_COLUMNS "ORDER BY 1, 2"),
                     each, context);
}

/* The text that sorts right behind all that begin with `prefix`. */
static void bind_behind(sqlite3_stmt *q, int at, const char *prefix) {
    Buf b = buf_new(1 << 20);
    buf_str(&b, prefix);
    buf_str(&b, "\xf4\x8f\xbf\xbf");
    sqlite3_bind_text(q, at, (const char *)b.p, (int)b.n, SQLITE_TRANSIENT);
    buf_free(&b);
}

Status store_find(Store *s, EntityKind kind, const char *value, bool prefix, StoreEach *each,
                  void *context) {
    sqlite3_stmt *q = store_prepare(
        s, "SELECT " LINK_COLUMNS LINK_TABLES
           "WHERE (?1 IS NULL OR e.kind = ?1) AND e.value >= ?2 AND e.value <= ?3 ORDER BY a.id");
    store_bind_text(q, 1, kind == EN_COUNT ? NULL : entity_name(kind));
    store_bind_text(q, 2, value);
    if (q && prefix) bind_behind(q, 3, value);
    else store_bind_text(q, 3, value);
    return each_link(s, q, each, context);
}

Status store_find_digest(Store *s, const char *hex, StoreEach *each, void *context) {
    sqlite3_stmt *q =
        store_prepare(s, "SELECT " DIGEST_COLUMNS "WHERE a.sha256 BETWEEN ?1 AND ?2 OR a.sha1 BETWEEN "
                         "?1 AND ?2 OR a.md5 BETWEEN ?1 AND ?2 ORDER BY a.id");
    store_bind_text(q, 1, hex);
    if (q) bind_behind(q, 2, hex);
    return each_link(s, q, each, context);
}

uint64_t store_input_of(Store *s, uint64_t artifact) {
    sqlite3_stmt *q = store_prepare(s, "SELECT input FROM artifacts WHERE id = ?");
    if (!q) return 0;
    sqlite3_bind_int64(q, 1, (int64_t)artifact);
    int rc = sqlite3_step(q);
    uint64_t input = rc == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(q, 0) : 0;
    sqlite3_finalize(q);
    store_check(s, rc);
    return input;
}
