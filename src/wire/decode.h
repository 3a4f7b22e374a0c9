/* decode: from a packet to the IP datagrams in it, through whatever it is wrapped in: link layers,
 * tags, tunnels, fragments. */
#ifndef COAX_WIRE_DECODE_H
#define COAX_WIRE_DECODE_H

#include "wire/address.h"
#include "wire/capture.h"
#include "wire/frag.h"

enum { IP_TCP = 6, IP_UDP = 17 };

typedef struct {
    Address source, destination;
    uint8_t protocol; /* of the payload: IP_TCP, ... */
    uint8_t ttl;
    bool broken;     /* the header's checksum is wrong: nobody takes it */
    bool cut;        /* the capture has only a part of the payload */
    Span payload;    /* what the capture has of it */
    uint32_t length; /* what the header says */
} Datagram;

typedef struct {
    uint64_t frame;
    Time time;
    Frags *frags; /* NULL: fragments are not put together */
    void (*deliver)(void *context, const Datagram *d);
    /* Every IP packet, of which a fragment has a part only; may be NULL. */
    void (*seen)(void *context, const Datagram *d, bool fragment);
    void *context;
    unsigned depth;          /* of tunnels */
    uint64_t not_understood; /* packets of a link layer or network protocol that is none of ours */
} Decoder;

/* link.c: a packet by the link layer of its interface. */
void link_decode(Decoder *d, uint32_t link, Span bytes);

/* link.c: an Ethernet frame, and what an EtherType names. */
void ethernet_decode(Decoder *d, Span frame);
void ethertype_decode(Decoder *d, uint16_t type, Span bytes);

/* ip.c: IPv4 or IPv6, by the version in its first byte. */
void ip_decode(Decoder *d, Span packet);

/* tunnel.c: GRE and VXLAN. False where it is none and the datagram is to be delivered as it is. */
bool tunnel_decode(Decoder *d, const Datagram *datagram);

/* ip.c: the Internet checksum's sum over bytes, to be folded; `sum` goes on from another part. */
uint64_t ip_sum(uint64_t sum, Span bytes);
uint16_t ip_fold(uint64_t sum);

/* The sum of the pseudo header of TCP and UDP (RFC 9293 3.1, RFC 8200 8.1). */
uint64_t ip_pseudo_sum(const Datagram *d);

#endif
