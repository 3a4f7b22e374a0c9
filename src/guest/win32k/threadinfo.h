/* Threadinfo: what win32u keeps in the TEB for user32.dll to read (TEB.Win32ClientInfo; the 64-bit
 * TEB's for 32-bit programs too). The layout is Wine 8.0's. */
#ifndef COAX_GUEST_WIN32K_THREADINFO_H
#define COAX_GUEST_WIN32K_THREADINFO_H

#include "guest/win32k/window.h"

void threadinfo_set_message(Sys *s, uint32_t time, Point at, uint64_t extra);
void threadinfo_set_receiving(Sys *s, uint32_t flags);
void threadinfo_set_roots(Sys *s);
uint64_t threadinfo_get_imc(Sys *s);
uint64_t threadinfo_window_awareness(const Window *w);

#endif
