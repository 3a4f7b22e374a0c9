/* What the computer is a member of: netapi32's and LSA's views of the facts `workgroup` and
 * `domain`. Layouts: lmwksta.h, lmserver.h, dsgetdc.h, dsrole.h, ntsecapi.h. */
#include "base/hash.h"
#include "base/text.h"
#include "guest/ask.h"
#include "guest/export/block.h"
#include "guest/sid.h"
#include <stdlib.h>
#include <strings.h>

enum {
    NERR_SUCCESS = 0,
    NERR_NO_DC = 2453, /* NERR_DCNotFound */
    ERROR_NOT_ENOUGH_MEMORY = 8,
    ERROR_INVALID_PARAMETER = 87,
    ERROR_INVALID_LEVEL = 124,
    ERROR_NO_SUCH_DOMAIN = 1355,
    ERROR_NO_SITENAME = 1919,
    PLATFORM_NT = 500,
    TEXTS = 8192, /* room for the texts of one answer */
    GUID_SIZE = 16,
};

/* The domain, asked for; NULL: a workgroup. */
static const WorldDomain *domain(const Machine *m) {
    ask_single(m, FACT_domain);
    return world_domain(m->world);
}

static const char *domain_or_workgroup(const Machine *m) {
    const WorldDomain *d = domain(m);
    return d ? d->name : ask_text(m, FACT_workgroup);
}

/* A GUID that follows from a name: version 4, as Windows makes them. */
static Span guid_of(Arena *a, const char *name) {
    uint8_t d[32];
    hash_sha256(span_str(name), d);
    d[7] = (uint8_t)((d[7] & 0x0F) | 0x40);
    d[8] = (uint8_t)((d[8] & 0x3F) | 0x80);
    return arena_bytes(a, span(d, GUID_SIZE));
}

static bool give(Block *b, uint64_t pointer_at) {
    return export_answer(b->call, block_give(b, pointer_at) ? NERR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY);
}

/* ---- joined to what ---- */

/* server, *name, *status */
bool export_NetGetJoinInformation(ExportCall *c) {
    enum { WORKGROUP = 2, DOMAIN = 3 };
    if (!c->arg[1] || !c->arg[2]) return export_answer(c, ERROR_INVALID_PARAMETER);
    Block b = block_new(c, 0, TEXTS);
    block_text(&b, domain_or_workgroup(c->machine), true);
    guest_put_u32(c->process, c->arg[2], domain(c->machine) ? DOMAIN : WORKGROUP);
    return give(&b, c->arg[1]);
}

/* server, level, *buffer: DSROLE_PRIMARY_DOMAIN_INFO_BASIC */
bool export_DsRoleGetPrimaryDomainInformation(ExportCall *c) {
    enum { BASIC = 1, STANDALONE = 0, MEMBER = 1, GUID_PRESENT = 0x01000000 };
    if ((uint32_t)c->arg[1] != BASIC || !c->arg[2]) return false;
    const WorldDomain *d = domain(c->machine);
    Block b = block_new(c, 64, TEXTS);
    put_u32(&b.f, d ? MEMBER : STANDALONE);
    put_u32(&b.f, d ? GUID_PRESENT : 0);
    block_put_text(&b, domain_or_workgroup(c->machine), true);
    block_put_text(&b, d ? d->dns : NULL, true);
    block_put_text(&b, d ? d->dns : NULL, true);
    static const uint8_t none[GUID_SIZE];
    put_bytes(&b.f, d ? guid_of(c->scratch, d->dns) : span(none, GUID_SIZE));
    return give(&b, c->arg[2]);
}

/* ---- the domain controller ---- */

/* DOMAIN_CONTROLLER_INFO. */
static bool put_controller(ExportCall *c, uint64_t pointer_at, bool wide) {
    enum { INET_ADDRESS = 1, IS_WRITABLE_DNS_DC = 0xe00031fd };
    const WorldDomain *d = domain(c->machine);
    if (!d) return export_answer(c, ERROR_NO_SUCH_DOMAIN);
    ask_single(c->machine, FACT_domain_controller);
    const char *site = ask_text(c->machine, FACT_domain_site);
    Block b = block_new(c, 96, TEXTS);
    block_put_text(&b, arena_printf(c->scratch, "\\\\%s.%s", d->controller, d->dns), wide);
    block_put_text(&b, arena_printf(c->scratch, "\\\\%s", d->address), wide);
    put_u32(&b.f, INET_ADDRESS);
    put_bytes(&b.f, guid_of(c->scratch, d->dns));
    block_put_text(&b, d->dns, wide);
    block_put_text(&b, d->dns, wide);
    put_u32(&b.f, (uint32_t)IS_WRITABLE_DNS_DC);
    block_put_text(&b, site, wide);
    block_put_text(&b, site, wide);
    return give(&b, pointer_at);
}

/* Whether a domain that was asked for is ours: by either name; none means ours. */
static bool is_ours(ExportCall *c, uint64_t name_at, bool wide) {
    enum { LONGEST = 256 };
    const WorldDomain *d = world_domain(c->machine->world);
    const char *name = !name_at ? ""
                       : wide   ? guest_string16(c->process, c->scratch, name_at, LONGEST)
                                : guest_string8(c->process, c->scratch, name_at, LONGEST);
    return d && name && (!*name || !strcasecmp(name, d->name) || !strcasecmp(name, d->dns));
}

/* computer, domain, *guid, site, flags, *information */
static bool get_controller(ExportCall *c, bool wide) {
    if (!c->arg[5]) return export_answer(c, ERROR_INVALID_PARAMETER);
    if (!is_ours(c, c->arg[1], wide)) {
        domain(c->machine);
        return export_answer(c, ERROR_NO_SUCH_DOMAIN);
    }
    return put_controller(c, c->arg[5], wide);
}

bool export_DsGetDcNameW(ExportCall *c) {
    return get_controller(c, true);
}
bool export_DsGetDcNameA(ExportCall *c) {
    return get_controller(c, false);
}

/* server, domain, *name */
static bool get_controller_name(ExportCall *c) {
    const WorldDomain *d = domain(c->machine);
    if (!d || !is_ours(c, c->arg[1], true)) return export_answer(c, NERR_NO_DC);
    ask_single(c->machine, FACT_domain_controller);
    Block b = block_new(c, 0, TEXTS);
    block_text(&b, arena_printf(c->scratch, "\\\\%s", d->controller), true);
    return give(&b, c->arg[2]);
}

bool export_NetGetDCName(ExportCall *c) {
    return get_controller_name(c);
}
bool export_NetGetAnyDCName(ExportCall *c) {
    return get_controller_name(c);
}

/* computer, *site */
static bool get_site(ExportCall *c, bool wide) {
    if (!domain(c->machine)) return export_answer(c, ERROR_NO_SITENAME);
    Block b = block_new(c, 0, TEXTS);
    block_text(&b, ask_text(c->machine, FACT_domain_site), wide);
    return give(&b, c->arg[1]);
}

bool export_DsGetSiteNameW(ExportCall *c) {
    return get_site(c, true);
}
bool export_DsGetSiteNameA(ExportCall *c) {
    return get_site(c, false);
}

/* ---- the workstation ---- */

static void put_version(Machine *m, Fields *f) {
    const char *version = ask_text(m, FACT_os_version), *dot = strchr(version, '.');
    put_u32(f, (uint32_t)strtoul(version, NULL, 10));
    put_u32(f, dot ? (uint32_t)strtoul(dot + 1, NULL, 10) : 0);
}

/* server, level, *buffer: WKSTA_INFO_100 to _102 */
bool export_NetWkstaGetInfo(ExportCall *c) {
    uint32_t level = (uint32_t)c->arg[1];
    if (level < 100 || level > 102) return export_answer(c, ERROR_INVALID_LEVEL);
    Block b = block_new(c, 64, TEXTS);
    put_u32(&b.f, PLATFORM_NT);
    block_put_text(&b, ask_text(c->machine, FACT_computer), true);
    block_put_text(&b, domain_or_workgroup(c->machine), true);
    put_version(c->machine, &b.f);
    if (level > 100) block_put_text(&b, "", true);
    if (level > 101) put_u32(&b.f, 2);
    return give(&b, c->arg[2]);
}

/* server, level, *buffer: SERVER_INFO_100, _101 */
bool export_NetServerGetInfo(ExportCall *c) {
    enum { WORKSTATION_SERVER_NT = 0x1003 };
    uint32_t level = (uint32_t)c->arg[1];
    if (level != 100 && level != 101) return false;
    Block b = block_new(c, 64, TEXTS);
    put_u32(&b.f, PLATFORM_NT);
    block_put_text(&b, ask_text(c->machine, FACT_computer), true);
    if (level == 101) {
        put_version(c->machine, &b.f);
        put_u32(&b.f, WORKSTATION_SERVER_NT);
        block_put_text(&b, "", true);
    }
    return give(&b, c->arg[2]);
}

static const char *logon_domain(const Machine *m) {
    const WorldDomain *d = domain(m);
    return d ? d->name : ask_text(m, FACT_computer);
}

static void put_logged_on(ExportCall *c, Block *b, uint32_t level) {
    const WorldDomain *d = world_domain(c->machine->world);
    block_put_text(b, ask_text(c->machine, FACT_user), true);
    if (level == 0) return;
    block_put_text(b, logon_domain(c->machine), true);
    block_put_text(b, "", true);
    block_put_text(b, d ? d->controller : world_text(c->machine->world, FACT_computer), true);
}

/* reserved, level, *buffer: WKSTA_USER_INFO_0, _1 */
bool export_NetWkstaUserGetInfo(ExportCall *c) {
    uint32_t level = (uint32_t)c->arg[1];
    if (level > 1) return false;
    Block b = block_new(c, 64, TEXTS);
    put_logged_on(c, &b, level);
    return give(&b, c->arg[2]);
}

/* server, level, *buffer, most, *read, *total, *resume */
bool export_NetWkstaUserEnum(ExportCall *c) {
    uint32_t level = (uint32_t)c->arg[1];
    if (level > 1) return export_answer(c, ERROR_INVALID_LEVEL);
    Block b = block_new(c, 64, TEXTS);
    put_logged_on(c, &b, level);
    guest_put_u32(c->process, c->arg[4], 1);
    guest_put_u32(c->process, c->arg[5], 1);
    return give(&b, c->arg[2]);
}

/* The user's name in a format of EXTENDED_NAME_FORMAT; NULL: it has none in that. */
static const char *user_name(ExportCall *c, uint32_t format) {
    enum { SAM_COMPATIBLE = 2, DISPLAY = 3, PRINCIPAL = 8 };
    const Machine *m = c->machine;
    const WorldDomain *d = domain(m);
    const char *user = ask_text(m, FACT_user);
    const WorldItem *account = world_find(m->world, FACT_account, user);
    if (format == SAM_COMPATIBLE) return arena_printf(c->scratch, "%s\\%s", logon_domain(m), user);
    if (!d) return NULL;
    if (format == PRINCIPAL) return arena_printf(c->scratch, "%s@%s", user, d->dns);
    return format == DISPLAY && account ? ask_item_text(m, account, FACT_account_full_name) : NULL;
}

/* format, name, *its size in characters */
bool export_GetUserNameExW(ExportCall *c) {
    enum { ERROR_MORE_DATA = 234, ERROR_NONE_MAPPED = 1332 };
    const char *name = user_name(c, (uint32_t)c->arg[0]);
    uint32_t room = 0;
    if (!name || !*name) return export_fail(c, ERROR_NONE_MAPPED);
    if (!guest_get_u32(c->process, c->arg[2], &room)) return false;
    uint32_t units = (uint32_t)text_to_utf16(c->scratch, span_str(name)).n / 2;
    bool fits = c->arg[1] && export_put_text(c, c->arg[1], room, name, true);
    guest_put_u32(c->process, c->arg[2], fits ? units : units + 1);
    if (!fits) return export_fail(c, ERROR_MORE_DATA);
    c->result = 1;
    return true;
}

/* ---- the local security authority ---- */

static void put_sid_pointer(Block *b, const char *text) {
    Sid sid = sid_parse(text ? text : "");
    put_pointer(&b->f, sid.n ? block_bytes(b, sid_span(&sid), 4) : 0);
}

static void put_policy(ExportCall *c, Block *b, uint32_t class) {
    enum { PRIMARY_DOMAIN = 3, ACCOUNT_DOMAIN = 5 };
    static const uint8_t none[GUID_SIZE];
    const WorldDomain *d = class == ACCOUNT_DOMAIN ? NULL : domain(c->machine);
    if (class == ACCOUNT_DOMAIN) {
        block_put_unicode(b, ask_text(c->machine, FACT_computer));
        put_sid_pointer(b, world_computer_sid(c->machine->world));
        return;
    }
    block_put_unicode(b, domain_or_workgroup(c->machine));
    if (class != PRIMARY_DOMAIN) {
        block_put_unicode(b, d ? d->dns : NULL);
        block_put_unicode(b, d ? d->dns : NULL);
        put_bytes(&b->f, d ? guid_of(c->scratch, d->dns) : span(none, GUID_SIZE));
    }
    put_sid_pointer(b, d ? d->sid : NULL);
}

/* policy, class, *buffer: POLICY_PRIMARY_DOMAIN_INFO, _ACCOUNT_DOMAIN_INFO, _DNS_DOMAIN_INFO */
bool export_LsaQueryInformationPolicy(ExportCall *c) {
    enum { PRIMARY_DOMAIN = 3, ACCOUNT_DOMAIN = 5, DNS_DOMAIN = 12 };
    const uint32_t no_memory = 0xC0000017;
    uint32_t class = (uint32_t)c->arg[1];
    if (class != PRIMARY_DOMAIN && class != ACCOUNT_DOMAIN && class != DNS_DOMAIN) return false;
    if (!c->arg[2]) return false;
    Block b = block_new(c, 96, TEXTS);
    put_policy(c, &b, class);
    return export_answer(c, block_give(&b, c->arg[2]) ? 0 : no_memory);
}
