/* Sid: security identifiers, access control lists and descriptors, as their bytes
 * (MS-DTYP 2.4.2, 2.4.5, 2.4.6). */
#ifndef COAX_GUEST_SID_H
#define COAX_GUEST_SID_H

#include "base/arena.h"
#include "base/buf.h"

enum { SID_MOST_PARTS = 15, SID_MOST_BYTES = 8 + 4 * SID_MOST_PARTS };

typedef struct {
    uint8_t bytes[SID_MOST_BYTES];
    uint8_t n; /* 0: none */
} Sid;

/* From "S-1-5-21-1-2-3-1001"; empty where it is none. */
Sid sid_parse(const char *text);
/* From bytes; empty where they are none. */
Sid sid_read(Span bytes);
/* The SID of the same authority with another last part. */
Sid sid_sibling(const Sid *s, uint32_t last);
/* "S-1-...", NULL when the arena is full. */
char *sid_text(Arena *a, const Sid *s);

static inline Span sid_span(const Sid *s) {
    return span(s->bytes, s->n);
}
static inline bool sid_equal(const Sid *a, const Sid *b) {
    return span_equal(sid_span(a), sid_span(b));
}

/* Appends an ACCESS_ALLOWED_ACE; an ACL is begun and ended around them. */
size_t acl_begin(Buf *out);
void acl_allow(Buf *out, const Sid *who, uint32_t access, uint8_t flags);
void acl_end(Buf *out, size_t begin, uint16_t count);

enum { SD_OWNER = 1, SD_GROUP = 2, SD_DACL = 4, SD_SACL = 8, SD_LABEL = 16 };

/* Appends a self-relative security descriptor; absent parts are empty spans. */
void sd_write(Buf *out, Span owner, Span group, Span dacl);

/* What an access check asks of a DACL: is `who` one of us? */
typedef struct {
    bool (*is_member)(void *context, const Sid *who, bool deny);
    void *context;
    uint32_t generic[4]; /* what GENERIC_READ, _WRITE, _EXECUTE and _ALL mean (GENERIC_MAPPING) */
} AclAsker;

/* The access that a DACL grants out of `asked`; MAXIMUM_ALLOWED (2000000h) asks for all. An ACL
 * that is no ACL grants nothing. */
uint32_t acl_granted(Span dacl, uint32_t asked, const AclAsker *asker);

#endif
