/* Compound files: every stream of every storage. */
#include "format/cfb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { ROOM = 64 };
    Arena a = arena_new(64 << 20);
    const CfbEntry *children[ROOM];
    Cfb c;
    if (cfb_read(&a, span(data, size), &c) == ST_OK && !c.fault) {
        for (size_t i = 0; i < c.entry_count && i < ROOM; i++) {
            (void)cfb_children(&c, &c.entries[i], children, ROOM);
            Span s = cfb_stream(&a, &c, &c.entries[i]);
            if (s.n > size) __builtin_trap(); /* no stream is larger than its file */
        }
    }
    arena_reset(&a);
    return 0;
}
