/* chain: from a signer's certificate over those that its signature carries to a root. All ways are
 * tried, within bounds; the best counts: one that ends at a root and keeps the rules, and of these
 * one that was valid at the time in question. */
#ifndef COAX_SIGN_CHAIN_H
#define COAX_SIGN_CHAIN_H

#include "sign/trust.h"

enum { CHAIN_MOST = 10, CHAIN_POOLS = 3 };

typedef struct {
    const Cert *leaf;
    const Cert *pools[CHAIN_POOLS]; /* lists of certificates that were carried along */
    unsigned use;                   /* USE_CODE or USE_TIME */
    Time at;                        /* when the signature was made; or when it is judged */
    bool proved;                    /* `at` comes from a time stamp */
} ChainQuestion;

typedef struct {
    const Cert *certs[CHAIN_MOST]; /* the leaf first */
    unsigned count;
    bool trusted;       /* it ends at a root */
    Verdict chain;      /* trusted, untrusted, incomplete, invalid */
    Verdict time;       /* valid, expired, not-yet-valid: of all certificates */
    Verdict revocation; /* good, unknown, revoked */
} Chain;

void chain_find(const SignTrust *t, Arena *a, const ChainQuestion *q, Chain *out);

#endif
