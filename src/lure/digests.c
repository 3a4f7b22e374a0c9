#include "lure/digests.h"
#include "base/hash.h"
#include "base/text.h"
#include <ctype.h>

static const struct {
    const char *name;
    unsigned size;
} kinds[DIGEST_COUNT] = {
#define DIGEST(name, bytes) {#name, bytes},
#include "lure/digests.def"
};

const char *digest_name(DigestKind k) {
    return kinds[k].name;
}

unsigned digest_size(DigestKind k) {
    return kinds[k].size;
}

static uint32_t checksum(DigestKind k, Span s) {
    uint32_t h = k == DIGEST_fnv1a || k == DIGEST_fnv1      ? 0x811c9dc5
                 : k == DIGEST_djb2 || k == DIGEST_djb2_xor ? 5381
                                                            : 0;
    uint32_t a = 1, b = 0; /* RFC 1950 */
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        switch (k) {
        case DIGEST_adler32: a = (a + c) % 65521, b = (b + a) % 65521, h = b << 16 | a; break;
        case DIGEST_fnv1a: h = (h ^ c) * 0x01000193; break;
        case DIGEST_fnv1: h = h * 0x01000193 ^ c; break;
        case DIGEST_djb2: h = h * 33 + c; break;
        case DIGEST_djb2_xor: h = h * 33 ^ c; break;
        case DIGEST_sdbm: h = c + (h << 6) + (h << 16) - h; break;
        default: h = (h >> 13 | h << 19) + c; break; /* ROR13 */
        }
    }
    return h;
}

void digest_of(DigestKind k, Span bytes, uint8_t out[DIGEST_MOST]) {
    uint32_t h = 0;
    Digests all;
    memset(out, 0, DIGEST_MOST);
    switch (k) {
    case DIGEST_md5: hash_md5(bytes, out); return;
    case DIGEST_sha256: hash_sha256(bytes, out); return;
    case DIGEST_sha1:
        all = hash_all(bytes);
        memcpy(out, all.sha1, sizeof all.sha1);
        return;
    case DIGEST_crc32: h = hash_crc32(bytes); break;
    default: h = checksum(k, bytes); break;
    }
    for (unsigned i = 0; i < 4; i++) out[i] = (uint8_t)(h >> 8 * i);
}

static Span cased(Arena *a, Span value, int (*to)(int)) {
    Span copy = arena_bytes(a, value);
    for (size_t i = 0; i < copy.n; i++) ((uint8_t *)(uintptr_t)copy.p)[i] = (uint8_t)to(copy.p[i]);
    return copy;
}

size_t digest_spellings(Arena *a, Span value, bool text, Span out[SPELLINGS]) {
    size_t n = 0;
    out[n++] = value;
    if (!text) return n;
    out[n++] = cased(a, value, tolower);
    out[n++] = cased(a, value, toupper);
    out[n++] = span(arena_text(a, value), value.n + 1);
    for (size_t i = 0; i < 3; i++) out[n++] = text_to_utf16(a, out[i]);
    return n;
}
