/* Desktop: the session's own windows, those that the world tells of, and the screen they lie on. */
#ifndef COAX_GUEST_WIN32K_DESKTOP_H
#define COAX_GUEST_WIN32K_DESKTOP_H

#include "guest/win32k/window.h"

Rect desktop_screen(const Machine *m);
/* Without the taskbar. */
Rect desktop_work_area(const Machine *m);
uint32_t desktop_dpi(const Machine *m);

#endif
