/* MD5, SHA-1 and SHA-256 of the same bytes, together: RFC 1321, FIPS 180-4.
 *
 * MD5 is one long chain of dependent additions that leaves most of the processor idle, and the
 * other two run on units of their own (Intel's SHA extensions). Four steps of each alternate here,
 * so that the SHAs run in MD5's shadow: all three take about as long as MD5 alone, and half as long
 * as one after the other. Processors without these instructions have libnettle (hash.c). */
#include "base/hash_three.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

bool hash_three_works(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1)) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_SHA;
}

static const uint32_t md5_constants[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const uint32_t sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#define TOGETHER static inline __attribute__((always_inline, target("sha,sse4.1,ssse3")))

/* ---- MD5 ---- */

TOGETHER uint32_t rotate(uint32_t v, unsigned by) {
    return v << by | v >> (32 - by);
}

TOGETHER uint32_t md5_step(unsigned i, uint32_t a, uint32_t b, uint32_t c, uint32_t d,
                           const uint32_t x[16]) {
    static const uint8_t shifts[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t f;
    unsigned word;
    if (i < 16) f = d ^ (b & (c ^ d)), word = i;
    else if (i < 32) f = (d & b) + (~d & c), word = (5 * i + 1) & 15; /* never both: + is | */
    else if (i < 48) f = b ^ c ^ d, word = (3 * i + 5) & 15;
    else f = c ^ (b | ~d), word = 7 * i & 15;
    return b + rotate(a + x[word] + md5_constants[i] + f, shifts[i / 16][i & 3]);
}

TOGETHER void md5_steps(unsigned group, uint32_t s[4], const uint32_t x[16]) {
    unsigned i = 4 * group;
    s[0] = md5_step(i, s[0], s[1], s[2], s[3], x);
    s[3] = md5_step(i + 1, s[3], s[0], s[1], s[2], x);
    s[2] = md5_step(i + 2, s[2], s[3], s[0], s[1], x);
    s[1] = md5_step(i + 3, s[1], s[2], s[3], s[0], x);
}

/* ---- SHA-1: four rounds; `before` is what abcd was four rounds ago ---- */

typedef struct {
    __m128i abcd, before, w[4];
} Sha1;

TOGETHER __m128i sha1_rounds(__m128i abcd, __m128i e, unsigned group) {
    switch (group / 5) {
    case 0: return _mm_sha1rnds4_epu32(abcd, e, 0);
    case 1: return _mm_sha1rnds4_epu32(abcd, e, 1);
    case 2: return _mm_sha1rnds4_epu32(abcd, e, 2);
    default: return _mm_sha1rnds4_epu32(abcd, e, 3);
    }
}

TOGETHER void sha1_steps(unsigned group, Sha1 *s, __m128i e) {
    __m128i *w = &s->w[group & 3];
    if (group >= 4)
        *w = _mm_sha1msg2_epu32(
            _mm_xor_si128(_mm_sha1msg1_epu32(*w, s->w[(group + 1) & 3]), s->w[(group + 2) & 3]),
            s->w[(group + 3) & 3]);
    e = group ? _mm_sha1nexte_epu32(s->before, *w) : _mm_add_epi32(e, *w);
    s->before = s->abcd;
    s->abcd = sha1_rounds(s->abcd, e, group);
}

/* ---- SHA-256: four rounds ---- */

typedef struct {
    __m128i abef, cdgh, w[4];
} Sha256;

TOGETHER void sha256_steps(unsigned group, Sha256 *s) {
    __m128i *w = &s->w[group & 3], last = s->w[(group + 3) & 3];
    if (group >= 4) {
        __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(*w, s->w[(group + 1) & 3]),
                                    _mm_alignr_epi8(last, s->w[(group + 2) & 3], 4));
        *w = _mm_sha256msg2_epu32(sum, last);
    }
    __m128i k = _mm_add_epi32(*w, _mm_loadu_si128((const __m128i *)&sha256_constants[4 * group]));
    s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, k);
    s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(k, 0x0e));
}

/* ---- one block of all three ---- */

typedef struct {
    uint32_t md5[4];
    __m128i abcd, e, abef, cdgh;
} State;

TOGETHER void load_words(const uint8_t *p, uint32_t x[16], Sha1 *one, Sha256 *two) {
    const __m128i words = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    memcpy(x, p, 64);
    for (unsigned i = 0; i < 4; i++) {
        two->w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(p + 16 * i)), words);
        one->w[i] = _mm_shuffle_epi32(two->w[i], 0x1b); /* the other way round */
    }
}

TOGETHER void one_block(State *s, const uint8_t *p) {
    uint32_t x[16], md5[4] = {s->md5[0], s->md5[1], s->md5[2], s->md5[3]};
    Sha1 one = {.abcd = s->abcd};
    Sha256 two = {.abef = s->abef, .cdgh = s->cdgh};
    load_words(p, x, &one, &two);
#pragma GCC unroll 16
    for (unsigned group = 0; group < 16; group++) {
        md5_steps(group, md5, x);
        sha256_steps(group, &two);
        sha1_steps(group, &one, s->e);
    }
#pragma GCC unroll 4
    for (unsigned group = 16; group < 20; group++) sha1_steps(group, &one, s->e);
    for (unsigned i = 0; i < 4; i++) s->md5[i] += md5[i];
    s->e = _mm_sha1nexte_epu32(one.before, s->e);
    s->abcd = _mm_add_epi32(s->abcd, one.abcd);
    s->abef = _mm_add_epi32(s->abef, two.abef);
    s->cdgh = _mm_add_epi32(s->cdgh, two.cdgh);
}

/* ---- the states as the standards number them ---- */

TOGETHER State load_state(const HashThree *h) {
    State s = {.md5 = {h->md5[0], h->md5[1], h->md5[2], h->md5[3]}};
    s.abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)h->sha1), 0x1b);
    s.e = _mm_set_epi32((int)h->sha1[4], 0, 0, 0);
    __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)h->sha256), 0xb1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(h->sha256 + 4)), 0x1b);
    s.abef = _mm_alignr_epi8(cdab, efgh, 8);
    s.cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
    return s;
}

TOGETHER void store_state(HashThree *h, const State *s) {
    memcpy(h->md5, s->md5, sizeof h->md5);
    _mm_storeu_si128((__m128i *)h->sha1, _mm_shuffle_epi32(s->abcd, 0x1b));
    h->sha1[4] = (uint32_t)_mm_extract_epi32(s->e, 3);
    __m128i feba = _mm_shuffle_epi32(s->abef, 0x1b), dchg = _mm_shuffle_epi32(s->cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)h->sha256, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(h->sha256 + 4), _mm_alignr_epi8(dchg, feba, 8));
}

__attribute__((target("sha,sse4.1,ssse3"))) static void add_blocks(HashThree *h, const uint8_t *p,
                                                                   size_t count) {
    State s = load_state(h);
    for (; count; count--, p += HASH_BLOCK) one_block(&s, p);
    store_state(h, &s);
}

#else
bool hash_three_works(void) {
    return false;
}
static void add_blocks(HashThree *h, const uint8_t *p, size_t count) {
    (void)h, (void)p, (void)count;
}
#endif

/* ---- bytes to blocks, and the end ---- */

HashThree hash_three_start(void) {
    return (HashThree){
        .md5 = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476},
        .sha1 = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0},
        .sha256 = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                   0x1f83d9ab, 0x5be0cd19},
    };
}

void hash_three_add(HashThree *h, Span bytes) {
    size_t held = h->length % HASH_BLOCK;
    h->length += bytes.n;
    if (held) {
        Span first = span_clip(bytes, 0, HASH_BLOCK - held);
        if (first.n) memcpy(h->rest + held, first.p, first.n);
        bytes = span_clip(bytes, first.n, UINT64_MAX);
        if (held + first.n < HASH_BLOCK) return;
        add_blocks(h, h->rest, 1);
    }
    if (bytes.n >= HASH_BLOCK) add_blocks(h, bytes.p, bytes.n / HASH_BLOCK);
    Span rest = span_clip(bytes, bytes.n / HASH_BLOCK * HASH_BLOCK, HASH_BLOCK);
    if (rest.n) memcpy(h->rest, rest.p, rest.n);
}

/* 80h, zeroes, and the length in bits, which MD5 writes from its low end and the SHAs from the
 * high one: two last blocks, of which each takes its part. */
static void add_end(HashThree *h, bool md5) {
    uint8_t end[2 * HASH_BLOCK] = {0};
    size_t held = h->length % HASH_BLOCK, n = held < 56 ? HASH_BLOCK : 2 * HASH_BLOCK;
    uint64_t bits = h->length * 8;
    memcpy(end, h->rest, held);
    end[held] = 0x80;
    for (unsigned i = 0; i < 8; i++) end[n - 8 + i] = (uint8_t)(bits >> 8 * (md5 ? i : 7 - i));
    add_blocks(h, end, n / HASH_BLOCK);
}

static void put(uint8_t *out, const uint32_t *words, unsigned count, bool low_first) {
    for (unsigned i = 0; i < 4 * count; i++)
        out[i] = (uint8_t)(words[i / 4] >> 8 * (low_first ? i & 3 : 3 - (i & 3)));
}

Digests hash_three_finish(const HashThree *h) {
    HashThree low = *h, high = *h;
    Digests d;
    add_end(&low, true);
    add_end(&high, false);
    put(d.md5, low.md5, 4, true);
    put(d.sha1, high.sha1, 5, false);
    put(d.sha256, high.sha256, 8, false);
    return d;
}
