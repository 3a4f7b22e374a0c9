/* Cursor: cursors and icons; what user32.dll made of their images is kept. */
#ifndef COAX_GUEST_WIN32K_CURSOR_H
#define COAX_GUEST_WIN32K_CURSOR_H

#include "guest/win32k/user.h"

uint64_t cursor_create(Sys *s, bool icon);
uint64_t cursor_get_parameter(Sys *s, uint32_t cursor);
uint64_t cursor_set_parameter(Sys *s, uint32_t cursor, uint64_t parameter);

#endif
