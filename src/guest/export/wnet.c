/* Network providers and connected drives, as mpr.dll tells of them: Wine's knows no provider.
 *
 * Providers are those of HKLM\SYSTEM\CurrentControlSet\Services\NAME\NetworkProvider, each of which
 * answers for its own kind of network (WNNC_NET_* of winnetwk.h). */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/export/export.h"
#include "guest/registry.h"

enum {
    ERROR_MORE_DATA = 234,
    ERROR_BAD_DEVICE = 1200,
    ERROR_BAD_PROVIDER = 1204,
    ERROR_NOT_CONNECTED = 2250,
};

/* A text into the buffer of *size characters; where it does not fit, *size says how many it needs.
 */
static bool give_text(ExportCall *c, uint64_t buffer, uint64_t size_at, const char *text,
                      bool wide) {
    uint32_t room = 0, units = (uint32_t)text_to_utf16(c->scratch, span_str(text)).n / 2;
    if (!guest_get_u32(c->process, size_at, &room)) return false;
    if (room <= units) {
        guest_put_u32(c->process, size_at, units + 1);
        return export_answer(c, ERROR_MORE_DATA);
    }
    export_put_text(c, buffer, room, text, wide);
    return export_answer(c, 0);
}

/* ---- providers ---- */

static const struct {
    uint32_t type;
    const char *service, *name; /* NULL: what the registry says */
} providers[] = {
    {0x00020000, "LanmanWorkstation", "Microsoft Windows Network"},
    {0x00360000, "RDPNP", "Microsoft Terminal Services"},
    {0x002e0000, "WebClient", "Web Client Network"},
    {0x00250000, "VBoxSF", NULL},
    {0x003f0000, "vmhgfs", NULL},
};

/* What the registry calls a provider; NULL: there is none. */
static const char *provider_name(ExportCall *c, const char *service) {
    const char *path = arena_printf(
        c->scratch, "\\Registry\\Machine\\SYSTEM\\CurrentControlSet\\Services\\%s\\NetworkProvider",
        service);
    RegKey *key;
    bool found = path && !registry_find(c->machine->registry, NULL, path, 0, &key);
    const RegValue *v = found ? registry_value(c->machine->registry, key, "Name") : NULL;
    if (asking(c->machine))
        ask_about(c->machine, FACT_service, service, v ? ASK_FOUND : ASK_ABSENT);
    return v ? text_from_utf16(c->scratch, v->data) : NULL;
}

/* type, name, *its size */
static bool get_provider(ExportCall *c, bool wide) {
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
        if (providers[i].type != (uint32_t)c->arg[0]) continue;
        const char *name = providers[i].name;
        if (!name) name = provider_name(c, providers[i].service);
        return name ? give_text(c, c->arg[1], c->arg[2], name, wide)
                    : export_answer(c, ERROR_BAD_PROVIDER);
    }
    return export_answer(c, ERROR_BAD_PROVIDER);
}

bool export_WNetGetProviderNameA(ExportCall *c) {
    return get_provider(c, false);
}
bool export_WNetGetProviderNameW(ExportCall *c) {
    return get_provider(c, true);
}

/* ---- connected drives ---- */

/* local name, remote name, *its size */
static bool get_connection(ExportCall *c, bool wide) {
    enum { LONGEST = 64 };
    char *name = wide ? guest_string16(c->process, c->scratch, c->arg[0], LONGEST)
                      : guest_string8(c->process, c->scratch, c->arg[0], LONGEST);
    if (!name || !name[0] || name[1] != ':' || name[2]) return export_answer(c, ERROR_BAD_DEVICE);
    name[1] = 0;
    const WorldItem *drive = ask_find(c->machine, FACT_drive, name);
    const char *share = drive ? ask_item_text(c->machine, drive, FACT_drive_share) : "";
    return *share ? give_text(c, c->arg[1], c->arg[2], share, wide)
                  : export_answer(c, ERROR_NOT_CONNECTED);
}

bool export_WNetGetConnectionA(ExportCall *c) {
    return get_connection(c, false);
}
bool export_WNetGetConnectionW(ExportCall *c) {
    return get_connection(c, true);
}
