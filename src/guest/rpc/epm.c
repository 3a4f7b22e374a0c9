/* epm: the endpoint mapper (C706, appendix O): which pipe an interface is behind. Only ept_map is
 * answered, for the interfaces that are served here.
 *
 * A tower is a count of floors; a floor has a left and a right side, each with its length before
 * it. The first floor names the interface; the fourth is where its server listens. */
#include "guest/rpc/ndr.h"
#include "guest/rpc/rpc.h"

enum { GUID_SIZE = 16, FLOORS = 4, MOST_TOWER = 4096 };
#define EPT_S_NOT_REGISTERED 1753u

static const struct {
    const RpcInterface *interface;
    const char *endpoint; /* of ncalrpc */
} endpoints[] = {{&rpc_schrpc, "atsvc"}};

typedef struct {
    Span left, right;
} Floor;

static Floor take_floor(Cur *c) {
    uint16_t n = cur_u16le(c);
    Span left = cur_take(c, n);
    n = cur_u16le(c);
    return (Floor){left, cur_take(c, n)};
}

static void put_floor(Buf *b, Span left, Span right) {
    buf_le(b, left.n, 2);
    buf_add(b, left);
    buf_le(b, right.n, 2);
    buf_add(b, right);
}

static const char *endpoint_of(Span left) {
    for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++)
        if (span_equal(span_sub(left, 1, GUID_SIZE), span(endpoints[i].interface->id, GUID_SIZE)))
            return endpoints[i].endpoint;
    return NULL;
}

/* The tower with the last floor filled in; false: the interface is not here. */
static bool fill_tower(Span tower, Buf *out) {
    Cur c = cur(tower);
    uint16_t count = cur_u16le(&c);
    const char *endpoint = NULL;
    if (count < FLOORS) return false;
    buf_le(out, FLOORS, 2);
    for (unsigned i = 0; i < FLOORS && !c.bad; i++) {
        Floor f = take_floor(&c);
        if (!i) endpoint = endpoint_of(f.left);
        if (!endpoint) return false;
        bool last = i + 1 == FLOORS;
        put_floor(out, f.left, last ? span(endpoint, strlen(endpoint) + 1) : f.right);
    }
    return !c.bad && !out->full;
}

/* object, tower, *handle, most; *count, towers[], *status. Whether the pointers have referents is
 * seen by the first, the object being nil. */
static RpcOutcome map(RpcCall *c) {
    Cur peek = c->in;
    bool pointers = ndr_u32(&peek) != 0;
    if (pointers) ndr_u32(&c->in);
    cur_skip(&c->in, GUID_SIZE);
    if (pointers) ndr_u32(&c->in);
    uint32_t room = ndr_u32(&c->in), n = ndr_u32(&c->in);
    Span tower = cur_take(&c->in, room);
    ndr_handle(&c->in);
    uint32_t most = ndr_u32(&c->in);
    if (c->in.bad || n > room) return RPC_ANSWERED;
    Buf filled = buf_new(MOST_TOWER);
    bool found = fill_tower(span_sub(tower, 0, n), &filled);
    ndr_put_handle(&c->out, 0);
    ndr_put_u32(&c->out, found);
    ndr_put_u32(&c->out, most);
    ndr_put_u32(&c->out, 0);
    ndr_put_u32(&c->out, found);
    if (found && pointers) ndr_put_pointer(&c->out, true);
    if (found) ndr_put_counted(&c->out, buf_span(&filled));
    ndr_put_u32(&c->out, found ? 0 : EPT_S_NOT_REGISTERED);
    buf_free(&filled);
    return RPC_ANSWERED;
}

static RpcFunction *const functions[] = {[3] = map};

const RpcInterface rpc_epm = {
    .name = "epm",
    .id = {0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0,
           0xfa},
    .version = 3,
    .functions = functions,
    .count = sizeof functions / sizeof *functions,
};
