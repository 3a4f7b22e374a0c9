/* What the files of this room share and nobody else sees. */
#ifndef COAX_WORLD_INTERNAL_H
#define COAX_WORLD_INTERNAL_H

#include "base/hash.h"
#include "base/text.h"
#include "world/world.h"

typedef struct {
    WorldItem *first, *last;
    WorldItem **slots; /* hashed by folded subject, open addressing */
    size_t room, count;
} ItemTable;

typedef struct {
    const char *name, *value;
} Variable;

struct World {
    Arena *arena;
    const char *name;
    ItemTable tables[FACT_COUNT];
    WorldValue fallbacks[FACT_COUNT];
    Variable *variables; /* sorted by name without case */
    size_t variable_count;
    const WorldItem *merged; /* an item that took another's place when subjects were expanded */
    const char *user_sid;    /* of a user whose account is not told */
    char *computer_sid;
    WorldDomain domain; /* name NULL: a workgroup's */
};

/* Fills in *error and returns ST_SYNTAX. */
Status world_fail(Arena *a, WorldError *error, uint32_t line, uint32_t column, const char *format,
                  ...) __attribute__((format(printf, 5, 6)));

/* ---- facts.c ---- */

const char *fact_choices(FactId id);    /* words, or NULL */
SubjectKind fact_subject(FactId id);    /* also of an attribute */
unsigned fact_value_count(FactId fact); /* its own and its attributes' */

/* ---- noise.c ---- */

/* The n-th number of a stream that the key names, without those before it. */
uint64_t world_noise(uint64_t key, uint64_t n);

/* ---- identity.c ---- */

/* Makes what a world does not tell of SIDs and its domain. */
Status identity_bind(World *w);

/* ---- process.c ---- */

/* Gives a process the path, id and parent that it was not told. */
Status process_complete(World *w, WorldItem *process);

/* ---- value.c, spelling.c: one value and its notation ---- */

/* The sentence in *problem says what is wrong with the notation. */
Status value_parse(Arena *a, FactId id, Span notation, const WorldFileReader *host_files,
                   WorldValue *out, const char **problem);
void value_print(Buf *out, FactId id, const WorldValue *value);

/* Registry data or text out of expanded text. */
Status value_bind(Arena *a, FactId id, const char *expanded, WorldValue *value);

/* ---- subject.c ---- */

Status subject_canonical(Arena *a, SubjectKind kind, Span subject, const char **out,
                         const char **problem);
bool subject_expands(SubjectKind kind);

/* In upper case, for comparing; NULL when full. */
char *subject_fold(Arena *a, const char *subject);

/* Whether `folded` lies below the folded directory or key. */
bool subject_below(const char *folded, const char *above);

/* The length of a process subject's NAME. */
size_t subject_name_length(const char *subject);

/* ---- world.c ---- */

Status world_new(Arena *a, const char *name, World **out);

/* The item of a canonical, unexpanded subject, made where there is none; NULL when full. */
WorldItem *world_item_make(World *w, FactId fact, const char *subject);
WorldItem *world_item_find(const World *w, FactId fact, const char *folded);

/* Expands one of the item's values. */
Status world_bind_value(World *w, const WorldItem *item, FactId id);

/* Expands the item's subject and values; gives a process what it was not told. */
Status world_bind_item(World *w, WorldItem *item);

/* Expands every subject and value anew, and derives what follows from them. */
Status world_bind(World *w);

/* ---- template.c ---- */

typedef struct {
    const World *world;
    Arena *arena;
    const WorldItem *item; /* what %:FACT.ATTRIBUTE% of a keyed fact is of, or NULL */
    unsigned index;        /* %:n% */
} TemplateContext;

/* The text with %VARIABLES% and %:NAMES% expanded; NULL when full. */
char *template_expand(const TemplateContext *c, const char *text);

/* The value of a %:NAME%, NULL where there is none. */
char *template_name(const TemplateContext *c, const char *name);

/* The facts that a %:NAME% follows from. */
void template_name_origins(const TemplateContext *c, const char *name, const OriginSink *sink);

/* ---- origin.c ---- */

/* The facts that a text with %VARIABLES% and %:NAMES% follows from. */
void template_origins(const TemplateContext *c, const char *text, const OriginSink *sink);

/* ---- derive.c ---- */

Status world_derive(World *w);

/* ---- follow.c ---- */

/* A fact was set by an edit: sets those that go with it. */
Status world_follow(World *w, FactId id);
/* A locale's identifier; NULL where the table does not have it. */
const char *world_locale_identifier(const char *name);
bool world_zone_bias(const char *name, int64_t *bias);

/* ---- environment.c ---- */

Status variables_make(World *w);

/* What a variable that the world does not tell follows from: a template; NULL: nothing. */
const char *variable_template(const char *name);

/* ---- edit.c ---- */

/* The item is not there, nor anything below it. */
void world_remove(World *w, WorldItem *item);

/* ---- check.c ---- */

/* ST_SYNTAX where two facts cannot both be true. */
Status world_check(const World *w, WorldError *error);

#endif
