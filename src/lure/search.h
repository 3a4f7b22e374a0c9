/* What the files of the search share: lure.c searches, known.c remembers, effects.c compares lives,
 * prove.c proves and tells. */
#ifndef COAX_LURE_SEARCH_H
#define COAX_LURE_SEARCH_H

#include "lure/branches.h"
#include "lure/internal.h"

enum { MOST_NODES = 64, DEEPEST = 8 };

typedef struct {
    EditSet edits;
    Record record;
    Guess path[DEEPEST]; /* the guesses by which it was reached */
    size_t depth;
    bool same_code; /* none that no node reached before: only other questions */
} Node;

/* A target that is known to matter. */
typedef struct {
    FactId fact;
    const char *subject;
    const Node *node;
    const WorldEdit *edit;
    bool must_not;
    uint64_t place, effects; /* effects: their hash */
    bool table;              /* other values of its place did the same */
} Told;

typedef struct {
    Lure lure;
    Node nodes[MOST_NODES];
    size_t node_count, next;
    uint64_t *seen; /* the program's places that any node reached */
    size_t seen_count;
    Told known[256];
    Guesses tried; /* of every node that was gone on from */
    size_t known_count, untried, told;
    unsigned correlated; /* lives of correlate.c */
    int64_t hints[4];    /* ends that a number's range may have, beyond those that compares tell */
    size_t hint_count;
    Branches branches;
} Search;

/* Two sets: those of the one life and those of the other. */
typedef struct {
    const EditSet *sets[2];
} Masks;

typedef struct {
    const Effect *all[MOST_REVEALS];
    size_t count;
    unsigned weight;
} Difference;

/* ---- lure.c ---- */

/* Lives the node with one guess more, or with its compare forced, and tells what follows. True
 * where a trigger did. */
bool search_try(Search *s, Node *node, const Guesses *g, const Guess *guess);
bool search_force(Search *s, Node *node, const Guesses *g, const Guess *guess);

/* ---- known.c ---- */

size_t places_new(const Search *s, const Record *r);
void places_see(Search *s, const Record *r);
size_t questions_new(const Search *s, const EditSet *edits, const Record *r);
/* What a program flees is told once; what it waits for once for each node. */
bool told_already(const Search *s, const Node *node, const Guess *g);
void told_remember(Search *s, const Node *node, const Guess *g, bool must_not,
                   const Difference *effects);
/* Another value of a table from which the program flees as it does from the one that was told. */
bool told_of_table(Search *s, const Node *node, const Guess *g, const Difference *lost);

/* ---- effects.c ---- */

/* The edit broke the program, by taking away what it cannot run without: that is no condition. */
bool life_is_broken(const Record *r);
/* Effects of `more` that `less` has not. */
Difference effects_difference(const Search *s, Masks edits, const Record *more, const Record *less);
/* How many effects only show an edited value. */
size_t effects_only_shown(const Search *s, Masks edits, const Record *r);
bool effects_shown(const Search *s, Masks edits, const Record *r, const Difference *wanted);

/* ---- prove.c ---- */

/* Takes away what the effects do not need. */
EditSet prove_least(Search *s, const EditSet *full, const WorldEdit *keep,
                    const Difference *wanted);
/* Where being there is enough, the edit says no more. */
void prove_simpler(Search *s, EditSet *least, Guess *guess, const Difference *wanted);
/* The guess' number is one of a range: its test and values become the range's. */
void prove_range(Search *s, const Node *node, const EditSet *edits, const Record *r,
                 const Difference *effects, bool wanted, Guess *guess);
/* A trigger for each edit of the smallest set: the effects are there with all of them, and gone
 * without it. Both are lived from boot, undyed, and told. */
void prove_targets(Search *s, const EditSet *least, const Guesses *g, const Guess *last,
                   const Node *from, const Difference *gained);
void prove_evasion(Search *s, const Node *node, const EditSet *edits, const Guesses *g,
                   const Guess *guess, const Difference *lost);
/* l->forced says which compare is made to hold. */
void prove_forced(Search *s, const Node *node, const Guesses *g, const Guess *guess,
                  const Difference *effects, bool must_not);

#endif
