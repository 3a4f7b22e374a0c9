/* Names and addresses (inet.h). */
#include "base/hash.h"
#include "base/text.h"
#include "guest/ask.h"
#include "guest/inet/inet.h"
#include "guest/inet/tls.h"
#include <stdio.h>
#include <stdlib.h>

struct Known {
    Known *next;
    Address address;
    char name[INET_LONGEST_NAME + 1];
};

enum { MOST_KNOWN = 65536 };

Status inet_open(Machine *m) {
    m->inet = calloc(1, sizeof *m->inet);
    return m->inet ? ST_OK : ST_BUDGET;
}

void inet_close(Machine *m) {
    while (m->inet && m->inet->known) {
        Known *k = m->inet->known;
        m->inet->known = k->next;
        free(k);
    }
    while (m->inet && m->inet->sessions) tls_session_free(m, m->inet->sessions);
    free(m->inet);
    m->inet = NULL;
}

/* ---- which address a name has been resolved to ---- */

const char *inet_name_of(const Machine *m, const Address *a) {
    Address plain = address_unmapped(a);
    for (const Known *k = m->inet->known; k; k = k->next)
        if (address_same_ip(&k->address, &plain)) return k->name;
    return NULL;
}

static void remember(Machine *m, const Address *a, const char *name) {
    const char *old = inet_name_of(m, a);
    if ((old && !strcasecmp(old, name)) || m->inet->count >= MOST_KNOWN) return;
    Known *k = calloc(1, sizeof *k);
    if (!k) return;
    *k = (Known){.next = m->inet->known, .address = *a};
    snprintf(k->name, sizeof k->name, "%s", name);
    m->inet->known = k;
    m->inet->count++;
}

/* ---- answers ---- */

static void add(NameResult *r, const Address *a, uint16_t family) {
    if (family && a->family != family) return;
    if (r->count < INET_MOST_ADDRESSES) r->address[r->count++] = *a;
}

static void settle(NameResult *r) {
    r->answer = r->count ? NAME_FOUND : NAME_NO_DATA;
}

/* What a `dns` fact says: addresses with one space between them. */
static void add_told(NameResult *r, const char *words, uint16_t family) {
    char word[ADDRESS_TEXT_SIZE];
    Address a;
    if (!*words) {
        r->answer = NAME_UNKNOWN;
        return;
    }
    for (const char *at = words; *at;) {
        size_t n = strcspn(at, " ");
        snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word - 1), at);
        if (address_parse(word, &a)) add(r, &a, family);
        at += n;
        at += *at == ' ';
    }
    settle(r);
}

static void add_loopback(NameResult *r, uint16_t family) {
    const Address six = {.family = FAMILY_IP6, .ip = {[15] = 1}};
    const Address four = address_ip4(127, 0, 0, 1, 0);
    add(r, &six, family);
    add(r, &four, family);
    settle(r);
}

static void add_own(const Machine *m, NameResult *r, uint16_t family) {
    Address a;
    for (size_t i = 0; inet_own_address(m, i, &a); i++) add(r, &a, family);
    settle(r);
}

/* "name" or "name.domain": a host of the computer's own network. */
static bool is_host(const Machine *m, const char *name, const char *host) {
    size_t n = strlen(host);
    const WorldDomain *d = world_domain(m->world);
    const char *dns = d ? d->dns : "";
    if (!n || strncasecmp(name, host, n)) return false;
    return !name[n] || (name[n] == '.' && !strcasecmp(name + n + 1, dns));
}

static bool is_below(const char *name, const char *zone) {
    size_t n = strlen(name), z = strlen(zone);
    if (!z || z > n || strcasecmp(name + n - z, zone)) return false;
    return n == z || name[n - z - 1] == '.';
}

/* RFC 1123 2.1, and the underscores that services are named with. */
static bool is_well_formed(const char *name) {
    size_t label = 0, n = strlen(name);
    if (!n || n > INET_LONGEST_NAME) return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c == '.') {
            if (!label) return false;
            label = 0;
        } else if (c <= ' ' || c == 127 || strchr("/\\:?#@\"<>|", c) || ++label > 63) {
            return false;
        }
    }
    return true;
}

/* Names that no server of the Internet answers for (RFC 6761, RFC 6762, RFC 8244, RFC 9476 and
 * what routers call their own networks). */
static bool is_never_public(const char *name) {
    static const char *const zones[] = {"alt",         "corp",    "home", "home.arpa",
                                        "internal",    "invalid", "lan",  "local",
                                        "localdomain", "onion",   "test"};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (is_below(name, zones[i])) return true;
    return !strchr(name, '.');
}

/* A public address that follows from the name. It lies in networks of the US Department of Defense
 * in which nobody offers anything to the public, so that nobody innocent is blocked for what a
 * pretend world made up. */
static Address made_up(const char *name) {
    static const uint8_t networks[] = {11, 21, 22, 26, 28, 29, 30, 33};
    uint8_t digest[32], lower[INET_LONGEST_NAME + 1];
    size_t n = 0;
    for (; name[n] && n < INET_LONGEST_NAME; n++)
        lower[n] = (uint8_t)(name[n] >= 'A' && name[n] <= 'Z' ? name[n] + 32 : name[n]);
    hash_sha256(span(lower, n), digest);
    uint8_t last = (uint8_t)(digest[3] % 254 + 1);
    return address_ip4(networks[digest[0] % sizeof networks], digest[1], digest[2], last, 0);
}

typedef struct {
    const char *name, *address;
} FixedName;

/* Services that programs know by name and by address. */
static const FixedName fixed_names[] = {
#define NAME(name, address) {name, address},
#include "guest/inet/sites.def"
};

static bool add_fixed(NameResult *r, const char *name, uint16_t family) {
    Address a;
    for (size_t i = 0; i < sizeof fixed_names / sizeof *fixed_names; i++) {
        if (strcasecmp(name, fixed_names[i].name)) continue;
        if (address_parse(fixed_names[i].address, &a)) add(r, &a, family);
    }
    if (r->count) settle(r);
    return r->count > 0;
}

/* A service that everybody knows: a name of the table, a site's, or one of a known zone. */
static bool is_well_known(const char *name) {
    static const char *const places[] = {
#define SITE(pattern, type, body) pattern,
#include "guest/inet/sites.def"
    };
    static const char *const zones[] = {
#define ZONE(name) name,
#include "guest/inet/sites.def"
    };
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strcspn(places[i], "/*?") == n && !strncasecmp(places[i], name, n)) return true;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (is_below(name, zones[i])) return true;
    return false;
}

/* Whether somebody has registered the name, as far as the world tells no single ones. */
static bool is_registered(const Machine *m, const char *name) {
    return strcmp(world_text(m->world, FACT_internet_names), "known") || is_well_known(name);
}

/* The domain controller is also the domain's DNS server. */
static void add_controller(const Machine *m, NameResult *r, uint16_t family) {
    const WorldDomain *d = world_domain(m->world);
    Address a;
    if ((d && address_parse(d->address, &a)) || inet_dns_server(m, &a)) add(r, &a, family);
    settle(r);
}

static bool add_neighbour(const Machine *m, const char *name, NameResult *r, uint16_t family) {
    Address a;
    for (const WorldItem *i = world_first(m->world, FACT_peer); i; i = world_next(i)) {
        const char *ip = item_text(i, FACT_peer);
        if (!is_host(m, name, i->subject) || !ip || !address_parse(ip, &a)) continue;
        add(r, &a, family);
        settle(r);
        return true;
    }
    return false;
}

/* Names that the computer knows by itself or from its own network. */
static bool resolve_near(const Machine *m, const char *name, uint16_t family, NameResult *r) {
    const World *w = m->world;
    const WorldDomain *d = world_domain(w);
    const char *domain = d ? d->dns : "", *dc = d ? d->controller : "";
    r->local = true;
    if (!strcasecmp(name, "localhost") || is_below(name, "localhost")) add_loopback(r, family);
    else if (is_host(m, name, world_text(w, FACT_computer))) add_own(m, r, family);
    else r->local = false;
    if (r->local || add_neighbour(m, name, r, family)) return true;
    bool controller =
        is_host(m, name, dc) || (*domain && !strcasecmp(name, domain)) || !strcasecmp(name, dc);
    if (controller && *domain) add_controller(m, r, family);
    else if (is_below(name, domain) || is_never_public(name)) r->answer = NAME_UNKNOWN;
    else return false;
    return true;
}

static NameResult resolve(Machine *m, const char *name, uint16_t family) {
    NameResult r = {.answer = NAME_UNKNOWN};
    const WorldItem *told = ask_match(m, FACT_dns, name);
    Address a;
    if (told) add_told(&r, item_text(told, FACT_dns) ? item_text(told, FACT_dns) : "", family);
    else if (world_removed(m->world, FACT_dns, name) || !is_well_formed(name)) return r;
    else if (resolve_near(m, name, family, &r)) return r;
    else if (!inet_connected(m)) r.answer = NAME_NO_SERVER;
    else if (!add_fixed(&r, name, family) && is_registered(m, name)) {
        a = made_up(name);
        add(&r, &a, family);
        settle(&r);
    }
    return r;
}

/* The dot that ends a complete name does not belong to it. */
NameResult inet_resolve(Machine *m, const char *name, uint16_t family) {
    char plain[INET_LONGEST_NAME + 2];
    size_t n = strlen(name);
    if (n >= sizeof plain) return (NameResult){.answer = NAME_UNKNOWN};
    memcpy(plain, name, n + 1);
    if (n > 1 && plain[n - 1] == '.') plain[n - 1] = 0;
    NameResult r = resolve(m, plain, family);
    for (size_t i = r.count; i-- > 0;)
        if (!r.local) remember(m, &r.address[i], plain);
    return r;
}
