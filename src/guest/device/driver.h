/* Driver: what the world only names: devices and served pipes. */
#ifndef COAX_GUEST_DEVICE_DRIVER_H
#define COAX_GUEST_DEVICE_DRIVER_H

#include "guest/file.h"

/* \??\NAME as \Device\NAME, where the world has such a device; else NULL. */
char *driver_path(Sys *s, const char *path);

/* Opens a device or pipe of that name. STATUS_OBJECT_NAME_NOT_FOUND: the world has none. */
uint32_t driver_open(Sys *s, const FileOpen *how, FactId fact, const char *name, File **out);

#endif
