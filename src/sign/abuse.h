/* abuse: lists of certificates that were used to sign malware. They are keyed on issuer and serial
 * number and on the thumbprint, never on the subject alone: a certificate that only copies a name
 * is an imitation.
 *
 * The lists are CSV files, whose columns are known by their headings: MalwareBazaar's code signing
 * blocklist, CertGraveyard's, the Code Signing Abuse Dataset's (serials in decimal), our own. */
#ifndef COAX_SIGN_ABUSE_H
#define COAX_SIGN_ABUSE_H

#include "sign/cert.h"
#include "sign/verdict.h"

enum { ABUSE_BUCKETS = 4096 };

typedef struct AbuseEntry AbuseEntry;
struct AbuseEntry {
    AbuseEntry *same_serial, *same_thumbprint, *same_subject; /* in their buckets */
    Span serial;                                              /* magnitude, big-endian; or empty */
    Span thumbprint;                                          /* of 16, 20 or 32 bytes; or empty */
    const char *subject, *issuer;     /* common names or whole names, as the list has them; or "" */
    const char *what, *source, *date; /* the list's own words, or "" */
    const char *list;                 /* the file's name */
};

typedef struct {
    AbuseEntry **serials, **thumbprints, **subjects; /* buckets; NULL = no list was read */
    size_t count;
} AbuseList;

/* Adds the entries of a CSV file. False where it has no heading with a serial or a thumbprint. */
bool abuse_read(Arena *a, AbuseList *list, const char *name, Span csv);

/* What the lists say of a signer: listed, imitation, none; unknown where there is no list.
 * `trusted`: its chain ends at a root, so that its issuer is who it says. */
Verdict abuse_look_up(Arena *a, const AbuseList *list, const Cert *c, bool trusted);

/* A serial number as people write it: hex, with or without colons, spaces or 0x, or decimal. Its
 * magnitude; empty where it is none. */
Span abuse_serial(Arena *a, const char *text, bool decimal);

#endif
