/* dcerpc: connection-oriented DCE/RPC (C706, MS-RPCE) over one pipe or stream: binds, fragments,
 * requests in both byte orders. */
#ifndef COAX_WIRE_DCERPC_H
#define COAX_WIRE_DCERPC_H

#include "wire/session.h"

enum { RPC_CONTEXTS = 8 };

typedef struct {
    uint8_t bytes[16]; /* as on the wire of a little-endian sender */
    uint16_t major, minor;
} RpcInterface;

struct RpcCall {
    const RpcInterface *interface; /* NULL: bound before the capture began */
    const char *service;           /* "srvsvc", or NULL */
    uint16_t operation;
    bool big_endian;
    Span stub; /* the arguments; NULL where they are encrypted */
    bool sealed, whole;
};

typedef struct Rpc Rpc;

/* Whether bytes begin as a bind does, or as a request. */
bool rpc_begins(Span bytes);

/* NULL where memory is short. */
Rpc *rpc_new(Session *s);
Rpc *rpc_clone(Session *to, const Rpc *from);
void rpc_free(Session *s, Rpc *r);

/* What a client says; what a server says is not needed. */
void rpc_data(Session *s, Rpc *r, Span bytes);
void rpc_gap(Session *s, Rpc *r);

#endif
