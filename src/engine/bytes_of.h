/* bytes_of: a part of a file as bytes in a looker's memory, and its digests. */
#ifndef COAX_ENGINE_BYTES_OF_H
#define COAX_ENGINE_BYTES_OF_H

#include "base/hash.h"
#include "base/status.h"

/* A part of a file, perhaps under an XOR with one byte. */
typedef struct {
    uint64_t offset, size;
    uint8_t key; /* 0: as it is */
} LookRange;

typedef enum { LOOK_DIGESTS, LOOK_SHA256, LOOK_NO_DIGESTS } LookDigests;

/* Where files of usual size are read to, one after the other; made at the first one. */
typedef struct {
    uint8_t *p;
} BytesRoom;

typedef struct {
    Span bytes;
    int fd;
    LookRange range;
    bool mapped;
} Bytes;

/* The bytes are there until the room's next use. A file that shrinks meanwhile has what is left. */
Status bytes_open(BytesRoom *room, int fd, LookRange range, Bytes *out);
void bytes_close(Bytes *b);

/* LOOK_SHA256 is for large files of which nothing is read again. */
Digests bytes_digests(const Bytes *b, LookDigests which);

#endif
