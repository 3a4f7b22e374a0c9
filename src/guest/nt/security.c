/* Security descriptors: access checks, and what objects say of their owners (MS-DTYP 2.4.6).
 *
 * Limits: descriptors that a program sets are accepted and forgotten; every object answers with the
 * one that Windows gives its kind by default. */
#include "guest/sys.h"
#include "guest/token.h"

enum { SELF_RELATIVE = 0x8000, DACL_PRESENT = 4, MOST_ACL = 0x10000 };

typedef struct {
    uint16_t control;
    uint64_t owner, group, dacl; /* addresses, 0 where absent */
} Descriptor;

static bool read_descriptor(Sys *s, uint64_t address, Descriptor *out) {
    Fields f = fields(s->process, address);
    get_u16(&f);
    out->control = get_u16(&f);
    uint64_t part[4];
    for (int i = 0; i < 4; i++) {
        if (out->control & SELF_RELATIVE) {
            uint32_t offset = get_u32(&f);
            part[i] = offset ? address + offset : 0;
        } else {
            part[i] = get_pointer(&f);
        }
    }
    out->owner = part[0];
    out->group = part[1];
    out->dacl = out->control & DACL_PRESENT ? part[3] : 0;
    return !f.bad;
}

static bool read_acl(Sys *s, uint64_t address, Span *out) {
    Fields f = fields(s->process, address);
    get_u16(&f);
    uint16_t size = get_u16(&f);
    uint8_t *bytes = arena_alloc(s->scratch, size);
    if (f.bad || !bytes || !guest_read(s->process, address, bytes, size)) return false;
    *out = span(bytes, size);
    return true;
}

static bool has(void *context, const Sid *who, bool deny) {
    return token_has(context, who, deny);
}

/* GENERIC_MAPPING: read, write, execute, all. */
static bool read_mapping(Sys *s, uint64_t address, AclAsker *out) {
    Fields f = fields(s->process, address);
    for (int i = 0; i < 4; i++) out->generic[i] = get_u32(&f);
    return !f.bad;
}

/* Without a DACL everything is allowed. */
static uint32_t granted_by(Sys *s, const Descriptor *d, uint32_t asked, const AclAsker *asker,
                           uint32_t *granted) {
    enum { MAXIMUM_ALLOWED = 0x2000000 };
    Span dacl;
    if (!d->dacl) {
        *granted = asked & MAXIMUM_ALLOWED ? asker->generic[3] : asked;
        return STATUS_SUCCESS;
    }
    if (!read_acl(s, d->dacl, &dacl)) return STATUS_ACCESS_VIOLATION;
    *granted = acl_granted(dacl, asked, asker);
    return STATUS_SUCCESS;
}

/* An empty PRIVILEGE_SET: no privilege was needed. */
static uint32_t put_privilege_set(Sys *s, uint64_t address, uint64_t size_at) {
    enum { SIZE = 20 };
    uint32_t room;
    if (!address || !guest_get_u32(s->process, size_at, &room)) return STATUS_ACCESS_VIOLATION;
    guest_put_u32(s->process, size_at, SIZE);
    if (room < SIZE) return STATUS_BUFFER_TOO_SMALL;
    Fields f = fields(s->process, address);
    for (int i = 0; i < SIZE / 4; i++) put_u32(&f, 0);
    return f.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* descriptor, token, access, mapping, PRIVILEGE_SET, its size, *granted, *status */
static uint64_t nt_access_check(Sys *s) {
    const uint32_t generic = 0xf0000000u;
    Token *t;
    Descriptor d;
    uint32_t asked = (uint32_t)s->arg[2], granted,
             status = token_of_handle(s->thread, s->arg[1], &t);
    if (status) return status;
    AclAsker asker = {.is_member = has, .context = t};
    if (t->primary) return STATUS_NO_IMPERSONATION_TOKEN;
    if (!read_descriptor(s, s->arg[0], &d) || !read_mapping(s, s->arg[3], &asker))
        return STATUS_ACCESS_VIOLATION;
    if (!d.owner || !d.group) return STATUS_INVALID_SECURITY_DESCR;
    if (asked & generic) return STATUS_GENERIC_NOT_MAPPED;
    status = granted_by(s, &d, asked, &asker, &granted);
    if (!status) status = put_privilege_set(s, s->arg[4], s->arg[5]);
    if (status) return status;
    bool good =
        guest_put_u32(s->process, s->arg[6], granted) &&
        guest_put_u32(s->process, s->arg[7], granted ? STATUS_SUCCESS : STATUS_ACCESS_DENIED);
    return good ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* ---- objects' descriptors ---- */

/* Any handle, the pseudo handles included. */
static uint32_t known_object(Sys *s, uint64_t handle) {
    Object *o;
    if ((int32_t)handle < 0 && (int32_t)handle >= -6) return STATUS_SUCCESS;
    return handle_object(s->process, handle, NULL, &o);
}

static Span default_dacl(Buf *out, const Token *t) {
    enum { ALL = 0x1f01ff, READ = 0x1200a9 };
    Sid system = sid_parse("S-1-5-18"), admins = sid_parse("S-1-5-32-544"),
        users = sid_parse("S-1-5-32-545");
    size_t begin = acl_begin(out);
    acl_allow(out, &system, ALL, 0);
    acl_allow(out, &admins, ALL, 0);
    acl_allow(out, &t->user, ALL, 0);
    acl_allow(out, &users, READ, 0);
    acl_end(out, begin, 4);
    return span_clip(buf_span(out), begin, out->n);
}

/* handle, which parts, buffer, its size, *needed */
static uint64_t nt_query_security_object(Sys *s) {
    uint32_t parts = (uint32_t)s->arg[1], status = known_object(s, s->arg[0]);
    const Token *t = token_of_thread(s->thread);
    if (status) return status;
    if (!t) return STATUS_NO_MEMORY;
    Buf acl = buf_new(1 << 10), out = buf_new(1 << 11);
    sd_write(&out, parts & SD_OWNER ? sid_span(&t->owner) : (Span){0},
             parts & SD_GROUP ? sid_span(&t->group) : (Span){0},
             parts & SD_DACL ? default_dacl(&acl, t) : (Span){0});
    status = STATUS_SUCCESS;
    if (!guest_put_u32(s->process, s->arg[4], (uint32_t)out.n)) status = STATUS_ACCESS_VIOLATION;
    else if (out.n > (uint32_t)s->arg[3]) status = STATUS_BUFFER_TOO_SMALL;
    else if (!guest_write(s->process, s->arg[2], out.p, out.n)) status = STATUS_ACCESS_VIOLATION;
    buf_free(&acl);
    buf_free(&out);
    return status;
}

static uint64_t nt_set_security_object(Sys *s) {
    Descriptor d;
    uint32_t status = known_object(s, s->arg[0]);
    if (status) return status;
    return read_descriptor(s, s->arg[2], &d) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

const SysRow nt_security_rows[] = {
    {"NtAccessCheck", 8, nt_access_check},
    {"NtQuerySecurityObject", 5, nt_query_security_object},
    {"NtSetSecurityObject", 3, nt_set_security_object},
    {NULL, 0, NULL},
};
