/* Groups as netapi32 tells of them. The built-in ones are Windows' own; `group` facts are further
 * ones. Layouts: LOCALGROUP_INFO_*, LOCALGROUP_MEMBERS_INFO_*, GROUP_INFO_*, *_USERS_INFO_* of
 * lmaccess.h. */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/export/users.h"
#include "guest/token.h"
#include <stdlib.h>

enum { TEXTS_PER_ROW = 1024, ROW = 64, MOST_GROUPS = 256, MOST_MEMBERS = 512 };

typedef struct {
    const char *name, *comment;
    uint32_t id; /* of the built-in ones: the last part of S-1-5-32-x, or of the domain's SID */
    const WorldItem *item; /* of one that the world tells of */
} Group;

/* The groups of a Windows 10 that nothing was installed on. */
static const Group builtin[] = {
    {"Access Control Assistance Operators",
     "Members of this group can remotely query authorization attributes and permissions for "
     "resources on this computer.",
     579, NULL},
    {"Administrators",
     "Administrators have complete and unrestricted access to the computer/domain", 544, NULL},
    {"Backup Operators",
     "Backup Operators can override security restrictions for the sole purpose of backing up or "
     "restoring files",
     551, NULL},
    {"Cryptographic Operators", "Members are authorized to perform cryptographic operations.", 569,
     NULL},
    {"Distributed COM Users",
     "Members are allowed to launch, activate and use Distributed COM objects on this machine.",
     562, NULL},
    {"Event Log Readers", "Members of this group can read event logs from local machine", 573,
     NULL},
    {"Guests",
     "Guests have the same access as members of the Users group by default, except for the Guest "
     "account which is further restricted",
     546, NULL},
    {"IIS_IUSRS", "Built-in group used by Internet Information Services.", 568, NULL},
    {"Network Configuration Operators",
     "Members in this group can have some administrative privileges to manage configuration of "
     "networking features",
     556, NULL},
    {"Performance Log Users",
     "Members of this group may schedule logging of performance counters, enable trace providers, "
     "and collect event traces both locally and via remote access to this computer",
     559, NULL},
    {"Performance Monitor Users",
     "Members of this group can access performance counter data locally and remotely", 558, NULL},
    {"Power Users",
     "Power Users are included for backwards compatibility and possess limited administrative "
     "powers",
     547, NULL},
    {"Remote Desktop Users", "Members in this group are granted the right to logon remotely", 555,
     NULL},
    {"Remote Management Users",
     "Members of this group can access WMI resources over management protocols (such as "
     "WS-Management via the Windows Remote Management service).",
     580, NULL},
    {"Replicator", "Supports file replication in a domain", 552, NULL},
    {"Users",
     "Users are prevented from making accidental or intentional system-wide changes and can run "
     "most applications",
     545, NULL},
};

static const Group of_domain[] = {
    {"Domain Admins", "Designated administrators of the domain", 512, NULL},
    {"Domain Computers", "All workstations and servers joined to the domain", 515, NULL},
    {"Domain Controllers", "All domain controllers in the domain", 516, NULL},
    {"Domain Guests", "All domain guests", 514, NULL},
    {"Domain Users", "All domain users", 513, NULL},
    {"Enterprise Admins", "Designated administrators of the enterprise", 519, NULL},
    {"Group Policy Creator Owners", "Members in this group can modify group policy for the domain",
     520, NULL},
};

static const Group of_computer[] = {{"None", "Ordinary users", 513, NULL}};

/* ---- lists of them ---- */

typedef struct {
    Group groups[MOST_GROUPS];
    size_t count;
} Groups;

static void add(Groups *l, const Group *g, size_t n) {
    for (size_t i = 0; i < n && l->count < MOST_GROUPS; i++) l->groups[l->count++] = g[i];
}

static void add_told(Groups *l, const Machine *m, bool domain) {
    for (const WorldItem *i = ask_first(m, FACT_group); i; i = ask_next(m, i)) {
        Group g = {i->subject, ask_item_text(m, i, FACT_group_comment), 0, i};
        if (item_bool(i, FACT_group_domain) == domain) add(l, &g, 1);
    }
}

static Groups local_groups(const Machine *m) {
    Groups l = {.count = 0};
    add(&l, builtin, sizeof builtin / sizeof *builtin);
    add_told(&l, m, false);
    return l;
}

static Groups global_groups(const Machine *m, bool domain) {
    Groups l = {.count = 0};
    if (domain) add(&l, of_domain, sizeof of_domain / sizeof *of_domain);
    else add(&l, of_computer, 1);
    if (domain) add_told(&l, m, true);
    return l;
}

static const Group *find(const Groups *l, const char *name) {
    for (size_t i = 0; name && i < l->count; i++)
        if (text_equal_nocase(l->groups[i].name, name)) return &l->groups[i];
    return NULL;
}

/* ---- who is in one ---- */

typedef struct {
    const char *name, *domain, *sid;
    uint32_t use; /* SID_NAME_USE */
} Member;

typedef struct {
    Member members[MOST_MEMBERS];
    size_t count;
} Members;

enum { USE_USER = 1, USE_GROUP = 2, USE_WELL_KNOWN = 5 };

static void join(Members *l, Member m) {
    if (l->count < MOST_MEMBERS) l->members[l->count++] = m;
}

static void join_account(Members *l, const Machine *m, const WorldItem *i, bool domain) {
    const WorldDomain *d = world_domain(m->world);
    join(l, (Member){i->subject, domain ? d->name : world_text(m->world, FACT_computer),
                     item_text(i, FACT_account), USE_USER});
}

static void join_of_domain(Members *l, ExportCall *c, const char *name, unsigned id) {
    const WorldDomain *d = world_domain(c->machine->world);
    if (d)
        join(l, (Member){name, d->name, arena_printf(c->scratch, "%s-%u", d->sid, id), USE_GROUP});
}

static bool is_admin(const Machine *m, const WorldItem *i) {
    bool user = text_equal_nocase(i->subject, world_text(m->world, FACT_user));
    ask_item(m, i, FACT_account_admin);
    return user ? world_user_is_admin(m->world) : item_bool(i, FACT_account_admin);
}

/* Everybody of whom it is true. */
static void join_those(Members *l, ExportCall *c, bool domain,
                       bool (*wanted)(const Machine *, const WorldItem *)) {
    if (domain && !world_domain(c->machine->world)) return;
    for (const WorldItem *i = users_next(c->machine, NULL, domain); i;
         i = users_next(c->machine, i, domain))
        if (wanted(c->machine, i)) join_account(l, c->machine, i, domain);
}

static bool is_guest(const Machine *m, const WorldItem *i) {
    (void)m;
    return user_rid(i) == 501;
}

static bool is_ordinary(const Machine *m, const WorldItem *i) {
    (void)m;
    return user_rid(i) >= 1000;
}

/* The names in a `group` fact. */
static void join_told(Members *l, ExportCall *c, const WorldItem *group) {
    const char *names = ask_item_text(c->machine, group, FACT_group_members);
    for (const char *p = names; p && *p;) {
        size_t n = strcspn(p, ";");
        const char *name = arena_text(c->scratch, span(p, n));
        const WorldItem *i = name ? world_find(c->machine->world, FACT_account, name) : NULL;
        if (i)
            join_account(l, c->machine, i,
                         item_bool(i, FACT_account_domain) && world_domain(c->machine->world));
        p += n + (p[n] == ';');
        p += strspn(p, " ");
    }
}

static void members_of_local(Members *l, ExportCall *c, const Group *g) {
    enum { ADMINISTRATORS = 544, USERS = 545, GUESTS = 546 };
    if (g->item) join_told(l, c, g->item);
    if (g->id == ADMINISTRATORS) {
        join_those(l, c, false, is_admin);
        join_those(l, c, true, is_admin);
        join_of_domain(l, c, "Domain Admins", 512);
    }
    if (g->id == USERS) {
        join(l, (Member){"INTERACTIVE", "NT AUTHORITY", "S-1-5-4", USE_WELL_KNOWN});
        join(l, (Member){"Authenticated Users", "NT AUTHORITY", "S-1-5-11", USE_WELL_KNOWN});
        join_those(l, c, false, is_ordinary);
        join_of_domain(l, c, "Domain Users", 513);
    }
    if (g->id == GUESTS) join_those(l, c, false, is_guest);
}

static void members_of_global(Members *l, ExportCall *c, const Group *g, bool domain) {
    enum { DOMAIN_ADMINS = 512, DOMAIN_USERS = 513 };
    if (g->item) join_told(l, c, g->item);
    if (g->id == DOMAIN_ADMINS) join_those(l, c, domain, is_admin);
    if (g->id == DOMAIN_USERS) join_those(l, c, domain, is_ordinary);
}

/* ---- answers ---- */

/* Gives a list: to which argument, and how many it has to *read and *total behind it. */
static bool give_list(Block *b, unsigned buffer, unsigned read, uint32_t n) {
    ExportCall *c = b->call;
    guest_put_u32(c->process, c->arg[read], n);
    guest_put_u32(c->process, c->arg[read + 1], n);
    return export_answer(c, block_give(b, c->arg[buffer]) ? 0 : ERROR_NOT_ENOUGH_MEMORY);
}

static void put_group(Block *b, const Group *g, uint32_t level) {
    block_put_text(b, g->name, true);
    if (level > 0) block_put_text(b, g->comment, true);
    if (level == 2) {
        put_u32(&b->f, g->id);
        put_u32(&b->f, 7); /* mandatory, enabled by default, enabled */
    }
    fields_align(&b->f, b->call->process->pointer);
}

static bool list_groups(ExportCall *c, const Groups *l, uint32_t level) {
    Block b = block_new(c, l->count * ROW, l->count * TEXTS_PER_ROW);
    for (size_t i = 0; i < l->count; i++) put_group(&b, &l->groups[i], level);
    return give_list(&b, 2, 4, (uint32_t)l->count);
}

/* server, level, *buffer, most, *read, *total, *resume */
bool export_NetLocalGroupEnum(ExportCall *c) {
    uint32_t level = (uint32_t)c->arg[1];
    if (level > 1) return export_answer(c, ERROR_INVALID_LEVEL);
    Groups l = local_groups(c->machine);
    return list_groups(c, &l, level);
}

/* server, level, *buffer, most, *read, *total, *resume */
bool export_NetGroupEnum(ExportCall *c) {
    uint32_t level = (uint32_t)c->arg[1];
    bool domain;
    if (!users_of_server(c, c->arg[0], &domain)) return export_answer(c, ERROR_BAD_NETPATH);
    if (level > 2) return export_answer(c, ERROR_INVALID_LEVEL);
    Groups l = global_groups(c->machine, domain);
    return list_groups(c, &l, level);
}

static bool get_group(ExportCall *c, const Groups *l, uint32_t missing) {
    enum { LONGEST = 256 };
    uint32_t level = (uint32_t)c->arg[2];
    const Group *g = find(l, guest_string16(c->process, c->scratch, c->arg[1], LONGEST));
    if (!g) return export_answer(c, missing);
    if (level > 2) return export_answer(c, ERROR_INVALID_LEVEL);
    Block b = block_new(c, ROW, TEXTS_PER_ROW);
    put_group(&b, g, level);
    return export_answer(c, block_give(&b, c->arg[3]) ? 0 : ERROR_NOT_ENOUGH_MEMORY);
}

/* server, name, level, *buffer */
bool export_NetLocalGroupGetInfo(ExportCall *c) {
    Groups l = local_groups(c->machine);
    return get_group(c, &l, ERROR_NO_SUCH_ALIAS);
}
bool export_NetGroupGetInfo(ExportCall *c) {
    bool domain;
    if (!users_of_server(c, c->arg[0], &domain)) return export_answer(c, ERROR_BAD_NETPATH);
    Groups l = global_groups(c->machine, domain);
    return get_group(c, &l, NERR_GROUP_NOT_FOUND);
}

/* LOCALGROUP_MEMBERS_INFO_0 to _3: SID; SID, use, name; SID, use, domain\name; domain\name. */
static void put_member(Block *b, const Member *m, uint32_t level) {
    Sid sid = sid_parse(m->sid ? m->sid : "");
    const char *full = arena_printf(b->call->scratch, "%s\\%s", m->domain, m->name);
    if (level < 3) put_pointer(&b->f, sid.n ? block_bytes(b, sid_span(&sid), 4) : 0);
    if (level == 1 || level == 2) put_u32(&b->f, m->use);
    if (level > 0) block_put_text(b, level == 1 ? m->name : full, true);
    fields_align(&b->f, b->call->process->pointer);
}

/* server, name, level, *buffer, most, *read, *total, *resume */
bool export_NetLocalGroupGetMembers(ExportCall *c) {
    enum { LONGEST = 256 };
    uint32_t level = (uint32_t)c->arg[2];
    Groups l = local_groups(c->machine);
    const Group *g = find(&l, guest_string16(c->process, c->scratch, c->arg[1], LONGEST));
    Members *members = arena_one(c->scratch, Members);
    if (!g) return export_answer(c, ERROR_NO_SUCH_ALIAS);
    if (level > 3 || !members) return export_answer(c, ERROR_INVALID_LEVEL);
    members_of_local(members, c, g);
    Block b = block_new(c, members->count * ROW, members->count * TEXTS_PER_ROW);
    for (size_t i = 0; i < members->count; i++) put_member(&b, &members->members[i], level);
    return give_list(&b, 3, 5, (uint32_t)members->count);
}

/* server, group, level, *buffer, most, *read, *total, *resume: GROUP_USERS_INFO_0, _1 */
bool export_NetGroupGetUsers(ExportCall *c) {
    enum { LONGEST = 256, ENABLED = 7 };
    uint32_t level = (uint32_t)c->arg[2];
    bool domain;
    if (!users_of_server(c, c->arg[0], &domain)) return export_answer(c, ERROR_BAD_NETPATH);
    Groups l = global_groups(c->machine, domain);
    const Group *g = find(&l, guest_string16(c->process, c->scratch, c->arg[1], LONGEST));
    Members *members = arena_one(c->scratch, Members);
    if (!g) return export_answer(c, NERR_GROUP_NOT_FOUND);
    if (level > 1 || !members) return export_answer(c, ERROR_INVALID_LEVEL);
    members_of_global(members, c, g, domain);
    Block b = block_new(c, members->count * ROW, members->count * TEXTS_PER_ROW);
    for (size_t i = 0; i < members->count; i++) {
        block_put_text(&b, members->members[i].name, true);
        if (level) put_u32(&b.f, ENABLED);
        fields_align(&b.f, c->process->pointer);
    }
    return give_list(&b, 3, 5, (uint32_t)members->count);
}

static bool has_member(const Members *l, const char *name) {
    for (size_t i = 0; i < l->count; i++)
        if (text_equal_nocase(l->members[i].name, name)) return true;
    return false;
}

/* DOMAIN\name as name. */
static char *own_name(ExportCall *c, uint64_t at) {
    enum { LONGEST = 256 };
    char *name = guest_string16(c->process, c->scratch, at, LONGEST);
    char *slash = name ? strrchr(name, '\\') : NULL;
    return slash ? slash + 1 : name;
}

/* server, user, level, flags, *buffer, most, *read, *total */
bool export_NetUserGetLocalGroups(ExportCall *c) {
    char *user = own_name(c, c->arg[1]);
    if (!user || !ask_find(c->machine, FACT_account, user)) return export_answer(c, NERR_USER_NOT_FOUND);
    if ((uint32_t)c->arg[2]) return export_answer(c, ERROR_INVALID_LEVEL);
    Groups l = local_groups(c->machine);
    Block b = block_new(c, l.count * ROW, l.count * TEXTS_PER_ROW);
    uint32_t n = 0;
    for (size_t i = 0; i < l.count; i++) {
        Members *members = arena_one(c->scratch, Members);
        if (!members) break;
        members_of_local(members, c, &l.groups[i]);
        if (!has_member(members, user)) continue;
        block_put_text(&b, l.groups[i].name, true);
        n++;
    }
    return give_list(&b, 4, 6, n);
}

/* server, user, level, *buffer, most, *read, *total: GROUP_USERS_INFO_0, _1 */
bool export_NetUserGetGroups(ExportCall *c) {
    char *user = own_name(c, c->arg[1]);
    uint32_t level = (uint32_t)c->arg[2], n = 0;
    bool domain;
    if (!users_of_server(c, c->arg[0], &domain)) return export_answer(c, ERROR_BAD_NETPATH);
    if (!user || !ask_find(c->machine, FACT_account, user)) return export_answer(c, NERR_USER_NOT_FOUND);
    if (level > 1) return export_answer(c, ERROR_INVALID_LEVEL);
    Groups l = global_groups(c->machine, domain);
    Block b = block_new(c, l.count * ROW, l.count * TEXTS_PER_ROW);
    for (size_t i = 0; i < l.count; i++) {
        Members *members = arena_one(c->scratch, Members);
        if (!members) break;
        members_of_global(members, c, &l.groups[i], domain);
        if (!has_member(members, user)) continue;
        block_put_text(&b, l.groups[i].name, true);
        if (level) put_u32(&b.f, 7);
        fields_align(&b.f, c->process->pointer);
        n++;
    }
    return give_list(&b, 3, 5, n);
}
