/* address: IPv4 and IPv6 in one shape; an IPv4 address is ::ffff:a.b.c.d. */
#ifndef COAX_WIRE_ADDRESS_H
#define COAX_WIRE_ADDRESS_H

#include "base/bytes.h"

typedef struct {
    uint64_t high, low; /* as the bytes lie in memory */
} Address;

static inline Address address_v4(Span four) {
    Address a = {0};
    uint8_t raw[16] = {[10] = 0xFF, [11] = 0xFF};
    if (four.n == 4) memcpy(raw + 12, four.p, 4);
    memcpy(&a, raw, 16);
    return a;
}

static inline Address address_v6(Span sixteen) {
    Address a = {0};
    if (sixteen.n == 16) memcpy(&a, sixteen.p, 16);
    return a;
}

static inline bool address_equal(Address a, Address b) {
    return a.high == b.high && a.low == b.low;
}

/* A total order, the same on every machine. */
static inline int address_compare(Address a, Address b) {
    return memcmp(&a, &b, sizeof a);
}

static inline uint64_t address_hash(Address a) {
    uint64_t h = a.high * UINT64_C(0x9E3779B97F4A7C15) ^ a.low;
    h = (h ^ h >> 32) * UINT64_C(0xD6E8FEB86659FD93); /* an IPv4 address lies in the upper half */
    h = (h ^ h >> 32) * UINT64_C(0xD6E8FEB86659FD93);
    return h ^ h >> 32;
}

enum { ADDRESS_TEXT = 48 };

/* "10.0.0.1", "2001:db8::1". */
void address_print(Address a, char out[ADDRESS_TEXT]);

#endif
