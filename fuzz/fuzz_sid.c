/* SIDs, as bytes and as text, and access control lists, as a program hands them over: the first
 * byte says whom the check is for. */
#include "guest/sid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_member(void *context, const Sid *who, bool deny) {
    const uint8_t *mask = context;
    return who->bytes[who->n - 1] & *mask || deny;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    Arena a = arena_new(1 << 16);
    uint8_t mask = data[0];
    Span rest = span(data + 1, size - 1);
    AclAsker asker = {is_member, &mask, {0x120089, 0x120116, 0x1200a0, 0x1f01ff}};
    acl_granted(rest, 0x2000000, &asker);
    acl_granted(rest, 0x1f01ff, &asker);
    Sid s = sid_read(rest);
    if (s.n) sid_text(&a, &s);
    sid_parse(arena_text(&a, span_clip(rest, 0, 256)));
    arena_reset(&a);
    return 0;
}
