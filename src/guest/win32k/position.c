#include "guest/win32k/position.h"
#include "guest/win32k/desktop.h"
#include "guest/win32k/message.h"
#include "guest/win32k/metrics.h"

static Window *get(Sys *s, uint32_t window) {
    return window_get(user_of(s->machine), window);
}

/* ---- structures ---- */

uint64_t position_push(Sys *s, const WindowPosition *p) {
    uint64_t block = callback_push(s, 48);
    Fields f = fields(s->process, block);
    put_pointer(&f, p->window);
    put_pointer(&f, p->after);
    put_u32(&f, (uint32_t)p->x);
    put_u32(&f, (uint32_t)p->y);
    put_u32(&f, (uint32_t)p->width);
    put_u32(&f, (uint32_t)p->height);
    put_u32(&f, p->flags);
    return block;
}

bool position_read(Sys *s, uint64_t address, WindowPosition *out) {
    Fields f = fields(s->process, address);
    out->window = (uint32_t)get_pointer(&f);
    out->after = (uint32_t)get_pointer(&f);
    out->x = (int32_t)get_u32(&f);
    out->y = (int32_t)get_u32(&f);
    out->width = (int32_t)get_u32(&f);
    out->height = (int32_t)get_u32(&f);
    out->flags = get_u32(&f);
    return !f.bad;
}

Limits position_limits(Sys *s, uint32_t window) {
    Rect work = desktop_work_area(s->machine), screen = desktop_screen(s->machine);
    int32_t frame = metrics_get(s->machine, SM_CXFRAME) + metrics_get(s->machine, 92);
    Limits l = {{work.right - work.left + 2 * frame, work.bottom - work.top + 2 * frame},
                {work.left - frame, work.top - frame},
                {metrics_get(s->machine, SM_CXMINTRACK), metrics_get(s->machine, SM_CYMINTRACK)},
                {screen.right + 12, screen.bottom + 12}};
    uint64_t mark = callback_mark(s), block = callback_push(s, 48);
    Fields f = fields(s->process, block);
    put_u64(&f, 0);
    const Point *points[] = {&l.size, &l.at, &l.least, &l.most};
    for (int i = 0; i < 4; i++)
        guest_put_point(s->process, block + 8 + 8u * (unsigned)i, *points[i]);
    message_send(s, window, WM_GETMINMAXINFO, 0, block);
    Point *out[] = {&l.size, &l.at, &l.least, &l.most};
    for (int i = 0; i < 4; i++) guest_get_point(s->process, block + 8 + 8u * (unsigned)i, out[i]);
    callback_pop(s, mark);
    return l;
}

/* ---- the client area ---- */

/* WM_NCCALCSIZE: without old rectangles it gets the frame in screen coordinates. */
void position_ask_client(Sys *s, uint32_t window) {
    Window *w = get(s, window);
    uint64_t mark = callback_mark(s), block = callback_push(s, 16);
    if (!w || !block) return;
    Point origin = w->parent ? window_client_origin(w->parent) : (Point){0, 0};
    guest_put_rect(s->process, block, rect_moved(w->frame, origin.x, origin.y));
    message_send(s, window, WM_NCCALCSIZE, 0, block);
    Rect r;
    if ((w = get(s, window)) && guest_get_rect(s->process, block, &r))
        w->client = rect_moved(r, -origin.x, -origin.y);
    callback_pop(s, mark);
}

/* The same for a change: new frame, old frame, old client area, and the WINDOWPOS. */
static Rect ask_new_client(Sys *s, uint32_t window, Rect frame, const WindowPosition *p) {
    Window *w = get(s, window);
    Rect client = frame;
    uint64_t mark = callback_mark(s), position = position_push(s, p);
    uint64_t block = callback_push(s, 64);
    if (!w || !block) return client;
    guest_put_rect(s->process, block, frame);
    guest_put_rect(s->process, block + 16, w->frame);
    guest_put_rect(s->process, block + 32, w->client);
    guest_put_pointer(s->process, block + 48, position);
    message_send(s, window, WM_NCCALCSIZE, 1, block);
    guest_get_rect(s->process, block, &client);
    if (client.right < client.left) client.right = client.left;
    if (client.bottom < client.top) client.bottom = client.top;
    callback_pop(s, mark);
    return client;
}

/* ---- SetWindowPos ---- */

/* What the flags leave out is what is there already. */
static void complete(const Window *w, WindowPosition *p) {
    if (p->flags & SWP_NOMOVE) {
        p->x = w->frame.left;
        p->y = w->frame.top;
    }
    if (p->flags & SWP_NOSIZE) {
        p->width = w->frame.right - w->frame.left;
        p->height = w->frame.bottom - w->frame.top;
    }
    if (p->width < 0) p->width = 0;
    if (p->height < 0) p->height = 0;
    if (p->width > 0x7fff) p->width = 0x7fff;
    if (p->height > 0x7fff) p->height = 0x7fff;
}

static bool stays_in_place(const Window *w, const WindowPosition *p) {
    if (p->after == HWND_TOP) return !w->above;
    if (p->after == HWND_TOPMOST) return w->ex_style & WS_EX_TOPMOST && !w->above;
    if (p->after == HWND_NOTOPMOST) return !(w->ex_style & WS_EX_TOPMOST);
    if (p->after == HWND_BOTTOM) return !w->below;
    return (w->above && w->above->object.handle == p->after) || p->after == w->object.handle;
}

/* Flags that say nothing new are set so that nobody is told of a change. */
static void simplify(const Window *w, WindowPosition *p) {
    if (w->style & WS_VISIBLE) p->flags &= ~(uint32_t)SWP_SHOWWINDOW;
    else {
        p->flags &= ~(uint32_t)SWP_HIDEWINDOW;
        if (!(p->flags & SWP_SHOWWINDOW)) p->flags |= SWP_NOREDRAW;
    }
    if (p->x == w->frame.left && p->y == w->frame.top) p->flags |= SWP_NOMOVE;
    if (p->width == w->frame.right - w->frame.left && p->height == w->frame.bottom - w->frame.top)
        p->flags |= SWP_NOSIZE;
    if (!(p->flags & SWP_NOZORDER) && stays_in_place(w, p)) p->flags |= SWP_NOZORDER;
}

static bool send_changing(Sys *s, WindowPosition *p) {
    if (p->flags & SWP_NOSENDCHANGING) return true;
    uint64_t mark = callback_mark(s), block = position_push(s, p);
    uint32_t window = p->window;
    message_send(s, window, WM_WINDOWPOSCHANGING, 0, block);
    position_read(s, block, p);
    p->window = window;
    callback_pop(s, mark);
    return get(s, window) != NULL;
}

static void send_changed(Sys *s, const WindowPosition *p) {
    uint64_t mark = callback_mark(s), block = position_push(s, p);
    message_send(s, p->window, WM_WINDOWPOSCHANGED, 0, block);
    callback_pop(s, mark);
}

static bool apply(Sys *s, WindowPosition *p) {
    Window *w = get(s, p->window);
    Rect frame = {p->x, p->y, p->x + p->width, p->y + p->height}, client = w->client;
    bool sized = !(p->flags & SWP_NOSIZE) || p->flags & SWP_FRAMECHANGED;
    if (sized) client = ask_new_client(s, p->window, frame, p);
    else client = rect_moved(client, frame.left - w->frame.left, frame.top - w->frame.top);
    if (!(w = get(s, p->window))) return false;
    Rect old = w->client;
    bool same_size = client.right - client.left == old.right - old.left &&
                     client.bottom - client.top == old.bottom - old.top;
    if (same_size) p->flags |= SWP_NOCLIENTSIZE;
    else p->flags &= ~(uint32_t)SWP_NOCLIENTSIZE;
    if (client.left == old.left && client.top == old.top) p->flags |= SWP_NOCLIENTMOVE;
    else p->flags &= ~(uint32_t)SWP_NOCLIENTMOVE;
    w->frame = frame;
    w->client = client;
    if (!(p->flags & SWP_NOZORDER)) window_link(w, w->parent, p->after);
    if (p->flags & SWP_SHOWWINDOW) w->style |= WS_VISIBLE;
    if (p->flags & SWP_HIDEWINDOW) w->style &= ~(uint32_t)WS_VISIBLE;
    if (p->flags & SWP_SHOWWINDOW || (!same_size && !(p->flags & SWP_NOREDRAW)))
        paint_invalidate(w, NULL, true);
    return true;
}

static void set_from_thread(Sys *s, WindowPosition p) {
    Window *w = get(s, p.window);
    complete(w, &p);
    if (!send_changing(s, &p)) return;
    w = get(s, p.window);
    complete(w, &p);
    simplify(w, &p);
    if (!apply(s, &p)) return;
    if (p.flags & SWP_HIDEWINDOW) focus_leave(s, p.window);
    if (!get(s, p.window)) return;
    if (!(p.flags & (SWP_NOACTIVATE | SWP_HIDEWINDOW))) {
        w = get(s, p.window);
        if ((w->style & (WS_CHILD | WS_POPUP)) == WS_CHILD)
            message_send(s, p.window, WM_CHILDACTIVATE, 0, 0);
        else focus_set_foreground(s, p.window, false);
    }
    enum { CHANGES = SWP_NOMOVE | SWP_NOSIZE | SWP_NOZORDER };
    bool changed =
        (p.flags & CHANGES) != CHANGES ||
        p.flags & (SWP_SHOWWINDOW | SWP_HIDEWINDOW | SWP_FRAMECHANGED | SWP_STATECHANGED);
    if (changed && get(s, p.window)) {
        p.flags |= SWP_NOSENDCHANGING;
        send_changed(s, &p);
    }
}

bool position_set(Sys *s, WindowPosition p) {
    Window *w = window_need(s, p.window);
    if (!w) return false;
    if (!w->thread) return user_error(s, ERROR_ACCESS_DENIED);
    p.window = w->object.handle;
    if (p.after == p.window) p.flags |= SWP_NOZORDER;
    if (window_is_mine(s, w)) {
        set_from_thread(s, p);
        return true;
    }
    /* Another thread's window: its place changes now, its procedure hears of it later. */
    complete(w, &p);
    simplify(w, &p);
    Rect frame = {p.x, p.y, p.x + p.width, p.y + p.height};
    w->client = (Rect){w->client.left + frame.left - w->frame.left,
                       w->client.top + frame.top - w->frame.top,
                       w->client.right + frame.right - w->frame.right,
                       w->client.bottom + frame.bottom - w->frame.bottom};
    w->frame = frame;
    if (!(p.flags & SWP_NOZORDER)) window_link(w, w->parent, p.after);
    if (p.flags & SWP_SHOWWINDOW) w->style |= WS_VISIBLE;
    if (p.flags & SWP_HIDEWINDOW) w->style &= ~(uint32_t)WS_VISIBLE;
    return true;
}

/* ---- ShowWindow ---- */

static Rect minimized_rect(const Window *w) {
    enum { WIDTH = 160, HEIGHT = 28, AWAY = -32000 };
    int32_t at = w->parent && !window_is_root(w->parent) ? 0 : AWAY;
    return (Rect){at, at, at + WIDTH, at + HEIGHT};
}

/* Changes between normal, minimized and maximized; answers with the new place. */
static Rect change_state(Sys *s, uint32_t window, uint32_t command) {
    Window *w = get(s, window);
    bool minimize =
        command == SW_MINIMIZE || command == SW_SHOWMINIMIZED || command == SW_SHOWMINNOACTIVE;
    if (!(w->style & (WS_MINIMIZE | WS_MAXIMIZE))) w->normal = w->frame;
    if (minimize) {
        if (w->style & WS_MAXIMIZE) w->flags |= WINDOW_RESTORE_MAX;
        else w->flags &= ~(uint32_t)WINDOW_RESTORE_MAX;
        window_set_style(w, WS_MINIMIZE, WS_MAXIMIZE);
        return minimized_rect(w);
    }
    bool restore_max = w->style & WS_MINIMIZE && w->flags & WINDOW_RESTORE_MAX;
    if (command == SW_MAXIMIZE || (command == SW_RESTORE && restore_max)) {
        Limits l = position_limits(s, window);
        if ((w = get(s, window))) window_set_style(w, WS_MAXIMIZE, WS_MINIMIZE);
        return (Rect){l.at.x, l.at.y, l.at.x + l.size.x, l.at.y + l.size.y};
    }
    Rect normal = w->style & (WS_MINIMIZE | WS_MAXIMIZE) ? w->normal : w->frame;
    window_set_style(w, 0, WS_MINIMIZE | WS_MAXIMIZE);
    return normal;
}

static bool needs_state(const Window *w, uint32_t command) {
    switch (command) {
    case SW_SHOWMINIMIZED:
    case SW_SHOWMINNOACTIVE:
    case SW_MINIMIZE: return !(w->style & WS_MINIMIZE);
    case SW_MAXIMIZE: return !(w->style & WS_MAXIMIZE);
    case SW_RESTORE:
    case SW_SHOWNORMAL:
    case SW_SHOWNOACTIVATE:
    case SW_SHOWDEFAULT: return w->style & (WS_MINIMIZE | WS_MAXIMIZE);
    default: return false;
    }
}

static uint32_t show_flags(const Window *w, uint32_t command) {
    uint32_t flags = 0;
    bool child = w->style & WS_CHILD;
    switch (command) {
    case SW_HIDE:
        flags = SWP_HIDEWINDOW | SWP_NOSIZE | SWP_NOMOVE;
        if (child) flags |= SWP_NOACTIVATE | SWP_NOZORDER;
        return flags;
    case SW_SHOWMINNOACTIVE:
    case SW_MINIMIZE: flags = SWP_SHOWWINDOW | SWP_NOACTIVATE | SWP_NOZORDER; break;
    case SW_SHOWMINIMIZED: flags = SWP_SHOWWINDOW; break;
    case SW_SHOWNA: flags = SWP_NOACTIVATE | SWP_SHOWWINDOW | SWP_NOSIZE | SWP_NOMOVE; break;
    case SW_SHOWNOACTIVATE: flags = SWP_NOZORDER | SWP_NOACTIVATE | SWP_SHOWWINDOW; break;
    default: flags = SWP_SHOWWINDOW; break;
    }
    if (child && !(w->ex_style & WS_EX_MDICHILD)) flags |= SWP_NOACTIVATE | SWP_NOZORDER;
    return flags;
}

static void send_size_and_move(Sys *s, uint32_t window) {
    Window *w = get(s, window);
    if (!w || !(w->flags & WINDOW_NEED_SIZE)) return;
    enum { SIZE_RESTORED, SIZE_MINIMIZED, SIZE_MAXIMIZED };
    w->flags &= ~(uint32_t)WINDOW_NEED_SIZE;
    Rect c = w->client;
    unsigned how = w->style & WS_MAXIMIZE   ? SIZE_MAXIMIZED
                   : w->style & WS_MINIMIZE ? SIZE_MINIMIZED
                                            : SIZE_RESTORED;
    message_send(s, window, WM_SIZE, how,
                 (uint64_t)((uint32_t)(c.right - c.left) & 0xffff) |
                     (uint64_t)(uint32_t)(c.bottom - c.top) << 16);
    message_send(s, window, WM_MOVE, 0,
                 (uint64_t)((uint32_t)c.left & 0xffff) | (uint64_t)((uint32_t)c.top & 0xffff)
                                                             << 16);
}

bool position_show(Sys *s, uint32_t window, uint32_t command) {
    Window *w = window_need(s, window);
    if (!w || !w->thread) return false;
    window = w->object.handle;
    bool visible = w->style & WS_VISIBLE, show = command != SW_HIDE;
    if (command == SW_HIDE && !visible) return false;
    if (!window_is_mine(s, w)) {
        window_set_style(w, show ? WS_VISIBLE : 0, show ? 0 : WS_VISIBLE);
        return visible;
    }
    WindowPosition p = {.window = window, .flags = show_flags(w, command)};
    if (needs_state(w, command)) {
        Rect r = change_state(s, window, command);
        if (!(w = get(s, window))) return visible;
        p.x = r.left;
        p.y = r.top;
        p.width = r.right - r.left;
        p.height = r.bottom - r.top;
        p.flags |= SWP_STATECHANGED | SWP_FRAMECHANGED;
        p.flags &= ~(uint32_t)(SWP_NOSIZE | SWP_NOMOVE);
    } else {
        if (show && visible && (command == SW_SHOW || command == SW_SHOWNA)) return true;
        p.flags |= SWP_NOSIZE | SWP_NOMOVE;
    }
    if (show != visible || command == SW_SHOWNA) {
        message_send(s, window, WM_SHOWWINDOW, show, 0);
        if (!(w = get(s, window))) return visible;
    }
    bool parent_visible = !(w->style & WS_CHILD) || !w->parent || window_visible(w->parent);
    if (w->style & WS_CHILD && !parent_visible && !(p.flags & SWP_STATECHANGED)) {
        window_set_style(w, show ? WS_VISIBLE : 0, show ? 0 : WS_VISIBLE);
    } else {
        set_from_thread(s, p);
    }
    if ((w = get(s, window)) && show) send_size_and_move(s, window);
    return visible;
}

/* ---- SetParent ---- */

uint64_t position_set_parent(Sys *s, uint32_t window, uint32_t parent) {
    User *u = user_of(s->machine);
    Window *w = window_need(s, window);
    if (!w) return 0;
    Window *target = parent == HWND_MESSAGE ? u->message_root
                     : parent               ? window_need(s, parent)
                                            : u->desktop;
    if (!target) return 0;
    if (!w->thread || w == target || window_is_child(w, target))
        return user_error(s, ERROR_INVALID_PARAMETER);
    bool visible = w->style & WS_VISIBLE;
    if (visible) position_show(s, window, SW_HIDE);
    if (!(w = get(s, window))) return 0;
    uint32_t old = window_handle(w->parent);
    window_link(w, target, HWND_TOP);
    if (visible) position_show(s, window, SW_SHOW);
    return old;
}

/* ---- calls ---- */

static uint64_t set_window_pos(Sys *s) {
    return position_set(s, (WindowPosition){.window = arg32(s, 0),
                                            .after = arg32(s, 1),
                                            .x = argi(s, 2),
                                            .y = argi(s, 3),
                                            .width = argi(s, 4),
                                            .height = argi(s, 5),
                                            .flags = arg32(s, 6)});
}

static uint64_t move_window(Sys *s) {
    uint32_t flags = SWP_NOZORDER | SWP_NOACTIVATE | (arg32(s, 5) ? 0 : SWP_NOREDRAW);
    return position_set(s, (WindowPosition){.window = arg32(s, 0),
                                            .x = argi(s, 1),
                                            .y = argi(s, 2),
                                            .width = argi(s, 3),
                                            .height = argi(s, 4),
                                            .flags = flags});
}

static uint64_t show_window(Sys *s) {
    return position_show(s, arg32(s, 0), arg32(s, 1));
}

static uint64_t set_parent(Sys *s) {
    return position_set_parent(s, arg32(s, 0), arg32(s, 1));
}

/* DeferWindowPos: a list with a handle; EndDeferWindowPos carries it out. */
enum { DEFERRED_MOST = 256 };
typedef struct {
    UserObject object;
    uint32_t count;
    WindowPosition list[DEFERRED_MOST];
} Deferred;

uint64_t position_begin_defer(Sys *s) {
    Deferred *d = user_object_new(s, USER_POSITIONS, sizeof *d);
    return d ? d->object.handle : 0;
}

static uint64_t defer(Sys *s) {
    Deferred *d = user_object(user_of(s->machine), s->arg[0], USER_POSITIONS);
    if (!d || d->count == DEFERRED_MOST) return user_error(s, ERROR_INVALID_PARAMETER);
    if (!window_need(s, s->arg[1])) return 0;
    d->list[d->count++] = (WindowPosition){.window = arg32(s, 1),
                                           .after = arg32(s, 2),
                                           .x = argi(s, 3),
                                           .y = argi(s, 4),
                                           .width = argi(s, 5),
                                           .height = argi(s, 6),
                                           .flags = arg32(s, 7)};
    return d->object.handle;
}

static uint64_t end_defer(Sys *s) {
    User *u = user_of(s->machine);
    Deferred *d = user_object(u, s->arg[0], USER_POSITIONS);
    if (!d) return user_error(s, 1405); /* ERROR_INVALID_DWP_HANDLE */
    uint32_t count = d->count;
    WindowPosition *list = arena_new_array(s->scratch, WindowPosition, count + 1);
    if (!list) return 0;
    memcpy(list, d->list, count * sizeof *list);
    user_object_free(u, &d->object);
    for (uint32_t i = 0; i < count; i++) position_set(s, list[i]);
    return 1;
}

/* WINDOWPLACEMENT. */
static uint64_t get_placement(Sys *s) {
    enum { WPF_RESTORETOMAXIMIZED = 2 };
    Window *w = window_need(s, s->arg[0]);
    if (!w) return 0;
    bool changed = w->style & (WS_MINIMIZE | WS_MAXIMIZE);
    Fields f = fields(s->process, s->arg[1]);
    put_u32(&f, 44);
    put_u32(&f, w->flags & WINDOW_RESTORE_MAX ? WPF_RESTORETOMAXIMIZED : 0);
    put_u32(&f, w->style & WS_MINIMIZE   ? SW_SHOWMINIMIZED
                : w->style & WS_MAXIMIZE ? SW_MAXIMIZE
                                         : SW_SHOWNORMAL);
    put_u32(&f, (uint32_t)w->minimized.x);
    put_u32(&f, (uint32_t)w->minimized.y);
    put_u32(&f, (uint32_t)w->maximized.x);
    put_u32(&f, (uint32_t)w->maximized.y);
    put_rect(&f, changed ? w->normal : w->frame);
    return !f.bad;
}

static uint64_t set_placement(Sys *s) {
    Window *w = window_need(s, s->arg[0]);
    if (!w) return 0;
    Fields f = fields(s->process, s->arg[1]);
    get_u32(&f);
    get_u32(&f);
    uint32_t show = get_u32(&f);
    for (int i = 0; i < 4; i++) get_u32(&f);
    Rect normal = get_rect(&f);
    if (f.bad) return user_error(s, ERROR_INVALID_PARAMETER);
    uint32_t window = w->object.handle;
    if (w->style & (WS_MINIMIZE | WS_MAXIMIZE)) {
        w->normal = normal;
    } else {
        position_set(s, (WindowPosition){.window = window,
                                         .x = normal.left,
                                         .y = normal.top,
                                         .width = normal.right - normal.left,
                                         .height = normal.bottom - normal.top,
                                         .flags = SWP_NOZORDER | SWP_NOACTIVATE});
    }
    if (get(s, window)) position_show(s, window, show);
    return 1;
}

const SysRow nt_user_position_rows[] = {
    {"NtUserSetWindowPos", 7 | CALLS_BACK, set_window_pos},
    {"NtUserMoveWindow", 6 | CALLS_BACK, move_window},
    {"NtUserShowWindow", 2 | CALLS_BACK, show_window},
    {"NtUserShowWindowAsync", 2 | CALLS_BACK, show_window},
    {"NtUserSetParent", 2 | CALLS_BACK, set_parent},
    {"NtUserDeferWindowPosAndBand", 10, defer},
    {"NtUserEndDeferWindowPosEx", 2 | CALLS_BACK, end_defer},
    {"NtUserGetWindowPlacement", 2, get_placement},
    {"NtUserSetWindowPlacement", 2 | CALLS_BACK, set_placement},
    {NULL, 0, NULL},
};
