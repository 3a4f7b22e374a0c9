/* trust: what signatures are held against, from files that the parent opened: the roots, the
 * revocation lists, the lists of abused certificates, catalogs. */
#ifndef COAX_SIGN_TRUST_H
#define COAX_SIGN_TRUST_H

#include "sign/abuse.h"
#include "sign/cert.h"
#include "sign/revoke.h"
#include "sign/sign.h"

struct SignTrust {
    Arena arena;
    Crypto *crypto; /* once it is loaded */
    SignOptions options;
    Cert *roots;
    unsigned root_count;
    const char *roots_name; /* for reasons: "Microsoft's program (list of 2025-02-25)" */
    Crl *crls;
    AbuseList abuse;
    Time now; /* what an analyst said with --at, or the day of coax's own lists */
    bool at;  /* it was said */
    bool loaded;
};

/* Reads the sources, once. */
Status trust_load(SignTrust *t);

#endif
