/* Rpc: servers of Windows' own remote procedure calls, which live in processes that we do not run
 * (services.exe, the task scheduler, rpcss). Their clients are guest code that speaks DCE/RPC
 * (C706, MS-RPCE) over named pipes; here it is answered.
 *
 * An RpcConnection takes the bytes of one client and has the bytes for it. A call may have to wait:
 * it is asked again with the same stub data. */
#ifndef COAX_GUEST_RPC_RPC_H
#define COAX_GUEST_RPC_RPC_H

#include "base/buf.h"
#include "guest/machine.h"

typedef struct {
    Machine *machine;
    Thread *thread; /* the client's */
    Arena *scratch;
    Cur in;  /* stub data (ndr.h); its failure is a fault, whatever the function answers */
    Buf out; /* of the answer */
    bool again;
    uint64_t deadline; /* ask again then, at the latest; NEVER */
    uint64_t state;    /* the function's own between two questions */
} RpcCall;

typedef enum {
    RPC_ANSWERED,
    RPC_WAITS,
    RPC_NO_SUCH_FUNCTION, /* also what we do not model: named, and a fault */
} RpcOutcome;

typedef RpcOutcome RpcFunction(RpcCall *c);

typedef struct {
    const char *name;
    uint8_t id[16]; /* as on the wire */
    uint16_t version;
    RpcFunction *const *functions; /* by number; NULL: not modelled */
    size_t count;
} RpcInterface;

#define INTERFACE(name) extern const RpcInterface rpc_##name;
#include "guest/rpc/interfaces.def"
#undef INTERFACE

enum { RPC_MOST_CONTEXTS = 8, RPC_FRAGMENT = 5840, RPC_MOST_BYTES = 1 << 20 };

typedef struct {
    Buf in;                      /* fragments that are not complete */
    Buf request;                 /* stub data of the request, its fragments put together */
    Buf out;                     /* for the client */
    size_t taken, fragment_left; /* of out: what the client has; what is left of its fragment */
    struct {
        uint16_t id;
        const RpcInterface *interface;
    } contexts[RPC_MOST_CONTEXTS];
    size_t context_count;
    bool broken; /* it spoke something else */
    /* The call that waits. */
    bool pending;
    uint16_t function;
    const RpcInterface *interface;
    uint16_t context;
    uint32_t number;
    uint64_t state, deadline;
} RpcConnection;

void rpc_open(RpcConnection *c);
void rpc_close(RpcConnection *c);

/* Takes bytes of the client, and answers what they ask. */
void rpc_take(RpcConnection *c, Machine *m, Thread *t, Span bytes);
/* Asks the call that waits again. */
void rpc_poll(RpcConnection *c, Machine *m, Thread *t);

/* Bytes for the client up to the end of a fragment, as a message pipe has them. */
Span rpc_bytes(RpcConnection *c);
void rpc_taken(RpcConnection *c, size_t n);

/* The handles that svcctl gave out. */
void svcctl_close(Machine *m);

/* Whether a pipe (without \Device\NamedPipe\) is one of ours. */
bool rpc_serves(const char *pipe);

#endif
