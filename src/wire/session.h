/* session: what is spoken over a stream. A session is one reading of one TCP stream: where readings
 * differ, the session is cloned, and each clone goes on with its own bytes. */
#ifndef COAX_WIRE_SESSION_H
#define COAX_WIRE_SESSION_H

#include "wire/internal.h"

typedef struct Session Session;

/* A protocol over TCP. Its state is one block of memory that it allocates and clones itself. */
typedef struct {
    const char *name;
    bool (*open)(Session *s);
    void (*close)(Session *s);
    bool (*clone)(Session *to, const Session *from);
    void (*data)(Session *s, unsigned from, Span bytes);
    void (*gap)(Session *s, unsigned from, uint32_t bytes);
    /* Bytes from here on that it will not look at. */
    uint64_t (*unwanted)(const Session *s, unsigned from);
} App;

enum { SESSION_PREFIX = 32 };

struct Session {
    Wire *wire;
    Flow *flow;
    const App *app; /* NULL: not known yet, or none of ours */
    void *state;
    bool decided;
    bool client_known; /* by what is said; else it is a guess */
    unsigned client;   /* which end of the flow asks */
    Clues *clues;      /* detect.h; NULL until there is one */
    bool muted;        /* another reading tells the events */
    bool holes;        /* bytes are missing before: what is not seen may have been said */
    bool midstream;    /* the same for the beginning */
    uint64_t frame;    /* of the bytes at hand */
    Time time;
    uint8_t prefix[2][SESSION_PREFIX]; /* until it is decided */
    uint8_t prefix_n[2];
};

/* NULL where memory is short. */
Session *session_new(Wire *w, Flow *f, bool midstream);
Session *session_clone(const Session *s);
void session_free(Session *s);

void session_data(Session *s, unsigned from, Span bytes, uint64_t frame, Time time);
void session_gap(Session *s, unsigned from, uint32_t bytes);
uint64_t session_unwanted(const Session *s, unsigned from);

/* Who asks is the client, whatever the handshake looked like. */
void session_learn_client(Session *s, unsigned from, bool reply);

/* How many bytes of an SMB message tell how much of it is wanted. */
enum { SMB_HEAD = 128 };

/* Of a session that speaks SMB (nbss.c). */
typedef struct Smb1 Smb1;
Smb1 *smb_of(Session *s);

/* UDP. */
void session_datagram(Wire *w, Flow *f, unsigned from, Span bytes);

#endif
