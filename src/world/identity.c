/* Who the computer is, where a world does not tell all of it: SIDs, and what belongs to a domain.
 */
#include "world/internal.h"
#include <ctype.h>

/* Windows makes the middle of a SID at random; here it follows from the name of the computer or the
 * domain. */
static char *sid_of(World *w, const char *name, const char *behind) {
    uint8_t digest[32];
    hash_sha256(span_str(name), digest);
    Cur c = cur(span(digest, sizeof digest));
    uint32_t a = cur_u32le(&c), b = cur_u32le(&c), d = cur_u32le(&c);
    return arena_printf(w->arena, "S-1-5-21-%u-%u-%u%s", a, b, d, behind);
}

static char *lower(Arena *a, const char *text) {
    char *copy = arena_str(a, text);
    for (char *p = copy; p && *p; p++) *p = (char)tolower((unsigned char)*p);
    return copy;
}

/* A domain member of which only the domain's name was told: the rest as an administrator would have
 * named it. */
static Status bind_domain(World *w) {
    const char *domain = world_text(w, FACT_domain), *dns = world_text(w, FACT_domain_dns),
               *controller = world_text(w, FACT_domain_controller),
               *sid = world_text(w, FACT_domain_sid), *address = world_text(w, FACT_domain_address);
    const WorldItem *adapter = world_first(w, FACT_mac);
    const char *servers = adapter ? item_text(adapter, FACT_mac_dns) : "";
    char *name = lower(w->arena, domain);
    if (!name) return ST_BUDGET;
    w->domain = (WorldDomain){
        .name = domain,
        .dns = *dns ? dns : arena_printf(w->arena, "%s.local", name),
        .controller = *controller ? controller : "DC01",
        .address = *address ? address : arena_text(w->arena, span(servers, strcspn(servers, " "))),
        .sid = *sid ? sid : sid_of(w, domain, ""),
    };
    return w->domain.dns && w->domain.address && w->domain.sid ? ST_OK : ST_BUDGET;
}

static bool is_taken(const World *w, const char *sid) {
    for (const WorldItem *i = world_first(w, FACT_account); i; i = world_next(i))
        if (!i->derived && item_text(i, FACT_account) &&
            text_equal_nocase(item_text(i, FACT_account), sid))
            return true;
    return false;
}

/* That of a user of whom no account is told: the computer's first that nobody has. */
static char *free_sid(World *w) {
    enum { FIRST = 1001, LAST = 1999 };
    char *sid = NULL;
    for (unsigned id = FIRST; id <= LAST; id++) {
        sid = arena_printf(w->arena, "%s-%u", w->computer_sid, id);
        if (!sid || !is_taken(w, sid)) break;
    }
    return sid;
}

Status identity_bind(World *w) {
    w->user_sid = sid_of(w, world_text(w, FACT_computer), "-1001");
    w->computer_sid = arena_str(w->arena, w->user_sid ? world_user_sid(w) : "");
    if (!w->user_sid || !w->computer_sid) return ST_BUDGET;
    for (const WorldItem *i = world_first(w, FACT_account); i; i = world_next(i))
        if (!i->derived && !item_bool(i, FACT_account_domain) && item_text(i, FACT_account))
            w->computer_sid = arena_str(w->arena, item_text(i, FACT_account));
    char *last = w->computer_sid ? strrchr(w->computer_sid, '-') : NULL;
    if (last) *last = 0;
    w->user_sid = free_sid(w);
    w->domain = (WorldDomain){0};
    if (!w->user_sid) return ST_BUDGET;
    return *world_text(w, FACT_domain) ? bind_domain(w) : ST_OK;
}

const WorldDomain *world_domain(const World *w) {
    return w->domain.name ? &w->domain : NULL;
}

const char *world_computer_sid(const World *w) {
    return w->computer_sid;
}

const char *world_user_sid(const World *w) {
    const WorldItem *account = world_find(w, FACT_account, world_text(w, FACT_user));
    const char *sid = account ? item_text(account, FACT_account) : NULL;
    return sid ? sid : w->user_sid;
}
