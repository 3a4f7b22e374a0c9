/* signature: one signature of a file, and what is to be said of it. judge.c fills it, tell.c puts
 * it into words. */
#ifndef COAX_SIGN_SIGNATURE_H
#define COAX_SIGN_SIGNATURE_H

#include "sign/carrier.h"
#include "sign/chain.h"
#include "sign/signed.h"
#include "sign/spc.h"
#include "sign/stamp.h"

typedef struct Signature Signature;
struct Signature {
    Signature *next;
    unsigned number, nested_in; /* from 1; 0 = it lies in the file itself */
    const char *catalog;        /* the catalog's name, where that carries it; or NULL */
    Span bytes;                 /* of the PKCS #7 */
    SignedData data;
    const SignerInfo *signer; /* or NULL */
    const Cert *cert;         /* the signer's; or NULL */
    SpcIndirect indirect;
    SpcOpus opus;
    Time claimed; /* the signer's own word on when it signed; INT64_MIN = none */
    Span pages;   /* the table of page hashes */
    MdKind pages_kind;
    Stamp *stamps;
    const Stamp *stamp; /* the one that counts, or NULL */
    Chain path;
    Verdict integrity, chain, time, revocation, usage, abuse;
    bool valid;
};

/* Judges the PKCS #7 at the start of `bytes`. */
Signature *judge_signature(Subject *s, Span bytes);

/* The same for a catalog's, in which the file's digest was found. */
Signature *judge_catalog(Subject *s, Span bytes, const char *name);

/* Notes the odd things about it as findings. */
void remark_signature(Subject *s, const Signature *g);

/* As a map for reports. */
Value *tell_signature(Subject *s, const Signature *g);

#endif
