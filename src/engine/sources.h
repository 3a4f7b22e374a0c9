/* sources: files that evidence is held against, opened here and read by the workers, since what
 * lies in them may be as hostile as the evidence. */
#ifndef COAX_ENGINE_SOURCES_H
#define COAX_ENGINE_SOURCES_H

#include "engine/engine.h"
#include "sign/sign.h"

/* Roots, revocation lists, lists of abused certificates and catalogs. `data` is the folder of those
 * that coax ships, or NULL. On failure `message` names the file. */
Status sources_of_trust(Arena *a, const EngineTrust *trust, const char *data, SignOptions *out,
                        char message[ENGINE_MESSAGE]);

#endif
