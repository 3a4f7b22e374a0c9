/* signed: PKCS #7 SignedData (RFC 2315, RFC 5652), the envelope of signatures, time stamps and
 * catalogs. Spans point into the bytes that it was read from. Nothing is verified here.
 *
 *     ContentInfo { signedData, [0] SignedData {
 *         version, digestAlgorithms, contentInfo { type, [0] content },
 *         [0] certificates, [1] CRLs, signerInfos { SignerInfo } } } */
#ifndef COAX_SIGN_SIGNED_H
#define COAX_SIGN_SIGNED_H

#include "base/status.h"
#include "sign/cert.h"

typedef struct Attribute Attribute;
struct Attribute {
    Attribute *next;
    Span id;
    Oid type;
    Span whole, values; /* the element; the set's body */
};

typedef struct SignerInfo SignerInfo;
struct SignerInfo {
    SignerInfo *next;
    Span issuer, serial; /* of its certificate; or */
    Span key_id;
    MdKind digest;
    Span digest_parameters;
    Oid algorithm;
    Span parameters;
    Span signed_attributes; /* the element with its context tag; empty where there are none */
    Attribute *attributes, *unsigned_attributes;
    Span unsigned_whole;
    Span signature;
};

typedef struct {
    Span whole;
    Span content_id;
    Oid content_type;
    Span content;     /* what [0] holds: one element, with tag and length */
    unsigned digests; /* bits 1 << MdKind of digestAlgorithms */
    Cert *certs;      /* in their order */
    unsigned cert_count;
    Span crls; /* the body of [1] */
    SignerInfo *signers;
    unsigned signer_count;
    const char *fault; /* what is wrong with it, and where: then the rest is not to be relied on */
    Span hidden;       /* bytes in it that belong to nothing, or empty */
    Span bad_cert;     /* the first of the bag that is no certificate, or empty */
} SignedData;

/* The ContentInfo at the start of `bytes`; what follows it is the caller's. */
Status signed_read(Arena *a, Crypto *crypto, Span bytes, SignedData *out);

/* One SignerInfo, as a PKCS #9 countersignature is; NULL where it is none. */
SignerInfo *signed_read_signer(Arena *a, Cur *c);

/* The attribute, if it is there exactly once; else NULL, and *count says how often. */
const Attribute *signed_attribute(const Attribute *list, Oid type, unsigned *count);

/* The one value of the attribute, or an empty Span. */
Span signed_value(const Attribute *list, Oid type);

/* The certificate that a signer names, or NULL. */
const Cert *signed_find_cert(const Cert *certs, const SignerInfo *s);

/* The digest that the signature is of: that of the signed attributes, encoded as a SET. */
Md signed_attributes_digest(Crypto *crypto, const SignerInfo *s);

#endif
