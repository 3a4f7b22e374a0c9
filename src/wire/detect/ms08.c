/* MS-SRVS 3.1.4.30 and 31: NetprPathCanonicalize (opnum 31: ServerName [unique], PathName,
 * OutbufLen, Prefix, PathType, Flags) and NetprPathCompare (32: ServerName [unique], PathName1,
 * PathName2, PathType, Flags). The server's own walk over "\..\" went below the beginning of its
 * buffer. */
#include "wire/detect/ms08.h"
#include "wire/ndr.h"

enum { CANONICALIZE = 31, COMPARE = 32 };

static uint16_t character(Span path, size_t i, bool big) {
    uint16_t a = path.p[2 * i], b = path.p[2 * i + 1];
    return (uint16_t)(big ? a << 8 | b : b << 8 | a);
}

static bool is_separator(uint16_t c) {
    return c == '\\' || c == '/';
}

/* How deep a name leads: "." nowhere, ".." up. */
static int step(Span path, size_t from, size_t to, bool big, bool *parent) {
    size_t n = to - from;
    bool dot = n && character(path, from, big) == '.';
    if (n == 1 && dot) return 0;
    *parent = n == 2 && dot && character(path, from + 1, big) == '.';
    return *parent ? -1 : n ? 1 : 0;
}

/* A NUL ends a path, whatever its count says. */
static void walk(Span path, bool big, Ms08Paths *out) {
    size_t n = path.n / 2, from = 0;
    int depth = 0;
    for (size_t i = 0; i <= n; i++) {
        bool end = i == n || character(path, i, big) == 0;
        if (!end && !is_separator(character(path, i, big))) continue;
        bool parent = false;
        depth += step(path, from, i, big, &parent);
        out->parents |= parent;
        out->below_root |= depth < 0;
        from = i + 1;
        if (!end) continue;
        if (i > out->longest) out->longest = (uint32_t)i;
        return;
    }
}

static bool is_server_service(const RpcCall *c) {
    return c->service && strcmp(c->service, "srvsvc") == 0 && c->interface->major == 3;
}

Ms08Paths ms08_paths(const RpcCall *c) {
    Ms08Paths out = {.compares = c->operation == COMPARE};
    if (!is_server_service(c) || c->sealed) return out;
    if (c->operation != CANONICALIZE && c->operation != COMPARE) return out;
    Ndr n = ndr(c->stub, c->big_endian);
    ndr_unique_wide(&n); /* the server's name */
    Span first = ndr_wide(&n);
    out.is_call = !n.c.bad;
    walk(first, c->big_endian, &out);
    if (!out.compares) ndr_u32(&n); /* room for the answer */
    walk(ndr_wide(&n), c->big_endian, &out);
    return out;
}
