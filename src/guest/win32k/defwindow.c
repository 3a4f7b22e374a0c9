#include "guest/win32k/defwindow.h"
#include "guest/win32k/ansi.h"
#include "guest/win32k/gdi.h"
#include "guest/win32k/menu.h"
#include "guest/win32k/message.h"
#include "guest/win32k/metrics.h"
#include "guest/win32k/position.h"
#include "guest/win32k/queue.h"
#include "guest/win32k/scroll.h"

static Window *get(Sys *s, uint32_t window) {
    return window_get(user_of(s->machine), window);
}

/* ---- text ---- */

uint64_t text_length(Sys *s, const Window *w, bool ansi) {
    return ansi ? ansi_length(s, w->text) : w->text.n;
}

uint64_t text_get(Sys *s, const Window *w, uint64_t address, uint64_t room, bool ansi) {
    if (!room) return 0;
    if (ansi) return ansi_write(s, w->text, address, (uint32_t)room);
    Wide empty = {0};
    return wide_write(s->process, w->text.units ? w->text : empty, address, (uint32_t)room);
}

/* The window's text ends at the first NUL. An address of a resource's kind (FFFFh and a number)
 * stays as it is. */
bool text_set(Sys *s, Window *w, uint64_t address, bool ansi) {
    uint32_t window = w->object.handle;
    Wide text = {0};
    if (address) text = ansi ? ansi_read(s, address) : wide_read(s->process, address, UINT32_MAX);
    if (!(w = get(s, window))) return false;
    window_set_text(w, text);
    return true;
}

/* ---- the frame ---- */

static bool has_thick_frame(const Window *w) {
    return w->style & WS_THICKFRAME && (w->style & (WS_DLGFRAME | WS_BORDER)) != WS_DLGFRAME;
}

static bool has_dialog_frame(const Window *w) {
    return w->ex_style & WS_EX_DLGMODALFRAME ||
           (w->style & WS_DLGFRAME && !(w->style & WS_THICKFRAME));
}

static int32_t border_width(Sys *s, const Window *w) {
    Machine *m = s->machine;
    int32_t width = 0;
    if (has_thick_frame(w)) width = metrics_get(m, SM_CXFRAME) + metrics_get(m, SM_CXPADDEDBORDER);
    else if (has_dialog_frame(w)) width = metrics_get(m, SM_CXDLGFRAME);
    else if (w->ex_style & WS_EX_STATICEDGE || w->style & WS_BORDER) width = 1;
    return width;
}

static bool has_caption(const Window *w) {
    return (w->style & WS_CAPTION) == WS_CAPTION;
}

static Rect shrunk(Rect r, int32_t by) {
    return (Rect){r.left + by, r.top + by, r.right - by, r.bottom - by};
}

static Rect without_bars(Sys *s, const Window *w, Rect r) {
    int32_t width = metrics_get(s->machine, SM_CXVSCROLL);
    if (w->style & WS_VSCROLL && r.right - r.left >= width) {
        if (w->ex_style & WS_EX_LEFTSCROLLBAR) r.left += width;
        else r.right -= width;
    }
    int32_t height = metrics_get(s->machine, SM_CYHSCROLL);
    if (w->style & WS_HSCROLL && r.bottom - r.top > height) r.bottom -= height;
    return r;
}

Rect frame_without(Sys *s, const Window *w, Rect r) {
    if (w->style & WS_MINIMIZE) return (Rect){r.left, r.top, r.left, r.top};
    r = shrunk(r, border_width(s, w));
    if (has_caption(w))
        r.top +=
            metrics_get(s->machine, w->ex_style & WS_EX_TOOLWINDOW ? SM_CYSMCAPTION : SM_CYCAPTION);
    if (menu_has_bar(s, w)) r.top += metrics_get(s->machine, SM_CYMENU);
    if (w->ex_style & WS_EX_CLIENTEDGE) {
        int32_t edge = metrics_get(s->machine, SM_CXEDGE);
        if (r.right - r.left > 2 * edge && r.bottom - r.top > 2 * edge) r = shrunk(r, edge);
    }
    return without_bars(s, w, r);
}

static uint64_t calculate_client(Sys *s, uint32_t window, bool whole, uint64_t address) {
    enum { WVR_HREDRAW = 0x100, WVR_VREDRAW = 0x200, CS_VREDRAW = 1, CS_HREDRAW = 2 };
    const Window *w = get(s, window);
    Rect r;
    if (!w || !guest_get_rect(s->process, address, &r)) return 0;
    guest_put_rect(s->process, address, frame_without(s, w, r));
    uint64_t result = 0;
    if (whole && w->class) {
        if (w->class->style & CS_VREDRAW) result |= WVR_VREDRAW;
        if (w->class->style & CS_HREDRAW) result |= WVR_HREDRAW;
    }
    return result;
}

unsigned frame_hit(Sys *s, const Window *w, Point p) {
    Rect frame = window_screen_frame(w), client = window_screen_client(w);
    if (!rect_has(frame, p)) return HTNOWHERE;
    if (w->style & WS_MINIMIZE) return HTCAPTION;
    if (rect_has(client, p)) return HTCLIENT;
    Rect inner = shrunk(frame, border_width(s, w));
    if (!rect_has(inner, p)) {
        if (!has_thick_frame(w)) return HTBORDER;
        bool left = p.x < inner.left, right = p.x >= inner.right, top = p.y < inner.top;
        enum {
            HTLEFT = 10,
            HTRIGHT,
            HTTOP,
            HTTOPLEFT,
            HTTOPRIGHT,
            HTBOTTOM,
            HTBOTTOMLEFT,
            HTBOTTOMRIGHT
        };
        if (top) return left ? HTTOPLEFT : right ? HTTOPRIGHT : HTTOP;
        if (p.y >= inner.bottom) return left ? HTBOTTOMLEFT : right ? HTBOTTOMRIGHT : HTBOTTOM;
        return left ? HTLEFT : HTRIGHT;
    }
    int32_t button = metrics_get(s->machine, SM_CXSIZE),
            caption = metrics_get(s->machine, SM_CYCAPTION);
    if (has_caption(w) && p.y < inner.top + caption) {
        if (!(w->style & WS_SYSMENU)) return HTCAPTION;
        if (p.x >= inner.right - button) return HTCLOSE;
        if (p.x < inner.left + button) return HTSYSMENU;
        return HTCAPTION;
    }
    if (p.y < client.top) return menu_has_bar(s, w) ? HTMENU : HTBORDER;
    if (w->style & WS_VSCROLL && (p.x >= client.right || p.x < client.left)) return HTVSCROLL;
    if (w->style & WS_HSCROLL && p.y >= client.bottom) return HTHSCROLL;
    return HTBORDER;
}

/* ---- changes of place ---- */

static void position_changed(Sys *s, uint32_t window, uint64_t address) {
    enum { SIZE_RESTORED, SIZE_MINIMIZED, SIZE_MAXIMIZED };
    WindowPosition p;
    Window *w = get(s, window);
    if (!w || !position_read(s, address, &p)) return;
    Rect c = w->client;
    if (!(p.flags & SWP_NOCLIENTMOVE))
        message_send(s, window, WM_MOVE, 0,
                     (uint64_t)((uint32_t)c.left & 0xffff) | (uint64_t)((uint32_t)c.top & 0xffff)
                                                                 << 16);
    if (!(w = get(s, window))) return;
    if (p.flags & SWP_NOCLIENTSIZE && !(p.flags & SWP_STATECHANGED)) return;
    uint64_t how = w->style & WS_MINIMIZE   ? SIZE_MINIMIZED
                   : w->style & WS_MAXIMIZE ? SIZE_MAXIMIZED
                                            : SIZE_RESTORED;
    w->flags &= ~(uint32_t)WINDOW_NEED_SIZE;
    c = w->client;
    uint64_t size = (uint64_t)((uint32_t)(c.right - c.left) & 0xffff) |
                    (uint64_t)((uint32_t)(c.bottom - c.top) & 0xffff) << 16;
    message_send(s, window, WM_SIZE, how, size);
}

/* A window that can be sized keeps to its limits. */
static uint64_t position_changing(Sys *s, uint32_t window, uint64_t address) {
    WindowPosition p;
    Window *w = get(s, window);
    if (!w || !position_read(s, address, &p) || p.flags & SWP_NOSIZE) return 0;
    bool limited = w->style & WS_THICKFRAME || !(w->style & (uint32_t)(WS_POPUP | WS_CHILD));
    if (!limited) return 0;
    Limits l = position_limits(s, window);
    if (p.width > l.most.x) p.width = l.most.x;
    if (p.height > l.most.y) p.height = l.most.y;
    if (!(w = get(s, window)) || w->style & WS_MINIMIZE) return 0;
    if (p.width < l.least.x) p.width = l.least.x;
    if (p.height < l.least.y) p.height = l.least.y;
    Fields f = fields(s->process, address + 2u * s->process->pointer + 8);
    put_u32(&f, (uint32_t)p.width);
    put_u32(&f, (uint32_t)p.height);
    return 0;
}

/* ---- commands ---- */

static uint64_t system_command(Sys *s, uint32_t window, uint32_t command) {
    enum { SC_MINIMIZE = 0xf020, SC_MAXIMIZE = 0xf030, SC_CLOSE = 0xf060, SC_RESTORE = 0xf120 };
    switch (command & 0xfff0) {
    case SC_MINIMIZE: position_show(s, window, SW_MINIMIZE); return 0;
    case SC_MAXIMIZE: position_show(s, window, SW_MAXIMIZE); return 0;
    case SC_RESTORE: position_show(s, window, SW_RESTORE); return 0;
    case SC_CLOSE: return message_send(s, window, WM_CLOSE, 0, 0);
    default: return 0;
    }
}

static uint64_t set_icon(Sys *s, uint32_t window, uint64_t which, uint64_t icon) {
    enum { ICON_SMALL, ICON_BIG };
    Window *w = get(s, window);
    uint32_t *place = which == ICON_BIG ? &w->icon : &w->icon_small, old = *place;
    *place = (uint32_t)icon;
    return old;
}

static uint64_t to_parent(Sys *s, uint32_t window) {
    Window *w = get(s, window), *parent = w ? w->parent : NULL;
    if (!w || !(w->style & WS_CHILD) || !parent) return 0;
    return message_send(s, window_handle(parent), arg32(s, 1), s->arg[2], s->arg[3]);
}

/* Controls are drawn on the dialog's colours; boxes of text on the window's. */
static uint64_t control_colour(Sys *s, uint32_t message, uint64_t dc) {
    bool window = message == WM_CTLCOLOREDIT || message == WM_CTLCOLORLISTBOX;
    enum { COLOR_SCROLLBAR = 0, COLOR_WINDOW = 5, COLOR_BTNFACE = 15 };
    unsigned colour = message == WM_CTLCOLORSCROLLBAR ? COLOR_SCROLLBAR
                      : window                        ? COLOR_WINDOW
                                                      : COLOR_BTNFACE;
    gdi_set_colours(s, (uint32_t)dc, metrics_colour(8), metrics_colour(colour));
    return gdi_system_brush(s, colour);
}

static uint64_t erase(Sys *s, uint32_t window) {
    const Window *w = get(s, window);
    return w && w->class && w->class->brush;
}

static uint64_t create_text(Sys *s, uint32_t window, uint64_t create, bool ansi) {
    Window *w = get(s, window);
    uint64_t name = 0;
    unsigned pointer = s->process->pointer;
    if (!create) return 0;
    guest_get_pointer(s->process, create + 4u * pointer + (pointer == 8 ? 24 : 20), &name);
    if (name > 0xffff) text_set(s, w, name, ansi);
    if ((w = get(s, window)) && w->style & (WS_HSCROLL | WS_VSCROLL)) scroll_prepare(w);
    return 1;
}

static uint64_t system_key(Sys *s, uint32_t window, uint64_t key, uint64_t data) {
    enum { VK_F4 = 0x73, ALT = 0x20000000, SC_CLOSE = 0xf060 };
    Window *w = get(s, window);
    if (w && data & ALT && key == VK_F4)
        message_post(user_of(s->machine), window_handle(window_top_level(w)), WM_SYSCOMMAND,
                     SC_CLOSE, 0);
    return 0;
}

static uint64_t show_with_owner(Sys *s, uint32_t window, bool show, uint64_t why) {
    Window *w = get(s, window);
    bool visible = w->style & WS_VISIBLE;
    if (!why || visible == show || !w->owner) return 0;
    if (show && !(w->flags & WINDOW_SHOW_OWNED)) return 0;
    if (show) w->flags &= ~(uint32_t)WINDOW_SHOW_OWNED;
    else w->flags |= WINDOW_SHOW_OWNED;
    position_show(s, window, show ? SW_SHOWNOACTIVATE : SW_HIDE);
    return 0;
}

uint64_t default_window_procedure(Sys *s, bool ansi) {
    uint32_t window = arg32(s, 0), message = arg32(s, 1);
    uint64_t wparam = s->arg[2], lparam = s->arg[3];
    Window *w = get(s, window);
    if (!w || !w->thread) return 0;
    switch (message) {
    case WM_NCCREATE: return create_text(s, window, lparam, ansi);
    case WM_NCCALCSIZE: return calculate_client(s, window, wparam, lparam);
    case WM_NCHITTEST: return frame_hit(s, w, (Point){(int16_t)lparam, (int16_t)(lparam >> 16)});
    case WM_NCACTIVATE:
        if (wparam) w->flags |= WINDOW_ACTIVE_FRAME;
        else w->flags &= ~(uint32_t)WINDOW_ACTIVE_FRAME;
        return 1;
    case WM_WINDOWPOSCHANGING: return position_changing(s, window, lparam);
    case WM_WINDOWPOSCHANGED: position_changed(s, window, lparam); return 0;
    case WM_PAINT:
    case 0x26: /* WM_PAINTICON */ gdi_default_paint(s, window); return 0;
    case WM_SETREDRAW:
        window_set_style(w, wparam ? WS_VISIBLE : 0, wparam ? 0 : WS_VISIBLE);
        return 0;
    case WM_CLOSE: window_destroy(s, window); return 0;
    case WM_MOUSEACTIVATE: {
        uint64_t answer = to_parent(s, window);
        return answer ? answer : 1; /* MA_ACTIVATE */
    }
    case WM_ACTIVATE:
        if (wparam & 0xffff && !(w->style & WS_MINIMIZE)) focus_set(s, window);
        return 0;
    case 0x20a: /* WM_MOUSEWHEEL */
    case WM_CONTEXTMENU:
    case WM_HELP: return to_parent(s, window);
    case WM_ERASEBKGND:
    case WM_ICONERASEBKGND: return erase(s, window);
    case WM_SETTEXT: return text_set(s, w, lparam, ansi);
    case WM_GETTEXTLENGTH: return text_length(s, w, ansi);
    case WM_GETTEXT: return text_get(s, w, lparam, wparam, ansi);
    case WM_SETICON: return set_icon(s, window, wparam, lparam);
    case WM_GETICON: return wparam == 1 ? w->icon : w->icon_small;
    case WM_SETCURSOR: {
        uint64_t answer = to_parent(s, window);
        UserThread *t = user_thread(s);
        if (!answer && (w = get(s, window)) && (lparam & 0xffff) == HTCLIENT && w->class &&
            w->class->cursor)
            t->cursor = (uint32_t)w->class->cursor;
        return answer;
    }
    case WM_SHOWWINDOW: return show_with_owner(s, window, wparam, lparam);
    case WM_CTLCOLORMSGBOX:
    case WM_CTLCOLOREDIT:
    case WM_CTLCOLORLISTBOX:
    case WM_CTLCOLORBTN:
    case WM_CTLCOLORDLG:
    case WM_CTLCOLORSCROLLBAR:
    case WM_CTLCOLORSTATIC: return control_colour(s, message, wparam);
    case WM_SYSCOMMAND: return system_command(s, window, (uint32_t)wparam);
    case WM_SYSKEYDOWN: return system_key(s, window, wparam, lparam);
    case WM_QUERYOPEN:
    case WM_QUERYENDSESSION: return 1;
    case WM_NOTIFYFORMAT: return w->wide ? 2 : 1; /* NFR_UNICODE, NFR_ANSI */
    case WM_CANCELMODE:
        if (user_thread(s)->capture == window) focus_release_capture(s);
        return 0;
    case WM_QUERYUISTATE: return 0;
    case WM_CHANGEUISTATE: return to_parent(s, window);
    default: return 0;
    }
}

/* ---- windows that nobody of ours runs ---- */

uint64_t session_window_answer(Sys *s, Window *w, uint32_t message, uint64_t wparam,
                               uint64_t lparam, bool ansi) {
    switch (message) {
    case WM_GETTEXT: return text_get(s, w, lparam, wparam, ansi);
    case WM_GETTEXTLENGTH: return text_length(s, w, ansi);
    case WM_NCHITTEST: return frame_hit(s, w, (Point){(int16_t)lparam, (int16_t)(lparam >> 16)});
    case WM_QUERYENDSESSION: return 1;
    default: return 0;
    }
}
