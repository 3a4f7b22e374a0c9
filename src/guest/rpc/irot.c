/* Irot: the running object table (wine/irot.idl). */
#include "guest/process.h"
#include "guest/rpc/ndr.h"
#include "guest/rpc/published.h"
#include "guest/rpc/rpc.h"

#define S_FALSE                       1u
#define MK_S_MONIKERALREADYREGISTERED 0x000401e7u
#define MK_E_UNAVAILABLE              0x800401e3u
#define E_OUTOFMEMORY                 0x8007000eu

static RpcOutcome answer(RpcCall *c, uint32_t result) {
    ndr_put_u32(&c->out, result);
    return RPC_ANSWERED;
}

/* comparison data, object, moniker, time, flags; *cookie, *context */
static RpcOutcome enter(RpcCall *c) {
    Span key = ndr_counted(&c->in), object = ndr_counted(&c->in), moniker = ndr_counted(&c->in);
    ndr_u32(&c->in);
    ndr_u32(&c->in);
    ndr_u32(&c->in);
    if (c->in.bad) return RPC_ANSWERED;
    bool old = published_find(c->machine, PUBLISHED_OBJECT, key);
    uint32_t cookie = published_add(c->machine, PUBLISHED_OBJECT, c->thread->process->id, false,
                                    key, object, moniker);
    ndr_put_u32(&c->out, cookie);
    ndr_put_handle(&c->out, cookie);
    return answer(c, !cookie ? E_OUTOFMEMORY : old ? MK_S_MONIKERALREADYREGISTERED : 0);
}

/* cookie, *context; **object, **moniker, which nobody needs any more */
static RpcOutcome revoke(RpcCall *c) {
    published_remove(c->machine, ndr_u32(&c->in));
    ndr_put_handle(&c->out, 0);
    ndr_put_pointer(&c->out, false);
    ndr_put_pointer(&c->out, false);
    return answer(c, 0);
}

static RpcOutcome is_running(RpcCall *c) {
    Span key = ndr_counted(&c->in);
    return answer(c, published_find(c->machine, PUBLISHED_OBJECT, key) ? 0 : S_FALSE);
}

/* comparison data; **object, *cookie */
static RpcOutcome get_object(RpcCall *c) {
    const Published *p = published_find(c->machine, PUBLISHED_OBJECT, ndr_counted(&c->in));
    ndr_put_pointer(&c->out, p);
    if (p) ndr_put_counted(&c->out, p->object);
    ndr_put_u32(&c->out, p ? p->cookie : 0);
    return answer(c, p ? 0 : MK_E_UNAVAILABLE);
}

static RpcOutcome note_change(RpcCall *c) {
    return answer(c, 0);
}

/* A pointer to a list of pointers, then what these point to. */
static RpcOutcome enumerate(RpcCall *c) {
    uint32_t count = 0;
    const Published *p = NULL;
    while ((p = published_next(c->machine, PUBLISHED_OBJECT, p))) count++;
    ndr_put_pointer(&c->out, true);
    ndr_put_u32(&c->out, count);
    ndr_put_u32(&c->out, count);
    for (uint32_t i = 0; i < count; i++) ndr_put_pointer(&c->out, true);
    while ((p = published_next(c->machine, PUBLISHED_OBJECT, p)))
        ndr_put_counted(&c->out, p->moniker);
    return answer(c, 0);
}

static RpcFunction *const functions[] = {enter,       revoke, is_running, get_object,
                                         note_change, NULL,   enumerate};

const RpcInterface rpc_irot = {
    .name = "IROT",
    .id = {0x54, 0xc2, 0x98, 0x7a, 0x08, 0x68, 0xcf, 0x11, 0xb7, 0x3b, 0x00, 0xaa, 0x00, 0xb6, 0x77,
           0xa8},
    .version = 0,
    .functions = functions,
    .count = sizeof functions / sizeof *functions,
};
