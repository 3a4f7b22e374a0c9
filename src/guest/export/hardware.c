/* Hardware that a program asks for: the hardware profile, ACPI's tables, drivers in memory. */
#include "base/hash.h"
#include "guest/ask.h"
#include "guest/export/export.h"
#include "guest/firmware.h"
#include "guest/kernel.h"

enum { ERROR_INSUFFICIENT_BUFFER = 122, ERROR_INVALID_HANDLE = 6 };

/* ---- profile ---- */

/* HW_PROFILE_INFO: how the computer is docked, a GUID, a name. */
static bool put_profile(ExportCall *c, bool wide) {
    enum { UNDOCKED = 1, GUID_ROOM = 39, NAME_ROOM = 80 };
    uint8_t d[32];
    hash_sha256(span_str(ask_text(c->machine, FACT_computer)), d);
    const char *guid = arena_printf(
        c->scratch, "{%02x%02x%02x%02x-%02x%02x-11ee-a%x%02x-%02x%02x%02x%02x%02x%02x}", d[16],
        d[17], d[18], d[19], d[20], d[21], d[22] & 15, d[23], d[24], d[25], d[26], d[27], d[28],
        d[29]);
    uint64_t at = c->arg[0], size = wide ? 2 : 1;
    c->result = guid && guest_put_u32(c->process, at, UNDOCKED) &&
                export_put_text(c, at + 4, GUID_ROOM, guid, wide);
    export_put_text(c, at + 4 + GUID_ROOM * size, NAME_ROOM, "", wide);
    return true;
}

bool export_GetCurrentHwProfileA(ExportCall *c) {
    return put_profile(c, false);
}
bool export_GetCurrentHwProfileW(ExportCall *c) {
    return put_profile(c, true);
}

/* ---- firmware ---- */

/* provider, buffer, its size; returns the bytes that there are, written where they fit */
bool export_EnumSystemFirmwareTables(ExportCall *c) {
    Buf b = buf_new(1 << 10);
    firmware_list((uint32_t)c->arg[0], &b);
    c->result = b.n;
    bool known = b.n;
    if (known && b.n <= (uint32_t)c->arg[2] && !guest_write(c->process, c->arg[1], b.p, b.n))
        c->result = 0;
    buf_free(&b);
    return known || export_fail(c, 1);
}

/* ---- drivers ---- */

/* list, its size in bytes, *needed */
bool export_K32EnumDeviceDrivers(ExportCall *c) {
    unsigned width = c->process->pointer;
    uint32_t room = (uint32_t)c->arg[1] / width, n = 0;
    for (; kernel_module_path(c->machine, c->scratch, n); n++)
        if (n < room)
            guest_put_pointer(c->process, c->arg[0] + (uint64_t)n * width,
                              kernel_module_base(width, n));
    c->result = guest_put_u32(c->process, c->arg[2], n * width);
    return true;
}

/* base, buffer, its size in characters */
static bool put_driver(ExportCall *c, bool whole_path, bool wide) {
    unsigned width = c->process->pointer;
    const char *path;
    uint32_t n = 0;
    while ((path = kernel_module_path(c->machine, c->scratch, n)) &&
           kernel_module_base(width, n) != c->arg[0])
        n++;
    if (!path) return export_fail(c, ERROR_INVALID_HANDLE);
    const char *slash = strrchr(path, '\\');
    c->result = export_put_text(c, c->arg[1], (uint32_t)c->arg[2],
                                whole_path || !slash ? path : slash + 1, wide);
    return c->result || export_fail(c, ERROR_INSUFFICIENT_BUFFER);
}

bool export_K32GetDeviceDriverBaseNameA(ExportCall *c) {
    return put_driver(c, false, false);
}
bool export_K32GetDeviceDriverBaseNameW(ExportCall *c) {
    return put_driver(c, false, true);
}
bool export_K32GetDeviceDriverFileNameA(ExportCall *c) {
    return put_driver(c, true, false);
}
bool export_K32GetDeviceDriverFileNameW(ExportCall *c) {
    return put_driver(c, true, true);
}
