/* Accounts as netapi32 tells of them: NetUserEnum, NetUserGetInfo, NetQueryDisplayInformation.
 * Layouts: USER_INFO_0 to _23 of lmaccess.h. */
#include "guest/export/users.h"
#include "base/text.h"
#include "guest/ask.h"
#include "guest/token.h"
#include <stdlib.h>

enum { TEXTS_PER_USER = 2048 };

/* ---- what there is ---- */

static bool is_user(const World *w, const WorldItem *i) {
    return text_equal_nocase(i->subject, world_text(w, FACT_user));
}

/* On a member of a domain, the one who is logged on is the domain's. */
static bool is_of(const World *w, const WorldItem *i, bool of_domain) {
    bool theirs = item_bool(i, FACT_account_domain) || (world_domain(w) && is_user(w, i));
    return theirs == of_domain;
}

const WorldItem *users_next(const Machine *m, const WorldItem *after, bool of_domain) {
    const WorldItem *i = after ? ask_next(m, after) : ask_first(m, FACT_account);
    while (i && !is_of(m->world, i, of_domain)) i = ask_next(m, i);
    return i;
}

/* Which accounts a server name means: our own, or those of the domain's controller. */
bool users_of_server(ExportCall *c, uint64_t name_at, bool *of_domain) {
    enum { LONGEST = 256 };
    const World *w = c->machine->world;
    const WorldDomain *d = world_domain(w);
    char *name = name_at ? guest_string16(c->process, c->scratch, name_at, LONGEST) : NULL;
    *of_domain = false;
    if (!name || !*name) return true;
    while (*name == '\\') name++;
    char *dot = strchr(name, '.');
    if (dot) *dot = 0;
    if (text_equal_nocase(name, world_text(w, FACT_computer))) return true;
    *of_domain = true;
    return d && text_equal_nocase(name, d->controller);
}

uint32_t user_rid(const WorldItem *i) {
    const char *sid = item_text(i, FACT_account), *dash = sid ? strrchr(sid, '-') : NULL;
    return dash ? (uint32_t)strtoul(dash + 1, NULL, 10) : 0;
}

/* ---- one account ---- */

typedef enum {
    U_NAME,
    U_PASSWORD,
    U_AGE,
    U_PRIVILEGE,
    U_HOME,
    U_COMMENT,
    U_FLAGS,
    U_SCRIPT,
    U_AUTH,
    U_FULL,
    U_NOTHING,
    U_WORKSTATIONS,
    U_LAST_LOGON,
    U_ZERO,
    U_NEVER,
    U_WEEK,
    U_HOURS,
    U_LOGONS,
    U_SERVER,
    U_ID,
    U_PRIMARY,
    U_SID,
    U_END
} UserField;

/* USER_INFO_<level>. */
static const struct {
    uint32_t level;
    UserField fields[30];
} layouts[] = {
    {0, {U_NAME, U_END}},
    {1, {U_NAME, U_PASSWORD, U_AGE, U_PRIVILEGE, U_HOME, U_COMMENT, U_FLAGS, U_SCRIPT, U_END}},
    {2, {U_NAME,   U_PASSWORD, U_AGE,   U_PRIVILEGE, U_HOME,    U_COMMENT,      U_FLAGS,
         U_SCRIPT, U_AUTH,     U_FULL,  U_NOTHING,   U_NOTHING, U_WORKSTATIONS, U_LAST_LOGON,
         U_ZERO,   U_NEVER,    U_NEVER, U_WEEK,      U_HOURS,   U_ZERO,         U_LOGONS,
         U_SERVER, U_ZERO,     U_ZERO,  U_END}},
    {3,
     {U_NAME,  U_PASSWORD, U_AGE,     U_PRIVILEGE, U_HOME,         U_COMMENT,    U_FLAGS, U_SCRIPT,
      U_AUTH,  U_FULL,     U_NOTHING, U_NOTHING,   U_WORKSTATIONS, U_LAST_LOGON, U_ZERO,  U_NEVER,
      U_NEVER, U_WEEK,     U_HOURS,   U_ZERO,      U_LOGONS,       U_SERVER,     U_ZERO,  U_ZERO,
      U_ID,    U_PRIMARY,  U_NOTHING, U_NOTHING,   U_ZERO,         U_END}},
    {10, {U_NAME, U_COMMENT, U_NOTHING, U_FULL, U_END}},
    {11, {U_NAME, U_COMMENT,      U_NOTHING,    U_FULL, U_PRIVILEGE, U_AUTH,   U_AGE,
          U_HOME, U_NOTHING,      U_LAST_LOGON, U_ZERO, U_ZERO,      U_LOGONS, U_SERVER,
          U_ZERO, U_WORKSTATIONS, U_NEVER,      U_WEEK, U_HOURS,     U_ZERO,   U_END}},
    {20, {U_NAME, U_FULL, U_COMMENT, U_FLAGS, U_ID, U_END}},
    {23, {U_NAME, U_FULL, U_COMMENT, U_FLAGS, U_SID, U_END}},
};

static const UserField *layout_of(uint32_t level) {
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (layouts[i].level == level) return layouts[i].fields;
    return NULL;
}

enum { DAY = 86400 };

static int64_t seconds(int64_t time) {
    return time / TIME_SECOND;
}

/* The password is as old as Windows is. */
static uint32_t password_age(const World *w) {
    return (uint32_t)(seconds(world_time(w, FACT_time)) -
                      seconds(world_time(w, FACT_os_installed)));
}

static uint32_t last_logon(const Machine *m, const WorldItem *i) {
    const WorldValue *v = item_value(i, FACT_account_last_logon);
    if (v->set) return (uint32_t)seconds(v->number);
    uint64_t up = m->uptime / TIME_SECOND;
    return is_user(m->world, i) ? (uint32_t)((uint64_t)seconds(m->start) - up + 60) : 0;
}

static uint32_t privilege(const World *w, const WorldItem *i) {
    enum { GUEST = 0, USER = 1, ADMIN = 2 };
    if (user_rid(i) == 501) return GUEST;
    bool admin = is_user(w, i) ? world_user_is_admin(w) : item_bool(i, FACT_account_admin);
    return admin ? ADMIN : USER;
}

static uint32_t flags(const WorldItem *i) {
    enum {
        SCRIPT = 1,
        DISABLED = 2,
        NOT_REQUIRED = 0x20,
        NORMAL = 0x200,
        KEEPS_PASSWORD = 0x10000
    };
    bool own = user_rid(i) >= 1000;
    return SCRIPT | NORMAL | KEEPS_PASSWORD |
           (item_bool(i, FACT_account_disabled) ? DISABLED : 0u) |
           (own ? 0u : (uint32_t)NOT_REQUIRED);
}

static void put_sid(Block *b, const WorldItem *i) {
    const char *text = item_text(i, FACT_account);
    Sid sid = sid_parse(text ? text : "");
    put_pointer(&b->f, sid.n ? block_bytes(b, sid_span(&sid), 4) : 0);
}

static void put_hours(Block *b) {
    uint8_t always[21];
    memset(always, 0xFF, sizeof always);
    put_pointer(&b->f, block_bytes(b, span(always, sizeof always), 1));
}

static void put_field(Block *b, const WorldItem *i, UserField field) {
    const Machine *m = b->call->machine;
    const uint32_t never = UINT32_MAX;
    switch (field) {
    case U_NAME: block_put_text(b, i->subject, true); break;
    case U_COMMENT: block_put_text(b, ask_item_text(m, i, FACT_account_comment), true); break;
    case U_FULL: block_put_text(b, ask_item_text(m, i, FACT_account_full_name), true); break;
    case U_PASSWORD: put_pointer(&b->f, 0); break;
    case U_HOME:
    case U_SCRIPT:
    case U_WORKSTATIONS:
    case U_NOTHING: block_put_text(b, "", true); break;
    case U_SERVER: block_put_text(b, "\\\\*", true); break;
    case U_AGE: put_u32(&b->f, password_age(m->world)); break;
    case U_PRIVILEGE:
        ask_item(m, i, FACT_account_admin);
        put_u32(&b->f, privilege(m->world, i));
        break;
    case U_FLAGS:
        ask_item(m, i, FACT_account_disabled);
        put_u32(&b->f, flags(i));
        break;
    case U_LAST_LOGON:
        ask_item(m, i, FACT_account_last_logon);
        put_u32(&b->f, last_logon(m, i));
        break;
    case U_LOGONS: put_u32(&b->f, (uint32_t)ask_item_number(m, i, FACT_account_logons, 0)); break;
    case U_NEVER: put_u32(&b->f, never); break;
    case U_WEEK: put_u32(&b->f, 168); break;
    case U_HOURS: put_hours(b); break;
    case U_ID: put_u32(&b->f, user_rid(i)); break;
    case U_PRIMARY: put_u32(&b->f, 513); break;
    case U_SID: put_sid(b, i); break;
    case U_AUTH:
    case U_ZERO:
    case U_END: put_u32(&b->f, 0); break;
    }
}

static uint64_t size_of(const ExportCall *c, const UserField *layout) {
    uint64_t n = 0;
    for (; *layout != U_END; layout++) n += 8;
    (void)c;
    return n + 8;
}

static void put_user(Block *b, const WorldItem *i, const UserField *layout) {
    for (; *layout != U_END; layout++) put_field(b, i, *layout);
    fields_align(&b->f, b->call->process->pointer);
}

/* server, user, level, *buffer */
bool export_NetUserGetInfo(ExportCall *c) {
    enum { LONGEST = 256 };
    const UserField *layout = layout_of((uint32_t)c->arg[2]);
    char *name = guest_string16(c->process, c->scratch, c->arg[1], LONGEST);
    bool of_domain;
    if (!users_of_server(c, c->arg[0], &of_domain)) return export_answer(c, ERROR_BAD_NETPATH);
    const WorldItem *i = name ? ask_find(c->machine, FACT_account, name) : NULL;
    if (!i) return export_answer(c, NERR_USER_NOT_FOUND);
    if (!layout) return export_answer(c, ERROR_INVALID_LEVEL);
    Block b = block_new(c, size_of(c, layout), TEXTS_PER_USER);
    put_user(&b, i, layout);
    return export_answer(c, block_give(&b, c->arg[3]) ? 0 : ERROR_NOT_ENOUGH_MEMORY);
}

/* server, level, filter, *buffer, most, *read, *total, *resume */
bool export_NetUserEnum(ExportCall *c) {
    const UserField *layout = layout_of((uint32_t)c->arg[1]);
    uint32_t n = 0, normal = 2, filter = (uint32_t)c->arg[2];
    size_t most = world_count(c->machine->world, FACT_account) + 1;
    bool of_domain;
    if (!users_of_server(c, c->arg[0], &of_domain)) return export_answer(c, ERROR_BAD_NETPATH);
    if (!layout) return export_answer(c, ERROR_INVALID_LEVEL);
    Block b = block_new(c, most * size_of(c, layout), most * TEXTS_PER_USER);
    const WorldItem *i =
        filter && !(filter & normal) ? NULL : users_next(c->machine, NULL, of_domain);
    for (; i; i = users_next(c->machine, i, of_domain), n++) put_user(&b, i, layout);
    guest_put_u32(c->process, c->arg[5], n);
    guest_put_u32(c->process, c->arg[6], n);
    if (c->arg[7]) guest_put_u32(c->process, c->arg[7], 0);
    return export_answer(c, block_give(&b, c->arg[3]) ? 0 : ERROR_NOT_ENOUGH_MEMORY);
}

/* server, level, index, count, most bytes, *read, *buffer: NET_DISPLAY_USER; other levels are
 * Wine's */
bool export_NetQueryDisplayInformation(ExportCall *c) {
    enum { USERS = 1, FIELDS = 64 };
    uint32_t n = 0, index = (uint32_t)c->arg[2], count = (uint32_t)c->arg[3], at = 0;
    size_t most = world_count(c->machine->world, FACT_account) + 1;
    bool of_domain;
    if ((uint32_t)c->arg[1] != USERS) return false;
    if (!users_of_server(c, c->arg[0], &of_domain)) return export_answer(c, ERROR_BAD_NETPATH);
    static const UserField layout[] = {U_NAME, U_COMMENT, U_FLAGS, U_FULL, U_ID, U_END};
    Block b = block_new(c, most * FIELDS, most * TEXTS_PER_USER);
    const WorldItem *i = users_next(c->machine, NULL, of_domain);
    for (; i; i = users_next(c->machine, i, of_domain), at++) {
        if (at < index || n >= count) continue;
        for (const UserField *f = layout; *f != U_END; f++) put_field(&b, i, *f);
        put_u32(&b.f, at + 1);
        fields_align(&b.f, c->process->pointer);
        n++;
    }
    guest_put_u32(c->process, c->arg[5], n);
    return export_answer(c, block_give(&b, c->arg[6]) ? 0 : ERROR_NOT_ENOUGH_MEMORY);
}
