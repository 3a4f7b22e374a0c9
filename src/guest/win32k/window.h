/* Window: the tree of windows, what each of them is, and where it lies. */
#ifndef COAX_GUEST_WIN32K_WINDOW_H
#define COAX_GUEST_WIN32K_WINDOW_H

#include "guest/win32k/class.h"
#include "guest/win32k/errors.h"
#include "guest/win32k/user.h"

typedef struct Property Property;
typedef struct ScrollBars ScrollBars;

struct Window {
    UserObject object;
    Window *parent, *owner, *child; /* child: the topmost */
    Window *above, *below;          /* siblings */
    Thread *thread;                 /* NULL: the session's, or the world's */
    const WorldItem *world;
    uint32_t world_process; /* its id */
    Class *class;           /* NULL where there is no thread */
    uint16_t atom;
    Wide class_name; /* where there is no class */
    uint64_t procedure, instance, id, user_data, dialog;
    bool wide; /* its procedure takes Unicode */
    uint32_t style, ex_style, help, flags;
    Rect frame, client, normal; /* relative to the parent's client area */
    Point minimized, maximized;
    uint32_t system_menu, icon, icon_small, input_context, region;
    Wide text;
    uint8_t *extra;
    uint32_t extra_size;
    Property *properties;
    ScrollBars *bars;
    Rect update; /* that wants WM_PAINT, in client coordinates */
    bool wants_paint, wants_erase, wants_frame;
    uint32_t color_key, alpha, layered; /* SetLayeredWindowAttributes */
};

enum { /* flags, of Wine's making where user32.dll asks for them */
       WINDOW_RESTORE_MAX = 1,
       WINDOW_NEED_SIZE = 2,
       WINDOW_ACTIVE_FRAME = 4,
       WINDOW_MDI_CLIENT = 8,
       WINDOW_SHOW_OWNED = 0x20,
       WINDOW_DESTROYING = 0x100,
       WINDOW_TOLD = 0x200, /* the dialog's event was told */
};

enum { /* styles */
       WS_POPUP = (int)0x80000000,
       WS_CHILD = 0x40000000,
       WS_MINIMIZE = 0x20000000,
       WS_VISIBLE = 0x10000000,
       WS_DISABLED = 0x08000000,
       WS_CLIPSIBLINGS = 0x04000000,
       WS_CLIPCHILDREN = 0x02000000,
       WS_MAXIMIZE = 0x01000000,
       WS_CAPTION = 0x00c00000,
       WS_BORDER = 0x00800000,
       WS_DLGFRAME = 0x00400000,
       WS_VSCROLL = 0x00200000,
       WS_HSCROLL = 0x00100000,
       WS_SYSMENU = 0x00080000,
       WS_THICKFRAME = 0x00040000,
       WS_EX_DLGMODALFRAME = 1,
       WS_EX_NOPARENTNOTIFY = 4,
       WS_EX_TOPMOST = 8,
       WS_EX_TRANSPARENT = 0x20,
       WS_EX_MDICHILD = 0x40,
       WS_EX_TOOLWINDOW = 0x80,
       WS_EX_WINDOWEDGE = 0x100,
       WS_EX_CLIENTEDGE = 0x200,
       WS_EX_LEFTSCROLLBAR = 0x4000,
       WS_EX_STATICEDGE = 0x20000,
       WS_EX_LAYERED = 0x80000,
       WS_EX_NOINHERITLAYOUT = 0x100000,
       WS_EX_LAYOUTRTL = 0x400000,
       WS_EX_NOACTIVATE = 0x08000000,
};

enum { HWND_TOP = 0, HWND_BOTTOM = 1, HWND_BROADCAST = 0xffff };
#define HWND_TOPMOST   UINT32_C(0xffffffff)
#define HWND_NOTOPMOST UINT32_C(0xfffffffe)
#define HWND_MESSAGE   UINT32_C(0xfffffffd)

enum { GW_HWNDFIRST, GW_HWNDLAST, GW_HWNDNEXT, GW_HWNDPREV, GW_OWNER, GW_CHILD };
enum { GA_PARENT = 1, GA_ROOT, GA_ROOTOWNER };

/* ---- the session's part ---- */

bool window_open_session(User *u);
void windows_close_session(User *u);
void windows_process_ended(User *u, Process *p);
void windows_thread_ended(User *u, Thread *t);

/* ---- finding ---- */

Window *window_get(const User *u, uint64_t handle);
/* The same with the last error set where there is none. */
Window *window_need(Sys *s, uint64_t handle);
/* Whether the running thread made it. */
bool window_is_mine(const Sys *s, const Window *w);
uint32_t window_handle(const Window *w); /* 0 for NULL */

bool window_visible(const Window *w); /* with all its parents */
bool window_enabled(const Window *w);
bool window_is_child(const Window *parent, const Window *w);
bool window_is_root(const Window *w); /* the desktop, or the root of message windows */
Wide window_class_name(const Window *w);
uint32_t window_process_id(const Window *w);
Window *window_top_level(Window *w); /* the ancestor below the desktop */
/* GetParent's answer: the parent, or the owner of a popup. */
Window *window_parent(const Window *w);
Window *window_relative(Window *w, unsigned relation);
Window *window_at(Window *top, Point screen); /* the innermost visible one; NULL */

/* ---- places, in pixels of the screen ---- */

Point window_client_origin(const Window *w);
Rect window_screen_frame(const Window *w);
Rect window_screen_client(const Window *w);

/* ---- making and changing ---- */

/* A window that is linked nowhere yet. */
Window *window_new(Sys *s, Class *c, Window *parent, Window *owner);
void window_link(Window *w, Window *parent, uint32_t after);
void window_unlink(Window *w);
/* DestroyWindow, with its messages. */
bool window_destroy(Sys *s, uint32_t window);
/* Unlinks and frees it, and its children. */
void window_free(User *u, Window *w);
void window_set_text(Window *w, Wide text); /* takes it */

uint64_t window_long(Sys *s, uint32_t window, int32_t offset, unsigned size, bool ansi);
uint64_t window_set_long(Sys *s, uint32_t window, int32_t offset, unsigned size, uint64_t value,
                         bool ansi);
uint32_t window_set_style(Window *w, uint32_t set, uint32_t clear); /* the old one */
uint32_t window_fixed_ex_style(uint32_t style, uint32_t ex_style);

uint64_t window_property(const Window *w, uint16_t atom);
/* Properties in order of their making: number and value; false past the last. */
bool window_property_at(const Window *w, unsigned i, uint16_t *atom, uint64_t *value, bool *text);

#endif
