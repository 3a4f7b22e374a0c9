/* Defwindow: what DefWindowProc does, below user32.dll's part of it. */
#ifndef COAX_GUEST_WIN32K_DEFWINDOW_H
#define COAX_GUEST_WIN32K_DEFWINDOW_H

#include "guest/win32k/window.h"

/* NtUserMessageCall with the window, message and parameters in the first four arguments. */
uint64_t default_window_procedure(Sys *s, bool ansi);

/* What lies outside the client area: the sizes of frame, caption, menu bar and scroll bars. */
Rect frame_without(Sys *s, const Window *w, Rect frame);

enum {
    HTNOWHERE = 0,
    HTCLIENT = 1,
    HTCAPTION = 2,
    HTSYSMENU = 3,
    HTGROWBOX = 4,
    HTMENU = 5,
    HTHSCROLL = 6,
    HTVSCROLL = 7,
    HTMINBUTTON = 8,
    HTMAXBUTTON = 9,
    HTBORDER = 18,
    HTCLOSE = 20
};
unsigned frame_hit(Sys *s, const Window *w, Point screen);

/* The window's own text; `ansi` says what lies at the address. Sets the window's. */
uint64_t text_get(Sys *s, const Window *w, uint64_t address, uint64_t room, bool ansi);
uint64_t text_length(Sys *s, const Window *w, bool ansi);
bool text_set(Sys *s, Window *w, uint64_t address, bool ansi);

#endif
