/* stamp: time stamps on a signature: RFC 3161 tokens (Microsoft's attribute 1.3.6.1.4.1.311.3.3.1)
 * and PKCS #9 countersignatures. Each has a signature and a chain of its own. */
#ifndef COAX_SIGN_STAMP_H
#define COAX_SIGN_STAMP_H

#include "sign/chain.h"
#include "sign/signed.h"

typedef struct Stamp Stamp;
struct Stamp {
    Stamp *next;
    const char *kind; /* "rfc3161", "pkcs9" */
    Time time;
    Verdict verdict;    /* valid; bad, untrusted */
    const Cert *signer; /* or NULL */
    Chain chain;        /* where there is a signer */
    MdKind digest;
    SignedData token; /* of an RFC 3161 one */
};

/* The time stamps of a signature, in their order. `certs` are those of its SignedData. */
Stamp *stamp_read(const SignTrust *t, Arena *a, const SignerInfo *signer, const Cert *certs);

#endif
