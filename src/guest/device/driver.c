/* Devices of drivers that the world tells of by name (\\.\NAME), and pipes that some other program
 * serves: they can be opened, which is what programs look for, and know no request. */
#include "guest/device/driver.h"
#include "guest/ask.h"
#include <strings.h>

static const FileOps driver_ops = {.device_type = FILE_DEVICE_UNKNOWN};

/* The name behind \Device\, \??\ or \DosDevices\; NULL where there is none of these. */
static const char *name_in(const char *path) {
    static const char *const roots[] = {"\\Device\\", "\\??\\", "\\DosDevices\\", "\\GLOBAL??\\"};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (!strncasecmp(path, roots[i], strlen(roots[i]))) return path + strlen(roots[i]);
    return NULL;
}

char *driver_path(Sys *s, const char *path) {
    const char *name = name_in(path);
    if (!name || !*name || strchr(name, ':')) return NULL;
    return ask_find(s->machine, FACT_device, name) ? arena_printf(s->scratch, "\\Device\\%s", name)
                                                   : NULL;
}

uint32_t driver_open(Sys *s, const FileOpen *how, FactId fact, const char *name, File **out) {
    if (!*name || !ask_find(s->machine, fact, name)) return STATUS_OBJECT_NAME_NOT_FOUND;
    *out = file_new(s->machine, &driver_ops, sizeof(File), how, how->path);
    return *out ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}
