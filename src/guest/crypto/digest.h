/* Digests and HMACs (RFC 2104) with any of nettle's hashes. */
#ifndef COAX_GUEST_CRYPTO_DIGEST_H
#define COAX_GUEST_CRYPTO_DIGEST_H

#include "base/bytes.h"
#include <nettle/nettle-meta.h>

enum { DIGEST_MOST = 64 };

/* `out` has h->digest_size bytes. */
void digest(const struct nettle_hash *h, Span bytes, uint8_t *out);
/* The digest of two pieces. */
void digest_two(const struct nettle_hash *h, Span first, Span second, uint8_t *out);
void digest_hmac(const struct nettle_hash *h, Span key, Span message, uint8_t *out);

#endif
