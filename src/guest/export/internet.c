/* The Internet, where Wine's own code cannot say what Windows says. */
#include "guest/export/export.h"
#include "guest/inet/inet.h"

/* Wine goes on with its third argument changed. */
static bool go_on_with_third(ExportCall *c, uint64_t value) {
    enum { THIRD = 2 };
    if (!c->process->wow64) {
        thread_set(c->thread, REG_R8, value);
        return false;
    }
    uint64_t at = thread_get(c->thread, REG_RSP) + 4 * (THIRD + 1);
    guest_put_u32(c->process, at, (uint32_t)value);
    return false;
}

/* name, type, options, servers, **result, reserved. A name that there is not is looked for with
 * NetBIOS otherwise, which fails with an error of its own. */
bool export_DnsQuery_UTF8(ExportCall *c) {
    enum { NO_NETBT = 0x80 };
    return go_on_with_third(c, c->arg[2] | NO_NETBT);
}

/* URL, expected size, ending, name, reserved. URLDownloadToCacheFile of http://a.example/b says
 * ".example/b", and of http://a.example/b.exe ".exe", where Windows means "" and "exe". */
bool export_CreateUrlCacheEntryW(ExportCall *c) {
    enum { LONGEST = 2048 };
    uint64_t at = c->arg[2], end = at;
    uint16_t unit = 0;
    bool is_path = false;
    if (!at || !guest_get_u16(c->process, at, &unit) || unit != '.') return false;
    for (; guest_get_u16(c->process, end, &unit) && unit && end - at < 2 * LONGEST; end += 2)
        is_path |= unit == '/' || unit == '\\' || unit == '?' || unit == ':';
    return go_on_with_third(c, is_path ? end : at + 2);
}

/* *flags */
bool export_IsNetworkAlive(ExportCall *c) {
    enum { LAN = 1 };
    Address own;
    bool alive = inet_own_address(c->machine, 0, &own);
    guest_put_u32(c->process, c->arg[0], alive ? LAN : 0);
    export_fail(c, 0);
    c->result = alive;
    return true;
}
