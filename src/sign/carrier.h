/* carrier: what may carry a signature: one file per kind, in_KIND.c, ending in its row, and a line
 * in carriers.def. */
#ifndef COAX_SIGN_CARRIER_H
#define COAX_SIGN_CARRIER_H

#include "base/clock.h"
#include "sign/crypto.h"
#include "sign/sign.h"

/* What the room that a signature has says about the bytes behind it. */
typedef enum {
    ROOM_EXACT,  /* nothing belongs there */
    ROOM_PADDED, /* up to seven zeroes fill it up to a multiple of eight */
    ROOM_BROKEN, /* nobody knows where it ends */
} BlobRoom;

typedef struct Blob Blob;
struct Blob {
    Blob *next;
    Span bytes; /* the PKCS #7, and behind it whatever else its place has room for */
    BlobRoom room;
};

typedef struct Carrier Carrier;

/* A file whose signatures are being read. */
typedef struct {
    SignTrust *trust;
    Crypto *crypto;
    Arena *arena;
    Span file;
    const Carrier *carrier; /* NULL: nothing that can be signed */
    Blob *blobs, *last_blob;
    Sink *to;
    unsigned noted;       /* findings */
    void *state;          /* the carrier's own */
    Md digests[MD_COUNT]; /* those that were computed */
} Subject;

struct Carrier {
    const char *name;
    Oid content; /* what SpcIndirectDataContent says that its data is of; or OID_CTL: a catalog */
    /* Whether the file is of this kind; then finds the signatures and notes what is odd. */
    bool (*read)(Subject *s);
    /* The digest that a signature of this file must have; kind MD_NONE where there is none. */
    Md (*digest)(Subject *s, MdKind k);
    /* Why it may have another digest than the signed one, or NULL. */
    const char *(*explain)(Subject *s, const Md *is_signed);
    /* Why another digest may only mean that it is not known how it is made, or NULL where it means
     * that the file was changed. */
    const char *(*uncertain)(const Subject *s);
    /* When it says that it was made; false where it does not. NULL = it never does. */
    bool (*made)(Subject *s, Time *when);
    /* Whether page hashes (the table of SpcPeImageData) are right; NULL where there are none. */
    bool (*pages)(Subject *s, MdKind k, Span table);
};

void subject_add_blob(Subject *s, Span bytes, BlobRoom room);

/* Where in the file the bytes lie, which must be its own; false where they do not. */
bool subject_place(const Subject *s, Span bytes, uint64_t *offset);

/* Notes something; `where` may be empty, `attack` NULL. */
void subject_note(Subject *s, const char *rule, Severity severity, Span where, const char *attack,
                  const char *format, ...) __attribute__((format(printf, 6, 7)));

Md subject_digest(Subject *s, MdKind k);

#define CARRIER(name) extern const Carrier carrier_##name;
#include "sign/carriers.def"

/* Any other file, which a catalog may still name. */
extern const Carrier carrier_flat;

#endif
