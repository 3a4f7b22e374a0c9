/* wiretap: the worker that reads packets: a jailed fork of coax, one for each capture. What it
 * reads from is opened before it locks itself in: a file or a pipe by coax, an interface by the
 * worker. */
#ifndef COAX_ENGINE_WIRETAP_H
#define COAX_ENGINE_WIRETAP_H

#include "engine/peer.h"

typedef struct {
    int fd;                /* of a file or a pipe; -1 for an interface */
    bool pipe;             /* it comes but once, and waits */
    uint64_t size;         /* of a file */
    const char *interface; /* or NULL */
    const char *filter;    /* pcap-filter(7), or NULL */
    bool packets;          /* those of findings as well (Sink.packet) */
} WiretapJob;

enum { WIRETAP_MESSAGE = 512 };

/* Whether the filter is one and the interface can be opened; else false with a sentence. */
bool wiretap_check(const char *interface, const char *filter, char message[WIRETAP_MESSAGE]);

/* Starts it: the nouns come as frames, with artifact 1 for the capture. On failure errno says why.
 */
Status wiretap_start(Peer *p, const WiretapJob *job);

/* Asks it to end with what it has. */
void wiretap_end(Peer *p);

#endif
