/* Capture: what goes through the network adapter, as Ethernet frames for `--pcap`. Connections
 * within the computer do not pass an adapter. Without `capture` in the configuration nothing
 * happens here. */
#ifndef COAX_GUEST_INET_CAPTURE_H
#define COAX_GUEST_INET_CAPTURE_H

#include "guest/inet/inet.h"

/* A TCP connection as the wire sees it; side 0 is the guest. */
typedef struct Flow Flow;
struct Flow {
    Address end[2];
    uint32_t next[2]; /* sequence numbers */
    bool ended[2];
};

bool capture_wanted(const Machine *m);

void capture_udp(Machine *m, const Address *from, const Address *to, Span bytes);
/* `type`: 8 a request, 0 an answer. */
void capture_icmp(Machine *m, const Address *from, const Address *to, uint8_t type, uint16_t number,
                  Span bytes);

/* The first packet; NULL: nothing is captured. Free it with free(). */
Flow *capture_connect(Machine *m, const Address *guest, const Address *peer);
void capture_connected(Machine *m, Flow *f);
void capture_refused(Machine *m, Flow *f);
/* Bytes that a side sends; the guest acknowledges at once what it gets. */
void capture_bytes(Machine *m, Flow *f, unsigned side, Span bytes);
/* The peer acknowledges what the guest sent. */
void capture_acknowledged(Machine *m, Flow *f);
void capture_end(Machine *m, Flow *f, unsigned side, bool reset);

#endif
