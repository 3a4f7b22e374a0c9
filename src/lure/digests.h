/* Digests of a fact's value in its usual spellings: a compare with one of them cannot be inverted,
 * but it can be recognised. */
#ifndef COAX_LURE_DIGESTS_H
#define COAX_LURE_DIGESTS_H

#include "base/arena.h"

typedef enum {
#define DIGEST(name, bytes) DIGEST_##name,
#include "lure/digests.def"
    DIGEST_COUNT
} DigestKind;

enum { DIGEST_MOST = 32 };

const char *digest_name(DigestKind k);
unsigned digest_size(DigestKind k);

/* The digest of the bytes; numbers little-endian, as they lie in memory. */
void digest_of(DigestKind k, Span bytes, uint8_t out[DIGEST_MOST]);

/* Usual spellings of a value: as it is, in lower and upper case, with its NUL, in UTF-16. */
enum { SPELLINGS = 8 };
size_t digest_spellings(Arena *a, Span value, bool text, Span out[SPELLINGS]);

#endif
