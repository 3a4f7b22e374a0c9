/* Irpcss: where Wine's combase.dll registers the classes of local servers, and looks for them
 * (wine/irpcss.idl). */
#include "guest/process.h"
#include "guest/rpc/ndr.h"
#include "guest/rpc/published.h"
#include "guest/rpc/rpc.h"

enum { GUID_SIZE = 16 };
#define E_NOINTERFACE 0x80004002u
#define E_OUTOFMEMORY 0x8007000eu

/* It comes first, so that it is aligned. */
static Span take_guid(RpcCall *c) {
    return cur_take(&c->in, GUID_SIZE);
}

/* class, flags, object; *cookie */
static RpcOutcome register_class(RpcCall *c) {
    enum { MULTIPLE_USE = 1, MULTI_SEPARATE = 2 };
    Span class = take_guid(c);
    uint32_t flags = ndr_u32(&c->in);
    Span object = ndr_pointer(&c->in) ? ndr_counted(&c->in) : (Span){0};
    if (c->in.bad) return RPC_ANSWERED;
    uint32_t cookie =
        published_add(c->machine, PUBLISHED_CLASS, c->thread->process->id,
                      !(flags & (MULTIPLE_USE | MULTI_SEPARATE)), class, object, (Span){0});
    ndr_put_u32(&c->out, cookie);
    ndr_put_u32(&c->out, cookie ? 0 : E_OUTOFMEMORY);
    return RPC_ANSWERED;
}

static RpcOutcome revoke_class(RpcCall *c) {
    published_remove(c->machine, ndr_u32(&c->in));
    ndr_put_u32(&c->out, 0);
    return RPC_ANSWERED;
}

/* class; **object */
static RpcOutcome get_class_object(RpcCall *c) {
    Span class = take_guid(c);
    Published *p = published_find(c->machine, PUBLISHED_CLASS, class);
    ndr_put_pointer(&c->out, p);
    if (p) ndr_put_counted(&c->out, p->object);
    if (p && p->once) published_remove(c->machine, p->cookie);
    ndr_put_u32(&c->out, p ? 0 : E_NOINTERFACE);
    return RPC_ANSWERED;
}

static RpcOutcome get_thread_seq_id(RpcCall *c) {
    ndr_put_u32(&c->out, ++c->machine->published_cookie);
    ndr_put_u32(&c->out, 0);
    return RPC_ANSWERED;
}

static RpcFunction *const functions[] = {register_class, revoke_class, get_class_object,
                                         get_thread_seq_id};

const RpcInterface rpc_irpcss = {
    .name = "Irpcss",
    .id = {0x74, 0x49, 0xda, 0x85, 0xc7, 0xed, 0xff, 0x40, 0xba, 0xd4, 0x9c, 0x45, 0x25, 0xa8, 0xd0,
           0x44},
    .functions = functions,
    .count = sizeof functions / sizeof *functions,
};
