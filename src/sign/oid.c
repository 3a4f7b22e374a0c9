#include "sign/oid.h"
#include <inttypes.h>
#include <stdio.h>

Oid oid_of(Span body) {
    static const struct {
        const char *bytes;
        size_t n;
    } all[OID_COUNT] = {
#define OID(name, dotted, bytes) [OID_##name] = {bytes, sizeof bytes - 1},
#include "sign/oids.def"
    };
    for (unsigned i = OID_UNKNOWN + 1; i < OID_COUNT; i++)
        if (span_equal(body, span(all[i].bytes, all[i].n))) return (Oid)i;
    return OID_UNKNOWN;
}

const char *oid_text(Arena *a, Span body) {
    char text[256];
    size_t n = 0;
    uint64_t arc = 0;
    for (size_t i = 0; i < body.n && n < sizeof text - 48; i++) {
        arc = arc << 7 | (body.p[i] & 0x7f);
        if (body.p[i] & 0x80) continue;
        uint64_t first = arc < 80 ? arc / 40 : 2;
        if (!n)
            n += (size_t)snprintf(text, sizeof text, "%" PRIu64 ".%" PRIu64, first,
                                  arc - first * 40);
        else n += (size_t)snprintf(text + n, sizeof text - n, ".%" PRIu64, arc);
        arc = 0;
    }
    return arena_text(a, span(text, n));
}
