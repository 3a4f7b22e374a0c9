/* What the files of the lure share. */
#ifndef COAX_LURE_INTERNAL_H
#define COAX_LURE_INTERNAL_H

#include "lure/digests.h"
#include "lure/lure.h"
#include "lure/record.h"

/* ---- life.c: one life in a fork ---- */

enum { MOST_EDITS = 48 };

typedef struct {
    const WorldEdit *edits[MOST_EDITS];
    size_t count;
} EditSet;

/* An edit of the same fact and subject takes the other's place. False: no room. */
bool edit_set_add(EditSet *s, const WorldEdit *e);
EditSet edit_set_without(const EditSet *s, size_t i);
bool edit_same_target(const WorldEdit *a, const WorldEdit *b);
bool edit_same_value(const WorldEdit *a, const WorldEdit *b);
bool edit_same(const WorldEdit *a, const WorldEdit *b); /* both */
const char *edit_text(Arena *a, const WorldEdit *e);
/* A copy that lives as long as the arena; NULL: no room. */
const WorldEdit *edit_keep(Arena *a, const WorldEdit *e);

/* Another world than the one that was asked for, and edits of it beyond an EditSet's. */
typedef struct {
    const char *name;
    World *world;
    const WorldEdit *const *edits;
    size_t edit_count;
} Stay;

/* All that an untold life depends on. */
typedef struct {
    EditSet edits;
    unsigned how;
    const Stay *stay;
    uint64_t forced;
    unsigned forced_side;
    Span forced_bytes;
} LifeKey;

/* A life that is lived, or was and is not taken yet. */
typedef struct {
    int pid;    /* 0: a free slot */
    int status; /* waitpid's, once it ended */
    bool ended;
    void *shared; /* where it leaves its record */
    LifeKey key;
} LifeFork;

enum { MOST_FORKS = 12 };

typedef struct {
    const LureConfig *config;
    const Stay *stay; /* where the next lives are lived; NULL: in the world that was asked for */
    Guest *guest;
    LifeFork forks[MOST_FORKS];
    uint32_t lives, run; /* lived so far; the last run that was told */
    uint64_t blocks;
    uint64_t forced; /* the place whose compare is forced in the next lives; 0: none */
    unsigned forced_side;
    Span forced_bytes;
    Arena arena;
} Lure;

enum { LIFE_COMPARES = 1, LIFE_ORDER = 2 }; /* ORDER: recorder_keep_order */

/* Lives with the edits. `run`: the number of a run that is told to the sink, 0: not told. */
Status life(Lure *l, const EditSet *edits, uint32_t run, unsigned how, Record *out);
/* That life will be wanted, untold: it begins now where there is a processor for it. The edits stay
 * where they are until lives_forget. */
void life_ahead(Lure *l, const EditSet *edits, unsigned how);
/* Ends those that nobody came for. */
void lives_forget(Lure *l);
bool life_left(const Lure *l);

/* ---- guess.c: what might matter ---- */

typedef struct {
    WorldEdit edit;
    FactId fact; /* whose value or existence it is about */
    const char *subject;
    const char *test; /* "equals", "starts with", "contains", "exists", ... */
    const char *site;
    uint64_t place;         /* of the compare or question */
    const char *value;      /* the wanted value as text, or NULL */
    const char *low, *high; /* of a range of numbers; NULL: it has no such end */
    unsigned round;     /* of weak ones: what excludes each other is tried one after the other */
    const char *digest; /* the compare is with a digest of the value, and `edit` is none: the
                           place's side `side` is forced to be what the other is */
    unsigned side;
    Span shown;          /* the digest that it shows */
    unsigned confidence; /* of strong ones: 3 text and memory, 2 large numbers, 1 small ones */
    bool strong;         /* read off a compare; else only a question's other answer */
} Guess;

typedef struct {
    Guess *all;
    size_t count, room;
} Guesses;

/* Guesses from what a life in the base world with `edits` showed, strong ones first. */
void guesses_make(Arena *a, const World *base, const EditSet *edits, const Record *r, Guesses *out);
void guesses_add(Guesses *g, const Guess *guess);
bool guesses_have(const Guesses *g, const Guess *guess);
void guesses_free(Guesses *g);

/* ---- spell.c: where a fact's value turns up ---- */

/* How a value is spelled where it is not as it stands in the world (encode.h). */
typedef enum { CODE_NONE, CODE_HEX, CODE_BASE64, CODE_ADDRESS } SeenCode;

typedef struct {
    DigestKind kind;
    uint8_t bytes[DIGEST_MOST];
} SeenDigest;

/* A fact's value as the program may see it. */
typedef struct {
    FactId fact;
    const char *subject;
    const Asked *asked;
    FactType type;
    SeenCode code;
    Span bytes; /* text as UTF-8, or the value's own bytes, or what `code` makes of them */
    Span plain;
    int64_t number;
    SeenDigest *digests;
    size_t digest_count;
    bool numeric, listed; /* listed: the subject itself is what shows (process names, ...), */
    const char *shown;    /* which is then `bytes` as text */
} Seen;

/* Where a digest is looked up by its first four bytes. */
typedef struct {
    uint32_t begins, seen, digest;
} DigestEntry;

typedef struct {
    Seen *all;
    size_t count, room;
    DigestEntry *digests; /* sorted */
    size_t digest_count;
} Sights;

/* What the program sees of a value. */
void seen_set_value(Arena *a, Seen *s, const WorldValue *v);

void sights_make(Arena *a, const World *base, const EditSet *edits, const Record *r, Sights *out);
void sights_free(Sights *s);

/* Guesses from one compare; `scans`: its place compares many different things. */
void spell_compare(Arena *a, const Sights *s, const Compared *c, bool scans, Guesses *out);

/* ---- against.c ---- */

/* Compares the program on config->against and the world in which `plain` was lived. */
Status against(Lure *l, const Record *plain);

/* ---- effects.c, tell.c ---- */

/* The text with a mark in the place of each occurrence of the value, in any case. */
const char *mask_value(Arena *a, const char *text, Span value);

enum { MOST_REVEALS = 16 };

typedef struct {
    Guess guess;
    const WorldEdit *edit; /* this one; of a must-not the one that makes them vanish */
    bool must_not, forced, proved;
    uint32_t runs[2]; /* that has the effects, and that has them not */
    const char *reveals[MOST_REVEALS];
    size_t reveal_count;
    const char *const *values; /* every value of its place */
    size_t value_count;
} Found;

void tell_trigger(Lure *l, const Found *f);

#endif
