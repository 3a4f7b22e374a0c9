#include "guest/sid.h"
#include <stdlib.h>

enum { ACL_REVISION = 2, ACE_ALLOWED = 0, ACE_DENIED = 1, ACE_INHERIT_ONLY = 8 };
#define MAXIMUM_ALLOWED 0x2000000u

static void put_u32(uint8_t *p, uint32_t v) {
    for (unsigned i = 0; i < 4; i++) p[i] = (uint8_t)(v >> 8 * i);
}

static bool read_part(const char **text, uint64_t most, uint64_t *out) {
    char *end;
    if (**text < '0' || **text > '9') return false;
    *out = strtoull(*text, &end, 0);
    *text = end;
    return *out <= most;
}

Sid sid_parse(const char *text) {
    Sid s = {.n = 8};
    uint64_t part;
    if (strncmp(text, "S-1-", 4) != 0) return (Sid){0};
    text += 4;
    if (!read_part(&text, (UINT64_C(1) << 48) - 1, &part)) return (Sid){0};
    s.bytes[0] = 1;
    for (unsigned i = 0; i < 6; i++) s.bytes[2 + i] = (uint8_t)(part >> 8 * (5 - i));
    while (*text == '-' && s.bytes[1] < SID_MOST_PARTS) {
        text++;
        if (!read_part(&text, UINT32_MAX, &part)) return (Sid){0};
        put_u32(s.bytes + s.n, (uint32_t)part);
        s.n = (uint8_t)(s.n + 4);
        s.bytes[1]++;
    }
    return *text ? (Sid){0} : s;
}

Sid sid_read(Span bytes) {
    Sid s = {0};
    if (bytes.n < 8 || bytes.p[0] != 1 || bytes.p[1] > SID_MOST_PARTS) return s;
    size_t n = 8 + 4u * bytes.p[1];
    if (n > bytes.n) return s;
    memcpy(s.bytes, bytes.p, n);
    s.n = (uint8_t)n;
    return s;
}

Sid sid_sibling(const Sid *s, uint32_t last) {
    Sid other = *s;
    if (other.n > 8) put_u32(other.bytes + other.n - 4, last);
    return other;
}

char *sid_text(Arena *a, const Sid *s) {
    Cur c = cur(sid_span(s));
    cur_skip(&c, 2);
    char *text = arena_printf(a, "S-1-%llu", (unsigned long long)cur_be(&c, 6));
    while (text && cur_left(&c)) text = arena_printf(a, "%s-%u", text, cur_u32le(&c));
    return text;
}

/* ---- lists ---- */

size_t acl_begin(Buf *out) {
    size_t begin = out->n;
    buf_le(out, ACL_REVISION, 2);
    buf_le(out, 0, 2);
    buf_le(out, 0, 4);
    return begin;
}

void acl_allow(Buf *out, const Sid *who, uint32_t access, uint8_t flags) {
    buf_le(out, ACE_ALLOWED, 1);
    buf_le(out, flags, 1);
    buf_le(out, 8u + who->n, 2);
    buf_le(out, access, 4);
    buf_add(out, sid_span(who));
}

void acl_end(Buf *out, size_t begin, uint16_t count) {
    if (out->full) return;
    size_t n = out->n - begin;
    out->p[begin + 2] = (uint8_t)n;
    out->p[begin + 3] = (uint8_t)(n >> 8);
    out->p[begin + 4] = (uint8_t)count;
    out->p[begin + 5] = (uint8_t)(count >> 8);
}

void sd_write(Buf *out, Span owner, Span group, Span dacl) {
    enum { HEAD = 20, SELF_RELATIVE = 0x8000, DACL_PRESENT = 4 };
    uint32_t at = HEAD;
    const Span parts[] = {owner, group, {0}, dacl};
    buf_le(out, 1, 2);
    buf_le(out, SELF_RELATIVE | (dacl.n ? DACL_PRESENT : 0), 2);
    for (size_t i = 0; i < 4; i++) {
        buf_le(out, parts[i].n ? at : 0, 4);
        at += (uint32_t)parts[i].n;
    }
    buf_add(out, owner);
    buf_add(out, group);
    buf_add(out, dacl);
}

/* ---- access checks (MS-DTYP 2.5.3.2) ---- */

typedef struct {
    uint32_t left, granted, denied; /* of what was asked */
    bool all;                       /* MAXIMUM_ALLOWED */
} Check;

/* GENERIC_READ is the highest bit, GENERIC_ALL the fourth. */
static uint32_t map_generic(uint32_t mask, const uint32_t generic[4]) {
    for (unsigned i = 0; i < 4; i++)
        if (mask >> (31 - i) & 1) mask |= generic[i];
    return mask & 0x0fffffff;
}

static void apply(Check *k, uint8_t type, uint32_t mask) {
    if (type == ACE_ALLOWED) {
        k->granted |= mask & ~k->denied;
        k->left &= ~(mask & ~k->denied);
    } else {
        k->denied |= mask & ~k->granted;
    }
}

uint32_t acl_granted(Span dacl, uint32_t asked, const AclAsker *asker) {
    Check k = {.left = asked & ~MAXIMUM_ALLOWED, .all = asked & MAXIMUM_ALLOWED};
    Cur c = cur(dacl);
    cur_skip(&c, 4);
    uint16_t count = cur_u16le(&c);
    cur_skip(&c, 2);
    for (unsigned i = 0; i < count && !c.bad; i++) {
        uint8_t type = cur_u8(&c), flags = cur_u8(&c);
        uint16_t size = cur_u16le(&c);
        if (size < 8) break;
        uint32_t mask = cur_u32le(&c);
        Sid who = sid_read(cur_take(&c, size - 8u));
        if (flags & ACE_INHERIT_ONLY || type > ACE_DENIED || !who.n) continue;
        if (asker->is_member(asker->context, &who, type == ACE_DENIED))
            apply(&k, type, map_generic(mask, asker->generic));
    }
    if (k.all) return k.left ? 0 : k.granted;
    return k.left ? 0 : asked;
}
