/* Display: monitors. */
#ifndef COAX_GUEST_WIN32K_DISPLAY_H
#define COAX_GUEST_WIN32K_DISPLAY_H

#include "guest/win32k/window.h"

uint64_t display_monitor_from(Sys *s, Rect r, uint32_t flags);
uint64_t display_monitor_info(Sys *s, uint64_t monitor, uint64_t address);

#endif
