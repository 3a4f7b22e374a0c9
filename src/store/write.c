/* The sink. Nouns are gathered in the spool, since a run may last for minutes and the file belongs
 * to all; at the input's end they go into it in one transaction. */
#include "store/internal.h"
#include <stdlib.h>

static const char *const sql[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_NEXT_ID] = "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'artifacts'",
    [SQL_INPUT] = "INSERT INTO inputs(id, last, session, at, key, sound) VALUES(?,?,?,?,?,?)",
    [SQL_SIGHTING] = "INSERT INTO sightings(input, session, at, name) VALUES(?,?,?,?)",
    [SQL_UNREAD] = "INSERT INTO unread(session, name, why) VALUES(?,?,?)",
    [SQL_FIND_ENTITY] = "SELECT id FROM entities WHERE kind = ? AND value = ?",
    [SQL_ADD_ENTITY] = "INSERT INTO entities(kind, value) VALUES(?,?)",
    [SQL_LINK] = "INSERT OR IGNORE INTO links(entity, artifact, via) VALUES(?,?,?)",
    [SQL_KNOWN] = "SELECT id FROM inputs WHERE key = ? AND sound AND id <= ?"
                  " ORDER BY id DESC LIMIT 1",
    [SQL_OLDER] = "SELECT id FROM inputs WHERE key = ?1 AND (?2 OR NOT sound) AND id <> ?3",
    [SQL_MOVE_SIGHTINGS] = "UPDATE sightings SET input = ?2 WHERE input = ?1",
};

static sqlite3_stmt *statement(Store *s, Sql which) {
    if (!s->prepared[which]) s->prepared[which] = store_prepare(s, sql[which]);
    return s->prepared[which];
}

static sqlite3_stmt *insertion(Store *s, RowKind kind) {
    if (s->insert[kind]) return s->insert[kind];
    const RowTable *t = &row_tables[kind];
    Buf b = buf_new(1 << 12);
    buf_printf(&b, "INSERT INTO %s(input, seq, %s) VALUES(?,?", t->table, t->columns);
    for (int i = 0; i < t->count; i++) buf_str(&b, ",?");
    buf_str(&b, ")");
    buf_byte(&b, 0);
    s->insert[kind] = store_prepare(s, (const char *)b.p);
    buf_free(&b);
    return s->insert[kind];
}

/* A statement's first column, or 0. */
static int64_t ask(Store *s, sqlite3_stmt *q) {
    if (!q) return 0;
    int rc = sqlite3_step(q);
    int64_t n = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
    store_check(s, rc);
    sqlite3_reset(q);
    sqlite3_clear_bindings(q);
    return n;
}

/* ---- the spool's rows to the file ---- */

typedef struct {
    int64_t id, seq, last;
} Place;

static void bind(sqlite3_stmt *q, int at, const SpoolValue *v, const Place *place) {
    switch (v->kind) {
    case SPOOL_NULL: sqlite3_bind_null(q, at); break;
    case SPOOL_INT: sqlite3_bind_int64(q, at, v->number); break;
    case SPOOL_ARTIFACT: sqlite3_bind_int64(q, at, place->id + v->number - 1); break;
    case SPOOL_TEXT:
        sqlite3_bind_text64(q, at, v->text.n ? (const char *)v->text.p : "", v->text.n,
                            SQLITE_STATIC, SQLITE_UTF8);
        break;
    }
}

static Status insert_row(Store *s, SpoolRow *row, Place *place) {
    sqlite3_stmt *q = insertion(s, (RowKind)row->kind);
    SpoolValue v;
    sqlite3_bind_int64(q, 1, place->id);
    sqlite3_bind_int64(q, 2, ++place->seq);
    for (int at = 3; spool_value(row, &v); at++) {
        bind(q, at, &v, place);
        if (row->kind == ROW_ARTIFACT && at == 3) place->last = place->id + v.number - 1;
    }
    return store_step(s, q);
}

static int64_t entity_id(Store *s, const SpoolValue *kind, const SpoolValue *value,
                         const Place *place) {
    for (int round = 0; round < 2; round++) {
        sqlite3_stmt *q = statement(s, round ? SQL_ADD_ENTITY : SQL_FIND_ENTITY);
        bind(q, 1, kind, place);
        bind(q, 2, value, place);
        int64_t id = ask(s, q);
        if (id) return id;
    }
    return sqlite3_last_insert_rowid(s->db);
}

static Status insert_link(Store *s, SpoolRow *row, const Place *place) {
    SpoolValue kind, value, artifact, via;
    if (!spool_value(row, &kind) || !spool_value(row, &value) || !spool_value(row, &artifact) ||
        !spool_value(row, &via) || artifact.kind != SPOOL_ARTIFACT)
        return ST_OK; /* of no artifact */
    int64_t entity = entity_id(s, &kind, &value, place);
    sqlite3_stmt *q = statement(s, SQL_LINK);
    sqlite3_bind_int64(q, 1, entity);
    bind(q, 2, &artifact, place);
    bind(q, 3, &via, place);
    return store_step(s, q);
}

/* ---- one input ---- */

/* What ROW_END says. */
typedef struct {
    const char *name, *key;
    bool sound, answered, has_artifact;
} End;

static Status add_input(Store *s, const End *end, const Place *place, const char *now) {
    sqlite3_stmt *q = statement(s, SQL_INPUT);
    sqlite3_bind_int64(q, 1, place->id);
    sqlite3_bind_int64(q, 2, place->last);
    sqlite3_bind_int64(q, 3, s->session);
    store_bind_text(q, 4, now);
    store_bind_text(q, 5, end->key);
    sqlite3_bind_int(q, 6, end->sound);
    return store_step(s, q);
}

static Status add_sighting(Store *s, const char *name, int64_t input, const char *now) {
    sqlite3_stmt *q = statement(s, SQL_SIGHTING);
    sqlite3_bind_int64(q, 1, input);
    sqlite3_bind_int64(q, 2, s->session);
    store_bind_text(q, 3, now);
    store_bind_text(q, 4, name);
    return store_step(s, q);
}

/* A newer answer takes an older one's place; one that another run might not give takes that of its
 * like alone. */
static Status replace_older(Store *s, const End *end, int64_t id) {
    int64_t older;
    Status status = ST_OK;
    while (end->key && status == ST_OK) {
        sqlite3_stmt *q = statement(s, SQL_OLDER);
        store_bind_text(q, 1, end->key);
        sqlite3_bind_int(q, 2, end->sound);
        sqlite3_bind_int64(q, 3, id);
        if (!(older = ask(s, q))) break;
        q = statement(s, SQL_MOVE_SIGHTINGS);
        sqlite3_bind_int64(q, 1, older);
        sqlite3_bind_int64(q, 2, id);
        status = store_step(s, q);
        if (status == ST_OK) status = store_remove_rows(s, older);
    }
    return status;
}

static int64_t known(Store *s, const char *key) {
    sqlite3_stmt *q = statement(s, SQL_KNOWN);
    store_bind_text(q, 1, key);
    sqlite3_bind_int64(q, 2, s->last_known);
    return ask(s, q);
}

static Status finish_input(Store *s, const End *end, const Place *place, const char *now) {
    if (!end->has_artifact) return ST_OK;
    if (end->answered) {
        int64_t id = end->key ? known(s, end->key) : 0;
        return id ? add_sighting(s, end->name, id, now) : ST_OK;
    }
    TRY(add_input(s, end, place, now));
    TRY(replace_older(s, end, place->id));
    return add_sighting(s, end->name, place->id, now);
}

static const char *text_of(Arena *a, const SpoolValue *v) {
    return v->kind == SPOOL_TEXT ? arena_text(a, v->text) : NULL;
}

static Status insert_end(Store *s, SpoolRow *row, const Place *place, const char *now) {
    SpoolValue v[5];
    Arena a = arena_new(1 << 20);
    for (unsigned i = 0; i < 5; i++)
        if (!spool_value(row, &v[i])) return ST_INTERNAL;
    End end = {.name = text_of(&a, &v[0]),
               .key = text_of(&a, &v[1]),
               .sound = v[2].number != 0,
               .answered = v[3].number != 0,
               .has_artifact = v[4].number != 0};
    Status status = end.name ? finish_input(s, &end, place, now) : ST_INTERNAL;
    arena_reset(&a);
    return status;
}

static Status insert_unread(Store *s, SpoolRow *row, const Place *place) {
    SpoolValue name, why;
    if (!spool_value(row, &name) || !spool_value(row, &why)) return ST_INTERNAL;
    sqlite3_stmt *q = statement(s, SQL_UNREAD);
    sqlite3_bind_int64(q, 1, s->session);
    bind(q, 2, &name, place);
    bind(q, 3, &why, place);
    return store_step(s, q);
}

/* ---- all that waits ---- */

static Place next_place(Store *s) {
    int64_t id = ask(s, statement(s, SQL_NEXT_ID));
    if (!id) id = 1;
    return (Place){.id = id, .last = id};
}

static Status insert_any(Store *s, SpoolRow *row, Place *place, const char *now) {
    if (row->kind == ROW_ENTITY) return insert_link(s, row, place);
    if (row->kind == ROW_UNREAD) return insert_unread(s, row, place);
    if (row->kind != ROW_END) return insert_row(s, row, place);
    TRY(insert_end(s, row, place, now));
    *place = next_place(s);
    return ST_OK;
}

static Status insert_all(Store *s) {
    SpoolRow row;
    char now[TIME_TEXT_SIZE];
    Place place = next_place(s);
    Status status = ST_OK;
    store_now(now);
    spool_rewind(&s->ended);
    while (status == ST_OK && spool_next(&s->ended, &row))
        status = insert_any(s, &row, &place, now);
    return status == ST_OK && s->ended.failed ? store_check(s, SQLITE_IOERR) : status;
}

static Status settle(Store *s) {
    Status status = store_step(s, statement(s, SQL_BEGIN));
    if (status != ST_OK) return status;
    status = insert_all(s);
    if (status == ST_OK) status = store_step(s, statement(s, SQL_COMMIT));
    if (status != ST_OK) {
        store_check(s, SQLITE_INTERNAL); /* where nobody has said more */
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    }
    spool_clear(&s->ended);
    if (status == ST_OK) flight_clear_landed(&s->flight);
    s->waiting = 0;
    return status;
}

Status store_settle(Store *s, Time age) {
    if (*s->problem) return ST_IO;
    return s->waiting && time_monotonic() - s->since >= age ? settle(s) : ST_OK;
}

/* What was gathered goes to what waits. */
static void end_rows(Store *s) {
    spool_move(&s->ended, &s->spool);
    if (!s->waiting++) s->since = time_monotonic();
}

uint64_t store_known(Store *s, const char *key) {
    return *s->problem ? 0 : (uint64_t)known(s, key);
}

/* ---- the sink ---- */

static Store *store_of(Sink *s) {
    return (Store *)s;
}

static bool gathers(const Store *s) {
    return !*s->problem && !s->answered;
}

static void see_run(Store *s, uint32_t id) {
    if (id > s->runs) s->runs = id;
}

static void take_artifact(Sink *sink, const Artifact *a) {
    Store *s = store_of(sink);
    if (a->id > s->artifacts) s->artifacts = a->id;
    if (!a->parent) {
        s->answered = a->known != NULL;
        free(s->input_name);
        s->input_name = strdup(a->name);
        s->writer.name = s->input_name;
    }
    if (gathers(s)) rows_put_artifact(&s->writer, a);
}

static void take_event(Sink *sink, const Event *e) {
    see_run(store_of(sink), e->run);
    if (gathers(store_of(sink))) rows_put_event(&store_of(sink)->writer, e);
}

static void take_call(Sink *sink, const Call *c) {
    see_run(store_of(sink), c->run);
    if (gathers(store_of(sink))) rows_put_call(&store_of(sink)->writer, c);
}

static void take_finding(Sink *sink, const Finding *f) {
    if (gathers(store_of(sink))) rows_put_finding(&store_of(sink)->writer, f);
}

static void take_trigger(Sink *sink, const Trigger *t) {
    if (gathers(store_of(sink))) rows_put_trigger(&store_of(sink)->writer, t);
}

static void take_run(Sink *sink, const Run *r) {
    see_run(store_of(sink), r->id);
    if (gathers(store_of(sink))) rows_put_run(&store_of(sink)->writer, r);
}

static void take_host(Sink *sink, const Host *h) {
    if (gathers(store_of(sink))) rows_put_host(&store_of(sink)->writer, h);
}

static void take_persona(Sink *sink, const Persona *p) {
    if (gathers(store_of(sink))) rows_put_persona(&store_of(sink)->writer, p);
}

static void take_entity(Sink *sink, const Entity *e) {
    if (gathers(store_of(sink))) rows_put_entity(&store_of(sink)->writer, e);
}

/* Within an input it is a row; what has no artifact is noted by itself. */
static void take_skipped(Sink *sink, const char *what, const char *why) {
    Store *s = store_of(sink);
    if (!gathers(s)) return;
    if (s->writer.name) rows_put_skipped(&s->writer, what, why);
    else {
        rows_put_unread(&s->writer, what, why);
        end_rows(s);
    }
}

static void take_begun(Sink *sink, const char *name) {
    Store *s = store_of(sink);
    if (*s->problem || flight_begin(&s->flight, name)) return;
    store_settle(s, 0);
    flight_begin(&s->flight, name); /* without a slot it is not named, should we die */
}

static void begin_input(Store *s) {
    s->writer.artifacts = s->artifacts;
    s->writer.runs = s->runs;
    s->writer.name = NULL;
    s->answered = false;
}

/* So much waits at the most: what ends within a pause, and what fits into memory. */
enum { MOST_WAITING = 256, MOST_BYTES = 8 << 20 };

static void take_ended(Sink *sink, const InputEnd *end) {
    Store *s = store_of(sink);
    if (!*s->problem) rows_put_end(&s->writer, end, s->answered);
    flight_land(&s->flight, end->name);
    begin_input(s);
    end_rows(s);
    bool much = s->waiting >= MOST_WAITING || s->ended.spilled || s->ended.rows.n >= MOST_BYTES;
    store_settle(s, much ? 0 : STORE_PAUSE);
}

Sink *store_sink(Store *s) {
    s->sink = (Sink){.artifact = take_artifact,
                     .event = take_event,
                     .call = take_call,
                     .finding = take_finding,
                     .trigger = take_trigger,
                     .run = take_run,
                     .skipped = take_skipped,
                     .host = take_host,
                     .persona = take_persona,
                     .begun = take_begun,
                     .ended = take_ended,
                     .entity = take_entity};
    begin_input(s);
    return &s->sink;
}
