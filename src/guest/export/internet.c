/* The Internet, where Wine's own code cannot say what Windows says. */
#include "guest/export/export.h"

/* name, type, options, servers, **result, reserved: Wine goes on with the options changed. A name
 * that there is not is looked for with NetBIOS otherwise, which fails with an error of its own. */
bool export_DnsQuery_UTF8(ExportCall *c) {
    enum { NO_NETBT = 0x80, OPTIONS = 2 };
    uint64_t options = c->arg[OPTIONS] | NO_NETBT;
    if (!c->process->wow64) {
        thread_set(c->thread, REG_R8, options);
        return false;
    }
    uint64_t at = thread_get(c->thread, REG_RSP) + 4 * (OPTIONS + 1);
    guest_put_u32(c->process, at, (uint32_t)options);
    return false;
}
