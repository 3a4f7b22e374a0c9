/* Socket: what is behind a handle of \Device\Afd, and the traffic between sockets and to the peers
 * outside (inet/).
 *
 *     socket.c         life, ports, names; what is on its way
 *     socket_stream.c  connections: opening, bytes, closing
 *     afd.c            requests: one row each
 *     afd_transfer.c   receiving and sending
 *     afd_poll.c       select, events
 *     afd_option.c     options
 *
 * Connections between sockets of the machine move bytes at once. What comes from outside is on its
 * way for a while: an Arrival, which the scheduler delivers at its time (socket_advance). */
#ifndef COAX_GUEST_DEVICE_SOCKET_H
#define COAX_GUEST_DEVICE_SOCKET_H

#include "guest/file.h"
#include "guest/inet/capture.h"
#include "guest/inet/inet.h"
#include "guest/inet/peer.h"

enum { SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_RAW = 3 };
enum { PROTO_TCP = 6, PROTO_UDP = 17 };

typedef enum {
    SOCKET_RAW, /* a handle that was not made into a socket yet */
    SOCKET_UNCONNECTED,
    SOCKET_LISTENING,
    SOCKET_CONNECTING,
    SOCKET_CONNECTED,
    SOCKET_DATAGRAM
} SocketState;

/* AFD_POLL_* bits, as Wine's afd.h has them. */
enum {
    POLL_READ = 0x1,
    POLL_OOB = 0x2,
    POLL_WRITE = 0x4,
    POLL_HUP = 0x8,
    POLL_RESET = 0x10,
    POLL_CLOSE = 0x20,
    POLL_CONNECT = 0x40,
    POLL_ACCEPT = 0x80,
    POLL_CONNECT_ERR = 0x100,
    POLL_BITS = 13,
};
enum { CONNECT_ERROR = 8 }; /* the bit's number */

typedef struct Chunk Chunk;
struct Chunk {
    Chunk *next;
    Address from, to; /* of a datagram */
    size_t size, at;  /* at: bytes that were read */
    uint8_t bytes[];
};

/* Options that are kept and told, but change nothing here. */
enum { SOCKET_OPTIONS = 40 };

typedef struct Socket Socket;
struct Socket {
    File file;
    Socket *next; /* of the machine's, in order of their making */
    int32_t family, type, protocol;
    SocketState state;
    Address local, remote;
    bool bound;

    Socket *other; /* the other end in the machine; no reference: closing clears it */
    Peer *peer;    /* or outside */
    Chunk *first, *last;
    uint64_t queued;   /* bytes in them */
    uint32_t arriving; /* Arrivals for it */
    bool ended;        /* the other end sends no more */
    bool reset, read_shut, write_shut;
    bool accepted;           /* it was made by a listening socket */
    uint32_t datagram_error; /* NTSTATUS of the last one that nobody took */
    bool end_sent;           /* its end is on the way */
    Address told;            /* of a datagram socket: who was sent to last */
    uint64_t busy_until;     /* what comes from outside comes one after the other */
    uint64_t connected_at;

    Socket *waiting; /* listening: connections that wait to be accepted; references are held */
    Socket *next_waiting;
    uint32_t backlog, waiting_count;

    bool nonblocking;
    uint32_t mask, pending, reported; /* POLL_*: asked for, to be told, told */
    uint32_t errors[POLL_BITS];       /* NTSTATUS */
    Object *event;                    /* a reference is held */
    uint32_t window, message, window_handle;

    uint32_t receive_timeout, send_timeout; /* ms; 0: none */
    bool reuse, exclusive, linger, only6;
    uint32_t linger_seconds;
    uint32_t receive_buffer, send_buffer;
    struct {
        uint32_t code, size;
        uint8_t bytes[16];
    } option[SOCKET_OPTIONS];
    Flow *flow; /* the capture's view of it, or NULL */
};

extern const FileOps socket_ops;

Status sockets_open(Machine *m);
void sockets_close(Machine *m);

/* Among the machine's sockets; socket_leave may come again. */
void socket_enter(Socket *s);
void socket_leave(Socket *s);

/* The socket behind a handle, or NULL. */
Socket *socket_of_handle(Process *p, uint64_t handle);

/* Something about the socket changed: events are told, waiting requests are asked again. */
void socket_changed(Socket *s);
/* What is so now: POLL_*. */
uint32_t socket_ready(const Socket *s);

/* ---- names and ports ---- */

uint32_t socket_bind(Socket *s, const Address *a);
/* To a free port of any address. */
uint32_t socket_bind_any(Socket *s);
/* The socket that takes what is sent to this local address. */
Socket *socket_at(Machine *m, int32_t type, const Address *a, bool listening);

/* ---- connections ---- */

/* STATUS_SUCCESS: it is connected; STATUS_PENDING: it is on its way. */
uint32_t socket_connect(Socket *s, Thread *t, const Address *to);
/* A connection that waits, taken off the queue with its reference; NULL: there is none. */
Socket *socket_accept(Socket *s);
/* Moves a connection that was accepted into a socket that has none. */
void socket_take_over(Socket *s, Socket *from);

/* Bytes that the other end has room for; SIZE_MAX outside. */
size_t socket_room(const Socket *s);
uint32_t socket_send(Socket *s, Thread *t, Span bytes);
uint32_t socket_send_to(Socket *s, Thread *t, const Address *to, Span bytes);
void socket_shut_write(Socket *s);
/* Its last handle was closed. */
void socket_disconnect(Socket *s);

bool chunk_push(Socket *s, Span bytes, const Address *from);
void chunk_drop_first(Socket *s);

/* ---- what is on its way ---- */

typedef enum {
    ARRIVE_CONNECTED,
    ARRIVE_FAILED, /* with a status */
    ARRIVE_BYTES,
    ARRIVE_END,
    ARRIVE_NOTHING, /* but that what was sent was received */
    ARRIVE_DATAGRAM
} ArriveKind;

/* Holds the socket and takes the chunk over. */
void arrive(Socket *s, uint64_t when, ArriveKind kind, uint32_t status, Chunk *bytes);
void arrivals_forget(Socket *s);
Chunk *chunk_new(Span bytes, const Address *from);

/* Delivers what has arrived by now; when the next arrives (NEVER: nothing is on its way). */
void sockets_advance(Machine *m);
uint64_t sockets_next(const Machine *m);

/* Counts traffic against the budget; false where it is used up, and the machine ends. */
bool sockets_spend(Machine *m, uint64_t bytes);

struct Net {
    Socket *sockets;
    struct Arrival *arrivals, *last_arrival;
    uint32_t count; /* sockets open */
    uint64_t bytes; /* moved so far */
    uint16_t next_port;
};

#endif
