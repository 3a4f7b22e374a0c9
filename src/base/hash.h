/* Digests of a file's bytes: MD5, SHA-1 and SHA-256 in one pass. */
#ifndef COAX_BASE_HASH_H
#define COAX_BASE_HASH_H

#include "base/bytes.h"

typedef struct {
    uint8_t md5[16], sha1[20], sha256[32];
} Digests;

Digests hash_all(Span bytes);

/* The same for bytes that come in pieces: `next` gives one after the other, and an empty one at the
 * end. */
Digests hash_pieces(Span (*next)(void *context), void *context);

/* SHA-256 alone; the others are zero. MD5 takes three times as long as the other two together. */
Digests hash_pieces_sha256(Span (*next)(void *context), void *context);

void hash_md5(Span bytes, uint8_t out[16]);
void hash_sha256(Span bytes, uint8_t out[32]);
uint32_t hash_crc32(Span bytes); /* IEEE 802.3, as zip has it */

/* Lower-case hex of n bytes into out, which has 2n + 1 chars. */
void hash_hex(Span bytes, char *out);

#endif
