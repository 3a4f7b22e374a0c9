/* verdict: what is said of one side of a signature: a word that programs read, and a reason. */
#ifndef COAX_SIGN_VERDICT_H
#define COAX_SIGN_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *word;   /* docs/sign/ has them all; NULL = nothing was said yet */
    const char *reason; /* a sentence without a full stop */
    bool holds;         /* it is no obstacle to the signature being valid */
} Verdict;

static inline Verdict verdict_good(const char *word, const char *reason) {
    return (Verdict){word, reason ? reason : "", true};
}
static inline Verdict verdict_bad(const char *word, const char *reason) {
    return (Verdict){word, reason ? reason : "", false};
}

#endif
