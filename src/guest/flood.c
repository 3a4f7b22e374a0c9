#include "guest/flood.h"
#include "guest/trace.h"

static const char *const names[] = {
    [FLOOD_THREADS] = "threads",
    [FLOOD_HANDLES] = "handles",
    [FLOOD_MEMORY] = "bytes of memory",
    [FLOOD_PROCESSES] = "processes",
    [FLOOD_KEYS] = "bytes of registry",
    [FLOOD_ATOMS] = "atoms",
    [FLOOD_WINDOWS] = "windows",
    [FLOOD_USER_OBJECTS] = "objects of USER",
    [FLOOD_GDI_OBJECTS] = "objects of GDI",
    [FLOOD_MESSAGES] = "messages that wait",
    [FLOOD_TIMERS] = "timers",
};

void flood_tell(Machine *m, FloodKind kind, uint64_t count) {
    uint32_t bit = UINT32_C(1) << kind;
    if (m->floods & bit) return;
    m->floods |= bit;
    trace_event(m, m->current, EV_flood, {EF_Name, names[kind]},
                {EF_Details, arena_printf(&m->scratch, "%llu", (unsigned long long)count)});
}
