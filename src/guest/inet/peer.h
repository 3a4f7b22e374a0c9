/* Peer: whoever is at the other end of a TCP connection that leaves the computer. It is given what
 * the guest sent and leaves what it answers in `out`.
 *
 * A kind of peer is chosen by the port where its protocol lets the server speak first, and else by
 * what the client says first. */
#ifndef COAX_GUEST_INET_PEER_H
#define COAX_GUEST_INET_PEER_H

#include "base/buf.h"
#include "guest/inet/inet.h"

typedef struct Peer Peer;

typedef struct {
    const char *name;
    /* The server's first words; NULL: it waits. */
    void (*greet)(Peer *p);
    /* Bytes were added to p->in: consumes what it understood with peer_used. */
    void (*take)(Peer *p);
} PeerKind;

struct Peer {
    Machine *machine;
    Thread *thread; /* of the call that is going on */
    Address at;
    char host[INET_LONGEST_NAME + 1]; /* as it was resolved, or "" */
    const PeerKind *kind;             /* NULL: not known yet */
    bool secure;                      /* inside TLS */
    Buf in, out;
    bool done; /* it closes the connection once `out` was sent */
    unsigned step;
    Peer *inner; /* TLS: the one that is spoken to */
    void *state; /* the kind's own, freed with the peer */
};

/* NULL: no memory. */
Peer *peer_new(Machine *m, Thread *t, const Address *at, const char *host);
void peer_take(Peer *p, Thread *t, Span bytes);
void peer_free(Peer *p);

/* For the kinds: `n` bytes of p->in were understood. */
void peer_used(Peer *p, size_t n);

extern const PeerKind peer_http, peer_line, peer_tls;

/* Whether the port is one where peer_line speaks. */
bool peer_speaks_lines(const Peer *p);

/* The answer to a datagram that leaves the computer, appended to `out`; nothing: there is none. */
void peer_datagram(Machine *m, Thread *t, const Address *to, Span bytes, Buf *out);

#endif
