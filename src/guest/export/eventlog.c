/* Event logs: how many records they have. Reading them is Wine's, which has none. */
#include "guest/ask.h"
#include "guest/export/export.h"

enum { FIRST_HANDLE = 0x00e10000, ERROR_INVALID_HANDLE = 6, ERROR_INVALID_PARAMETER = 87 };

/* server, source: a source that is no log writes to Application */
static bool open_log(ExportCall *c, bool wide) {
    enum { LONGEST = 256 };
    const World *w = c->machine->world;
    char *name = wide ? guest_string16(c->process, c->scratch, c->arg[1], LONGEST)
                      : guest_string8(c->process, c->scratch, c->arg[1], LONGEST);
    if (!name || !*name) return export_fail(c, ERROR_INVALID_PARAMETER);
    const WorldItem *log = ask_find(c->machine, FACT_eventlog, name);
    if (!log) log = world_find(w, FACT_eventlog, "Application");
    if (!log) return false;
    c->result = FIRST_HANDLE;
    for (const WorldItem *i = world_first(w, FACT_eventlog); i != log; i = world_next(i))
        c->result += 4;
    return true;
}

bool export_OpenEventLogA(ExportCall *c) {
    return open_log(c, false);
}
bool export_OpenEventLogW(ExportCall *c) {
    return open_log(c, true);
}

static const WorldItem *log_of(ExportCall *c) {
    uint64_t index = (c->arg[0] - FIRST_HANDLE) / 4;
    if (c->arg[0] < FIRST_HANDLE || c->arg[0] % 4) return NULL;
    const WorldItem *i = world_first(c->machine->world, FACT_eventlog);
    for (; i && index; index--) i = world_next(i);
    return i;
}

/* log, *number */
static bool tell_number(ExportCall *c, FactId id) {
    const WorldItem *log = log_of(c);
    if (!log) return false;
    uint32_t n = (uint32_t)ask_item_number(c->machine, log, id, 0);
    c->result = guest_put_u32(c->process, c->arg[1], n);
    return c->result || export_fail(c, ERROR_INVALID_PARAMETER);
}

bool export_GetNumberOfEventLogRecords(ExportCall *c) {
    return tell_number(c, FACT_eventlog);
}
bool export_GetOldestEventLogRecord(ExportCall *c) {
    return tell_number(c, FACT_eventlog_oldest);
}

bool export_CloseEventLog(ExportCall *c) {
    c->result = 1;
    return log_of(c) != NULL;
}
