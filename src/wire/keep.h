/* keep: the packets of findings, for a capture file of their own: what went between an attacker and
 * its victim, from and to the port that was attacked.
 *
 * A file is read a second time for them, once all findings are known (keep_wants). What comes but
 * once is kept for a while: packets go into a ring, and leave it for the sink when a finding is
 * told that they belong to; later ones go to the sink at once (keep_packet). */
#ifndef COAX_WIRE_KEEP_H
#define COAX_WIRE_KEEP_H

#include "wire/wire.h"

typedef struct Keep Keep;

/* `ring`: bytes of recent packets that are kept; 0 where the capture is read again. NULL where
 * memory is short. */
Keep *keep_open(Wire *w, size_t ring);
void keep_close(Keep *k);

/* Whether a packet belongs to a finding that was told. */
bool keep_wants(Keep *k, const Packet *p);

/* After wire_packet. */
void keep_packet(Keep *k, const Packet *p);

/* After wire_finish. */
void keep_finish(Keep *k);

#endif
