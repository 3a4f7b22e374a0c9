#include "guest/crypto/digest.h"

enum { MOST_BLOCK = 128, MOST_CONTEXT = 512 };

void digest_two(const struct nettle_hash *h, Span first, Span second, uint8_t *out) {
    uint64_t context[MOST_CONTEXT / sizeof(uint64_t)];
    h->init(context);
    if (first.n) h->update(context, first.n, first.p);
    if (second.n) h->update(context, second.n, second.p);
    h->digest(context, h->digest_size, out);
}

void digest(const struct nettle_hash *h, Span bytes, uint8_t *out) {
    digest_two(h, bytes, (Span){0}, out);
}

void digest_hmac(const struct nettle_hash *h, Span key, Span message, uint8_t *out) {
    uint8_t pad[MOST_BLOCK] = {0};
    if (key.n > h->block_size) digest(h, key, pad);
    else if (key.n) memcpy(pad, key.p, key.n);
    for (unsigned i = 0; i < h->block_size; i++) pad[i] ^= 0x36;
    digest_two(h, span(pad, h->block_size), message, out);
    for (unsigned i = 0; i < h->block_size; i++) pad[i] ^= 0x36 ^ 0x5c;
    digest_two(h, span(pad, h->block_size), span(out, h->digest_size), out);
}
