/* Each version is the statements that make it out of the one before; a new case goes through all of
 * them. What was released is never changed, only added to. docs/case.md explains the columns. */
#include "store/schema.h"
#include <stdio.h>

static const char version_1[] =
    "CREATE TABLE sessions(id INTEGER PRIMARY KEY AUTOINCREMENT, began TEXT NOT NULL, ended TEXT,"
    " outcome TEXT, version TEXT NOT NULL, process TEXT NOT NULL);"
    "CREATE TABLE unread(session INTEGER NOT NULL, name TEXT NOT NULL, why TEXT NOT NULL);"
    "CREATE TABLE inputs(id INTEGER PRIMARY KEY, last INTEGER NOT NULL, session INTEGER NOT NULL,"
    " at TEXT NOT NULL, key TEXT, sound INTEGER NOT NULL);"
    "CREATE INDEX inputs_by_key ON inputs(key);"
    "CREATE TABLE sightings(input INTEGER NOT NULL, session INTEGER NOT NULL, at TEXT NOT NULL,"
    " name TEXT NOT NULL);"
    "CREATE INDEX sightings_by_input ON sightings(input);"
    "CREATE TABLE artifacts(id INTEGER PRIMARY KEY AUTOINCREMENT, input INTEGER NOT NULL,"
    " seq INTEGER NOT NULL, parent INTEGER, sha256 TEXT NOT NULL, sha1 TEXT NOT NULL,"
    " md5 TEXT NOT NULL, size INTEGER NOT NULL, offset INTEGER, name TEXT NOT NULL,"
    " format TEXT NOT NULL, description TEXT, origin TEXT NOT NULL, facts TEXT);"
    "CREATE TABLE events(input INTEGER, seq INTEGER, artifact INTEGER, run INTEGER, n INTEGER,"
    " time INTEGER, category TEXT NOT NULL, count INTEGER, fields TEXT NOT NULL,"
    " PRIMARY KEY(input, seq)) WITHOUT ROWID;"
    "CREATE TABLE calls(input INTEGER, seq INTEGER, artifact INTEGER, run INTEGER, n INTEGER,"
    " time INTEGER, count INTEGER, process INTEGER, thread INTEGER, module TEXT, name TEXT,"
    " arguments TEXT, returned TEXT, caller TEXT, PRIMARY KEY(input, seq)) WITHOUT ROWID;"
    "CREATE TABLE findings(input INTEGER, seq INTEGER, artifact INTEGER, rule TEXT NOT NULL,"
    " severity INTEGER NOT NULL, title TEXT NOT NULL, evidence TEXT, attack TEXT, mbc TEXT,"
    " encounter TEXT, PRIMARY KEY(input, seq)) WITHOUT ROWID;"
    "CREATE TABLE triggers(input INTEGER, seq INTEGER, artifact INTEGER, fact TEXT NOT NULL,"
    " subject TEXT, polarity TEXT NOT NULL, test TEXT NOT NULL, accepts TEXT, site TEXT, edit TEXT,"
    " counter TEXT, reveals TEXT, proved TEXT NOT NULL, runs TEXT, attack TEXT, mbc TEXT,"
    " PRIMARY KEY(input, seq)) WITHOUT ROWID;"
    "CREATE TABLE runs(input INTEGER, seq INTEGER, artifact INTEGER, run INTEGER,"
    " world TEXT NOT NULL, edits TEXT, ended TEXT NOT NULL, blocks INTEGER, elapsed INTEGER,"
    " unmodelled TEXT, budget TEXT, nondeterministic INTEGER, details TEXT, processes TEXT,"
    " PRIMARY KEY(input, seq)) WITHOUT ROWID;"
    "CREATE TABLE hosts(input INTEGER, seq INTEGER, artifact INTEGER, address TEXT NOT NULL,"
    " patch TEXT NOT NULL, why TEXT NOT NULL, frame INTEGER, system TEXT, dialect TEXT,"
    " clients INTEGER, infected_by TEXT, infected_at INTEGER, PRIMARY KEY(input, seq))"
    " WITHOUT ROWID;"
    "CREATE TABLE skipped(input INTEGER, seq INTEGER, what TEXT, why TEXT NOT NULL,"
    " PRIMARY KEY(input, seq)) WITHOUT ROWID;"
    "CREATE TABLE entities(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL,"
    " UNIQUE(kind, value));"
    "CREATE TABLE links(entity INTEGER NOT NULL, artifact INTEGER NOT NULL, via TEXT NOT NULL,"
    " PRIMARY KEY(entity, artifact, via)) WITHOUT ROWID;"
    "CREATE INDEX links_by_artifact ON links(artifact);";

static const char version_2[] =
    "ALTER TABLE artifacts ADD COLUMN signatures TEXT;"
    "CREATE TABLE personas(input INTEGER, seq INTEGER, artifact INTEGER, run INTEGER,"
    " world TEXT NOT NULL, reference TEXT NOT NULL, avoided INTEGER, shown INTEGER,"
    " effects INTEGER, missing TEXT, reasons TEXT, PRIMARY KEY(input, seq)) WITHOUT ROWID;";

static const char *const versions[] = {version_1, version_2};

int schema_newest(void) {
    return (int)(sizeof versions / sizeof *versions);
}

static int number(sqlite3 *db, const char *sql, int *out) {
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &q, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(q);
    if (rc == SQLITE_ROW) *out = sqlite3_column_int(q, 0);
    sqlite3_finalize(q);
    return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

int schema_examine(sqlite3 *db, int *version, bool *ours) {
    int application = 0, tables = 0;
    *version = 0;
    int rc = number(db, "PRAGMA application_id", &application);
    if (rc == SQLITE_OK) rc = number(db, "PRAGMA user_version", version);
    if (rc == SQLITE_OK) rc = number(db, "SELECT count(*) FROM sqlite_schema", &tables);
    *ours = application == SCHEMA_APPLICATION || (!application && !*version && !tables);
    return rc;
}

static int step_up(sqlite3 *db, int version, int to) {
    char stamp[96];
    int rc = SQLITE_OK;
    for (; version < to && rc == SQLITE_OK; version++)
        rc = sqlite3_exec(db, versions[version], NULL, NULL, NULL);
    snprintf(stamp, sizeof stamp, "PRAGMA application_id=%d; PRAGMA user_version=%d",
             SCHEMA_APPLICATION, to);
    return rc == SQLITE_OK ? sqlite3_exec(db, stamp, NULL, NULL, NULL) : rc;
}

int schema_migrate(sqlite3 *db, int to) {
    int version;
    bool ours;
    int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc == SQLITE_OK) rc = schema_examine(db, &version, &ours);
    if (rc == SQLITE_OK && version < to) rc = step_up(db, version, to);
    if (rc == SQLITE_OK) return sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}
