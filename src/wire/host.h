/* host: what is known of the machines that serve SMB, and of who talked to them. */
#ifndef COAX_WIRE_HOST_H
#define COAX_WIRE_HOST_H

#include "model/model.h"
#include "wire/address.h"

typedef struct Wire Wire;

typedef struct {
    Address address;
    Patch patch;
    const char *why;  /* of `patch`, a sentence */
    uint64_t frame;   /* where it was seen */
    uint32_t clients; /* pairs */
    char system[64];  /* its native OS string, a hint */
    char dialect[24]; /* the newest that was agreed on */
    Time implant;     /* when a DoublePulsar first answered; 0 = never */
    Time no_implant;  /* when the system itself last answered one who called for it; 0 = never */
    bool infected;
    Address infected_by;
    Time infected_at;
    uint32_t next; /* in the bucket */
} Server;

typedef struct {
    Address client, server;
    uint32_t flows, grooming;
    uint64_t grooming_frame;
    uint32_t next;
} Pair;

enum { HOSTS_MOST = 1 << 15, HOST_BUCKETS = 1 << 14 };

typedef struct {
    Server *servers;
    Pair *pairs;
    uint32_t server_count, server_room, pair_count, pair_room;
    uint32_t server_buckets[HOST_BUCKETS], pair_buckets[HOST_BUCKETS]; /* index + 1 */
    uint64_t lost;
} Hosts;

/* NULL where there are too many. */
Server *host_server(Wire *w, Address a);
Pair *host_pair(Wire *w, Address client, Address server);

/* The better evidence wins: unpatched over likely patched over unknown. */
void host_patch(Wire *w, Address a, Patch patch, const char *why);

void hosts_tell(Wire *w);
void hosts_close(Wire *w);

#endif
