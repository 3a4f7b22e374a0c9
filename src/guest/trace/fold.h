/* Fold: a stream of things that happen, with its repeats counted instead of kept.
 *
 * Each thing has a key; equal keys are repeats. Two shapes fold, and loops within loops of them:
 *     A A A A ...                 A x 4
 *     A B C A B C ...             A x 2, B x 2, C x 2     cycles of up to `period` things
 * Once a cycle has come round twice, whatever belongs to it counts in, in any order (a loop whose
 * body branches), until something else comes. A round that breaks off counts as far as it came.
 *
 * A thing is emitted, with its count, when so many others came after it that nothing can be added;
 * in the order of their first occurrence. Nothing is skipped: the counts add up to the number of
 * things. Memory is the struct itself, whatever the length of the stream. */
#ifndef COAX_GUEST_TRACE_FOLD_H
#define COAX_GUEST_TRACE_FOLD_H

#include <stdbool.h>
#include <stdint.h>

enum { FOLD_PERIOD_MAX = 8, FOLD_ROWS = 2 * FOLD_PERIOD_MAX };

typedef struct {
    uint64_t key, count;
    void *item; /* the caller's */
} FoldRow;

typedef struct {
    unsigned period; /* of the longest cycle that folds: 1 to FOLD_PERIOD_MAX */
    void *user;
    void (*emit)(void *user, void *item, uint64_t count);
    void (*drop)(void *user, void *item); /* it was a repeat: its count went to an earlier one */

    FoldRow rows[FOLD_ROWS]; /* oldest first */
    unsigned count;          /* of rows */
    unsigned cycle;          /* the last so many rows are a cycle that goes on; 0: none */
    unsigned next;           /* which of the cycle is expected next */
} Fold;

/* Counts a thing where it is a repeat, and returns the item that it is a repeat of; NULL where it
 * is new, and then fold_push must follow. */
void *fold_count(Fold *f, uint64_t key);
void fold_push(Fold *f, uint64_t key, void *item);

/* Emits everything. */
void fold_flush(Fold *f);

#endif
