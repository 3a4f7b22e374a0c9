/* Station: window stations and desktops. */
#ifndef COAX_GUEST_WIN32K_STATION_H
#define COAX_GUEST_WIN32K_STATION_H

#include "guest/win32k/user.h"

/* Their names, in order; NULL past the last. */
const char *station_name(uint32_t index);
const char *desktop_name(uint32_t index);

#endif
