/* Fit: by what plain arithmetic a number became the one that a compare showed, found from a few
 * pairs of both. */
#ifndef COAX_LURE_FIT_H
#define COAX_LURE_FIT_H

#include <stdbool.h>
#include <stdint.h>

enum { FIT_SAMPLES = 3 };

/* First the number is prepared, then it meets a constant. */
typedef enum { FIT_DIVIDED, FIT_SWAPPED, FIT_ROTATED, FIT_MULTIPLIED, FIT_PREPARATIONS } FitPrepare;
typedef enum { FIT_PLUS, FIT_XOR, FIT_MINUS_FROM, FIT_MEETINGS } FitMeet;

typedef struct {
    FitPrepare prepare;
    FitMeet meet;
    uint64_t by;       /* the divisor or factor, or bits to rotate by */
    uint64_t constant; /* that it meets */
    unsigned width;    /* bytes of what is shown */
} Fit;

/* The simplest that holds for all samples. False: none does, or nothing moves. */
bool fit_find(const uint64_t from[FIT_SAMPLES], const uint64_t shown[FIT_SAMPLES], unsigned width,
              Fit *out);

/* What shows as `wanted`. False: nothing does. */
bool fit_invert(const Fit *f, uint64_t wanted, uint64_t *from);

#endif
