#include "wire/ndr.h"

static void align(Ndr *n, unsigned to) {
    cur_skip(&n->c, (to - n->c.at % to) % to);
}

uint32_t ndr_u32(Ndr *n) {
    align(n, 4);
    return n->big ? cur_u32be(&n->c) : cur_u32le(&n->c);
}

Span ndr_wide(Ndr *n) {
    ndr_u32(n); /* maximum: what exploits write there is anybody's guess */
    ndr_u32(n); /* offset */
    uint32_t count = ndr_u32(n);
    if (n->c.bad) return (Span){0};
    return cur_take(&n->c, (uint64_t)count * 2);
}

Span ndr_unique_wide(Ndr *n) {
    return ndr_u32(n) ? ndr_wide(n) : (Span){0};
}
