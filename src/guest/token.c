#include "guest/token.h"

/* Privileges by their numbers (MS-LSAD 3.1.1.2.1). */
enum {
    INCREASE_QUOTA = 5,
    SECURITY = 8,
    TAKE_OWNERSHIP,
    LOAD_DRIVER,
    SYSTEM_PROFILE,
    SYSTEM_TIME,
    PROFILE_SINGLE_PROCESS,
    INCREASE_BASE_PRIORITY,
    CREATE_PAGEFILE,
    BACKUP = 17,
    RESTORE,
    SHUTDOWN,
    DEBUG,
    SYSTEM_ENVIRONMENT = 22,
    CHANGE_NOTIFY,
    REMOTE_SHUTDOWN,
    UNDOCK,
    MANAGE_VOLUME = 28,
    IMPERSONATE,
    CREATE_GLOBAL,
    INCREASE_WORKING_SET = 33,
    TIME_ZONE,
    CREATE_SYMBOLIC_LINK,
    DELEGATE_SESSION_USER,
};
#define BIT(n) (UINT64_C(1) << (n))

#define USER_PRIVILEGES                                                                            \
    (BIT(SHUTDOWN) | BIT(CHANGE_NOTIFY) | BIT(UNDOCK) | BIT(INCREASE_WORKING_SET) | BIT(TIME_ZONE))
#define ADMIN_PRIVILEGES                                                                           \
    (USER_PRIVILEGES | BIT(INCREASE_QUOTA) | BIT(SECURITY) | BIT(TAKE_OWNERSHIP) |                 \
     BIT(LOAD_DRIVER) | BIT(SYSTEM_PROFILE) | BIT(SYSTEM_TIME) | BIT(PROFILE_SINGLE_PROCESS) |     \
     BIT(INCREASE_BASE_PRIORITY) | BIT(CREATE_PAGEFILE) | BIT(BACKUP) | BIT(RESTORE) |             \
     BIT(DEBUG) | BIT(SYSTEM_ENVIRONMENT) | BIT(REMOTE_SHUTDOWN) | BIT(MANAGE_VOLUME) |            \
     BIT(IMPERSONATE) | BIT(CREATE_GLOBAL) | BIT(CREATE_SYMBOLIC_LINK) |                           \
     BIT(DELEGATE_SESSION_USER))

enum {
    GROUP_ON = 7, /* mandatory, enabled by default, enabled */
    GROUP_OWNER = 8,
    GROUP_DENY_ONLY = 0x10,
    GROUP_INTEGRITY = 0x60,
    GROUP_ENABLED = 4,
};
#define GROUP_LOGON 0xc0000007u

const ObjectType token_type = {.name = "Token"};

bool world_user_is_admin(const World *w) {
    const WorldItem *account = world_find(w, FACT_account, world_text(w, FACT_user));
    /* The first account of a computer, which a world need not tell, is an administrator's. */
    return !account || item_bool(account, FACT_account_admin);
}

static void add_group(Token *t, Sid sid, uint32_t attributes) {
    if (sid.n && t->group_count < TOKEN_MOST_GROUPS)
        t->groups[t->group_count++] = (TokenGroup){sid, attributes};
}

/* The groups of somebody who logged on at the console, as whoami /groups lists them. */
static void add_groups(Token *t, bool admin, bool local) {
    add_group(t, t->group, GROUP_ON);
    add_group(t, sid_parse("S-1-1-0"), GROUP_ON);
    if (admin && local) add_group(t, sid_parse("S-1-5-114"), GROUP_ON);
    if (admin) add_group(t, sid_parse("S-1-5-32-544"), GROUP_ON | GROUP_OWNER);
    add_group(t, sid_parse("S-1-5-32-545"), GROUP_ON);
    add_group(t, sid_parse("S-1-5-4"), GROUP_ON);
    add_group(t, sid_parse("S-1-2-1"), GROUP_ON);
    add_group(t, sid_parse("S-1-5-11"), GROUP_ON);
    add_group(t, sid_parse("S-1-5-15"), GROUP_ON);
    if (local) add_group(t, sid_parse("S-1-5-113"), GROUP_ON);
    add_group(t, sid_parse("S-1-5-5-0-167453"), GROUP_LOGON);
    add_group(t, sid_parse("S-1-2-0"), GROUP_ON);
    add_group(t, sid_parse("S-1-5-64-10"), GROUP_ON);
    add_group(t, sid_parse(t->integrity == INTEGRITY_HIGH ? "S-1-16-12288" : "S-1-16-8192"),
              GROUP_INTEGRITY);
}

static Token *make(Machine *m) {
    enum { DOMAIN_USERS = 513 };
    const World *w = m->world;
    bool admin = world_user_is_admin(w);
    Token *t = object_new(m, &token_type, sizeof *t);
    if (!t) return NULL;
    t->id = t->modified_id = machine_luid(m);
    t->primary = true;
    t->elevated = admin;
    t->integrity = admin ? INTEGRITY_HIGH : INTEGRITY_MEDIUM;
    t->session = 1;
    t->user = sid_parse(world_user_sid(w));
    t->group = sid_sibling(&t->user, DOMAIN_USERS);
    t->owner = admin ? sid_parse("S-1-5-32-544") : t->user;
    add_groups(t, admin, !*world_text(w, FACT_domain));
    t->privileges = admin ? ADMIN_PRIVILEGES : USER_PRIVILEGES;
    t->enabled = BIT(CHANGE_NOTIFY) | (admin ? BIT(IMPERSONATE) | BIT(CREATE_GLOBAL) : 0);
    t->enabled_first = t->enabled;
    return t;
}

Token *token_copy(const Token *from) {
    Token *t = object_new(from->object.machine, &token_type, sizeof *t);
    if (!t) return NULL;
    Object o = t->object;
    *t = *from;
    t->object = o;
    t->id = machine_luid(o.machine);
    return t;
}

Token *token_filtered(const Token *from) {
    Token *t = token_copy(from);
    if (!t) return NULL;
    Sid admins = sid_parse("S-1-5-32-544"), local_admins = sid_parse("S-1-5-114");
    t->elevated = false;
    t->integrity = INTEGRITY_MEDIUM;
    t->owner = t->user;
    t->privileges &= USER_PRIVILEGES;
    t->enabled &= USER_PRIVILEGES;
    t->enabled_first &= USER_PRIVILEGES;
    for (uint32_t i = 0; i < t->group_count; i++) {
        TokenGroup *g = &t->groups[i];
        if (sid_equal(&g->sid, &admins) || sid_equal(&g->sid, &local_admins))
            g->attributes = GROUP_DENY_ONLY;
        if (g->attributes == GROUP_INTEGRITY) g->sid = sid_parse("S-1-16-8192");
    }
    return t;
}

Token *token_anonymous(Machine *m) {
    Token *t = object_new(m, &token_type, sizeof *t);
    if (!t) return NULL;
    t->id = t->modified_id = machine_luid(m);
    t->level = 2;
    t->user = t->owner = t->group = sid_parse("S-1-5-7");
    add_group(t, sid_parse("S-1-1-0"), GROUP_ON);
    return t;
}

Token *token_of_service(Machine *m, const char *sid) {
    Token *t = object_new(m, &token_type, sizeof *t);
    if (!t) return NULL;
    t->id = t->modified_id = machine_luid(m);
    t->primary = t->elevated = true;
    t->integrity = INTEGRITY_SYSTEM;
    t->user = t->owner = t->group = sid_parse(sid);
    add_group(t, sid_parse("S-1-5-32-544"), GROUP_ON | GROUP_OWNER);
    add_group(t, sid_parse("S-1-1-0"), GROUP_ON);
    add_group(t, sid_parse("S-1-5-11"), GROUP_ON);
    add_group(t, sid_parse("S-1-16-16384"), GROUP_INTEGRITY);
    t->privileges = ADMIN_PRIVILEGES;
    t->enabled = t->enabled_first = BIT(CHANGE_NOTIFY) | BIT(IMPERSONATE) | BIT(CREATE_GLOBAL);
    return t;
}

bool token_may_debug(const Token *t) {
    return t && t->enabled & BIT(DEBUG);
}

Token *token_of_process(Process *p) {
    if (!p->token) p->token = (Object *)make(p->machine);
    return (Token *)p->token;
}

Token *token_of_thread(Thread *t) {
    return t->impersonation ? (Token *)t->impersonation : token_of_process(t->process);
}

bool token_is_elevated(Thread *t) {
    const Token *token = token_of_thread(t);
    return token && token->elevated;
}

bool token_has(const Token *t, const Sid *who, bool deny) {
    if (sid_equal(who, &t->user)) return true;
    for (uint32_t i = 0; i < t->group_count; i++) {
        const TokenGroup *g = &t->groups[i];
        if (sid_equal(who, &g->sid))
            return g->attributes & GROUP_ENABLED || (deny && g->attributes & GROUP_DENY_ONLY);
    }
    return false;
}

uint32_t token_of_handle(Thread *t, uint64_t handle, Token **out) {
    enum { CURRENT_PROCESS = -4, CURRENT_THREAD = -5, CURRENT_EFFECTIVE = -6 };
    switch ((int32_t)handle) {
    case CURRENT_PROCESS: *out = token_of_process(t->process); break;
    case CURRENT_THREAD:
        if (!t->impersonation) return STATUS_NO_TOKEN;
        *out = token_of_thread(t);
        break;
    case CURRENT_EFFECTIVE: *out = token_of_thread(t); break;
    default: return handle_object(t->process, handle, &token_type, (Object **)out);
    }
    return *out ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}
