/* internal: what the files of this room share: the Wire itself, flows, and the counters. */
#ifndef COAX_WIRE_INTERNAL_H
#define COAX_WIRE_INTERNAL_H

#include "wire/decode.h"
#include "wire/detect.h"
#include "wire/host.h"
#include "wire/wire.h"

typedef struct Tcp Tcp;

/* How much the state of a flow is worth; the oldest of the lowest rank gives way first. */
typedef enum {
    RANK_EMPTY,  /* no byte was ever said: half open, scans */
    RANK_CLOSED, /* said goodbye */
    RANK_TALK,
    RANK_CLUE, /* something that a detector cares for was seen */
    RANK_COUNT
} Rank;

typedef struct {
    Address ends[2]; /* 0: the client, as far as we know */
    uint16_t ports[2];
    uint8_t protocol;
    uint8_t rank;
    bool used, told; /* told: its network_connection event is out */
    bool seen[2];    /* packets from that end */
    bool isn_known[2], isn_sure;
    bool reset, fin[2];
    uint32_t isn[2], other_isn; /* initial sequence numbers; another that was offered for end 0 */
    uint32_t next;              /* in the bucket */
    uint32_t older, newer;      /* in the rank's list */
    uint64_t first_frame;
    Time first, last;
    uint64_t bytes[2];
    Tcp *tcp;
} Flow;

typedef struct {
    Flow *all;
    uint32_t count, most, free; /* free: the head of a list */
    uint32_t *buckets, mask;
    uint32_t oldest[RANK_COUNT], newest[RANK_COUNT];
    const Flow *current; /* that a datagram is handed to */
    bool dropping;       /* memory is being freed: nobody may ask for more meanwhile */
} Flows;

struct Wire {
    WireOptions options;
    Mem mem;
    Decoder decoder;
    Flows flows;
    Hosts hosts;
    Attacks attacks;
    WireCounters counters;
    Time now;    /* of the packet that is looked at */
    Time looked; /* when attacks were looked through for what is to be told */
    uint64_t frame;
    uint64_t events;
    uint8_t *scratch; /* of tcp.c, for streams whose readings differ */
    Arena arena;      /* of one noun */
};

enum { NO_FLOW = UINT32_MAX };

/* ---- flow.c ---- */

bool flows_open(Wire *w);
void flows_close(Wire *w);
void flows_finish(Wire *w);

/* Forgets some flows of which nothing was heard for long. */
void flows_expire(Wire *w);

/* A datagram of any transport, from the decoder. */
void flow_datagram(Wire *w, const Datagram *d);

void flow_rank(Wire *w, Flow *f, Rank rank);

/* Drops the least valuable flow that holds memory, but not the one at hand. For Mem. */
bool flow_reclaim(void *context);

/* ---- tcp.c ---- */

void tcp_segment(Wire *w, Flow *f, unsigned from, const Datagram *d);

/* Inspects what is held and frees everything. */
void tcp_finish(Wire *w, Flow *f);

/* Frees without looking. */
void tcp_drop(Wire *w, Flow *f);

#endif
