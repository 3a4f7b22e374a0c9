/* wiretap: the worker that reads packets: a jailed fork of coax, one for each capture. The capture
 * was opened by coax; the worker opens nothing. */
#ifndef COAX_ENGINE_WIRETAP_H
#define COAX_ENGINE_WIRETAP_H

#include "engine/peer.h"

typedef struct {
    uint64_t size; /* of the capture's file */
} WiretapJob;

/* Starts it: the nouns come as frames, with artifact 1 for the capture. On failure errno says why.
 */
Status wiretap_start(Peer *p, int fd, const WiretapJob *job);

#endif
