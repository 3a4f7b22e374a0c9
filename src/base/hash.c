#include "base/hash.h"
#include "base/hash_three.h"
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

/* With libnettle all three digests see a piece before the next one is fetched, so that a large file
 * crosses the memory bus once. */
enum { PIECE = 32768 };

typedef struct {
    bool together;
    HashThree three;
    struct md5_ctx md5;
    struct sha1_ctx sha1;
    struct sha256_ctx sha256;
} HashAll;

/* Asked once: in a virtual machine the question is expensive. */
static bool together(void) {
    static enum { UNKNOWN, NO, YES } answer;
    if (answer == UNKNOWN) answer = hash_three_works() ? YES : NO;
    return answer == YES;
}

static HashAll start(void) {
    HashAll h = {.together = together(), .three = hash_three_start()};
    md5_init(&h.md5);
    sha1_init(&h.sha1);
    sha256_init(&h.sha256);
    return h;
}

static void update(HashAll *h, Span bytes) {
    if (h->together) {
        hash_three_add(&h->three, bytes);
        return;
    }
    for (size_t at = 0; at < bytes.n; at += PIECE) {
        Span piece = span_clip(bytes, at, PIECE);
        md5_update(&h->md5, piece.n, piece.p);
        sha1_update(&h->sha1, piece.n, piece.p);
        sha256_update(&h->sha256, piece.n, piece.p);
    }
}

static Digests finish(HashAll *h) {
    if (h->together) return hash_three_finish(&h->three);
    Digests d;
    md5_digest(&h->md5, sizeof d.md5, d.md5);
    sha1_digest(&h->sha1, sizeof d.sha1, d.sha1);
    sha256_digest(&h->sha256, sizeof d.sha256, d.sha256);
    return d;
}

Digests hash_all(Span bytes) {
    HashAll h = start();
    update(&h, bytes);
    return finish(&h);
}

Digests hash_pieces(Span (*next)(void *context), void *context) {
    HashAll h = start();
    for (Span piece; (piece = next(context)).n;) update(&h, piece);
    return finish(&h);
}

Digests hash_pieces_sha256(Span (*next)(void *context), void *context) {
    Digests d = {0};
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    for (Span piece; (piece = next(context)).n;) sha256_update(&ctx, piece.n, piece.p);
    sha256_digest(&ctx, sizeof d.sha256, d.sha256);
    return d;
}

void hash_md5(Span bytes, uint8_t out[16]) {
    struct md5_ctx ctx;
    md5_init(&ctx);
    md5_update(&ctx, bytes.n, bytes.p);
    md5_digest(&ctx, MD5_DIGEST_SIZE, out);
}

void hash_sha256(Span bytes, uint8_t out[32]) {
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, bytes.n, bytes.p);
    sha256_digest(&ctx, SHA256_DIGEST_SIZE, out);
}

uint32_t hash_crc32(Span bytes) {
    /* The remainders of the 16 nibbles for the reflected polynomial EDB88320h. */
    static const uint32_t nibble[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                        0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < bytes.n; i++) {
        crc ^= bytes.p[i];
        crc = crc >> 4 ^ nibble[crc & 15];
        crc = crc >> 4 ^ nibble[crc & 15];
    }
    return ~crc;
}

void hash_hex(Span bytes, char *out) {
    for (size_t i = 0; i < bytes.n; i++) {
        *out++ = "0123456789abcdef"[bytes.p[i] >> 4];
        *out++ = "0123456789abcdef"[bytes.p[i] & 15];
    }
    *out = 0;
}
