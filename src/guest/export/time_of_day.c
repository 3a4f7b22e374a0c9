/* NetRemoteTOD: the time, as the server service tells it. */
#include "guest/ask.h"
#include "guest/export/block.h"
#include <stdio.h>

enum { BAD_NETPATH = 53, NOT_ENOUGH_MEMORY = 8, INTERVAL = 310, DAY = 86400 };

/* TIME_OF_DAY_INFO, in UTC */
static void put_time_of_day(Machine *m, Fields *f) {
    char text[TIME_TEXT_SIZE];
    unsigned year, month, day, hour, minute, second;
    uint64_t filetime = machine_filetime(m);
    Time now = time_from_filetime(filetime);
    uint32_t seconds = (uint32_t)(now / TIME_SECOND);
    time_print(now, text);
    if (sscanf(text, "%u-%u-%uT%u:%u:%u", &year, &month, &day, &hour, &minute, &second) != 6)
        return;
    put_u32(f, seconds);
    put_u32(f, (uint32_t)(machine_ticks_100ns(m) / 10000));
    put_u32(f, hour);
    put_u32(f, minute);
    put_u32(f, second);
    put_u32(f, (uint32_t)(filetime / 100000 % 100));
    put_u32(f,
            (uint32_t)(ask_number(m, FACT_timezone_bias) + ask_number(m, FACT_timezone_daylight)));
    put_u32(f, INTERVAL);
    put_u32(f, day);
    put_u32(f, month);
    put_u32(f, year);
    put_u32(f, (seconds / DAY + 4) % 7); /* 1970 began on a Thursday */
}

/* Whether a computer of that name would answer: this one, a peer, the domain controller. */
static bool is_known(ExportCall *c, uint64_t name_at) {
    enum { LONGEST = 256 };
    const char *name = name_at ? guest_string16(c->process, c->scratch, name_at, LONGEST) : "";
    if (!name) return false;
    while (*name == '\\') name++;
    return !*name || !strcasecmp(name, ask_text(c->machine, FACT_computer)) ||
           !strcasecmp(name, ask_text(c->machine, FACT_domain_controller)) ||
           ask_find(c->machine, FACT_peer, name);
}

/* computer, *information */
bool export_NetRemoteTOD(ExportCall *c) {
    enum { FIELDS = 12 };
    c->result = BAD_NETPATH;
    if (!is_known(c, c->arg[0])) return true;
    Block b = block_new(c, FIELDS * 4, 0);
    put_time_of_day(c->machine, &b.f);
    c->result = block_give(&b, c->arg[1]) ? 0 : NOT_ENOUGH_MEMORY;
    return true;
}
