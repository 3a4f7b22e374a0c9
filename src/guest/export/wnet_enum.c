/* What mpr.dll enumerates: networks, domains, computers, shares; and connections of this computer.
 * Layouts: NETRESOURCE of winnetwk.h. */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/export/handle.h"
#include "guest/export/neighbours.h"
#include <strings.h>

enum {
    ERROR_INVALID_HANDLE = 6,
    ERROR_BAD_NETPATH = 53,
    ERROR_BAD_NET_NAME = 67,
    ERROR_MORE_DATA = 234,
    ERROR_NO_MORE_ITEMS = 259,
    ERROR_NO_BROWSER_SERVERS_FOUND = 6118,

    CONNECTED = 1,
    GLOBALNET = 2,
    REMEMBERED = 3,
    CONTEXT = 5,

    TYPE_ANY = 0,
    TYPE_DISK = 1,
    SHOW_DOMAIN = 1,
    SHOW_SERVER = 2,
    SHOW_SHARE = 3,
    SHOW_NETWORK = 6,
    CONNECTABLE = 1,
    CONTAINER = 2,
};

static const char microsoft[] = "Microsoft Windows Network";

typedef struct {
    uint32_t scope, type, display, usage;
    const char *local, *remote, *comment, *provider;
} Resource;

typedef struct {
    Resource *rows;
    size_t count, room;
} Resources;

static void add(Resources *r, Resource row) {
    if (r->count < r->room) r->rows[r->count++] = row;
}

/* ---- what there is ---- */

static void add_networks(Resources *r) {
    static const char *const names[] = {"Microsoft Terminal Services", microsoft,
                                        "Web Client Network"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add(r, (Resource){GLOBALNET, TYPE_ANY, SHOW_NETWORK, CONTAINER, NULL, names[i], NULL,
                          names[i]});
}

static void add_servers(ExportCall *c, uint32_t scope, Resources *r) {
    Neighbour list[MOST_NEIGHBOURS];
    size_t n = neighbours(c, list);
    for (size_t i = 0; i < n; i++)
        add(r, (Resource){scope, TYPE_ANY, SHOW_SERVER, CONTAINER, NULL,
                          arena_printf(&c->machine->arena, "\\\\%s", list[i].name), list[i].comment,
                          microsoft});
}

static uint32_t add_shares(ExportCall *c, const char *computer, Resources *r) {
    Share list[MOST_SHARES];
    size_t n;
    if (!shares_of(c, computer, list, &n)) return ERROR_BAD_NETPATH;
    for (size_t i = 0; i < n; i++)
        if (!strchr(list[i].name, '$')) /* those are hidden */
            add(r, (Resource){GLOBALNET, TYPE_DISK, SHOW_SHARE, CONNECTABLE, NULL,
                              arena_printf(&c->machine->arena, "%s\\%s", computer, list[i].name),
                              list[i].comment, microsoft});
    return 0;
}

static void add_connections(ExportCall *c, uint32_t scope, Resources *r) {
    const Machine *m = c->machine;
    for (const WorldItem *i = ask_first(m, FACT_drive); i; i = ask_next(m, i)) {
        const char *share = ask_item_text(m, i, FACT_drive_share);
        if (*share)
            add(r, (Resource){scope, TYPE_DISK, SHOW_SHARE, CONNECTABLE,
                              arena_printf(&c->machine->arena, "%c:", *i->subject), share, NULL,
                              microsoft});
    }
}

/* What is below a container, by its remote name and provider. */
static uint32_t add_below(ExportCall *c, const char *remote, const char *provider, Resources *r) {
    const WorldDomain *d = world_domain(c->machine->world);
    if (!remote || !*remote) remote = provider;
    if (!remote || !*remote) {
        add_networks(r);
        return 0;
    }
    if (!strncmp(remote, "\\\\", 2)) return add_shares(c, remote, r);
    if (!text_equal_nocase(remote, microsoft)) {
        if (!d || !text_equal_nocase(remote, d->name))
            return text_equal_nocase(remote, provider ? provider : "") ? 0 : ERROR_BAD_NET_NAME;
        add_servers(c, GLOBALNET, r);
        return 0;
    }
    ask_single(c->machine, FACT_domain);
    if (!d) return ERROR_NO_BROWSER_SERVERS_FOUND;
    add(r, (Resource){GLOBALNET, TYPE_ANY, SHOW_DOMAIN, CONTAINER, NULL, d->name, NULL, microsoft});
    return 0;
}

/* ---- opening ---- */

/* A text of the caller's NETRESOURCE, the n-th of its pointers. */
static const char *text_of(ExportCall *c, uint64_t resource, unsigned n, bool wide) {
    enum { NUMBERS = 16, LONGEST = 512 };
    uint64_t at = 0;
    unsigned width = c->process->pointer;
    if (!resource || !guest_get_pointer(c->process, resource + NUMBERS + n * width, &at) || !at)
        return NULL;
    return wide ? guest_string16(c->process, c->scratch, at, LONGEST)
                : guest_string8(c->process, c->scratch, at, LONGEST);
}

/* scope, type, usage, *resource, *handle */
static bool open_enum(ExportCall *c, bool wide) {
    enum { REMOTE = 1, PROVIDER = 3, MOST = 512, PRINT_ONLY = 2 };
    uint32_t scope = (uint32_t)c->arg[0], error = 0;
    uint64_t resource = c->arg[3], value = 0;
    Resources *r = arena_one(&c->machine->arena, Resources);
    if (!r || !(r->rows = arena_new_array(&c->machine->arena, Resource, MOST))) return false;
    r->room = MOST;
    if (scope == GLOBALNET)
        error = add_below(c, text_of(c, resource, REMOTE, wide),
                          text_of(c, resource, PROVIDER, wide), r);
    else if (scope == CONTEXT) add_servers(c, scope, r);
    else if (scope == CONNECTED || scope == REMEMBERED) add_connections(c, scope, r);
    if (error) return export_answer(c, error);
    if ((uint32_t)c->arg[1] == PRINT_ONLY && scope != GLOBALNET) r->count = 0;
    ExportHandle *h = export_handle_new(c, EXPORT_NET_ENUM, &value);
    if (!h || !guest_put_pointer(c->process, c->arg[4], value)) return false;
    h->of = r;
    return export_answer(c, 0);
}

bool export_WNetOpenEnumA(ExportCall *c) {
    return open_enum(c, false);
}
bool export_WNetOpenEnumW(ExportCall *c) {
    return open_enum(c, true);
}

/* ---- telling ---- */

/* The caller's room: structures from its beginning, texts from its end. */
typedef struct {
    ExportCall *call;
    Fields f;
    uint64_t end;
    bool wide;
} Room;

static size_t text_size(const Room *r, const char *text) {
    if (!text) return 0;
    size_t units = text_to_utf16(r->call->scratch, span_str(text)).n / 2 + 1;
    return r->wide ? 2 * units : units;
}

static size_t size_of(const Room *room, const Resource *r) {
    return 16 + 4 * room->call->process->pointer + text_size(room, r->local) +
           text_size(room, r->remote) + text_size(room, r->comment) + text_size(room, r->provider);
}

static void put_text(Room *r, const char *text) {
    size_t n = text_size(r, text);
    r->end -= n;
    if (n) export_put_text(r->call, r->end, r->wide ? n / 2 : n, text, r->wide);
    put_pointer(&r->f, n ? r->end : 0);
}

static void put_resource(Room *room, const Resource *r) {
    put_u32(&room->f, r->scope);
    put_u32(&room->f, r->type);
    put_u32(&room->f, r->display);
    put_u32(&room->f, r->usage);
    put_text(room, r->local);
    put_text(room, r->remote);
    put_text(room, r->comment);
    put_text(room, r->provider);
}

/* handle, *count, buffer, *size */
static bool enumerate(ExportCall *c, bool wide) {
    ExportHandle *h = export_handle(c, c->arg[0], EXPORT_NET_ENUM);
    uint32_t wanted = 0, size = 0, n = 0;
    if (!h) return export_answer(c, ERROR_INVALID_HANDLE);
    if (!guest_get_u32(c->process, c->arg[1], &wanted) ||
        !guest_get_u32(c->process, c->arg[3], &size))
        return false;
    const Resources *r = h->of;
    if (h->at >= r->count) return export_answer(c, ERROR_NO_MORE_ITEMS);
    Room room = {c, fields(c->process, c->arg[2]), (c->arg[2] + size) & ~UINT64_C(1), wide};
    uint64_t left = size ? size - 1 : 0;
    for (; h->at < r->count && n < wanted; n++) {
        size_t need = size_of(&room, &r->rows[h->at]);
        if (need > left) break;
        put_resource(&room, &r->rows[h->at++]);
        left -= need;
    }
    guest_put_u32(c->process, c->arg[1], n);
    if (!n) guest_put_u32(c->process, c->arg[3], (uint32_t)size_of(&room, &r->rows[h->at]) + 1);
    return export_answer(c, n ? 0 : ERROR_MORE_DATA);
}

bool export_WNetEnumResourceA(ExportCall *c) {
    return enumerate(c, false);
}
bool export_WNetEnumResourceW(ExportCall *c) {
    return enumerate(c, true);
}

/* handle */
bool export_WNetCloseEnum(ExportCall *c) {
    return export_answer(c, export_handle_close(c, c->arg[0]) ? 0 : ERROR_INVALID_HANDLE);
}
