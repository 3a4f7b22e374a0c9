/* wire: packets in, nouns out: events of the common vocabulary, findings about exploits, hosts. It
 * reads no file and opens no socket; whoever calls it hands it packets in the order of the capture.
 *
 *     capture   packets out of a file            link, ip, frag, tunnel   datagrams out of packets
 *     flow      who talks to whom                tcp, overlap             streams, in every reading
 *     session   what is spoken: smb1, smb2, dcerpc, dns, http, tls, stratum
 *     detect    which exploit, how far it came; host: what is known of whom
 */
#ifndef COAX_WIRE_WIRE_H
#define COAX_WIRE_WIRE_H

#include "model/sink.h"
#include "wire/capture.h"

typedef struct Wire Wire;

typedef struct {
    Sink *sink;
    uint32_t artifact; /* the capture's id, on every noun */
    size_t memory;     /* for the state of flows and sessions; 0 = WIRE_MEMORY */
    uint32_t flows;    /* at a time; 0 = WIRE_FLOWS */
    int reading; /* a Reading (overlap.h) that alone is to be inspected; -1 = all that differ */
    bool live;   /* tell findings soon after they were made, not at the end */
} WireOptions;

enum { WIRE_MEMORY = 30 << 20, WIRE_FLOWS = 1 << 17 };

/* What was seen, and what was given up to stay in bounds. */
typedef struct {
    uint64_t packets, bytes, cut; /* cut: by the capture's snap length */
    uint64_t flows, half_open;
    uint64_t not_understood;
    uint64_t bad_checksums;
    uint64_t conflicts;       /* places where readings of a stream differed */
    uint64_t gaps, gap_bytes; /* the capture lacks bytes that were acknowledged */
    uint64_t flows_dropped;   /* state of flows given up for want of room */
    uint64_t streams_dropped; /* contents of flows not inspected for want of memory */
    uint64_t fragments_dropped;
    uint64_t findings;
    size_t memory; /* most that was in use */
} WireCounters;

/* NULL where memory is short. */
Wire *wire_open(const WireOptions *options);

void wire_packet(Wire *w, const Packet *p);

/* Time passes without packets: what is ready is told, what is old is forgotten. For live captures. */
void wire_idle(Wire *w, Time now);

/* Ends every flow and tells what is left to tell. Once. */
void wire_finish(Wire *w);

WireCounters wire_counters(const Wire *w);
void wire_close(Wire *w);

#endif
