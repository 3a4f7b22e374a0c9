#include "guest/inet/address.h"
#include <arpa/inet.h>
#include <stdio.h>

Address address_ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port) {
    return (Address){.family = FAMILY_IP4, .port = port, .ip = {a, b, c, d}};
}

/* sockaddr_in: family, port, address; sockaddr_in6: family, port, flow, address, scope. */
bool address_read(Span sockaddr, Address *out) {
    Cur c = cur(sockaddr);
    *out = (Address){.family = cur_u16le(&c)};
    out->port = cur_u16be(&c);
    if (out->family == FAMILY_IP6) cur_skip(&c, 4);
    else if (out->family != FAMILY_IP4) return false;
    Span ip = cur_take(&c, address_ip_size(out));
    if (out->family == FAMILY_IP6) out->scope = cur_u32le(&c);
    else cur_skip(&c, SOCKADDR_SIZE4 - 8);
    if (c.bad) return false;
    memcpy(out->ip, ip.p, ip.n);
    return true;
}

size_t address_write(const Address *a, uint8_t out[SOCKADDR_SIZE6]) {
    bool ip6 = a->family == FAMILY_IP6;
    memset(out, 0, SOCKADDR_SIZE6);
    out[0] = (uint8_t)a->family;
    out[2] = (uint8_t)(a->port >> 8);
    out[3] = (uint8_t)a->port;
    memcpy(out + (ip6 ? 8 : 4), a->ip, address_ip_size(a));
    for (unsigned i = 0; ip6 && i < 4; i++) out[24 + i] = (uint8_t)(a->scope >> (8 * i));
    return ip6 ? SOCKADDR_SIZE6 : SOCKADDR_SIZE4;
}

bool address_parse(const char *text, Address *out) {
    *out = (Address){.family = FAMILY_IP4};
    if (inet_pton(AF_INET, text, out->ip) == 1) return true;
    *out = (Address){.family = FAMILY_IP6};
    return inet_pton(AF_INET6, text, out->ip) == 1;
}

void address_print(const Address *a, char out[ADDRESS_TEXT_SIZE]) {
    if (!inet_ntop(a->family == FAMILY_IP6 ? AF_INET6 : AF_INET, a->ip, out, ADDRESS_TEXT_SIZE))
        snprintf(out, ADDRESS_TEXT_SIZE, "?");
}

size_t address_ip_size(const Address *a) {
    return a->family == FAMILY_IP6 ? 16 : 4;
}

Span address_ip(const Address *a) {
    return span(a->ip, address_ip_size(a));
}

bool address_same_ip(const Address *a, const Address *b) {
    return a->family == b->family && span_equal(address_ip(a), address_ip(b));
}

bool address_is_any(const Address *a) {
    static const uint8_t zero[16];
    return memcmp(a->ip, zero, address_ip_size(a)) == 0;
}

bool address_is_loopback(const Address *a) {
    static const uint8_t one[16] = {[15] = 1};
    return a->family == FAMILY_IP6 ? memcmp(a->ip, one, 16) == 0 : a->ip[0] == 127;
}

bool address_is_multicast(const Address *a) {
    return a->family == FAMILY_IP6 ? a->ip[0] == 0xff : a->ip[0] >= 224 && a->ip[0] < 240;
}

bool address_is_broadcast(const Address *a) {
    return a->family == FAMILY_IP4 && memcmp(a->ip, "\xff\xff\xff\xff", 4) == 0;
}

/* RFC 6890 and its registries, as far as programs come near them. */
static bool private4(const uint8_t *ip) {
    return ip[0] == 0 || ip[0] == 10 || ip[0] == 127 || ip[0] >= 224 ||
           (ip[0] == 100 && (ip[1] & 0xc0) == 64) || (ip[0] == 169 && ip[1] == 254) ||
           (ip[0] == 172 && (ip[1] & 0xf0) == 16) || (ip[0] == 192 && ip[1] == 168) ||
           (ip[0] == 192 && ip[1] == 0 && (ip[2] == 0 || ip[2] == 2)) ||
           (ip[0] == 198 && (ip[1] & 0xfe) == 18) ||
           (ip[0] == 198 && ip[1] == 51 && ip[2] == 100) ||
           (ip[0] == 203 && ip[1] == 0 && ip[2] == 113);
}

bool address_is_private(const Address *a) {
    Address plain = address_unmapped(a);
    if (plain.family == FAMILY_IP4) return private4(plain.ip);
    return (a->ip[0] & 0xe0) != 0x20; /* 2000::/3 is what is given out */
}

static const uint8_t mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

Address address_unmapped(const Address *a) {
    if (a->family != FAMILY_IP6 || memcmp(a->ip, mapped_prefix, sizeof mapped_prefix)) return *a;
    return address_ip4(a->ip[12], a->ip[13], a->ip[14], a->ip[15], a->port);
}

Address address_mapped(const Address *a) {
    if (a->family != FAMILY_IP4) return *a;
    Address out = {.family = FAMILY_IP6, .port = a->port};
    memcpy(out.ip, mapped_prefix, sizeof mapped_prefix);
    memcpy(out.ip + 12, a->ip, 4);
    return out;
}
