/* peer: one worker process as the engine's loop sees it: its frames in both directions, its last
 * words, its clock and its death. Nothing here blocks.
 *
 *     start -> lives -> dead (the process is gone) -> drained (its last frame was taken) -> closed
 */
#ifndef COAX_ENGINE_PEER_H
#define COAX_ENGINE_PEER_H

#include "jail/frame.h"
#include "jail/jail.h"
#include <poll.h>

enum { PEER_POLLS = 3 };

typedef struct {
    Jail jail;
    FrameReader in;
    Buf out; /* frames that wait to be sent */
    size_t sent;
    Buf words;     /* the beginning of what it wrote to standard error */
    Time deadline; /* when it is killed */
    Time silence;  /* after so long without a word it is killed; 0: it may be silent */
    Time heard;    /* when its last word came */
    Time paused;   /* since when we do not read, or 0: that time is not held against it */
    uint64_t received;
    bool open;  /* between start and close */
    bool ended; /* the stream of frames has come to its end */
    bool dead;
    bool late;   /* it was killed at its deadline */
    bool silent; /* it was killed for its silence */
    JailDeath death;
} Peer;

/* On failure errno says why. */
Status peer_start(Peer *p, const JailSpawn *spawn, uint32_t ceiling);

/* A closed or zeroed one is fine. */
void peer_close(Peer *p);

/* Kills it; what it sent before can still be read. */
void peer_stop(Peer *p);

void peer_send(Peer *p, uint32_t type, Span payload);

/* Its PEER_POLLS entries for poll(2); without `reading` its frames are left where they are. */
void peer_poll(Peer *p, bool reading, struct pollfd *polls);

/* Does what poll(2) found possible, and keeps the deadline. */
void peer_handle(Peer *p, const struct pollfd *polls);

/* No more frames will come than are in `in`. */
static inline bool peer_drained(const Peer *p) {
    return !p->open || (p->dead && p->ended);
}

#endif
