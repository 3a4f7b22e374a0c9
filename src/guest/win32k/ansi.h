/* Ansi: text of programs that speak the world's ANSI code page. */
#ifndef COAX_GUEST_WIN32K_ANSI_H
#define COAX_GUEST_WIN32K_ANSI_H

#include "guest/win32k/user.h"

Wide ansi_read(Sys *s, uint64_t address); /* up to its NUL */
/* At the most `room` bytes, the last of them a NUL; answers the bytes before it. */
uint32_t ansi_write(Sys *s, Wide text, uint64_t address, uint32_t room);
uint32_t ansi_length(Sys *s, Wide text);

#endif
