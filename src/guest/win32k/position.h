/* Position: moving, sizing, showing and stacking windows, with the messages that go with it; and
 * which window is active. */
#ifndef COAX_GUEST_WIN32K_POSITION_H
#define COAX_GUEST_WIN32K_POSITION_H

#include "guest/win32k/window.h"

enum {
    SWP_NOSIZE = 1,
    SWP_NOMOVE = 2,
    SWP_NOZORDER = 4,
    SWP_NOREDRAW = 8,
    SWP_NOACTIVATE = 0x10,
    SWP_FRAMECHANGED = 0x20,
    SWP_SHOWWINDOW = 0x40,
    SWP_HIDEWINDOW = 0x80,
    SWP_NOCOPYBITS = 0x100,
    SWP_NOOWNERZORDER = 0x200,
    SWP_NOSENDCHANGING = 0x400,
    SWP_NOCLIENTSIZE = 0x800,
    SWP_NOCLIENTMOVE = 0x1000,
    SWP_STATECHANGED = 0x8000,
};
enum {
    SW_HIDE,
    SW_SHOWNORMAL,
    SW_SHOWMINIMIZED,
    SW_MAXIMIZE,
    SW_SHOWNOACTIVATE,
    SW_SHOW,
    SW_MINIMIZE,
    SW_SHOWMINNOACTIVE,
    SW_SHOWNA,
    SW_RESTORE,
    SW_SHOWDEFAULT
};

typedef struct {
    uint32_t window, after, flags;
    int32_t x, y, width, height;
} WindowPosition;

bool position_set(Sys *s, WindowPosition p);
bool position_show(Sys *s, uint32_t window, uint32_t command);
uint64_t position_set_parent(Sys *s, uint32_t window, uint32_t parent);

uint64_t position_begin_defer(Sys *s);

/* WINDOWPOS in the guest. */
uint64_t position_push(Sys *s, const WindowPosition *p);
bool position_read(Sys *s, uint64_t address, WindowPosition *out);

/* Asks the window for its client area (WM_NCCALCSIZE without the old rectangles). */
void position_ask_client(Sys *s, uint32_t window);
/* MINMAXINFO as the window wants it. */
typedef struct {
    Point size, at, least, most; /* maximized size and place; limits of dragging */
} Limits;
Limits position_limits(Sys *s, uint32_t window);

/* ---- active window, focus (focus.c) ---- */

bool focus_set_active(Sys *s, uint32_t window, bool mouse);
bool focus_set_foreground(Sys *s, uint32_t window, bool mouse);
uint32_t focus_set(Sys *s, uint32_t window); /* the one that had it */
/* Another one becomes active instead of a window that goes. */
void focus_leave(Sys *s, uint32_t window);

uint64_t focus_release_capture(Sys *s);

/* ---- paint.c ---- */
void paint_invalidate(Window *w, const Rect *client, bool erase); /* NULL: all of it */
void paint_validate(Window *w, const Rect *client);
void paint_now(Sys *s, uint32_t window); /* UpdateWindow */

#endif
