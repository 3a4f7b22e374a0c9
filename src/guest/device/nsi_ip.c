/* Addresses, neighbours, routes, counters: the tables of IP (nsi.h). */
#include "guest/ask.h"
#include "guest/device/nsi.h"

static void put_zeros(Buf *b, size_t n) {
    buf_space(b, n);
}

static void put_ip(NsiRows *r, NsiPart part, const Address *a) {
    buf_add(&r->part[part], address_ip(a));
}

/* ---- addresses ---- */

/* nsi_ip_unicast_*: lifetimes, origins, prefix; scope and state; the time. */
static void put_unicast(NsiRows *r, const Adapter *a, const Address *ip, uint32_t prefix) {
    enum { MANUAL = 1, WELL_KNOWN = 2, DHCP = 3, RANDOM = 5, PREFERRED = 4, LEASE = 86400 };
    bool ip6 = ip->family == FAMILY_IP6;
    bool leased = a->item && !ip6 && item_bool(a->item, FACT_mac_dhcp);
    uint32_t life = leased ? LEASE : UINT32_MAX;
    uint32_t origin = leased ? DHCP : !a->item || ip6 ? WELL_KNOWN : MANUAL;
    buf_le(&r->part[NSI_KEY], a->luid, 8);
    put_ip(r, NSI_KEY, ip);
    if (!ip6) buf_le(&r->part[NSI_KEY], 0, 4);
    Buf *b = &r->part[NSI_RW];
    buf_le(b, life, 4);
    buf_le(b, life, 4);
    buf_le(b, origin, 4);
    buf_le(b, ip6 && a->item ? RANDOM : origin, 4);
    buf_le(b, prefix, 4);
    buf_le(b, 0, 8);
    buf_le(&r->part[NSI_DYNAMIC], ip->scope, 4);
    buf_le(&r->part[NSI_DYNAMIC], PREFERRED, 4);
    buf_le(&r->part[NSI_STATIC], time_to_filetime(r->machine->start - (Time)r->machine->uptime), 8);
    nsi_row_done(r);
}

static void unicast(NsiRows *r, uint16_t family) {
    Adapter a;
    Address ip;
    uint32_t prefix;
    for (size_t i = 0; nsi_adapter(r->machine, i, &a); i++)
        if (nsi_adapter_address(r->machine, &a, family, &ip, &prefix))
            put_unicast(r, &a, &ip, prefix);
}

static void unicast4(NsiRows *r) {
    unicast(r, FAMILY_IP4);
}
static void unicast6(NsiRows *r) {
    unicast(r, FAMILY_IP6);
}

/* ---- neighbours ---- */

enum { STALE = 4, REACHABLE = 5, PERMANENT = 6 };

static void put_neighbour(NsiRows *r, const Adapter *a, const Address *ip, Span mac, uint32_t state,
                          bool router) {
    enum { MAC_ROOM = 32 };
    buf_le(&r->part[NSI_KEY], a->luid, 8);
    buf_le(&r->part[NSI_KEY], a->luid, 8);
    put_ip(r, NSI_KEY, ip);
    buf_le(&r->part[NSI_KEY], 0, 4);
    buf_add(&r->part[NSI_RW], mac);
    put_zeros(&r->part[NSI_RW], MAC_ROOM - mac.n);
    Buf *b = &r->part[NSI_DYNAMIC];
    buf_le(b, state, 4);
    buf_le(b, 0, 4);
    buf_byte(b, router);
    buf_byte(b, 0);
    buf_le(b, mac.n, 2);
    buf_le(b, 0, 4);
    nsi_row_done(r);
}

static void put_router(NsiRows *r, const Adapter *a, const Address *ip) {
    uint8_t mac[MAC_SIZE];
    inet_router_mac(ip, mac);
    put_neighbour(r, a, ip, span(mac, sizeof mac), REACHABLE, true);
}

static bool on_link(const Machine *m, const Adapter *a, const Address *ip) {
    return inet_on_link(m, ip) == a->item;
}

static void put_peers(NsiRows *r, const Adapter *a) {
    Address ip;
    for (const WorldItem *i = world_first(r->machine->world, FACT_peer); i; i = world_next(i)) {
        const char *text = item_text(i, FACT_peer);
        const WorldValue *mac = item_value(i, FACT_peer_mac);
        if (text && address_parse(text, &ip) && on_link(r->machine, a, &ip) && mac && mac->set)
            put_neighbour(r, a, &ip, mac->bytes, STALE, false);
    }
}

/* The broadcast address of the adapter's subnet. */
static Address broadcast(const Address *ip, uint32_t prefix) {
    Address out = *ip;
    for (uint32_t i = prefix; i < 32; i++) out.ip[i / 8] |= (uint8_t)(0x80 >> i % 8);
    return out;
}

static void put_fixed_neighbours(NsiRows *r, const Adapter *a, const Address *ip, uint32_t prefix) {
    static const uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const uint8_t groups[][4] = {
        {224, 0, 0, 22}, {224, 0, 0, 251}, {224, 0, 0, 252}, {239, 255, 255, 250}};
    Address last = broadcast(ip, prefix), everyone = address_ip4(255, 255, 255, 255, 0);
    put_neighbour(r, a, &last, span(all, 6), PERMANENT, false);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        const uint8_t *g = groups[i];
        const uint8_t mac[6] = {0x01, 0x00, 0x5e, g[1] & 0x7f, g[2], g[3]}; /* RFC 1112 6.4 */
        Address group = address_ip4(g[0], g[1], g[2], g[3], 0);
        put_neighbour(r, a, &group, span(mac, 6), PERMANENT, false);
    }
    put_neighbour(r, a, &everyone, span(all, 6), PERMANENT, false);
}

static void neighbours4(NsiRows *r) {
    Adapter a;
    Address ip, gateway;
    uint32_t prefix;
    for (size_t i = 0; nsi_adapter(r->machine, i, &a) && a.item; i++) {
        if (!nsi_adapter_address(r->machine, &a, FAMILY_IP4, &ip, &prefix)) continue;
        const char *text = ask_item_text(r->machine, a.item, FACT_mac_gateway);
        if (text && address_parse(text, &gateway) && !inet_is_neighbour(r->machine, &gateway))
            put_router(r, &a, &gateway);
        put_peers(r, &a);
        put_fixed_neighbours(r, &a, &ip, prefix);
    }
}

static void no_rows(NsiRows *r) {
    (void)r;
}

/* ---- routes ---- */

typedef struct {
    Address to, hop;
    uint32_t prefix, metric, protocol;
} Route;

enum { LOCAL = 2, NETMGMT = 3 };

/* nsi_ipv4_forward_key and nsi_ipv6_forward_key: what lies between the parts is not known. */
static void put_route(NsiRows *r, const Adapter *a, const Route *way) {
    enum { MANUAL = 0, IMMORTAL = 1 };
    bool ip6 = way->to.family == FAMILY_IP6;
    Buf *b = &r->part[NSI_KEY];
    buf_le(b, 0, 4);
    put_ip(r, NSI_KEY, &way->to);
    buf_byte(b, (uint8_t)way->prefix);
    put_zeros(b, 3 + 12 + (ip6 ? 4 : 0));
    buf_le(b, a->luid, 8);
    buf_le(b, a->luid, 8);
    put_ip(r, NSI_KEY, &way->hop);
    if (!ip6) buf_le(b, 0, 4);
    b = &r->part[NSI_RW];
    buf_le(b, 0, 4);
    buf_le(b, UINT32_MAX, 4);
    buf_le(b, UINT32_MAX, 4);
    buf_le(b, way->metric, 4);
    buf_le(b, way->protocol, 4);
    buf_byte(b, !a->item);
    put_zeros(b, 2);
    buf_byte(b, IMMORTAL);
    put_zeros(b, 8);
    b = &r->part[NSI_DYNAMIC];
    buf_le(b, r->machine->uptime / (uint64_t)TIME_SECOND, 4);
    put_zeros(b, 12);
    put_ip(r, NSI_DYNAMIC, &way->to);
    buf_le(&r->part[NSI_STATIC], MANUAL, 4);
    buf_le(&r->part[NSI_STATIC], a->index, 4);
    nsi_row_done(r);
}

static Address network(const Address *ip, uint32_t prefix) {
    Address out = *ip;
    for (uint32_t i = prefix; i < 8 * address_ip_size(ip); i++)
        out.ip[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
    return out;
}

static void put_gateway(NsiRows *r, const Adapter *a) {
    bool outward = a->item && *ask_text(r->machine, FACT_internet);
    const char *text = outward ? ask_item_text(r->machine, a->item, FACT_mac_gateway) : NULL;
    Route way = {.to = {.family = FAMILY_IP4}, .metric = 0, .protocol = NETMGMT};
    if (text && *text && address_parse(text, &way.hop)) put_route(r, a, &way);
}

static void routes4(NsiRows *r) {
    enum { METRIC = 256 };
    Adapter a;
    Address ip;
    uint32_t prefix;
    const Address none = {.family = FAMILY_IP4};
    for (size_t i = 0; nsi_adapter(r->machine, i, &a); i++) {
        if (!nsi_adapter_address(r->machine, &a, FAMILY_IP4, &ip, &prefix)) continue;
        const Route ways[] = {
            {network(&ip, prefix), none, prefix, METRIC, LOCAL},
            {ip, none, 32, METRIC, LOCAL},
            {broadcast(&ip, prefix), none, 32, METRIC, LOCAL},
            {address_ip4(224, 0, 0, 0, 0), none, 4, METRIC, LOCAL},
            {address_ip4(255, 255, 255, 255, 0), none, 32, METRIC, LOCAL},
        };
        put_gateway(r, &a);
        for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) put_route(r, &a, &ways[w]);
    }
}

static void routes6(NsiRows *r) {
    enum { METRIC = 256 };
    Adapter a;
    Address ip;
    uint32_t prefix;
    const Address none = {.family = FAMILY_IP6};
    for (size_t i = 0; nsi_adapter(r->machine, i, &a); i++) {
        if (!nsi_adapter_address(r->machine, &a, FAMILY_IP6, &ip, &prefix)) continue;
        const Route own = {ip, none, 128, METRIC, LOCAL};
        const Route net = {network(&ip, prefix), none, prefix, METRIC, LOCAL};
        if (a.item) put_route(r, &a, &net);
        put_route(r, &a, &own);
    }
}

/* ---- counters and settings ---- */

/* nsi_ip_cmpt_*: whether it does not forward, the standard time to live; interfaces, routes,
 * addresses. */
static void compartment(NsiRows *r) {
    enum { ONE = 1, TTL = 128 };
    Adapter a;
    uint32_t adapters = 0;
    while (nsi_adapter(r->machine, adapters, &a)) adapters++;
    buf_le(&r->part[NSI_KEY], ONE, 4);
    Buf *b = &r->part[NSI_RW];
    buf_le(b, 1, 4);
    buf_le(b, 0, 4);
    buf_le(b, TTL, 4);
    buf_le(b, 0, 4);
    b = &r->part[NSI_DYNAMIC];
    buf_le(b, adapters, 4);
    buf_le(b, 6 * adapters, 4);
    buf_le(b, 0, 4);
    buf_le(b, adapters, 4);
    nsi_row_done(r);
}

static void no_icmp(NsiRows *r) {
    enum { SIZE = 2 * 258 * 4 };
    put_zeros(&r->part[NSI_DYNAMIC], SIZE);
    nsi_row_done(r);
}

/* nsi_ip_ipstats_dynamic: received at 16, delivered at 40, sent at 48. */
static void ip_counters(NsiRows *r) {
    enum { SIZE = 216, REASSEMBLY = 60 };
    Buf *b = &r->part[NSI_DYNAMIC];
    uint64_t packets = (r->machine->uptime + machine_now(r->machine)) / (uint64_t)TIME_SECOND * 20;
    put_zeros(b, 16);
    const uint64_t numbers[] = {packets, packets * 1130, 0, packets - packets / 400, packets / 2};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) buf_le(b, numbers[i], 8);
    put_zeros(b, SIZE - b->n);
    buf_le(&r->part[NSI_STATIC], REASSEMBLY, 4);
    nsi_row_done(r);
}

const NsiTable nsi_ip_tables[] = {
    {NSI_IP4, 2, compartment},
    {NSI_IP6, 2, compartment},
    {NSI_IP4, 3, no_icmp},
    {NSI_IP6, 3, no_icmp},
    {NSI_IP4, 6, ip_counters},
    {NSI_IP6, 6, ip_counters},
    {NSI_IP4, 10, unicast4},
    {NSI_IP6, 10, unicast6},
    {NSI_IP4, 11, neighbours4},
    {NSI_IP6, 11, no_rows},
    {NSI_IP4, 16, routes4},
    {NSI_IP6, 16, routes6},
    {0},
};
