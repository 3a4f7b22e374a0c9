/* The nouns, as plain structs. All text is UTF-8 as far as its maker knew and belongs to whoever
 * made the noun; a Sink that keeps something copies it. Ids are numbers from 1, in the order of the
 * input; 0 is "none". Reports print them as a1, r1, ... */
#ifndef COAX_MODEL_MODEL_H
#define COAX_MODEL_MODEL_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/value.h"

/* ---- Artifact: a piece of evidence with bytes ---- */

typedef struct {
    uint32_t id, parent;
    uint64_t offset;         /* in the parent's bytes, or MODEL_NO_OFFSET */
    const char *name;        /* as the analyst gave it, or as the guest named it */
    const char *format;      /* "pe32", "pe32+", "text", "empty", "unknown", ... */
    const char *description; /* the format for a person, or NULL */
    const char *origin;      /* "input"; or where it came from: "dropped", "world" */
    uint64_t size;
    Digests digests;
    Span bytes;         /* where the maker has them at hand; never printed */
    const Value *facts; /* a map per format that read it, e.g. {"pe": {...}}; or NULL */
    const Value *signatures; /* a list of maps (docs/json.md); NULL where the format has none */
    const char *known;  /* when it was analysed, where this is an answer from a case; else NULL */
} Artifact;

#define MODEL_NO_OFFSET UINT64_MAX

/* ---- Event: something that happened to a subject at a time ---- */

typedef enum {
#define EVENT(category, sentence) EV_##category,
#include "model/events.def"
    EV_COUNT
} EventCategory;

typedef enum {
#define FIELD(name) EF_##name,
#include "model/events.def"
    EF_COUNT
} EventFieldName;

typedef struct {
    EventFieldName name;
    const char *value;
} EventField;

enum { EVENT_MAX_FIELDS = 16 };

typedef struct {
    uint32_t run;      /* run id */
    uint32_t artifact; /* the artifact that the run is of */
    uint64_t n;        /* number in its run, from 1 */
    Time time;
    EventCategory category;
    uint64_t count; /* 1, or how many equal ones are folded here */
    size_t field_count;
    EventField fields[EVENT_MAX_FIELDS];
} Event;

const char *event_category_name(EventCategory c);
const char *event_category_sentence(EventCategory c);
const char *event_field_name(EventFieldName f);

/* False where there is no such name. */
bool event_category_parse(const char *name, EventCategory *out);
bool event_field_parse(const char *name, EventFieldName *out);

/* The value, or NULL. */
const char *event_get(const Event *e, EventFieldName name);

/* Appends a field; a NULL value, and one past EVENT_MAX_FIELDS, is passed over. */
void event_set(Event *e, EventFieldName name, const char *value);

/* The Duration field as nanoseconds, 0 where there is none. */
Time event_duration(const Event *e);

/* Appends a template of events.def to `out`; `value` writes each field's value. */
void event_expand(Buf *out, const char *sentence, const Event *e,
                  void (*value)(Buf *out, const Event *e, EventFieldName name));

/* ---- Call: one API call, with --trace ---- */

typedef struct {
    uint32_t run, artifact;
    uint64_t n;
    Time time;
    uint64_t count; /* 1, or how many equal calls from one site are folded here */
    uint32_t process, thread;
    const char *module, *name;
    const Value *arguments; /* a map: parameter name to decoded value */
    const char *returned;   /* decoded, or NULL where the call did not return */
    const char *caller;     /* module+0xRVA or an address */
} Call;

/* ---- Run: one life of a program in a world ---- */

typedef struct {
    uint32_t id, artifact;
    const char *world;
    const Value *edits; /* a list of text */
    const char *ended;  /* "exit 0", "unhandled exception c0000005 at x.exe+0x1234", "deadlock",
                           "budget: blocks", "unmodelled: ...", "not started: ..." */
    uint64_t blocks;    /* basic blocks that ran */
    Time elapsed;       /* virtual time, ns */
    const Value *unmodelled; /* a list of text: calls that we answered with "not implemented" */
    const char *budget;      /* the budget that ended it, or NULL */
    bool nondeterministic;   /* a wall-clock stop ended it */
    const Value *details;    /* registers and stack of an unhandled exception, or NULL */
    const Value *processes;  /* that were started, in order: a list of maps with process, parent,
                                image, command, began and ended (seconds), exit; or NULL */
} Run;

/* ---- Finding ---- */

typedef enum {
    SEVERITY_INFO,
    SEVERITY_LOW,
    SEVERITY_MEDIUM,
    SEVERITY_HIGH,
    SEVERITY_CRITICAL
} Severity;

const char *severity_name(Severity s);

/* Who did something to whom on the wire. */
typedef struct {
    const char *attacker, *victim; /* addresses */
    const char *flow;              /* "tcp ADDRESS PORT ADDRESS PORT", the attacker's end first */
    const Value *frames;           /* a list of numbers of packets */
    const Value *stages;  /* a list of text: "probe", "grooming", "leak", "control", "implant" */
    const Value *cve;     /* a list of text */
    const Value *details; /* a map: what this rule knows besides */
    int succeeded;        /* 1, 0, or -1 = not known */
    bool exploit;         /* it takes over its victim, if it succeeds */
    Time first, last;
} Encounter;

typedef struct {
    const char *rule; /* "guest.run-key", "sign.abused-certificate" */
    Severity severity;
    const char *title; /* one sentence */
    uint32_t artifact;
    const Value *evidence; /* a list of maps: {"artifact":..,"offset":..}, {"run":..,"event":..} or
                              {"text":..} */
    const Value *attack, *mbc;  /* lists of ids, or NULL */
    const Encounter *encounter; /* of a finding about the wire, or NULL */
} Finding;

/* ---- Trigger: a condition on the world that a program tests ---- */

enum { TRIGGER_MAX_RUNS = 4 };

typedef struct {
    uint32_t artifact;
    const char *fact, *subject; /* subject: or NULL */
    const char *polarity;       /* "must", "must-not" */
    const char *test;           /* "equals", "starts with", "contains", "exists", ... */
    const Value *values;        /* a list of text: all that it accepts, or flees; may be empty */
    const char *site;           /* module+0xRVA of the question or compare, or NULL */
    const char *edit, *counter; /* make the behaviour appear, vanish; edit: NULL where only force
                                   proved it */
    const Value *reveals;       /* a list of sentences */
    const char *proved;         /* "world", "forced", "no" */
    uint32_t runs[TRIGGER_MAX_RUNS]; /* that show it; 0: no more */
    const Value *attack, *mbc;       /* lists of ids, or NULL */
} Trigger;

/* ---- Persona: how a program behaves in one of several worlds ---- */

typedef struct {
    uint32_t artifact, run;        /* run: the one that shows it */
    const char *world, *reference; /* reference: the world in which it does the most */
    bool avoided;                  /* it does less here, by another way through its code */
    uint64_t shown, all;           /* effects of the reference that are here, and that there are */
    const Value *missing;          /* a list of sentences: what it does there and not here */
    const Value *by; /* a list of maps {"fact","subject","edits"}: edits that, made on the
                        reference, take the missing away; each alone is enough */
} Persona;

/* ---- Host: what the wire showed of a machine that serves ---- */

typedef enum { PATCH_UNKNOWN, PATCH_LIKELY, PATCH_UNPATCHED } Patch;

const char *patch_name(Patch p);

typedef struct {
    uint32_t artifact;
    const char *address;
    Patch patch;
    const char *why;         /* a sentence */
    uint64_t frame;          /* where that was seen, or 0 */
    const char *system;      /* as it named itself, or NULL: a hint */
    const char *dialect;     /* or NULL */
    uint64_t clients;        /* that spoke to it */
    const char *infected_by; /* the address whose exploit first succeeded, or NULL */
    Time infected_at;
} Host;

/* ---- NetFrame: a packet, as capture files have it ---- */

enum { NET_LINK_ETHERNET = 1, NET_FRAME_MOST = 262144 };

typedef struct {
    Time time;
    uint32_t link;   /* LINKTYPE_ of its first header */
    uint32_t length; /* on the wire; bytes.n where nothing was cut off */
    Span bytes;      /* at most NET_FRAME_MOST */
} NetFrame;

/* ---- Entity: what links evidence ---- */

typedef enum {
#define ENTITY(kind, text, share) EN_##kind,
#include "model/entities.def"
    EN_COUNT
} EntityKind;

typedef struct {
    uint32_t artifact;
    EntityKind kind;
    const char *value; /* in the one spelling of its kind */
    const char *via;   /* what showed it: an event's category, "facts.pe.imphash", "dropped" */
} Entity;

const char *entity_name(EntityKind k); /* "issuer_serial" */
const char *entity_text(EntityKind k); /* for a person */
unsigned entity_share(EntityKind k);
bool entity_parse(const char *name, EntityKind *out);

#endif
