/* Servers, shares and connections as netapi32.dll tells of them. Layouts: SERVER_INFO_*,
 * SHARE_INFO_*, USE_INFO_* of lmserver.h, lmshare.h and lmuse.h. */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/export/neighbours.h"
#include "guest/export/users.h"
#include <stdlib.h>

enum {
    ERROR_NO_BROWSER_SERVERS_FOUND = 6118,
    NERR_NET_NAME_NOT_FOUND = 2310,
    NERR_USE_NOT_FOUND = 2250,
    PLATFORM_NT = 500,
    ROW = 96,
    TEXTS = 1024,
    LONGEST = 256,
};

/* *read, *total and *resume of an enumeration that tells all at once. */
static bool give_list(Block *b, uint64_t buffer_at, uint32_t n, uint64_t read_at, uint64_t total_at,
                      uint64_t resume_at) {
    Process *p = b->call->process;
    guest_put_u32(p, read_at, n);
    guest_put_u32(p, total_at, n);
    if (resume_at) guest_put_u32(p, resume_at, 0);
    return export_answer(b->call, block_give(b, buffer_at) ? 0 : ERROR_NOT_ENOUGH_MEMORY);
}

static bool is_empty(ExportCall *c, uint64_t buffer_at, uint64_t read_at, uint64_t total_at) {
    guest_put_pointer(c->process, buffer_at, 0);
    guest_put_u32(c->process, read_at, 0);
    guest_put_u32(c->process, total_at, 0);
    return export_answer(c, 0);
}

/* ---- servers ---- */

static void put_server(ExportCall *c, Block *b, const Neighbour *n, uint32_t level) {
    const char *version = ask_text(c->machine, FACT_os_version), *dot = strchr(version, '.');
    put_u32(&b->f, PLATFORM_NT);
    block_put_text(b, n->name, true);
    if (level == 100) return;
    put_u32(&b->f, (uint32_t)strtoul(version, NULL, 10));
    put_u32(&b->f, dot ? (uint32_t)strtoul(dot + 1, NULL, 10) : 0);
    put_u32(&b->f, n->type);
    block_put_text(b, n->comment ? n->comment : "", true);
}

/* The name of the domain itself, for who asks for domains. */
static void put_domain(ExportCall *c, Block *b, uint32_t level) {
    const Neighbour domain = {world_domain(c->machine->world)->name, "", 0x80000000u};
    put_server(c, b, &domain, level);
}

/* server, level, *buffer, most, *read, *total, type, domain, *resume */
bool export_NetServerEnum(ExportCall *c) {
    const uint32_t all = UINT32_MAX, domains = 0x80000000u;
    uint32_t level = (uint32_t)c->arg[1], type = (uint32_t)c->arg[6], rows = 0;
    if (level != 100 && level != 101) return export_answer(c, ERROR_INVALID_LEVEL);
    Neighbour *list = arena_new_array(c->scratch, Neighbour, MOST_NEIGHBOURS);
    size_t n = list ? neighbours(c, list) : 0;
    if (!n) return export_answer(c, ERROR_NO_BROWSER_SERVERS_FOUND);
    Block b = block_new(c, n * ROW, n * TEXTS);
    for (size_t i = 0; i < n && type != domains; i++) {
        if (type != all && !(list[i].type & type)) continue;
        put_server(c, &b, &list[i], level);
        rows++;
    }
    if (type == domains) {
        put_domain(c, &b, level);
        rows = 1;
    }
    return give_list(&b, c->arg[2], rows, c->arg[4], c->arg[5], c->arg[8]);
}

/* ---- shares ---- */

static bool is_share_level(uint32_t level) {
    return level <= 2 || level == 502;
}

static void put_share(Block *b, const Share *s, uint32_t level) {
    const uint32_t unlimited = UINT32_MAX;
    block_put_text(b, s->name, true);
    if (level == 0) return;
    put_u32(&b->f, s->type);
    block_put_text(b, s->comment ? s->comment : "", true);
    if (level == 1) return;
    put_u32(&b->f, 0);
    put_u32(&b->f, unlimited);
    put_u32(&b->f, 0);
    block_put_text(b, s->path ? s->path : "", true);
    put_pointer(&b->f, 0); /* no password */
    if (level == 2) return;
    put_u32(&b->f, 0);
    put_pointer(&b->f, 0);
}

/* server, level, *buffer, most, *read, *total, *resume */
bool export_NetShareEnum(ExportCall *c) {
    uint32_t level = (uint32_t)c->arg[1];
    const char *server =
        c->arg[0] ? guest_string16(c->process, c->scratch, c->arg[0], LONGEST) : "";
    Share list[MOST_SHARES];
    size_t n;
    if (!is_share_level(level)) return export_answer(c, ERROR_INVALID_LEVEL);
    if (!shares_of(c, server, list, &n)) return export_answer(c, ERROR_BAD_NETPATH);
    Block b = block_new(c, n * ROW, n * TEXTS);
    for (size_t i = 0; i < n; i++) put_share(&b, &list[i], level);
    return give_list(&b, c->arg[2], (uint32_t)n, c->arg[4], c->arg[5], c->arg[6]);
}

/* server, name, level, *buffer */
bool export_NetShareGetInfo(ExportCall *c) {
    uint32_t level = (uint32_t)c->arg[2];
    const char *server =
        c->arg[0] ? guest_string16(c->process, c->scratch, c->arg[0], LONGEST) : "";
    const char *name = guest_string16(c->process, c->scratch, c->arg[1], LONGEST);
    Share list[MOST_SHARES];
    size_t n, i = 0;
    if (!is_share_level(level)) return export_answer(c, ERROR_INVALID_LEVEL);
    if (!name || !shares_of(c, server, list, &n)) return export_answer(c, ERROR_BAD_NETPATH);
    while (i < n && !text_equal_nocase(list[i].name, name)) i++;
    if (i == n) return export_answer(c, NERR_NET_NAME_NOT_FOUND);
    Block b = block_new(c, ROW, TEXTS);
    put_share(&b, &list[i], level);
    return export_answer(c, block_give(&b, c->arg[3]) ? 0 : ERROR_NOT_ENOUGH_MEMORY);
}

/* ---- connections to others ---- */

static void put_use(ExportCall *c, Block *b, const WorldItem *drive, uint32_t level) {
    block_put_text(b, arena_printf(c->scratch, "%c:", *drive->subject), true);
    block_put_text(b, ask_item_text(c->machine, drive, FACT_drive_share), true);
    if (level == 0) return;
    put_pointer(&b->f, 0);                                  /* no password */
    for (unsigned i = 0; i < 4; i++) put_u32(&b->f, i / 2); /* OK, a disk; references, uses */
    if (level == 1) return;
    const WorldDomain *d = world_domain(c->machine->world);
    block_put_text(b, ask_text(c->machine, FACT_user), true);
    block_put_text(b, d ? d->name : ask_text(c->machine, FACT_computer), true);
}

/* server, level, *buffer, most, *read, *total, *resume */
bool export_NetUseEnum(ExportCall *c) {
    uint32_t level = (uint32_t)c->arg[1], n = 0;
    if (level > 2) return export_answer(c, ERROR_INVALID_LEVEL);
    size_t most = world_count(c->machine->world, FACT_drive) + 1;
    Block b = block_new(c, most * ROW, most * TEXTS);
    for (const WorldItem *i = ask_first(c->machine, FACT_drive); i; i = ask_next(c->machine, i)) {
        if (!*ask_item_text(c->machine, i, FACT_drive_share)) continue;
        put_use(c, &b, i, level);
        n++;
    }
    return give_list(&b, c->arg[2], n, c->arg[4], c->arg[5], c->arg[6]);
}

/* server, client, user, level, *buffer, most, *read, *total, *resume: nobody uses what we share */
bool export_NetSessionEnum(ExportCall *c) {
    return is_empty(c, c->arg[4], c->arg[6], c->arg[7]);
}
/* server, path, user, level, *buffer, most, *read, *total, *resume */
bool export_NetFileEnum(ExportCall *c) {
    return is_empty(c, c->arg[4], c->arg[6], c->arg[7]);
}
