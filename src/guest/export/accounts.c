/* Accounts of the world, by name and by SID. Well-known ones (SYSTEM, Everyone) are Wine's. */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/export/export.h"
#include "guest/sid.h"
#include <strings.h>

enum {
    ERROR_INSUFFICIENT_BUFFER = 122,
    USE_USER = 1,
    USE_GROUP = 2,
    DOMAIN_USERS = 513,
};

typedef struct {
    const char *name, *domain;
    Sid sid;
    uint32_t use; /* SID_NAME_USE */
} Account;

static const char *domain_of(const Machine *m) {
    const char *domain = ask_text(m, FACT_domain);
    return *domain ? domain : ask_text(m, FACT_computer);
}

/* The group of all users of the machine or its domain. */
static Account users_group(const Machine *m) {
    Sid user = sid_parse(world_user_sid(m->world));
    bool in_domain = *ask_text(m, FACT_domain);
    return (Account){in_domain ? "Domain Users" : "None", domain_of(m),
                     sid_sibling(&user, DOMAIN_USERS), USE_GROUP};
}

static bool matches(const Account *a, const char *name, const Sid *sid) {
    return name ? text_equal_nocase(a->name, name) : sid_equal(&a->sid, sid);
}

/* Groups of every logon that Wine's table of well-known SIDs does not have. */
static bool find_well_known(const char *name, const Sid *sid, Account *out) {
    enum { USE_WELL_KNOWN_GROUP = 5 };
    static const char *const all[][3] = {
        {"S-1-2-1", "CONSOLE LOGON", ""},
        {"S-1-5-113", "Local account", "NT AUTHORITY"},
        {"S-1-5-114", "Local account and member of Administrators group", "NT AUTHORITY"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        *out = (Account){all[i][1], all[i][2], sid_parse(all[i][0]), USE_WELL_KNOWN_GROUP};
        if (matches(out, name, sid)) return true;
    }
    return false;
}

/* By name, or by SID where that is NULL. */
static bool find_account(const Machine *m, const char *name, const Sid *sid, Account *out) {
    const World *w = m->world;
    for (const WorldItem *i = world_first(w, FACT_account); i; i = world_next(i)) {
        const char *text = item_text(i, FACT_account);
        *out = (Account){i->subject, domain_of(m), sid_parse(text ? text : ""), USE_USER};
        if (out->sid.n && matches(out, name, sid)) return true;
    }
    *out =
        (Account){ask_text(m, FACT_user), domain_of(m), sid_parse(world_user_sid(w)), USE_USER};
    if (matches(out, name, sid)) return true;
    *out = users_group(m);
    return matches(out, name, sid) || find_well_known(name, sid, out);
}

static size_t units(ExportCall *c, const char *text) {
    return text_to_utf16(c->scratch, span_str(text)).n / 2;
}

/* A text's buffer and the address of its size, in characters. */
typedef struct {
    uint64_t buffer, size_at;
    const char *text;
} TextRoom;

static bool fits(ExportCall *c, const TextRoom *r) {
    uint32_t room = 0;
    guest_get_u32(c->process, r->size_at, &room);
    return units(c, r->text) < room;
}

/* The size that a buffer needs counts the NUL, the length of what is in it does not. */
static void put_size(ExportCall *c, const TextRoom *r, bool with_nul) {
    guest_put_u32(c->process, r->size_at, (uint32_t)units(c, r->text) + with_nul);
}

static bool give_texts(ExportCall *c, const TextRoom *rooms, size_t n) {
    bool all = true;
    for (size_t i = 0; i < n; i++) all = all && fits(c, &rooms[i]);
    for (size_t i = 0; i < n; i++) {
        if (all)
            export_put_text(c, rooms[i].buffer, units(c, rooms[i].text) + 1, rooms[i].text, true);
        put_size(c, &rooms[i], !all);
    }
    return all;
}

/* system, SID, name, *its size, domain, *its size, *use */
bool export_LookupAccountSidW(ExportCall *c) {
    uint8_t raw[SID_MOST_BYTES] = {0};
    Account a;
    if (!guest_read(c->process, c->arg[1], raw, 8) || raw[1] > SID_MOST_PARTS ||
        !guest_read(c->process, c->arg[1], raw, 8 + 4u * raw[1]))
        return false;
    Sid sid = sid_read(span(raw, sizeof raw));
    if (!sid.n || !find_account(c->machine, NULL, &sid, &a)) return false;
    const TextRoom rooms[] = {{c->arg[2], c->arg[3], a.name}, {c->arg[4], c->arg[5], a.domain}};
    if (!give_texts(c, rooms, 2)) return export_fail(c, ERROR_INSUFFICIENT_BUFFER);
    guest_put_u32(c->process, c->arg[6], a.use);
    c->result = 1;
    return true;
}

/* The name behind "DOMAIN\", or NULL where that is another domain's. */
static const char *own_name(const Machine *m, const char *name) {
    const char *slash = strrchr(name, '\\'), *own = domain_of(m);
    if (!slash) return name;
    size_t n = (size_t)(slash - name);
    bool same = n == strlen(own) && strncasecmp(name, own, n) == 0;
    return same || n == 0 ? slash + 1 : NULL;
}

/* system, name, SID, *its size, domain, *its size, *use */
bool export_LookupAccountNameW(ExportCall *c) {
    enum { LONGEST = 512 };
    Account a;
    uint32_t room = 0;
    const char *name = guest_string16(c->process, c->scratch, c->arg[1], LONGEST);
    name = name ? own_name(c->machine, name) : NULL;
    bool there = name && find_account(c->machine, name, NULL, &a);
    if (name && asking(c->machine))
        ask_about(c->machine, FACT_account, name, there ? ASK_FOUND : ASK_ABSENT);
    if (!there) return false;
    const TextRoom domain = {c->arg[4], c->arg[5], a.domain};
    guest_get_u32(c->process, c->arg[3], &room);
    guest_put_u32(c->process, c->arg[3], a.sid.n);
    bool enough = room >= a.sid.n && fits(c, &domain);
    if (!enough) {
        put_size(c, &domain, true);
        return export_fail(c, ERROR_INSUFFICIENT_BUFFER);
    }
    give_texts(c, &domain, 1);
    guest_write(c->process, c->arg[2], a.sid.bytes, a.sid.n);
    guest_put_u32(c->process, c->arg[6], a.use);
    c->result = 1;
    return true;
}
