/* Monitors, display devices and modes: one monitor, of the world's size. */
#include "guest/win32k/display.h"
#include "guest/ask.h"
#include "guest/win32k/desktop.h"

enum { MONITOR = 0x10001, CALLBACK_ENUM_MONITOR = 0 };

static void put_name(Fields *f, const char *name, unsigned units) {
    size_t n = strlen(name);
    for (unsigned i = 0; i < units; i++) put_u16(f, i < n ? (uint8_t)name[i] : 0);
}

uint64_t display_monitor_from(Sys *s, Rect r, uint32_t flags) {
    enum { DEFAULT_TO_NULL };
    Rect screen = desktop_screen(s->machine);
    if (rect_empty(r)) r = (Rect){r.left, r.top, r.left + 1, r.top + 1};
    return flags != DEFAULT_TO_NULL || !rect_empty(rect_both(r, screen)) ? MONITOR : 0;
}

/* MONITORINFO, or MONITORINFOEX with a name. */
uint64_t display_monitor_info(Sys *s, uint64_t monitor, uint64_t address) {
    enum { SIZE = 40, SIZE_EX = 104, PRIMARY = 1, ERROR_INVALID_MONITOR_HANDLE = 1461 };
    uint32_t size = 0;
    guest_get_u32(s->process, address, &size);
    if (size != SIZE && size != SIZE_EX) return user_error(s, ERROR_INVALID_PARAMETER);
    if ((uint32_t)monitor != MONITOR) return user_error(s, ERROR_INVALID_MONITOR_HANDLE);
    Fields f = fields(s->process, address);
    put_u32(&f, size);
    put_rect(&f, desktop_screen(s->machine));
    put_rect(&f, desktop_work_area(s->machine));
    put_u32(&f, PRIMARY);
    if (size == SIZE_EX) put_name(&f, "\\\\.\\DISPLAY1", 32);
    return !f.bad;
}

/* struct enum_display_monitor_params. */
static uint64_t enum_monitors(Sys *s) {
    Rect r = desktop_screen(s->machine), limit;
    if (s->arg[1] && guest_get_rect(s->process, s->arg[1], &limit)) {
        r = rect_both(r, limit);
        if (rect_empty(r)) return 1;
    }
    uint64_t mark = callback_mark(s), block = callback_push(s, 64);
    Fields f = fields(s->process, block);
    put_pointer(&f, s->arg[2]);
    put_pointer(&f, MONITOR);
    put_pointer(&f, s->arg[0]);
    put_rect(&f, r);
    put_pointer(&f, s->arg[3]);
    CallbackResult c = callback_guest(s, CALLBACK_ENUM_MONITOR, block, s->process->wow64 ? 32 : 48);
    callback_pop(s, mark);
    return c.status != 0;
}

/* DISPLAY_DEVICEW: the adapter, or its monitor where a name is given. */
static uint64_t enum_devices(Sys *s) {
    enum { SIZE = 840, ATTACHED = 1, PRIMARY = 4, ACTIVE = 1, ATTACHED_MONITOR = 2 };
    Wide name = wide_string(s->process, s->arg[0]);
    bool monitor = name.n != 0;
    wide_free(&name);
    uint32_t size = 0;
    guest_get_u32(s->process, s->arg[2], &size);
    if (arg32(s, 1) > 0) return STATUS_UNSUCCESSFUL;
    Fields f = fields_in(s->process, s->arg[2], size < SIZE ? size : SIZE);
    const char *what = ask_text(s->machine, monitor ? FACT_screen_monitor : FACT_graphics);
    const char *card = arena_printf(s->scratch, "PCI\\%s&SUBSYS_00000000&REV_00",
                                    ask_text(s->machine, FACT_graphics_pci));
    put_u32(&f, size);
    put_name(&f, monitor ? "\\\\.\\DISPLAY1\\Monitor0" : "\\\\.\\DISPLAY1", 32);
    put_name(&f, what, 128);
    put_u32(&f, monitor ? ACTIVE | ATTACHED_MONITOR : ATTACHED | PRIMARY);
    put_name(&f,
             monitor ? "MONITOR\\Default_Monitor\\{4d36e96e-e325-11ce-bfc1-08002be10318}\\0000"
             : card  ? card
                     : "",
             128);
    put_name(&f, "", 128);
    return STATUS_SUCCESS;
}

/* DEVMODEW: only size, depth and frequency matter for a screen. */
static uint64_t enum_settings(Sys *s) {
    enum { CURRENT = -1, REGISTRY = -2, SIZE = 220, FIELDS = 0x5c0000, SPECIFICATION = 0x401 };
    int32_t mode = argi(s, 1);
    Rect screen = desktop_screen(s->machine);
    static const int32_t modes[][2] = {{800, 600}, {1024, 768}, {1280, 720}, {1280, 1024}, {0, 0}};
    int32_t width = screen.right, height = screen.bottom;
    if (mode >= 0) {
        if (mode > 4) return 0;
        if (modes[mode][0]) {
            width = modes[mode][0];
            height = modes[mode][1];
        }
    }
    Fields f = fields(s->process, s->arg[2]);
    put_name(&f, "cdd", 32);
    put_u16(&f, SPECIFICATION);
    put_u16(&f, SPECIFICATION);
    put_u16(&f, SIZE);
    put_u16(&f, 0);
    put_u32(&f, FIELDS);
    for (int i = 0; i < 4; i++) put_u32(&f, 0); /* position, orientation, fixed output */
    for (int i = 0; i < 5; i++) put_u16(&f, 0);
    put_name(&f, "", 32);
    put_u16(&f, 0);
    put_u32(&f, (uint32_t)ask_number(s->machine, FACT_screen_depth));
    put_u32(&f, (uint32_t)width);
    put_u32(&f, (uint32_t)height);
    put_u32(&f, 0);
    put_u32(&f, (uint32_t)ask_number(s->machine, FACT_screen_refresh));
    for (int i = 0; i < 8; i++) put_u32(&f, 0);
    return !f.bad;
}

static uint64_t change_settings(Sys *s) {
    (void)s;
    return 0; /* DISP_CHANGE_SUCCESSFUL: and nothing to see of it */
}

static uint64_t dpi_for_monitor(Sys *s) {
    uint32_t dpi = desktop_dpi(s->machine);
    return guest_put_u32(s->process, s->arg[2], dpi) && guest_put_u32(s->process, s->arg[3], dpi);
}

static uint64_t system_dpi(Sys *s) {
    return desktop_dpi(s->machine);
}

/* NTUSER_DPI_UNAWARE and its like: the awareness lies in the two lowest bits. */
static uint64_t process_awareness(Sys *s) {
    static const uint32_t contexts[] = {0x6010, 0x6011, 0x12, 0x22};
    UserProcess *p = user_process(s);
    return p ? contexts[p->dpi_awareness & 3] : contexts[0];
}

static uint64_t set_awareness(Sys *s) {
    UserProcess *p = user_process(s);
    if (!p) return 0;
    p->dpi_awareness = arg32(s, 0) & 3;
    return 1;
}

static uint64_t same_point(Sys *s) {
    return window_need(s, s->arg[0]) != NULL;
}

static uint64_t no_config(Sys *s) {
    guest_put_u32(s->process, s->arg[1], 1);
    guest_put_u32(s->process, s->arg[2], 2);
    return 0;
}

const SysRow nt_user_display_rows[] = {
    {"NtUserEnumDisplayMonitors", 4 | CALLS_BACK, enum_monitors},
    {"NtUserEnumDisplayDevices", 4, enum_devices},
    {"NtUserEnumDisplaySettings", 4, enum_settings},
    {"NtUserChangeDisplaySettings", 5, change_settings},
    {"NtUserGetDpiForMonitor", 4, dpi_for_monitor},
    {"NtUserGetSystemDpiForProcess", 1, system_dpi},
    {"NtUserGetProcessDpiAwarenessContext", 1, process_awareness},
    {"NtUserSetProcessDpiAwarenessContext", 2, set_awareness},
    {"NtUserLogicalToPerMonitorDPIPhysicalPoint", 2, same_point},
    {"NtUserPerMonitorDPIPhysicalToLogicalPoint", 2, same_point},
    {"NtUserGetDisplayConfigBufferSizes", 3, no_config},
    {NULL, 0, NULL},
};
