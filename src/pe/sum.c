/* Numbers over many bytes: the checksum that the image helper computes and kernels check for
 * drivers (16-bit words added with their carries, the field itself left out, plus the file's size),
 * and entropy. Every byte of a file passes through here, so both go by words. */
#include "pe/pe.h"
#include <math.h>

static uint64_t add_words(Span s) {
    uint64_t low = 0, high = 0; /* each lane of 32 bits adds 16-bit words */
    size_t at = 0;
    for (; s.n - at >= 8; at += 8) {
        uint64_t w;
        memcpy(&w, s.p + at, 8);
        low += w & UINT32_MAX;
        high += w >> 32;
    }
    uint64_t sum = 0;
    uint64_t lanes[] = {low, high};
    for (unsigned i = 0; i < 2; i++) sum += (lanes[i] & UINT32_MAX) + (lanes[i] >> 32);
    for (; at < s.n; at++) sum += (uint64_t)s.p[at] << 8 * (at & 1);
    return sum;
}

static uint32_t folded(uint64_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return (uint32_t)sum;
}

/* A sum of 32-bit words folds to the same as one of 16-bit words: 65536 is 1 modulo 65535. */
static uint32_t right_checksum(const Pe *pe) {
    uint64_t sum = add_words(pe->file);
    Span field = span_clip(pe->file, pe->checksum_offset, 4);
    uint64_t own = 0;
    for (size_t i = 0; i < field.n; i++)
        own += (uint64_t)field.p[i] << 8 * ((pe->checksum_offset + i) & 1);
    uint32_t all = folded(sum), without = folded(own);
    uint32_t rest = all >= without ? all - without : all + 0xffff - without;
    return (rest ? rest : 0xffff) + (uint32_t)pe->file.n;
}

/* Four tables, since adding to one counter twice in a row waits for the first. */
double pe_entropy(Span bytes) {
    uint32_t counts[4][256] = {0};
    double sum = 0;
    size_t at = 0;
    for (; bytes.n - at >= 8; at += 8) {
        uint64_t w;
        memcpy(&w, bytes.p + at, 8);
#pragma GCC unroll 8
        for (unsigned k = 0; k < 8; k++) counts[k & 3][w >> 8 * k & 0xff]++;
    }
    for (; at < bytes.n; at++) counts[0][bytes.p[at]]++;
    for (unsigned i = 0; i < 256; i++) {
        uint64_t n = (uint64_t)counts[0][i] + counts[1][i] + counts[2][i] + counts[3][i];
        if (!n) continue;
        double share = (double)n / (double)bytes.n;
        sum -= share * log2(share);
    }
    return round(sum * 1000) / 1000;
}

/* Thousands of sections and resources may share the same bytes: at last they are not looked at. */
static double entropy_once(const Pe *pe, Span bytes, uint64_t *looked_at) {
    *looked_at += bytes.n;
    return *looked_at > 4 * (uint64_t)pe->file.n ? -1 : pe_entropy(bytes);
}

void pe_measure(Pe *pe) {
    uint64_t looked_at = 0;
    for (size_t i = 0; i < pe->section_count; i++) {
        PeSection *s = &pe->sections[i];
        Span bytes = span_clip(pe->file, s->raw_offset, s->raw_offset ? s->raw_size : 0);
        s->entropy = entropy_once(pe, bytes, &looked_at);
    }
    looked_at = 0;
    for (PeResource *r = pe->resources; r; r = r->next)
        r->entropy = entropy_once(pe, r->bytes, &looked_at);
    if (pe->checksum) pe->right_checksum = right_checksum(pe);
}
