/* Token: who a process or a thread is: the world's user, with groups, privileges and an integrity
 * level. */
#ifndef COAX_GUEST_TOKEN_H
#define COAX_GUEST_TOKEN_H

#include "guest/machine.h"
#include "guest/sid.h"

enum { TOKEN_MOST_GROUPS = 24, PRIVILEGE_COUNT = 37 };

enum {
    INTEGRITY_LOW = 0x1000,
    INTEGRITY_MEDIUM = 0x2000,
    INTEGRITY_HIGH = 0x3000,
    INTEGRITY_SYSTEM = 0x4000
};

typedef struct {
    Sid sid;
    uint32_t attributes; /* SE_GROUP_* */
} TokenGroup;

typedef struct {
    Object object; /* of token_type */
    uint64_t id, modified_id;
    bool primary, elevated, restricted;
    uint32_t level; /* of impersonation */
    uint32_t integrity, session;
    Sid user, owner, group;
    TokenGroup groups[TOKEN_MOST_GROUPS];
    uint32_t group_count;
    uint64_t privileges, enabled, enabled_first; /* bit n is privilege n */
} Token;

extern const ObjectType token_type;

/* The token of a process, made when it is first asked for. NULL: no memory. */
Token *token_of_process(Process *p);
/* The one that counts for a thread's accesses: impersonated or its process'. */
Token *token_of_thread(Thread *t);

/* New tokens, each with one reference; NULL: no memory. */
Token *token_copy(const Token *from);
/* What UAC leaves an administrator who did not ask to be one. */
Token *token_filtered(const Token *from);
Token *token_anonymous(Machine *m);
/* SYSTEM, LOCAL SERVICE, NETWORK SERVICE. */
Token *token_of_service(Machine *m, const char *sid);

/* Whether SeDebugPrivilege is on. */
bool token_may_debug(const Token *t);

/* Whether the thread is an administrator with all rights. */
bool token_is_elevated(Thread *t);

/* Whether the SID is the token's user or an enabled group; for denials, groups that only deny
 * count. */
bool token_has(const Token *t, const Sid *who, bool deny);

/* The token behind a handle, pseudo handles (-4 to -6) included. */
uint32_t token_of_handle(Thread *t, uint64_t handle, Token **out);

/* Whether the world's user is an administrator. */
bool world_user_is_admin(const World *w);

#endif
