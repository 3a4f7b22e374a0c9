/* Addresses: the computer's own, and which of the others answer (inet.h). */
#include "base/hash.h"
#include "guest/ask.h"
#include "guest/inet/inet.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- the computer's own ---- */

bool inet_own_address(const Machine *m, size_t index, Address *out) {
    for (const WorldItem *i = world_first(m->world, FACT_mac); i; i = world_next(i)) {
        const char *ip = item_text(i, FACT_mac_ip);
        if (!ip || !address_parse(ip, out)) continue;
        if (!index--) return true;
    }
    return false;
}

bool inet_is_own(const Machine *m, const Address *a) {
    Address plain = address_unmapped(a), own;
    if (address_is_loopback(&plain)) return true;
    for (size_t i = 0; inet_own_address(m, i, &own); i++)
        if (address_same_ip(&plain, &own)) return true;
    return false;
}

static bool in_subnet(const WorldItem *adapter, const Address *a) {
    Address ip, mask;
    const char *own = item_text(adapter, FACT_mac_ip), *bits = item_text(adapter, FACT_mac_mask);
    if (!own || !bits || !address_parse(own, &ip) || !address_parse(bits, &mask)) return false;
    if (ip.family != a->family || mask.family != ip.family) return false;
    for (size_t i = 0; i < address_ip_size(a); i++)
        if ((ip.ip[i] ^ a->ip[i]) & mask.ip[i]) return false;
    return true;
}

const WorldItem *inet_on_link(const Machine *m, const Address *a) {
    Address plain = address_unmapped(a);
    for (const WorldItem *i = world_first(m->world, FACT_mac); i; i = world_next(i))
        if (in_subnet(i, &plain)) return i;
    return NULL;
}

/* The adapter with a gateway, for what lies elsewhere: none without an Internet behind it. */
static const WorldItem *way_out(const Machine *m) {
    if (!*world_text(m->world, FACT_internet)) return NULL;
    for (const WorldItem *i = world_first(m->world, FACT_mac); i; i = world_next(i)) {
        const char *gateway = item_text(i, FACT_mac_gateway);
        if (gateway && *gateway) return i;
    }
    return NULL;
}

Address inet_source(const Machine *m, const Address *to) {
    Address plain = address_unmapped(to), own = {.family = plain.family};
    if (inet_is_own(m, &plain)) own = plain;
    else if (plain.family == FAMILY_IP4) {
        const WorldItem *adapter = inet_on_link(m, &plain);
        if (!adapter) adapter = way_out(m);
        const char *ip = adapter ? item_text(adapter, FACT_mac_ip) : NULL;
        if (ip) address_parse(ip, &own);
    }
    own.port = 0;
    return own;
}

bool inet_dns_server(const Machine *m, Address *out) {
    char word[ADDRESS_TEXT_SIZE];
    for (const WorldItem *i = world_first(m->world, FACT_mac); i; i = world_next(i)) {
        const char *words = item_text(i, FACT_mac_dns);
        if (!words || !*words) continue;
        snprintf(word, sizeof word, "%.*s", (int)strcspn(words, " "), words);
        if (address_parse(word, out)) return true;
    }
    return false;
}

bool inet_gateway(const Machine *m, Address *out) {
    const WorldItem *adapter = way_out(m);
    return adapter && address_parse(item_text(adapter, FACT_mac_gateway), out);
}

void inet_router_mac(const Address *router, uint8_t out[MAC_SIZE]) {
    static const uint8_t maker[3] = {0xa4, 0x2b, 0xb0}; /* of routers for the home */
    uint8_t digest[32];
    hash_sha256(address_ip(router), digest);
    memcpy(out, maker, 3);
    memcpy(out + 3, digest, 3);
}

/* ---- the others ---- */

bool inet_connected(const Machine *m) {
    return way_out(m) != NULL;
}

const char *inet_public_ip(const Machine *m) {
    return world_text(m->world, FACT_internet);
}

/* What a `tcp` fact says of HOST:PORT, by name or by address. */
static const char *told(const Machine *m, const char *host, uint16_t port) {
    char subject[INET_LONGEST_NAME + 8];
    snprintf(subject, sizeof subject, "%.253s:%u", host, port);
    const WorldItem *i = ask_match(m, FACT_tcp, subject);
    const WorldValue *greeting = i ? item_value(i, FACT_tcp_greeting) : NULL;
    const char *answer = i ? item_text(i, FACT_tcp) : NULL;
    return !answer && greeting && greeting->set ? "open" : answer; /* who greets, listens */
}

static Reach reach_of_word(const char *word) {
    if (!strcmp(word, "open")) return REACH_OPEN;
    return !strcmp(word, "closed") ? REACH_CLOSED : REACH_FILTERED;
}

static bool is_told_address(const char *told_text, const Address *a) {
    Address other;
    return told_text && address_parse(told_text, &other) && address_same_ip(&other, a);
}

bool inet_is_neighbour(const Machine *m, const Address *a) {
    for (const WorldItem *i = world_first(m->world, FACT_peer); i; i = world_next(i))
        if (is_told_address(item_text(i, FACT_peer), a)) return true;
    return false;
}

/* Routers, servers and other computers of the own network offer what is expected of them. */
static Reach reach_near(const Machine *m, const Address *to) {
    Address server;
    const WorldItem *out = way_out(m);
    bool router = out && is_told_address(item_text(out, FACT_mac_gateway), to);
    bool dns = inet_dns_server(m, &server) && address_same_ip(&server, to);
    bool controller = dns && *world_text(m->world, FACT_domain);
    bool neighbour = inet_is_neighbour(m, to);
    if (!router && !dns && !neighbour) return REACH_FILTERED;
    switch (to->port) {
    case 53: return router || dns ? REACH_OPEN : REACH_CLOSED;
    case 80:
    case 443: return router ? REACH_OPEN : REACH_CLOSED;
    case 88:
    case 389: return controller ? REACH_OPEN : REACH_CLOSED;
    case 135:
    case 139:
    case 445: return controller || neighbour ? REACH_OPEN : REACH_CLOSED;
    default: return REACH_CLOSED;
    }
}

Reach inet_reach(const Machine *m, const Address *to) {
    char ip[ADDRESS_TEXT_SIZE];
    Address plain = address_unmapped(to);
    const char *name = inet_name_of(m, &plain);
    address_print(&plain, ip);
    const char *word = name ? told(m, name, plain.port) : NULL;
    if (!word) word = told(m, ip, plain.port);
    if (word) return reach_of_word(word);
    if (plain.family == FAMILY_IP6) return REACH_NO_ROUTE; /* adapters have link-local ones only */
    if (address_is_private(&plain))
        return way_out(m) || inet_on_link(m, &plain) ? reach_near(m, &plain) : REACH_NO_ROUTE;
    return inet_connected(m) ? REACH_OPEN : REACH_NO_ROUTE;
}

uint64_t inet_round_trip(const Machine *m, const Address *to) {
    enum { MILLISECOND = 1000000 };
    if (inet_is_own(m, to)) return 0;
    if (inet_on_link(m, to)) return MILLISECOND / 2;
    Address plain = address_unmapped(to);
    uint32_t spread = hash_crc32(address_ip(&plain)) % 90;
    return (uint64_t)(12 + spread) * MILLISECOND;
}
