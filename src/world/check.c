/* What cannot be true at the same time. Edits are not checked: one of a set may stand alone. */
#include "world/internal.h"
#include <inttypes.h>
#include <stdlib.h>

typedef struct {
    const World *world;
    WorldError *error;
} Checker;

static Status contradiction(const Checker *c, uint32_t line, uint32_t column, const char *format,
                            ...) __attribute__((format(printf, 4, 5)));

static Status contradiction(const Checker *c, uint32_t line, uint32_t column, const char *format,
                            ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(c->world->arena, format, args);
    va_end(args);
    if (text && !line)
        text = arena_printf(c->world->arena, "in the world that this extends: %s", text);
    *c->error =
        (WorldError){text ? text : status_text(ST_BUDGET), line ? line : 1, line ? column : 1};
    return text ? ST_SYNTAX : ST_BUDGET;
}

/* Points at the item's value where that is told, else at the item. */
#define AT(item, v) (v)->line ? (v)->line : (item)->line, (v)->line ? (v)->column : (item)->column

static const WorldItem *single(const World *w, FactId fact) {
    return w->tables[fact].first;
}

static Status check_told_twice(const Checker *c) {
    const WorldItem *twice = c->world->merged;
    if (!twice) return ST_OK;
    return contradiction(c, twice->line, twice->column, "%s is there twice once it is expanded",
                         twice->subject);
}

/* ---- single facts ---- */

static Status check_domain(const Checker *c) {
    const World *w = c->world;
    const WorldItem *group = single(w, FACT_workgroup);
    if (!group || !*world_text(w, FACT_workgroup) || !*world_text(w, FACT_domain)) return ST_OK;
    return contradiction(c, group->line, group->column,
                         "a member of the domain %s is in no workgroup",
                         world_text(w, FACT_domain));
}

/* What only a member has. */
static Status check_domain_parts(const Checker *c) {
    const WorldItem *domain = single(c->world, FACT_domain);
    if (!domain || *world_text(c->world, FACT_domain)) return ST_OK;
    for (FactId id = FACT_domain + 1; id < FACT_domain + fact_value_count(FACT_domain); id++)
        if (domain->values[id - FACT_domain].set)
            return contradiction(c, AT(domain, &domain->values[id - FACT_domain]),
                                 "%s without a domain", fact_info(id)->name);
    return ST_OK;
}

/* A share in percent. */
static Status check_percent(const Checker *c, FactId id) {
    const WorldItem *item = single(c->world, fact_info(id)->fact);
    int64_t n = world_number(c->world, id);
    if (!item || (n >= 0 && n <= 100)) return ST_OK;
    return contradiction(c, AT(item, item_value(item, id)), "%s goes from 0 to 100",
                         fact_info(id)->name);
}

static Status check_pointer(const Checker *c) {
    const WorldItem *item = single(c->world, FACT_activity);
    int64_t point = world_number(c->world, FACT_activity_pointer);
    uint32_t width, height;
    world_resolution(c->world, &width, &height);
    if (!item || (point >> 32 < width && (uint32_t)point < height)) return ST_OK;
    return contradiction(c, AT(item, item_value(item, FACT_activity_pointer)),
                         "the pointer is outside of the screen");
}

/* The first of two rows may not be more than the second. */
static Status check_at_most(const Checker *c, FactId less, FactId more) {
    const WorldItem *item = single(c->world, fact_info(less)->fact);
    const WorldValue *told = item ? &item->values[less - fact_info(less)->fact] : NULL;
    if (!told || !told->set || told->number <= world_number(c->world, more)) return ST_OK;
    return contradiction(c, AT(item, item_value(item, less)), "%s is more than %s",
                         fact_info(less)->name, fact_info(more)->name);
}

static Status check_installed(const Checker *c) {
    const World *w = c->world;
    const WorldItem *os = single(w, FACT_os);
    Time booted;
    if (!os ||
        __builtin_sub_overflow(world_time(w, FACT_time), world_number(w, FACT_uptime), &booted) ||
        world_time(w, FACT_os_installed) <= booted)
        return ST_OK;
    return contradiction(c, AT(os, item_value(os, FACT_os_installed)),
                         "the system was installed after it was started");
}

/* ---- places ---- */

static Status check_locale(const Checker *c) {
    const WorldItem *item = single(c->world, FACT_locale);
    const char *lcid = world_locale_identifier(world_text(c->world, FACT_locale));
    if (!item || !lcid || text_equal_nocase(lcid, world_text(c->world, FACT_locale_lcid)))
        return ST_OK;
    return contradiction(c, AT(item, item_value(item, FACT_locale_lcid)),
                         "the identifier of %s is %s", world_text(c->world, FACT_locale), lcid);
}

static Status check_zone(const Checker *c) {
    const WorldItem *item = single(c->world, FACT_timezone);
    int64_t bias;
    if (!item || !world_zone_bias(world_text(c->world, FACT_timezone), &bias) ||
        bias == world_number(c->world, FACT_timezone_bias))
        return ST_OK;
    return contradiction(c, AT(item, item_value(item, FACT_timezone_bias)), "the bias of %s is %d",
                         world_text(c->world, FACT_timezone), (int)bias);
}

/* ---- accounts ---- */

static bool is_service_account(const char *name) {
    return text_equal_nocase(name, "SYSTEM") || text_equal_nocase(name, "LOCAL SERVICE") ||
           text_equal_nocase(name, "NETWORK SERVICE");
}

static bool has_account(const World *w, const char *name) {
    const WorldItem *account = world_find(w, FACT_account, name);
    return !world_first(w, FACT_account) || (account && !account->derived);
}

static Status check_user(const Checker *c) {
    const WorldItem *user = single(c->world, FACT_user);
    const char *name = world_text(c->world, FACT_user);
    if (!user || has_account(c->world, name)) return ST_OK;
    return contradiction(c, user->line, user->column, "the user %s has no account", name);
}

static Status check_account(const Checker *c, const WorldItem *account) {
    const char *sid = item_text(account, FACT_account);
    if (item_bool(account, FACT_account_domain) && !*world_text(c->world, FACT_domain))
        return contradiction(c, AT(account, item_value(account, FACT_account_domain)),
                             "%s is of a domain, and there is none", account->subject);
    for (const WorldItem *i = world_first(c->world, FACT_account); sid && i != account;
         i = world_next(i))
        if (item_text(i, FACT_account) && text_equal_nocase(item_text(i, FACT_account), sid))
            return contradiction(c, AT(account, item_value(account, FACT_account)),
                                 "%s has the same SID", i->subject);
    return ST_OK;
}

static Status check_group(const Checker *c, const WorldItem *group) {
    Arena *a = c->world->arena;
    for (const char *p = item_text(group, FACT_group_members); p && *p;) {
        size_t n = strcspn(p, ";");
        const char *name = arena_text(a, span(p, n));
        if (!name) return ST_BUDGET;
        if (*name && !has_account(c->world, name))
            return contradiction(c, AT(group, item_value(group, FACT_group_members)),
                                 "there is no account %s", name);
        p += n + (p[n] == ';');
        p += strspn(p, " ");
    }
    return ST_OK;
}

/* ---- drives and what is on them ---- */

static Status check_drive(const Checker *c, const WorldItem *drive) {
    const char *share = item_text(drive, FACT_drive_share), *type = item_text(drive, FACT_drive);
    bool network = strcmp(type, "network") == 0;
    if (network != (*share != 0))
        return contradiction(
            c, AT(drive, item_value(drive, FACT_drive_share)),
            network ? "a network drive without a share" : "a %s drive has no share", type);
    const WorldValue *free = &drive->values[FACT_drive_free - FACT_drive];
    if (!free->set || free->number <= item_number(drive, FACT_drive_size, 0)) return ST_OK;
    return contradiction(c, AT(drive, item_value(drive, FACT_drive_free)),
                         "the drive has more free than it has");
}

static Status check_is_on_a_drive(const Checker *c, const WorldItem *item) {
    const char letter[2] = {item->subject[0], 0};
    if (item->subject[1] != ':' || !world_first(c->world, FACT_drive)) return ST_OK;
    if (world_find(c->world, FACT_drive, letter)) return ST_OK;
    return contradiction(c, item->line, item->column, "there is no drive %s:", letter);
}

/* A value that is a path. */
static Status check_path(const Checker *c, const WorldItem *item, FactId id) {
    const char *path = item_text(item, id);
    const char letter[2] = {path ? path[0] : 0, 0};
    if (!path || !path[0] || path[1] != ':' || !world_first(c->world, FACT_drive)) return ST_OK;
    if (world_find(c->world, FACT_drive, letter)) return ST_OK;
    return contradiction(c, AT(item, item_value(item, id)), "there is no drive %s:", letter);
}

static Status check_module(const Checker *c, const WorldItem *module) {
    return check_path(c, module, FACT_module);
}
static Status check_share(const Checker *c, const WorldItem *share) {
    return check_path(c, share, FACT_share);
}

static Status check_is_not_in_the_future(const Checker *c, const WorldItem *item, FactId id) {
    const WorldValue *v = item_value(item, id);
    if (!v->set || v->number <= world_time(c->world, FACT_time)) return ST_OK;
    return contradiction(c, AT(item, v), "this is later than the world's time");
}

static Status check_size(const Checker *c, const WorldItem *file) {
    const WorldValue *size = item_value(file, FACT_file_size);
    if (!size->set || (uint64_t)size->number >= item_value(file, FACT_file)->bytes.n) return ST_OK;
    return contradiction(c, AT(file, size), "the content is longer than the size");
}

/* A file cannot be a directory, nor can a file lie below it. */
static Status check_way(const Checker *c, const WorldItem *item) {
    char *path = arena_str(c->world->arena, item->folded);
    if (!path) return ST_BUDGET;
    if (item->fact == FACT_directory && world_item_find(c->world, FACT_file, path))
        return contradiction(c, item->line, item->column, "%s is also a file", item->subject);
    for (char *end = strrchr(path, '\\'); end; end = strrchr(path, '\\')) {
        *end = 0;
        const WorldItem *above = world_item_find(c->world, FACT_file, path);
        if (above && !above->removed)
            return contradiction(c, item->line, item->column, "%s is a file", above->subject);
    }
    return ST_OK;
}

static Status check_place(const Checker *c, const WorldItem *item, FactId first_time) {
    TRY(check_is_on_a_drive(c, item));
    TRY(check_way(c, item));
    for (FactId id = first_time; id < first_time + 3; id++)
        TRY(check_is_not_in_the_future(c, item, id));
    return ST_OK;
}

static Status check_file(const Checker *c, const WorldItem *file) {
    TRY(check_size(c, file));
    return check_place(c, file, FACT_file_created);
}

static Status check_directory(const Checker *c, const WorldItem *directory) {
    return directory->derived ? ST_OK : check_place(c, directory, FACT_directory_created);
}

/* ---- processes, windows, adapters ---- */

static const WorldItem *process_of(const World *w, int64_t pid) {
    const WorldItem *i = world_first(w, FACT_process);
    while (i && item_number(i, FACT_process_pid, 0) != pid) i = world_next(i);
    return i;
}

/* A parent may have ended; but nobody is his own ancestor. */
static Status check_parent(const Checker *c, const WorldItem *process) {
    size_t left = world_count(c->world, FACT_process);
    const WorldItem *i = process;
    for (; i && left; left--) {
        i = process_of(c->world, item_number(i, FACT_process_parent, 0));
        if (i == process)
            return contradiction(c, AT(process, item_value(process, FACT_process_parent)),
                                 "%s is its own ancestor", process->subject);
    }
    return ST_OK;
}

static Status check_process(const Checker *c, const WorldItem *process) {
    const World *w = c->world;
    int64_t pid = item_number(process, FACT_process_pid, 0);
    for (const WorldItem *i = world_first(w, FACT_process); i != process; i = world_next(i))
        if (item_number(i, FACT_process_pid, 0) == pid)
            return contradiction(c, AT(process, item_value(process, FACT_process_pid)),
                                 "process %" PRId64 " is also %s", pid, i->subject);
    TRY(check_path(c, process, FACT_process));
    TRY(check_parent(c, process));
    const char *owner = item_text(process, FACT_process_user);
    if (!owner || is_service_account(owner) || has_account(w, owner)) return ST_OK;
    return contradiction(c, AT(process, item_value(process, FACT_process_user)),
                         "there is no account %s", owner);
}

static Status check_window(const Checker *c, const WorldItem *window) {
    const char *owner = item_text(window, FACT_window_process);
    if (!world_first(c->world, FACT_process) || world_find(c->world, FACT_process, owner))
        return ST_OK;
    return contradiction(c, AT(window, item_value(window, FACT_window_process)),
                         "there is no process %s", owner);
}

/* An IPv4 address; false where the text is none. */
static bool read_address(const char *text, uint32_t *out) {
    *out = 0;
    for (int i = 0; i < 4; i++) {
        size_t digits = strspn(text, "0123456789");
        unsigned long part = strtoul(text, NULL, 10);
        if (!digits || digits > 3 || part > 255 || text[digits] != (i < 3 ? '.' : 0)) return false;
        *out = *out << 8 | (uint32_t)part;
        text += digits + 1;
    }
    return true;
}

static Status check_addresses(const Checker *c, const WorldItem *adapter) {
    static const FactId ids[] = {FACT_mac_ip, FACT_mac_mask, FACT_mac_gateway};
    uint32_t address[3] = {0};
    for (int i = 0; i < 3; i++) {
        const char *text = item_text(adapter, ids[i]);
        if (*text && !read_address(text, &address[i]))
            return contradiction(c, AT(adapter, item_value(adapter, ids[i])),
                                 "%s is no IPv4 address", text);
    }
    if (!adapter->values[FACT_mac_gateway - FACT_mac].set) return ST_OK;
    if (!address[0] || !address[2] || !((address[0] ^ address[2]) & address[1])) return ST_OK;
    return contradiction(c, AT(adapter, item_value(adapter, FACT_mac_gateway)),
                         "the gateway %s is in another network than %s",
                         item_text(adapter, FACT_mac_gateway), item_text(adapter, FACT_mac_ip));
}

static Status check_adapter(const Checker *c, const WorldItem *adapter) {
    Span mac = item_value(adapter, FACT_mac)->bytes;
    if (!mac.n)
        return contradiction(c, adapter->line, adapter->column, "the adapter has no MAC address");
    for (const WorldItem *i = world_first(c->world, FACT_mac); i != adapter; i = world_next(i))
        if (span_equal(item_value(i, FACT_mac)->bytes, mac))
            return contradiction(c, AT(adapter, item_value(adapter, FACT_mac)),
                                 "adapter %s has the same MAC address", i->subject);
    return check_addresses(c, adapter);
}

static Status check_printer(const Checker *c, const WorldItem *printer) {
    if (!item_bool(printer, FACT_printer_standard)) return ST_OK;
    for (const WorldItem *i = world_first(c->world, FACT_printer); i != printer; i = world_next(i))
        if (item_bool(i, FACT_printer_standard))
            return contradiction(c, AT(printer, item_value(printer, FACT_printer_standard)),
                                 "%s is the default printer too", i->subject);
    return ST_OK;
}

/* ---- all ---- */

static const struct {
    FactId fact;
    Status (*check)(const Checker *, const WorldItem *);
} checks[] = {
    {FACT_account, check_account}, {FACT_group, check_group},         {FACT_module, check_module},
    {FACT_share, check_share},     {FACT_printer, check_printer},     {FACT_drive, check_drive},
    {FACT_file, check_file},       {FACT_directory, check_directory}, {FACT_process, check_process},
    {FACT_window, check_window},   {FACT_mac, check_adapter},
};

Status world_check(const World *w, WorldError *error) {
    const Checker c = {w, error};
    TRY(check_told_twice(&c));
    TRY(check_domain(&c));
    TRY(check_domain_parts(&c));
    TRY(check_locale(&c));
    TRY(check_zone(&c));
    TRY(check_user(&c));
    TRY(check_percent(&c, FACT_battery_percent));
    TRY(check_pointer(&c));
    TRY(check_at_most(&c, FACT_activity_clicks, FACT_activity));
    TRY(check_at_most(&c, FACT_idle, FACT_uptime));
    TRY(check_installed(&c));
    TRY(check_at_most(&c, FACT_cpu_cores, FACT_cpu_count));
    TRY(check_at_most(&c, FACT_ram_free, FACT_ram));
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        for (const WorldItem *item = world_first(w, checks[i].fact); item; item = world_next(item))
            TRY(checks[i].check(&c, item));
    return ST_OK;
}
