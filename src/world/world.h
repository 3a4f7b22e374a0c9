/* World: the pretend computer as data.
 *
 * A world is a set of facts (facts.def). A fact that a world has once has one item without a
 * subject (computer, cpu); a keyed fact has an item for each subject (file, registry, process). An
 * item holds the fact's value and those of its attributes: item_text(item, FACT_drive_label).
 *
 * Subjects and values may name the world's variables (%APPDATA%); they are expanded from its
 * environment, user and computer, and again when an edit changes one of those. Subjects compare
 * without case. All text is UTF-8. Everything lives in the arena that the world was read into. */
#ifndef COAX_WORLD_WORLD_H
#define COAX_WORLD_WORLD_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/status.h"
#include "base/value.h"

/* ---- the table ---- */

typedef enum {
#define FACT(name, subject, type, value, fallback, text) FACT_##name,
#define ATTRIBUTE(fact, name, type, fallback, text)      FACT_##fact##_##name,
#include "world/facts.def"
    FACT_COUNT
} FactId;

typedef enum {
    SUBJECT_NONE,
    SUBJECT_NAME,
    SUBJECT_INDEX,    /* a number from 1 */
    SUBJECT_DRIVE,    /* C (or C:) */
    SUBJECT_PATH,     /* absolute, C:\... */
    SUBJECT_REGISTRY, /* HKCU\Key\Value */
    SUBJECT_KEY,      /* HKCU\Key */
    SUBJECT_PROCESS,  /* NAME or NAME#LABEL */
    SUBJECT_PATTERN,  /* with * and ? */
} SubjectKind;

typedef enum {
    FACT_TYPE_NONE, /* there is nothing to say but that it exists */
    FACT_TYPE_TEXT,
    FACT_TYPE_EXPANDED, /* text in which %VARIABLES% of the world are expanded */
    FACT_TYPE_PATH,     /* the same, and an absolute path */
    FACT_TYPE_WORDS,    /* words with one space between them */
    FACT_TYPE_CHOICE,   /* one word of a list */
    FACT_TYPE_BYTES,
    FACT_TYPE_REGISTRY, /* typed registry data */
    FACT_TYPE_NUMBER,
    FACT_TYPE_FLAGS, /* bits of a number: 0x8007 */
    FACT_TYPE_SIZE, /* bytes: 512, 8GiB, 500GB */
    FACT_TYPE_BOOL,
    FACT_TYPE_TIME,     /* RFC 3339 */
    FACT_TYPE_DURATION, /* 2d3h27m12s, 500ms */
    FACT_TYPE_MAC,
    FACT_TYPE_SID,
    FACT_TYPE_SERIAL,     /* 6C3E-91B4 */
    FACT_TYPE_RESOLUTION, /* 1920x1080 */
    FACT_TYPE_POINT,      /* 843,512 */
    FACT_TYPE_COUNT
} FactType;

typedef struct {
    const char *name; /* "drive", "drive.size" */
    FactId fact;      /* of an attribute: its fact; else itself */
    SubjectKind subject;
    FactType type;
    const char *key;      /* in a YAML map: "type", "size" */
    const char *fallback; /* in edit notation; NULL = none */
    const char *text;
} Fact;

const Fact *fact_info(FactId id);
bool fact_find(Span name, FactId *out);

/* The table as a page for people (docs/facts.md). */
void facts_document(Buf *out);

/* ---- values and items ---- */

typedef struct {
    bool set;       /* false: the world is silent, and there is no fallback */
    Span bytes;     /* text (a NUL follows), bytes, registry data, a MAC's 6 bytes */
    int64_t number; /* number, size in bytes, bool, Time, duration in ns, serial;
                       resolution, point: width << 32 | height; registry: its type
                       (REG_SZ = 1, ...) */
    Span template;  /* where bytes came from %VARIABLES%: their text before; else empty */
    uint32_t line, column;
} WorldValue;

typedef struct WorldItem WorldItem;
typedef struct World World;
struct WorldItem {
    const World *world;
    FactId fact;
    const char *subject; /* expanded and canonical; NULL for a fact without subjects */
    bool removed;
    bool derived;                  /* follows from other facts (derived.def) */
    const char *made_from;         /* then: the template of its value, */
    const WorldItem *made_for;     /* and the item that it was made for, or NULL */
    const char *template, *folded; /* the subject before expansion; the subject in upper case */
    WorldValue *values;            /* the fact's, then its attributes' */
    WorldItem *next;
    uint32_t line, column;
};

/* Where something is wrong, in words. In an edit, line is 1 and column counts bytes from 1. */
typedef struct {
    const char *text; /* in the arena */
    uint32_t line, column;
} WorldError;

/* Reads a persona: a YAML document; or, where it extends others, those first, each followed by
 * world_separator. A later one goes before what the earlier ones say. ST_OK, or ST_SYNTAX with *error for what is not YAML, no fact, no such value, or
 * contradicts itself; ST_BUDGET when the arena is full. `name` is what reports call it. */
extern const char world_separator[];
Status world_read(Arena *a, Span yaml, const char *name, World **out, WorldError *error);
const char *world_name(const World *w);

/* The name of the persona that this one extends; NULL where it extends none or is no YAML, which
 * world_read complains about. In the arena. */
const char *world_extends(Arena *a, Span yaml);

/* The value of a fact without subjects, or of its attribute; a row's fallback where the world is
 * silent. Text and words are never NULL. */
const WorldValue *world_value(const World *w, FactId id);
const char *world_text(const World *w, FactId id);
int64_t world_number(const World *w, FactId id); /* number, size, duration, serial */
Time world_time(const World *w, FactId id);
bool world_bool(const World *w, FactId id);
/* The logged-on user's SID: the account's, or one that follows from the computer's name. */
const char *world_user_sid(const World *w);
/* The computer's own SID, which its local accounts' begin with. */
const char *world_computer_sid(const World *w);

/* The domain that the computer is a member of, with what follows where only its name is told. */
typedef struct {
    const char *name, *dns, *controller, *address, *sid;
} WorldDomain;
const WorldDomain *world_domain(const World *w); /* NULL: it is in a workgroup */

/* The language of the user interface, as Windows numbers it. */
uint32_t world_interface_language(const World *w);

/* TIME_ZONE_ID_*: 0 where the zone has no summer time, else 1 in winter and 2 in summer. */
uint32_t world_season(const World *w);

void world_resolution(const World *w, uint32_t *width, uint32_t *height);

/* The items of a keyed fact that exist, in the order in which they were told:
 * for (const WorldItem *i = world_first(w, FACT_file); i; i = world_next(i)) */
const WorldItem *world_first(const World *w, FactId fact);
const WorldItem *world_next(const WorldItem *item);
size_t world_count(const World *w, FactId fact);

/* The item of that subject, or NULL. A process is found by NAME alone (the first) or NAME#LABEL. */
const WorldItem *world_find(const World *w, FactId fact, const char *subject);

/* The item whose pattern fits best: the subject itself, else the longest pattern that matches. */
const WorldItem *world_match(const World *w, FactId fact, const char *text);

/* Whether the world says that the subject is not there, whatever else (the guest's own files and
 * registry) may hold it; also true below a removed directory or key. */
bool world_removed(const World *w, FactId fact, const char *subject);

/* What was said to be not there. */
const WorldItem *world_first_removed(const World *w, FactId fact);
const WorldItem *world_next_removed(const WorldItem *item);

/* A value of an item, by the id of its fact or attribute; the row's fallback where the world is
 * silent. item_text is NULL where there is no fallback either. */
const WorldValue *item_value(const WorldItem *item, FactId id);
const char *item_text(const WorldItem *item, FactId id);
int64_t item_number(const WorldItem *item, FactId id, int64_t otherwise);
bool item_bool(const WorldItem *item, FactId id);

/* Whether a WORDS value holds the word. */
bool words_have(const char *words, const char *word);

/* A registry subject's two parts; *key is allocated in the arena, the value's name points into the
 * subject. Keys begin with HKLM, HKCU, HKCR, HKU or HKCC. */
const char *registry_subject_value(const char *subject, Arena *a, const char **key);

/* A file's size and bytes as the guest reads them, filler included. The caller stays below the
 * size. */
uint64_t world_file_size(const WorldItem *file);
void world_file_read(const World *w, const WorldItem *file, uint64_t at, uint8_t *out, size_t n);

/* The GUID of a network adapter, with braces. */
enum { WORLD_GUID_SIZE = 39 };
void world_adapter_guid(const WorldItem *adapter, char out[WORLD_GUID_SIZE]);

/* ---- the user at mouse and keyboard ---- */

/* What somebody saw who looked at that time; times are ns since the program was started. */
typedef struct {
    int32_t x, y;                 /* the pointer */
    bool pressed;                 /* its left button */
    int64_t touched;              /* when mouse or keyboard were last touched; below 0 before */
    uint64_t moves, clicks, keys; /* so far */
} WorldActivity;

void world_activity(const World *w, uint64_t now, WorldActivity *out);
/* When the pointer, its button or a key next changes; UINT64_MAX: never. */
uint64_t world_activity_next(const World *w, uint64_t now);

/* ---- what follows from what ---- */

typedef struct OriginSink OriginSink;
struct OriginSink {
    void (*origin)(const OriginSink *sink, FactId id, const char *subject);
    void *context;
};

/* The facts that a derived item follows from; none where it is told. */
void world_origins(const WorldItem *item, const OriginSink *sink);

/* The facts that a variable of the environment follows from: its own where it is told, or is none.
 */
void world_variable_origins(const World *w, const char *name, const OriginSink *sink);

/* ---- the environment ---- */

/* A variable's value, told or derived from user and computer; NULL where there is none. */
const char *world_variable(const World *w, const char *name);

/* All of them, for a process of the logged-on user. */
void world_variables(const World *w,
                     void (*each)(void *context, const char *name, const char *value),
                     void *context);

/* The text with its %VARIABLES%, and %:FACT% or %:FACT.ATTRIBUTE%, expanded; unknown ones stay as
 * they are. NULL when full. */
char *world_expand(const World *w, Arena *a, const char *text);
/* The same with the facts of an item (or NULL), which is the number-th of its kind (%:n%). */
char *world_expand_item(const World *w, const WorldItem *item, unsigned number, Arena *a,
                        const char *text);

/* ---- edits ---- */

typedef enum { EDIT_SET, EDIT_ADD, EDIT_REMOVE } EditVerb;

typedef struct {
    EditVerb verb;
    FactId fact;         /* or an attribute */
    const char *subject; /* canonical but not expanded; NULL where the fact has none */
    WorldValue value;    /* of EDIT_SET */
} WorldEdit;

/* Reads host files for @HOSTFILE. */
typedef struct WorldFileReader WorldFileReader;
struct WorldFileReader {
    Status (*read)(const WorldFileReader *r, Arena *a, const char *path, Span *out);
    void *context;
};

/* Parses an edit: FACT[.ATTRIBUTE][:SUBJECT]=VALUE, FACT:+SUBJECT, FACT:-SUBJECT. Needs no world.
 * host_files may be NULL: then @HOSTFILE is an error. */
Status edit_parse(Arena *a, Span text, const WorldFileReader *host_files, WorldEdit *out,
                  WorldError *error);

/* Appends the canonical spelling, which parses to the same edit; it never names a host file, so
 * that this is how an edit crosses into the jail and how reports show it. */
void edit_print(Buf *out, const WorldEdit *edit);

Status edit_apply(World *w, const WorldEdit *edit, WorldError *error);

/* Parses and applies. */
Status world_edit(World *w, const char *edit, const WorldFileReader *host_files, WorldError *error);

/* Appends the whole world as canonical edits, one a line, fallbacks included, sorted so that in
 * this order they make the same world out of a silent one. */
void world_print(const World *w, Buf *out);

/* Appends the edits that make `to` out of `from`, one a line, in their order, and makes them on
 * `from`, which must not outlive `to`. What only `from` says to be absent stays absent. */
Status world_diff(World *from, const World *to, Buf *out);

/* SHA-256 over world_print: equal for worlds that say the same. */
/* ST_BUDGET where the host has no memory for the text. */
Status world_digest(const World *w, uint8_t out[32]);

#endif
