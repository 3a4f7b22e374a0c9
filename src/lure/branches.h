/* Branches: which way a program went at a compare, and whether it ever went the other. */
#ifndef COAX_LURE_BRANCHES_H
#define COAX_LURE_BRANCHES_H

#include "lure/record.h"

enum { BRANCH_NOT_KNOWN = 0, BRANCH_STAYED = 1, BRANCH_WENT = 2, BRANCH_BOTH = 3 };

/* What a condition makes of a compare's two values; a function that compares: whether they are
 * equal. */
unsigned branch_side(const Compared *c);
/* The same with another value on one side. */
unsigned branch_side_with(const Compared *c, unsigned side, uint64_t value);

/* Places, each with the sides that any life saw. */
typedef struct {
    struct BranchPlace {
        uint64_t place;
        uint8_t sides;
        bool world; /* it depends on what the world answered */
    } * all;
    size_t slots, count;
} Branches;

void branches_see(Branches *b, const Record *r);
/* The place's compare is one with a fact. */
void branches_of_world(Branches *b, uint64_t place);
/* How many depend on the world; *both: of these, how many went both ways. */
size_t branches_share(const Branches *b, size_t *both);
void branches_free(Branches *b);

#endif
