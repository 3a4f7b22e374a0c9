/* Inet: the Internet that the guest sees: what names resolve to, which addresses answer, and what
 * the programs behind them say. Everything follows from the world; nothing leaves this process.
 *
 * Where the world is silent, every name has an address that follows from the name, every TCP port
 * of a public address is open, and what a client says first decides what protocol it is answered
 * in. */
#ifndef COAX_GUEST_INET_INET_H
#define COAX_GUEST_INET_INET_H

#include "guest/inet/address.h"
#include "guest/machine.h"

typedef struct Known Known; /* an address and the name that it was found by */
struct Inet {
    Known *known; /* newest first */
    size_t count;
    uint32_t questions;          /* that the resolver asked */
    struct TlsSession *sessions; /* tls.h */
    uint32_t session_count;      /* ever made */
    bool root_told;              /* unix/crypt32.c: the list of roots has one */
};

Status inet_open(Machine *m);
void inet_close(Machine *m);

/* ---- the computer's own addresses ---- */

/* The adapters' addresses, in the order of the adapters; false past the last. */
bool inet_own_address(const Machine *m, size_t index, Address *out);
bool inet_is_own(const Machine *m, const Address *a); /* the loopback's too */
/* The address that packets to `to` come from. */
Address inet_source(const Machine *m, const Address *to);
/* The adapter whose subnet holds the address, or NULL. */
const WorldItem *inet_on_link(const Machine *m, const Address *a);
/* The first DNS server; false: the computer has none. */
bool inet_dns_server(const Machine *m, Address *out);

/* The hardware address of a router that the world does not tell one of: it follows from its IP. */
enum { MAC_SIZE = 6 };
void inet_router_mac(const Address *router, uint8_t out[MAC_SIZE]);
/* The default gateway; false: there is none. */
bool inet_gateway(const Machine *m, Address *out);

/* ---- names ---- */

enum { INET_MOST_ADDRESSES = 16, INET_LONGEST_NAME = 253 };

typedef enum {
    NAME_FOUND,
    NAME_NO_DATA, /* there is the name, but no address of the family */
    NAME_UNKNOWN,
    NAME_NO_SERVER, /* nobody answered */
} NameAnswer;

typedef struct {
    NameAnswer answer;
    size_t count;
    Address address[INET_MOST_ADDRESSES]; /* port 0 */
    bool local;                           /* found without asking a server */
} NameResult;

/* FAMILY_NONE: both. */
NameResult inet_resolve(Machine *m, const char *name, uint16_t family);

/* The name that was last resolved to the address, or NULL. */
const char *inet_name_of(const Machine *m, const Address *a);

/* ---- who answers ---- */

typedef enum { REACH_OPEN, REACH_CLOSED, REACH_FILTERED, REACH_NO_ROUTE } Reach;

Reach inet_reach(const Machine *m, const Address *to);
bool inet_connected(const Machine *m); /* whether the computer is on the Internet at all */

/* A computer of the own network that the world tells of. */
bool inet_is_neighbour(const Machine *m, const Address *a);

/* How long a packet takes there and back, ns. */
uint64_t inet_round_trip(const Machine *m, const Address *to);

/* The address that the Internet sees the computer by. */
const char *inet_public_ip(const Machine *m);

#endif
