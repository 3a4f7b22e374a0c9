/* ms17: what the detectors of the MS17-010 family have in common. */
#ifndef COAX_WIRE_DETECT_MS17_H
#define COAX_WIRE_DETECT_MS17_H

#include "wire/session.h"
#include "wire/smb1.h"

#define MS17_SIGHTS                                                                                \
    (WANTS(SIGHT_SECONDARY) | WANTS(SIGHT_ANSWER) | WANTS(SIGHT_RAW_WRITE) | WANTS(SIGHT_TRANS) | \
     WANTS(SIGHT_RPC))

/* Raises the attack once, takes the session's clues in as stages and frames, and says on the host
 * line what a won leak or a hijacked call proves. NULL where there are too many attacks. */
Attack *ms17_raise(Session *s, const Detector *d, const Clues *c);

#endif
