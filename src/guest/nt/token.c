/* Tokens: opening, asking, adjusting, duplicating. Layouts are winnt.h's TOKEN_xxx. */
#include "guest/token.h"
#include "guest/ask.h"
#include "guest/sys.h"

enum {
    PRIVILEGE_ENABLED_FIRST = 1,
    PRIVILEGE_ENABLED = 2,
    PRIVILEGE_REMOVED = 4,
    TOKEN_ALL_ACCESS = 0xf01ff,
    MAXIMUM_ALLOWED = 0x2000000,
    MOST_ENTRIES = 256,
};

/* ---- opening ---- */

static uint32_t token_access(uint64_t asked) {
    uint32_t access = (uint32_t)asked;
    return access & 0xf2000000u ? TOKEN_ALL_ACCESS : access;
}

static uint64_t return_token(Sys *s, Token *t, uint64_t access, uint32_t attributes, unsigned at) {
    if (!t) return STATUS_NO_MEMORY;
    return sys_return_handle(s, s->arg[at], &t->object, token_access(access), attributes);
}

static uint64_t open_process_token(Sys *s, uint32_t attributes, unsigned at) {
    Process *p;
    uint32_t status = handle_process(s->thread, s->arg[0], &p);
    if (status) return status;
    Token *t = token_of_process(p);
    if (t) object_hold(&t->object);
    return return_token(s, t, s->arg[1], attributes, at);
}

static uint64_t nt_open_process_token(Sys *s) {
    return open_process_token(s, 0, 2);
}
static uint64_t nt_open_process_token_ex(Sys *s) {
    return open_process_token(s, (uint32_t)s->arg[2], 3);
}

static uint64_t open_thread_token(Sys *s, uint32_t attributes, unsigned at) {
    Thread *t;
    uint32_t status = handle_thread(s->thread, s->arg[0], &t);
    if (status) return status;
    if (!t->impersonation) return STATUS_NO_TOKEN;
    object_hold(t->impersonation);
    return return_token(s, (Token *)t->impersonation, s->arg[1], attributes, at);
}

static uint64_t nt_open_thread_token(Sys *s) {
    return open_thread_token(s, 0, 3);
}
static uint64_t nt_open_thread_token_ex(Sys *s) {
    return open_thread_token(s, (uint32_t)s->arg[3], 4);
}

/* ---- asking ---- */

/* The answer of a query: first the size, then, where that fits, the bytes. */
typedef struct {
    Sys *s;
    Token *token;
    uint64_t buffer, room, needed_at;
} Query;

static unsigned pointer(const Query *q) {
    return q->s->process->pointer;
}

/* Tells the size that is needed; true where there is room. */
static bool fits(Query *q, uint64_t size) {
    if (q->needed_at) guest_put_u32(q->s->process, q->needed_at, (uint32_t)size);
    return size <= q->room;
}

static uint32_t finish(const Fields *f) {
    return f->bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

static uint32_t answer_u32(Query *q, uint32_t v) {
    if (!fits(q, 4)) return STATUS_BUFFER_TOO_SMALL;
    Fields f = fields(q->s->process, q->buffer);
    put_u32(&f, v);
    return finish(&f);
}

static uint32_t answer_pointer(Query *q, uint64_t v) {
    if (!fits(q, pointer(q))) return STATUS_BUFFER_TOO_SMALL;
    Fields f = fields(q->s->process, q->buffer);
    put_pointer(&f, v);
    return finish(&f);
}

/* A pointer to bytes that follow it. */
static uint32_t answer_bytes(Query *q, Span bytes) {
    uint64_t head = pointer(q);
    if (!fits(q, head + bytes.n)) return STATUS_BUFFER_TOO_SMALL;
    Fields f = fields(q->s->process, q->buffer);
    put_pointer(&f, q->buffer + head);
    put_bytes(&f, bytes);
    return finish(&f);
}

/* SID_AND_ATTRIBUTES with the SID behind it. */
static uint32_t answer_sid(Query *q, const Sid *sid, uint32_t attributes) {
    uint64_t head = 2 * pointer(q);
    if (!fits(q, head + sid->n)) return STATUS_BUFFER_TOO_SMALL;
    Fields f = fields(q->s->process, q->buffer);
    put_pointer(&f, q->buffer + head);
    put_u32(&f, attributes);
    fields_align(&f, pointer(q));
    put_bytes(&f, sid_span(sid));
    return finish(&f);
}

/* TOKEN_GROUPS of those groups whose attributes have all bits of the mask. */
static uint32_t answer_groups(Query *q, uint32_t mask) {
    const Token *t = q->token;
    uint64_t count = 0, sids = 0;
    for (uint32_t i = 0; i < t->group_count; i++) {
        if ((t->groups[i].attributes & mask) != mask) continue;
        count++;
        sids += t->groups[i].sid.n;
    }
    uint64_t head = pointer(q) + count * 2 * pointer(q);
    if (!fits(q, head + sids)) return STATUS_BUFFER_TOO_SMALL;
    Fields f = fields(q->s->process, q->buffer), sid = fields(q->s->process, q->buffer + head);
    put_u32(&f, (uint32_t)count);
    for (uint32_t i = 0; i < t->group_count; i++) {
        const TokenGroup *g = &t->groups[i];
        if ((g->attributes & mask) != mask) continue;
        put_pointer(&f, sid.at);
        put_u32(&f, g->attributes);
        put_bytes(&sid, sid_span(&g->sid));
    }
    return f.bad ? finish(&f) : finish(&sid);
}

static uint32_t privilege_attributes(const Token *t, unsigned privilege) {
    uint64_t bit = UINT64_C(1) << privilege;
    return (t->enabled & bit ? PRIVILEGE_ENABLED : 0) |
           (t->enabled_first & bit ? PRIVILEGE_ENABLED_FIRST : 0);
}

static uint32_t count_bits(uint64_t bits) {
    uint32_t n = 0;
    for (; bits; bits &= bits - 1) n++;
    return n;
}

/* TOKEN_PRIVILEGES: packed, no padding. */
static void put_privileges(Fields *f, const Token *t, uint64_t which) {
    put_u32(f, count_bits(which));
    for (unsigned i = 0; i < 64; i++) {
        if (!(which >> i & 1)) continue;
        put_u32(f, i);
        put_u32(f, 0);
        put_u32(f, privilege_attributes(t, i));
    }
}

static uint32_t answer_privileges(Query *q) {
    const Token *t = q->token;
    if (!fits(q, 4 + 12 * (uint64_t)count_bits(t->privileges))) return STATUS_BUFFER_TOO_SMALL;
    Fields f = fields(q->s->process, q->buffer);
    put_privileges(&f, t, t->privileges);
    return finish(&f);
}

/* Full access for the owner and for SYSTEM. */
static uint32_t answer_default_dacl(Query *q) {
    const uint32_t all = 0x10000000;
    Sid system = sid_parse("S-1-5-18");
    Buf b = buf_new(1 << 10);
    size_t begin = acl_begin(&b);
    acl_allow(&b, &q->token->owner, all, 0);
    acl_allow(&b, &system, all, 0);
    acl_end(&b, begin, 2);
    uint32_t status = answer_bytes(q, buf_span(&b));
    buf_free(&b);
    return status;
}

static uint32_t answer_source(Query *q) {
    if (!fits(q, 16)) return STATUS_BUFFER_TOO_SMALL;
    Fields f = fields(q->s->process, q->buffer);
    put_bytes(&f, span("User32 ", 8));
    put_u32(&f, (uint32_t)q->token->id);
    put_u32(&f, 0);
    return finish(&f);
}

static uint32_t answer_statistics(Query *q) {
    enum { SIZE = 56, LOGON = 0x28e3a };
    const Token *t = q->token;
    if (!fits(q, SIZE)) return STATUS_BUFFER_TOO_SMALL;
    Fields f = fields(q->s->process, q->buffer);
    put_u32(&f, (uint32_t)t->id);
    put_u32(&f, 0);
    put_u32(&f, LOGON);
    put_u32(&f, 0);
    put_u64(&f, INT64_MAX); /* never expires */
    put_u32(&f, t->primary ? 1 : 2);
    put_u32(&f, t->level);
    put_u32(&f, 0x1000);
    put_u32(&f, 0xd00);
    put_u32(&f, t->group_count);
    put_u32(&f, count_bits(t->privileges));
    put_u32(&f, (uint32_t)t->modified_id);
    put_u32(&f, 0);
    return finish(&f);
}

/* The other half of an administrator's logon: the token without the rights. */
static uint32_t answer_linked(Query *q) {
    if (!q->token->elevated) return STATUS_NO_SUCH_LOGON_SESSION;
    if (!fits(q, pointer(q))) return STATUS_BUFFER_TOO_SMALL;
    Token *t = token_filtered(q->token);
    if (!t) return STATUS_NO_MEMORY;
    t->primary = false;
    t->level = 1;
    return sys_return_handle(q->s, q->buffer, &t->object, TOKEN_ALL_ACCESS, 0);
}

static uint32_t answer_integrity(Query *q) {
    Sid label = sid_parse("S-1-16-0");
    label = sid_sibling(&label, q->token->integrity);
    return answer_sid(q, &label, 0x60);
}

static uint32_t answer_type(Query *q) {
    return answer_u32(q, q->token->primary ? 1 : 2);
}

static uint32_t answer_level(Query *q) {
    return q->token->primary ? STATUS_INVALID_PARAMETER : answer_u32(q, q->token->level);
}

static uint32_t answer_elevation_type(Query *q) {
    enum { DEFAULT = 1, FULL = 2, LIMITED = 3 };
    if (q->token->elevated) return answer_u32(q, FULL);
    return answer_u32(q, world_user_is_admin(q->s->machine->world) ? LIMITED : DEFAULT);
}

/* The token shows whether the user is an administrator, and of what. */
static void ask_admin(const Machine *m) {
    if (!asking(m)) return;
    ask_about(m, FACT_account_admin, world_text(m->world, FACT_user), ASK_TOLD);
    ask_about(m, FACT_domain, NULL, ASK_TOLD);
}

static uint32_t answer(Query *q, uint32_t class) {
    Token *t = q->token;
    switch (class) {
    case 1: ask_single(q->s->machine, FACT_user); return answer_sid(q, &t->user, 0);
    case 2: ask_admin(q->s->machine); return answer_groups(q, 0);
    case 3: return answer_privileges(q);
    case 4: return answer_bytes(q, sid_span(&t->owner));
    case 5: return answer_bytes(q, sid_span(&t->group));
    case 6: return answer_default_dacl(q);
    case 7: return answer_source(q);
    case 8: return answer_type(q);
    case 9: return answer_level(q);
    case 10: return answer_statistics(q);
    case 11: return answer_groups(q, UINT32_MAX); /* no group has all bits: none restricts */
    case 12: return answer_u32(q, t->session);
    case 15: return answer_u32(q, 0);     /* sandbox inert */
    case 17: return answer_pointer(q, 0); /* origin: a LUID */
    case 18: ask_admin(q->s->machine); return answer_elevation_type(q);
    case 19: return answer_linked(q);
    case 20: ask_admin(q->s->machine); return answer_u32(q, t->elevated);
    case 21: return answer_u32(q, !t->elevated); /* was filtered */
    case 23: return answer_u32(q, !t->elevated); /* virtualization is allowed */
    case 24: return answer_u32(q, 0);            /* ... but off */
    case 25: return answer_integrity(q);
    case 26: return answer_u32(q, 0); /* UIAccess */
    case 27: return answer_u32(q, 1); /* mandatory policy: no write up */
    case 28: return answer_groups(q, 0xc0000000u);
    case 29: return answer_u32(q, 0);             /* app container */
    case 30: return answer_groups(q, UINT32_MAX); /* capabilities: none */
    case 31: return answer_pointer(q, 0);
    case 32: return answer_u32(q, 0);
    case 40: return answer_u32(q, t->restricted);
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

static uint64_t nt_query_information_token(Sys *s) {
    Query q = {s, NULL, s->arg[2], (uint32_t)s->arg[3], s->arg[4]};
    uint32_t status = token_of_handle(s->thread, s->arg[0], &q.token);
    return status ? status : answer(&q, (uint32_t)s->arg[1]);
}

/* ---- adjusting ---- */

/* LUID_AND_ATTRIBUTES; false where the guest's memory is not there. Unknown LUIDs come as 64. */
static bool get_privilege(Fields *f, unsigned *privilege, uint32_t *attributes) {
    uint32_t low = get_u32(f), high = get_u32(f);
    *attributes = get_u32(f);
    *privilege = high || low >= 64 ? 64 : low;
    return !f->bad;
}

static void touched(Sys *s, Token *t) {
    t->modified_id = machine_luid(s->machine);
}

/* What an adjustment makes of a token. */
typedef struct {
    uint64_t enabled, privileges;
    bool incomplete; /* the token lacks one of them */
} Adjusted;

static bool adjust_listed(const Token *t, Fields *f, Adjusted *out) {
    uint32_t count = get_u32(f);
    if (count > MOST_ENTRIES) return false;
    for (uint32_t i = 0; i < count; i++) {
        unsigned privilege;
        uint32_t attributes;
        if (!get_privilege(f, &privilege, &attributes)) return false;
        uint64_t bit = privilege < 64 ? UINT64_C(1) << privilege : 0;
        if (!(t->privileges & bit)) out->incomplete = true;
        bit &= t->privileges;
        out->enabled &= ~bit;
        if (attributes & PRIVILEGE_REMOVED) out->privileges &= ~bit;
        else if (attributes & PRIVILEGE_ENABLED) out->enabled |= bit;
    }
    return !f->bad;
}

/* token, disable all, TOKEN_PRIVILEGES, size of the next, old state, size needed */
static uint64_t nt_adjust_privileges_token(Sys *s) {
    Token *t;
    uint32_t status = token_of_handle(s->thread, s->arg[0], &t);
    if (status) return status;
    Adjusted a = {t->enabled, t->privileges, false};
    if ((uint8_t)s->arg[1]) a.enabled = 0;
    else {
        Fields f = fields(s->process, s->arg[2]);
        if (!s->arg[2]) return STATUS_INVALID_PARAMETER;
        if (!adjust_listed(t, &f, &a))
            return f.bad ? STATUS_ACCESS_VIOLATION : STATUS_INVALID_PARAMETER;
    }
    if (s->arg[4]) {
        uint64_t changed = a.enabled ^ t->enabled, size = 4 + 12 * (uint64_t)count_bits(changed);
        if (s->arg[5]) guest_put_u32(s->process, s->arg[5], (uint32_t)size);
        if (size > (uint32_t)s->arg[3]) return STATUS_BUFFER_TOO_SMALL;
        Fields f = fields(s->process, s->arg[4]);
        put_privileges(&f, t, changed);
    }
    t->enabled = a.enabled;
    t->privileges = a.privileges;
    touched(s, t);
    return a.incomplete ? STATUS_NOT_ALL_ASSIGNED : STATUS_SUCCESS;
}

static bool get_sid(Sys *s, uint64_t address, Sid *out) {
    uint8_t raw[SID_MOST_BYTES] = {0};
    if (!guest_read(s->process, address, raw, 8) || raw[1] > SID_MOST_PARTS ||
        !guest_read(s->process, address, raw, 8 + 4u * raw[1]))
        return false;
    *out = sid_read(span(raw, sizeof raw));
    return out->n;
}

static TokenGroup *find_group(Token *t, const Sid *sid) {
    for (uint32_t i = 0; i < t->group_count; i++)
        if (sid_equal(&t->groups[i].sid, sid)) return &t->groups[i];
    return NULL;
}

/* Calls `change` for each group of a TOKEN_GROUPS in the guest. */
static uint32_t for_groups(Sys *s, Token *t, uint64_t address,
                           bool (*change)(TokenGroup *g, uint32_t attributes)) {
    Fields f = fields(s->process, address);
    uint32_t count = address ? get_u32(&f) : 0, status = STATUS_SUCCESS;
    if (f.bad) return STATUS_ACCESS_VIOLATION;
    if (count > MOST_ENTRIES) return STATUS_INVALID_PARAMETER;
    for (uint32_t i = 0; i < count; i++) {
        Sid sid;
        uint64_t at = get_pointer(&f);
        uint32_t attributes = get_u32(&f);
        if (f.bad || !get_sid(s, at, &sid)) return STATUS_ACCESS_VIOLATION;
        TokenGroup *g = find_group(t, &sid);
        if (!g || !change(g, attributes)) status = STATUS_NOT_ALL_ASSIGNED;
    }
    return status;
}

static bool enable_group(TokenGroup *g, uint32_t attributes) {
    enum { MANDATORY = 1, ENABLED = 4 };
    if (g->attributes & MANDATORY) return attributes & ENABLED;
    g->attributes = (g->attributes & ~(uint32_t)ENABLED) | (attributes & ENABLED);
    return true;
}

static bool deny_group(TokenGroup *g, uint32_t attributes) {
    (void)attributes;
    g->attributes = 0x10;
    return true;
}

static uint64_t nt_adjust_groups_token(Sys *s) {
    Token *t;
    uint32_t status = token_of_handle(s->thread, s->arg[0], &t);
    if (status || (uint8_t)s->arg[1]) return status;
    return for_groups(s, t, s->arg[2], enable_group);
}

static uint32_t set_integrity(Sys *s, Token *t, uint64_t address) {
    Fields f = fields(s->process, address);
    Sid label;
    if (!get_sid(s, get_pointer(&f), &label)) return STATUS_ACCESS_VIOLATION;
    Cur c = cur(sid_span(&label));
    cur_seek(&c, label.n - 4u);
    uint32_t level = cur_u32le(&c);
    if (level > t->integrity) return STATUS_PRIVILEGE_NOT_HELD;
    t->integrity = level;
    for (uint32_t i = 0; i < t->group_count; i++)
        if (t->groups[i].attributes == 0x60) t->groups[i].sid = label;
    return STATUS_SUCCESS;
}

static uint32_t set_sid(Sys *s, const Token *t, Sid *which, uint64_t address) {
    Fields f = fields(s->process, address);
    Sid sid;
    if (!get_sid(s, get_pointer(&f), &sid)) return STATUS_ACCESS_VIOLATION;
    if (!token_has(t, &sid, false)) return STATUS_INVALID_OWNER;
    *which = sid;
    return STATUS_SUCCESS;
}

static uint64_t nt_set_information_token(Sys *s) {
    Token *t;
    uint32_t session, status = token_of_handle(s->thread, s->arg[0], &t);
    if (status) return status;
    touched(s, t);
    switch ((uint32_t)s->arg[1]) {
    case 4: return set_sid(s, t, &t->owner, s->arg[2]);
    case 5: return set_sid(s, t, &t->group, s->arg[2]);
    case 6: return STATUS_SUCCESS; /* the default DACL of new objects, which have none here */
    case 12:
        if (!guest_get_u32(s->process, s->arg[2], &session)) return STATUS_ACCESS_VIOLATION;
        return session == t->session ? STATUS_SUCCESS : STATUS_PRIVILEGE_NOT_HELD;
    case 23:
    case 24:
    case 26: return STATUS_PRIVILEGE_NOT_HELD;
    case 25: return set_integrity(s, t, s->arg[2]);
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

/* ---- new tokens ---- */

/* The impersonation level of OBJECT_ATTRIBUTES' SECURITY_QUALITY_OF_SERVICE. */
static uint32_t asked_level(Sys *s, uint64_t attributes, uint32_t otherwise) {
    Fields f = fields(s->process, attributes);
    get_u32(&f);
    get_pointer(&f);
    get_pointer(&f);
    get_u32(&f);
    get_pointer(&f);
    uint64_t quality = attributes ? get_pointer(&f) : 0;
    uint32_t level;
    return quality && guest_get_u32(s->process, quality + 4, &level) ? level : otherwise;
}

/* token, access, attributes, effective only, type, *handle */
static uint64_t nt_duplicate_token(Sys *s) {
    enum { PRIMARY = 1, IMPERSONATION = 2, DELEGATION_LEVEL = 3 };
    Token *from;
    uint32_t status = token_of_handle(s->thread, s->arg[0], &from);
    if (status) return status;
    uint32_t type = (uint32_t)s->arg[4], level = asked_level(s, s->arg[2], from->level);
    if (type != PRIMARY && type != IMPERSONATION) return STATUS_INVALID_PARAMETER;
    if (type == IMPERSONATION &&
        (level > DELEGATION_LEVEL || (!from->primary && level > from->level)))
        return STATUS_BAD_IMPERSONATION_LEVEL;
    Token *t = token_copy(from);
    if (!t) return STATUS_NO_MEMORY;
    t->primary = type == PRIMARY;
    t->level = level;
    if ((uint8_t)s->arg[3]) t->privileges = t->enabled;
    return return_token(s, t, s->arg[1] ? s->arg[1] : MAXIMUM_ALLOWED, 0, 5);
}

static uint32_t delete_privileges(Sys *s, Token *t, uint64_t address) {
    Fields f = fields(s->process, address);
    uint32_t count = address ? get_u32(&f) : 0;
    for (uint32_t i = 0; i < count && i < MOST_ENTRIES; i++) {
        unsigned privilege;
        uint32_t attributes;
        if (!get_privilege(&f, &privilege, &attributes)) return STATUS_ACCESS_VIOLATION;
        if (privilege < 64) t->privileges &= ~(UINT64_C(1) << privilege);
    }
    t->enabled &= t->privileges;
    t->enabled_first &= t->privileges;
    return STATUS_SUCCESS;
}

/* token, flags, groups that only deny, privileges to delete, restricting SIDs, *handle */
static uint64_t nt_filter_token(Sys *s) {
    enum { DISABLE_MAX_PRIVILEGE = 1, CHANGE_NOTIFY = 23 };
    Token *from, *t;
    uint32_t status = token_of_handle(s->thread, s->arg[0], &from);
    if (status) return status;
    if (!(t = token_copy(from))) return STATUS_NO_MEMORY;
    if ((uint32_t)s->arg[1] & DISABLE_MAX_PRIVILEGE) t->privileges &= UINT64_C(1) << CHANGE_NOTIFY;
    status = for_groups(s, t, s->arg[2], deny_group);
    if (status != STATUS_ACCESS_VIOLATION) status = delete_privileges(s, t, s->arg[3]);
    if (status) {
        object_drop(&t->object);
        return status;
    }
    Sid admins = sid_parse("S-1-5-32-544");
    t->elevated = t->elevated && token_has(t, &admins, false);
    t->restricted = s->arg[4];
    return return_token(s, t, MAXIMUM_ALLOWED, 0, 5);
}

static uint64_t nt_impersonate_anonymous_token(Sys *s) {
    Thread *t;
    uint32_t status = handle_thread(s->thread, s->arg[0], &t);
    if (status) return status;
    Token *token = token_anonymous(s->machine);
    if (!token) return STATUS_NO_MEMORY;
    object_drop(t->impersonation);
    t->impersonation = &token->object;
    return STATUS_SUCCESS;
}

static uint64_t nt_compare_tokens(Sys *s) {
    Token *a, *b;
    uint32_t status = token_of_handle(s->thread, s->arg[0], &a);
    if (!status) status = token_of_handle(s->thread, s->arg[1], &b);
    if (status) return status;
    uint8_t equal = a == b || (sid_equal(&a->user, &b->user) && a->privileges == b->privileges &&
                               a->elevated == b->elevated && a->restricted == b->restricted);
    return guest_write(s->process, s->arg[2], &equal, 1) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* token, PRIVILEGE_SET, *BOOLEAN */
static uint64_t nt_privilege_check(Sys *s) {
    enum { ALL_NECESSARY = 1 };
    const uint32_t used = 0x80000000u;
    Token *t;
    uint32_t status = token_of_handle(s->thread, s->arg[0], &t);
    if (status) return status;
    Fields f = fields(s->process, s->arg[1]);
    uint32_t count = get_u32(&f), control = get_u32(&f), held = 0;
    if (count > MOST_ENTRIES) return STATUS_INVALID_PARAMETER;
    for (uint32_t i = 0; i < count && !f.bad; i++) {
        unsigned privilege;
        uint32_t attributes;
        if (!get_privilege(&f, &privilege, &attributes)) break;
        if (privilege > 63 || !(t->enabled >> privilege & 1)) continue;
        guest_put_u32(s->process, f.at - 4, attributes | used);
        held++;
    }
    uint8_t result = control & ALL_NECESSARY ? held == count : held > 0;
    if (f.bad || !guest_write(s->process, s->arg[2], &result, 1)) return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

/* ---- unique ids ---- */

static uint64_t nt_allocate_locally_unique_id(Sys *s) {
    return guest_put_u64(s->process, s->arg[0], machine_luid(s->machine)) ? STATUS_SUCCESS
                                                                          : STATUS_ACCESS_VIOLATION;
}

/* *time (since 1582), *count of 100 ns that are ours, *sequence, *seed (6 bytes) */
static uint64_t nt_allocate_uuids(Sys *s) {
    const uint64_t from_1582_to_1601 = UINT64_C(5748192000000000);
    enum { RANGE = 10000, SEQUENCE = 0x1a2b };
    uint64_t node = machine_random(s->machine);
    bool good =
        guest_put_u64(s->process, s->arg[0], machine_filetime(s->machine) + from_1582_to_1601) &&
        guest_put_u32(s->process, s->arg[1], RANGE) &&
        guest_put_u32(s->process, s->arg[2], SEQUENCE) &&
        guest_write(s->process, s->arg[3], &node, 6);
    return good ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

const SysRow nt_token_rows[] = {
    {"NtAdjustGroupsToken", 6, nt_adjust_groups_token},
    {"NtAdjustPrivilegesToken", 6, nt_adjust_privileges_token},
    {"NtAllocateLocallyUniqueId", 1, nt_allocate_locally_unique_id},
    {"NtAllocateUuids", 4, nt_allocate_uuids},
    {"NtCompareTokens", 3, nt_compare_tokens},
    {"NtDuplicateToken", 6, nt_duplicate_token},
    {"NtFilterToken", 6, nt_filter_token},
    {"NtImpersonateAnonymousToken", 1, nt_impersonate_anonymous_token},
    {"NtOpenProcessToken", 3, nt_open_process_token},
    {"NtOpenProcessTokenEx", 4, nt_open_process_token_ex},
    {"NtOpenThreadToken", 4, nt_open_thread_token},
    {"NtOpenThreadTokenEx", 5, nt_open_thread_token_ex},
    {"NtPrivilegeCheck", 3, nt_privilege_check},
    {"NtQueryInformationToken", 5, nt_query_information_token},
    {"NtSetInformationToken", 4, nt_set_information_token},
    {NULL, 0, NULL},
};
