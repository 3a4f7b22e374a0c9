/* store: the case file, an SQLite database in which results last (docs/case.md describes it to its
 * users). What an input has to tell is gathered aside and goes into the file as a whole, in one
 * transaction after the input's end, so that a process that dies at any moment leaves a good case
 * that lacks at most the inputs that were in flight; the next session names these.
 *
 * Several processes may write one case: each holds it for the time of one transaction. */
#ifndef COAX_STORE_STORE_H
#define COAX_STORE_STORE_H

#include "base/buf.h"
#include "base/status.h"
#include "model/sink.h"

typedef struct Store Store;

typedef enum {
    STORE_READ,   /* it must be there */
    STORE_CHANGE, /* the same, and it can be written */
    STORE_WRITE,  /* it is made where there is none */
} StoreMode;

enum { STORE_MESSAGE = 1024 };

#define STORE_PATIENCE (30 * TIME_SECOND)

/* `patience` is how long another process's lock is waited for. A case of an older version is
 * brought to this one, in one transaction. On failure `message` holds one sentence for a person. */
Status store_open(const char *path, StoreMode mode, Time patience, Store **out,
                  char message[STORE_MESSAGE]);

/* NULL is fine. What was not finished is forgotten. */
void store_close(Store *s);

/* What went wrong first, as a sentence, or NULL; from there on nothing is written. */
const char *store_problem(const Store *s);

/* ---- a session: one coax that writes ---- */

/* An input that a session was at when it was killed. */
typedef struct {
    const char *began; /* when the session began */
    const char *name;
} StoreLost;

/* Begins a session, and tells of every dead one what it was at; each is told once. */
Status store_begin(Store *s, const char *version, void (*lost)(void *context, const StoreLost *l),
                   void *context);

/* Where the nouns go between store_begin and store_finish. Inputs that end soon after each other
 * share a transaction; until then they are in flight. */
Sink *store_sink(Store *s);

#define STORE_PAUSE (TIME_SECOND / 20)

/* Writes what has ended, if the first of it did so `age` ago; to be called now and then. */
Status store_settle(Store *s, Time age);

Status store_finish(Store *s, bool interrupted);

/* ---- answers ---- */

/* The input whose answer this key has, if it was there before the session began; 0: none. The same
 * run gives the same report thus, whatever comes first. */
uint64_t store_known(Store *s, const char *key);

/* When an input was analysed, in the arena; NULL where there is none of that number. */
const char *store_when(Store *s, Arena *a, uint64_t id);

/* The ids that were given last; a replay goes on from there. */
typedef struct {
    uint32_t artifacts, runs;
} StoreIds;

/* Emits an input's nouns as they came, under the name that it has now, and with what Artifact.known
 * shall be; both may be NULL. ST_NOT_FOUND where there is no such input. */
Status store_replay(Store *s, uint64_t id, const char *name, const char *known, StoreIds *ids,
                    Sink *to);

/* ---- questions; text is valid during the call; `each` ends them by false ---- */

typedef struct {
    uint64_t id;
    const char *at, *name, *sha256, *format, *world; /* world: of its first run, or NULL */
    uint64_t size, artifacts, findings, triggers, sightings;
    int severity; /* the highest, or -1 */
} StoreInput;

typedef struct {
    const char *since, *before; /* times; NULL: not asked for */
    const char *format, *name;  /* patterns with * and ? */
    const char *rule;           /* the same, of a finding's rule */
    int severity;               /* at least; -1: any */
} StoreFilter;

Status store_list(Store *s, const StoreFilter *f, bool (*each)(void *context, const StoreInput *i),
                  void *context);

/* A link of an artifact to an entity. */
typedef struct {
    uint64_t input, artifact;
    const char *name;   /* the artifact's */
    const char *sha256; /* the input's */
    EntityKind kind;
    const char *value, *via;
} StoreLink;

typedef bool StoreEach(void *context, const StoreLink *l);

/* All, the input's own digest among them; by inputs. */
Status store_links(Store *s, StoreEach *each, void *context);

/* Those whose value is `value`, or begins with it; of one kind, or of all (EN_COUNT). */
Status store_find(Store *s, EntityKind kind, const char *value, bool prefix, StoreEach *each,
                  void *context);

/* Artifacts whose MD5, SHA-1 or SHA-256 begins with these hex digits. */
Status store_find_digest(Store *s, const char *hex, StoreEach *each, void *context);

/* The input that an artifact belongs to; 0: there is no such artifact. */
uint64_t store_input_of(Store *s, uint64_t artifact);

/* ---- forgetting ---- */

/* Removes an input and all that belongs to it alone. */
Status store_forget(Store *s, uint64_t id);

/* The same for all that were analysed before a time; *count: how many. */
Status store_forget_before(Store *s, const char *time, uint64_t *count);

/* Rewrites the file, so that nothing of what was forgotten is left in it. */
Status store_compact(Store *s);

#endif
