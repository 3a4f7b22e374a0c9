/* ms08: paths of NetPathCanonicalize and NetPathCompare as CVE-2008-4250 needs them. */
#ifndef COAX_WIRE_DETECT_MS08_H
#define COAX_WIRE_DETECT_MS08_H

#include "wire/dcerpc.h"
#include "wire/session.h"

typedef struct {
    bool is_call;     /* a call that takes paths was decoded */
    bool parents;     /* a path has ".." */
    bool below_root;  /* one steps above its own beginning */
    bool compares;    /* the call is NetPathCompare */
    uint32_t longest; /* characters of the longest path */
} Ms08Paths;

Ms08Paths ms08_paths(const RpcCall *call);

/* Paths of scanners are short: they hold no code. */
enum { MS08_SHORT = 64 };

#endif
