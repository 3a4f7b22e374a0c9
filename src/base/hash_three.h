/* hash_three: the three digests of a file at once, where the processor can. Internal to base. */
#ifndef COAX_BASE_HASH_THREE_H
#define COAX_BASE_HASH_THREE_H

#include "base/hash.h"

enum { HASH_BLOCK = 64 };

typedef struct {
    uint32_t md5[4], sha1[5], sha256[8];
    uint8_t rest[HASH_BLOCK]; /* bytes that fill no block yet */
    uint64_t length;          /* of everything */
} HashThree;

/* Whether this processor has what the others need. */
bool hash_three_works(void);

HashThree hash_three_start(void);
void hash_three_add(HashThree *h, Span bytes);
Digests hash_three_finish(const HashThree *h);

#endif
