/* Users: what the exports about accounts and groups share. */
#ifndef COAX_GUEST_EXPORT_USERS_H
#define COAX_GUEST_EXPORT_USERS_H

#include "guest/export/block.h"
#include "guest/sid.h"

enum {
    ERROR_NOT_ENOUGH_MEMORY = 8,
    ERROR_BAD_NETPATH = 53,
    ERROR_INVALID_LEVEL = 124,
    ERROR_NO_SUCH_ALIAS = 1376,
    NERR_GROUP_NOT_FOUND = 2220,
    NERR_USER_NOT_FOUND = 2221,
};

/* The accounts of the computer, or of its domain, one after the other (NULL: the first). */
const WorldItem *users_next(const Machine *m, const WorldItem *after, bool of_domain);

/* Which of both a server's name in UTF-16 means; false: there is no such server. */
bool users_of_server(ExportCall *c, uint64_t name_at, bool *of_domain);

/* The last part of an account's SID. */
uint32_t user_rid(const WorldItem *account);

#endif
