/* NtUserCallNoParam, OneParam, TwoParam, Hwnd and HwndParam: many small calls behind a number,
 * which is Wine 8.0's. */
#include "guest/win32k/class.h"
#include "guest/win32k/clipboard.h"
#include "guest/win32k/cursor.h"
#include "guest/win32k/desktop.h"
#include "guest/win32k/display.h"
#include "guest/win32k/gdi.h"
#include "guest/win32k/hook.h"
#include "guest/win32k/input.h"
#include "guest/win32k/menu.h"
#include "guest/win32k/message.h"
#include "guest/win32k/metrics.h"
#include "guest/win32k/position.h"
#include "guest/win32k/queue.h"
#include "guest/win32k/scroll.h"
#include "guest/win32k/threadinfo.h"

static uint64_t unknown(Sys *s, const char *call, uint32_t code) {
    machine_unmodelled(s->machine, "%s %u", call, code);
    return 0;
}

/* ---- NtUserCallNoParam ---- */

enum {
    DESTROY_CARET,
    GET_DESKTOP_WINDOW,
    GET_DIALOG_BASE_UNITS,
    GET_INPUT_STATE,
    GET_PROCESS_LAYOUT,
    GET_PROGMAN,
    GET_SHELL,
    GET_TASKMAN,
    RELEASE_CAPTURE,
    EXITING_THREAD,
    THREAD_DETACH,
};

static uint64_t no_param(Sys *s) {
    User *u = user_of(s->machine);
    UserThread *t = user_thread(s);
    if (!u || !t) return 0;
    switch (arg32(s, 0)) {
    case DESTROY_CARET: return caret_destroy(s);
    case GET_DESKTOP_WINDOW:
        classes_prepare(s);
        threadinfo_set_roots(s);
        return window_handle(u->desktop);
    case GET_DIALOG_BASE_UNITS: return gdi_dialog_base_units(s);
    case GET_INPUT_STATE: return queue_input_state(s);
    case GET_PROCESS_LAYOUT: return user_process(s)->default_layout;
    case GET_PROGMAN: return window_handle(u->progman);
    case GET_SHELL: return window_handle(u->shell);
    case GET_TASKMAN: return window_handle(u->taskman);
    case RELEASE_CAPTURE: return focus_release_capture(s);
    case EXITING_THREAD: t->exiting = true; return 0;
    case THREAD_DETACH: return 0;
    default: return unknown(s, "NtUserCallNoParam", arg32(s, 0));
    }
}

/* ---- NtUserCallOneParam ---- */

enum {
    BEGIN_DEFER,
    CREATE_CURSOR_ICON,
    CREATE_MENU,
    ENABLE_DC,
    ENABLE_THUNK_LOCK,
    ENUM_CLIPBOARD_FORMATS,
    GET_CLIP_CURSOR,
    GET_CURSOR_POS,
    GET_ICON_PARAM,
    GET_MENU_ITEM_COUNT,
    GET_PRIMARY_MONITOR,
    GET_SYS_COLOUR,
    GET_SYS_BRUSH,
    GET_SYS_PEN,
    GET_METRICS,
    GET_VIRTUAL_SCREEN,
    IS_FULL_SCREEN,
    MESSAGE_BEEP,
    REALIZE_PALETTE,
    REPLY_MESSAGE,
    SET_CARET_BLINK,
    SET_PROCESS_LAYOUT,
    GET_DESK_PATTERN,
};

static uint64_t one_param(Sys *s) {
    uint64_t v = s->arg[0];
    if (!user_thread(s)) return 0;
    switch (arg32(s, 1)) {
    case BEGIN_DEFER: return position_begin_defer(s);
    case CREATE_CURSOR_ICON: return cursor_create(s, v);
    case CREATE_MENU: return menu_create(s, v);
    case ENABLE_DC: return 1;
    case ENABLE_THUNK_LOCK: return 0;
    case ENUM_CLIPBOARD_FORMATS: return clipboard_next_format(s, (uint32_t)v);
    case GET_CLIP_CURSOR: return guest_put_rect(s->process, v, input_clip(s->machine));
    case GET_CURSOR_POS: return guest_put_point(s->process, v, input_cursor(user_of(s->machine)));
    case GET_ICON_PARAM: return cursor_get_parameter(s, (uint32_t)v);
    case GET_MENU_ITEM_COUNT: return menu_item_count(s, (uint32_t)v);
    case GET_PRIMARY_MONITOR:
    case GET_VIRTUAL_SCREEN: return guest_put_rect(s->process, v, desktop_screen(s->machine));
    case GET_SYS_COLOUR: return metrics_colour((uint32_t)v);
    case GET_SYS_BRUSH: return gdi_system_brush(s, (uint32_t)v);
    case GET_SYS_PEN: return gdi_system_pen(s, (uint32_t)v);
    case GET_METRICS: return (uint32_t)metrics_get(s->machine, (int32_t)v);
    case IS_FULL_SCREEN: {
        Rect r, screen = desktop_screen(s->machine);
        return guest_get_rect(s->process, v, &r) && r.left <= 0 && r.top <= 0 &&
               r.right >= screen.right && r.bottom >= screen.bottom;
    }
    case MESSAGE_BEEP: return 1;
    case REALIZE_PALETTE: return 0;
    case REPLY_MESSAGE: return message_reply(s, v);
    case SET_CARET_BLINK: return 1;
    case SET_PROCESS_LAYOUT: user_process(s)->default_layout = (uint32_t)v; return 1;
    case GET_DESK_PATTERN: return 0;
    default: return unknown(s, "NtUserCallOneParam", arg32(s, 1));
    }
}

/* ---- NtUserCallTwoParam ---- */

enum {
    GET_DIALOG_PROC,
    GET_MENU_INFO,
    GET_MONITOR_INFO,
    GET_METRICS_DPI,
    MONITOR_FROM_RECT,
    SET_CARET_POS,
    SET_ICON_PARAM,
    UNHOOK,
    ALLOCATE_WINPROC,
};

static uint64_t dialog_procedure(Sys *s, uint64_t procedure, bool ansi) {
    const WindowProcedure *w = winproc_faces(user_process(s), procedure);
    return !w ? procedure : ansi ? w->ansi : w->wide;
}

static uint64_t two_param(Sys *s) {
    uint64_t a = s->arg[0], b = s->arg[1];
    if (!user_thread(s)) return 0;
    switch (arg32(s, 2)) {
    case GET_DIALOG_PROC: return dialog_procedure(s, a, b);
    case GET_MENU_INFO: return menu_get_info(s, (uint32_t)a, b);
    case GET_MONITOR_INFO: return display_monitor_info(s, a, b);
    case GET_METRICS_DPI: return (uint32_t)metrics_get(s->machine, (int32_t)a);
    case MONITOR_FROM_RECT: {
        Rect r;
        return guest_get_rect(s->process, a, &r) ? display_monitor_from(s, r, (uint32_t)b) : 0;
    }
    case SET_CARET_POS: return caret_move(s, (Point){(int32_t)a, (int32_t)b});
    case SET_ICON_PARAM: return cursor_set_parameter(s, (uint32_t)a, b);
    case UNHOOK: return hook_remove_by_function(s, (int32_t)a, b);
    case ALLOCATE_WINPROC: return winproc_allocate(user_process(s), a, b);
    default: return unknown(s, "NtUserCallTwoParam", arg32(s, 2));
    }
}

/* ---- NtUserCallHwnd ---- */

enum {
    ACTIVATE_OTHER,
    ARRANGE_ICONS,
    DRAW_MENU_BAR,
    GET_IME_WINDOW,
    GET_DIALOG_INFO,
    GET_DPI,
    GET_MDI_INFO,
    GET_PARENT,
    GET_HELP_ID,
    GET_AWARENESS,
    GET_INPUT_CONTEXT,
    GET_SYSTEM_SUBMENU,
    GET_TEXT_LENGTH,
    IS_WINDOW,
    IS_ENABLED,
    IS_UNICODE,
    IS_VISIBLE,
    SET_FOREGROUND,
    SET_PROGMAN,
    SET_TASKMAN,
    FULL_HANDLE,
    IS_PROCESS_WINDOW,
    IS_THREAD_WINDOW,
};

static uint64_t set_foreground(Sys *s, uint32_t window) {
    Window *w = window_need(s, window);
    return w && !(w->style & WS_CHILD && w->parent != user_of(s->machine)->desktop) &&
           focus_set_foreground(s, w->object.handle, false);
}

static uint64_t call_window(Sys *s) {
    User *u = user_of(s->machine);
    uint32_t code = arg32(s, 1);
    if (!user_thread(s)) return 0;
    Window *w = window_get(u, s->arg[0]);
    switch (code) {
    case IS_WINDOW: return w != NULL;
    case FULL_HANDLE: return w ? w->object.handle : s->arg[0];
    case IS_PROCESS_WINDOW: return w && w->object.process == s->process ? w->object.handle : 0;
    case IS_THREAD_WINDOW: return window_is_mine(s, w) ? w->object.handle : 0;
    case GET_IME_WINDOW: return 0;
    case GET_INPUT_CONTEXT: return w ? w->input_context : 0;
    default: break;
    }
    if (!w) return user_error(s, ERROR_INVALID_WINDOW_HANDLE);
    switch (code) {
    case ACTIVATE_OTHER: focus_leave(s, w->object.handle); return 0;
    case ARRANGE_ICONS: return 0;
    case DRAW_MENU_BAR: return 1;
    case GET_DIALOG_INFO: return w->dialog;
    case GET_DPI: return desktop_dpi(s->machine);
    case GET_MDI_INFO:
        return w->flags & WINDOW_MDI_CLIENT
                   ? window_long(s, w->object.handle, (int32_t)s->process->pointer,
                                 s->process->pointer, false)
                   : 0;
    case GET_PARENT: return window_handle(window_parent(w));
    case GET_HELP_ID: return w->help;
    case GET_AWARENESS: return threadinfo_window_awareness(w);
    case GET_SYSTEM_SUBMENU: return menu_system_submenu(s, w);
    case GET_TEXT_LENGTH: return w->text.n;
    case IS_ENABLED: return window_enabled(w);
    case IS_UNICODE: return w->wide;
    case IS_VISIBLE: return window_visible(w);
    case SET_FOREGROUND: return set_foreground(s, w->object.handle);
    case SET_PROGMAN: u->progman = w; return w->object.handle;
    case SET_TASKMAN: u->taskman = w; return w->object.handle;
    default: return unknown(s, "NtUserCallHwnd", code);
    }
}

/* ---- NtUserCallHwndParam ---- */

enum {
    CLIENT_TO_SCREEN,
    ENABLE_WINDOW,
    GET_CHILD_RECT,
    GET_CLASS_LONG_A,
    GET_CLASS_LONG_W,
    GET_CLASS_LONG_PTR_A,
    GET_CLASS_LONG_PTR_W,
    GET_CLASS_WORD,
    GET_CLIENT_RECT,
    GET_SCROLL_INFO,
    GET_WINDOW_INFO,
    GET_LONG_A,
    GET_LONG_W,
    GET_LONG_PTR_A,
    GET_LONG_PTR_W,
    GET_RECT,
    GET_RELATIVE,
    GET_THREAD,
    GET_WORD,
    IS_CHILD,
    KILL_SYSTEM_TIMER,
    MAP_POINTS,
    MIRROR_REGION,
    MONITOR_FROM_WINDOW,
    SCREEN_TO_CLIENT,
    SET_DIALOG_INFO,
    SET_MDI_INFO,
    SET_HELP_ID,
    SET_PIXEL_FORMAT,
    SHOW_OWNED,
    SET_STYLE,
};

static uint64_t map_point(Sys *s, const Window *w, uint64_t address, int sign) {
    Point p, o = window_client_origin(w);
    if (!guest_get_point(s->process, address, &p)) return 0;
    p.x += sign * o.x;
    p.y += sign * o.y;
    return guest_put_point(s->process, address, p);
}

/* struct map_window_points_params; answers with the distance, as MapWindowPoints. */
static uint64_t map_points(Sys *s, Window *from, uint64_t address) {
    User *u = user_of(s->machine);
    Fields f = fields(s->process, address);
    uint32_t to_handle = (uint32_t)get_pointer(&f);
    uint64_t points = get_pointer(&f);
    uint32_t count = get_u32(&f);
    Window *to = to_handle ? window_need(s, to_handle) : u->desktop;
    if (!to || f.bad) return 0;
    Point a = window_client_origin(from), b = window_client_origin(to);
    int32_t dx = a.x - b.x, dy = a.y - b.y;
    for (uint32_t i = 0; i < count; i++) {
        Point p;
        if (!guest_get_point(s->process, points + 8u * i, &p)) break;
        guest_put_point(s->process, points + 8u * i, (Point){p.x + dx, p.y + dy});
    }
    return ((uint32_t)dx & 0xffff) | (uint32_t)dy << 16;
}

static uint64_t enable(Sys *s, Window *w, bool on) {
    uint32_t window = w->object.handle;
    bool was_disabled = w->style & WS_DISABLED;
    if (on && was_disabled) {
        window_set_style(w, 0, WS_DISABLED);
        message_send(s, window, WM_ENABLE, 1, 0);
    } else if (!on && !was_disabled) {
        message_send(s, window, WM_CANCELMODE, 0, 0);
        if (!(w = window_get(user_of(s->machine), window))) return 0;
        window_set_style(w, WS_DISABLED, 0);
        UserThread *t = user_thread(s);
        if (t->focus == window) focus_set(s, 0);
        message_send(s, window, WM_ENABLE, 0, 0);
    }
    return was_disabled;
}

/* WINDOWINFO. */
static uint64_t window_info(Sys *s, const Window *w, uint64_t address) {
    const UserThread *t = user_thread_of(user_of(s->machine)->foreground);
    Fields f = fields(s->process, address + 4);
    put_rect(&f, window_screen_frame(w));
    put_rect(&f, window_screen_client(w));
    put_u32(&f, w->style);
    put_u32(&f, w->ex_style);
    put_u32(&f, t && t->active == w->object.handle);
    put_u32(&f, (uint32_t)(w->client.left - w->frame.left));
    put_u32(&f, (uint32_t)(w->frame.bottom - w->client.bottom));
    put_u16(&f, w->atom);
    put_u16(&f, 0x0400);
    return !f.bad;
}

static uint64_t window_thread(Sys *s, const Window *w, uint64_t address) {
    enum { WORLD_THREAD = 8 }; /* the first thread of a process of the world */
    uint32_t process = window_process_id(w);
    if (address) guest_put_u32(s->process, address, process);
    return w->thread ? w->thread->id : process + WORLD_THREAD;
}

static uint64_t show_owned(Sys *s, uint32_t window, bool show) {
    User *u = user_of(s->machine);
    enum { SW_PARENTCLOSING = 1, SW_PARENTOPENING = 3 };
    uint32_t place = 0;
    for (UserObject *o; (o = user_object_next(u, USER_WINDOW, &place));) {
        Window *w = (Window *)o;
        if (window_handle(w->owner) != window) continue;
        message_send(s, o->handle, WM_SHOWWINDOW, show, show ? SW_PARENTOPENING : SW_PARENTCLOSING);
    }
    return 1;
}

static uint64_t call_window_param(Sys *s) {
    User *u = user_of(s->machine);
    uint64_t v = s->arg[1];
    uint32_t code = arg32(s, 2);
    int32_t offset = (int32_t)(uint32_t)v;
    unsigned pointer = s->process->pointer;
    if (!user_thread(s)) return 0;
    Window *w = s->arg[0] ? window_get(u, s->arg[0]) : NULL;
    if (code == MAP_POINTS) {
        if (s->arg[0] && !w) return user_error(s, ERROR_INVALID_WINDOW_HANDLE);
        return map_points(s, w ? w : u->desktop, v);
    }
    if (code == MONITOR_FROM_WINDOW)
        return display_monitor_from(s, w ? window_screen_frame(w) : (Rect){-1, -1, 0, 0},
                                    (uint32_t)v);
    if (code == KILL_SYSTEM_TIMER) return timer_kill_system(s, v);
    if (!w) return user_error(s, ERROR_INVALID_WINDOW_HANDLE);
    uint32_t h = w->object.handle;
    switch (code) {
    case CLIENT_TO_SCREEN: return map_point(s, w, v, 1);
    case SCREEN_TO_CLIENT: return map_point(s, w, v, -1);
    case ENABLE_WINDOW: return enable(s, w, v);
    case GET_CHILD_RECT: return guest_put_rect(s->process, v, w->frame);
    case GET_CLASS_LONG_A: return (uint32_t)class_long(s, h, offset, 4, true);
    case GET_CLASS_LONG_W: return (uint32_t)class_long(s, h, offset, 4, false);
    case GET_CLASS_LONG_PTR_A: return class_long(s, h, offset, pointer, true);
    case GET_CLASS_LONG_PTR_W: return class_long(s, h, offset, pointer, false);
    case GET_CLASS_WORD: return class_long(s, h, offset, 2, false) & 0xffff;
    case GET_CLIENT_RECT:
        return guest_put_rect(s->process, v,
                              rect_moved(w->client, -w->client.left, -w->client.top));
    case GET_SCROLL_INFO: return scroll_get(s, w, v);
    case GET_WINDOW_INFO: return window_info(s, w, v);
    case GET_LONG_A: return (uint32_t)window_long(s, h, offset, 4, true);
    case GET_LONG_W: return (uint32_t)window_long(s, h, offset, 4, false);
    case GET_LONG_PTR_A: return window_long(s, h, offset, pointer, true);
    case GET_LONG_PTR_W: return window_long(s, h, offset, pointer, false);
    case GET_WORD: return window_long(s, h, offset, 2, false) & 0xffff;
    case GET_RECT: return guest_put_rect(s->process, v, window_screen_frame(w));
    case GET_RELATIVE: return window_handle(window_relative(w, (uint32_t)v));
    case GET_THREAD: return window_thread(s, w, v);
    case IS_CHILD: {
        Window *other = window_get(u, v);
        return other && window_is_child(w, other);
    }
    case MIRROR_REGION: return 0;
    case SET_DIALOG_INFO: w->dialog = v; return 1;
    case SET_MDI_INFO:
        window_set_long(s, h, (int32_t)pointer, pointer, v, false);
        w->flags |= WINDOW_MDI_CLIENT;
        return 0;
    case SET_HELP_ID: w->help = (uint32_t)v; return 1;
    case SET_PIXEL_FORMAT: return 1;
    case SHOW_OWNED: return show_owned(s, h, v);
    case SET_STYLE: { /* STYLESTRUCT: what to clear, what to set */
        uint32_t clear = 0, set = 0;
        guest_get_u32(s->process, v, &clear);
        guest_get_u32(s->process, v + 4, &set);
        return window_set_style(w, set, clear);
    }
    default: return unknown(s, "NtUserCallHwndParam", code);
    }
}

const SysRow nt_user_params_rows[] = {
    {"NtUserCallNoParam", 1 | CALLS_BACK, no_param},
    {"NtUserCallOneParam", 2 | CALLS_BACK, one_param},
    {"NtUserCallTwoParam", 3 | CALLS_BACK, two_param},
    {"NtUserCallHwnd", 2 | CALLS_BACK, call_window},
    {"NtUserCallHwndParam", 3 | CALLS_BACK, call_window_param},
    {NULL, 0, NULL},
};
