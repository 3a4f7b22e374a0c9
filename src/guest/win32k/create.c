/* CreateWindowEx and DestroyWindow, and the messages in the order in which Windows sends them. */
#include "guest/flood.h"
#include "guest/trace.h"
#include "guest/win32k/class.h"
#include "guest/win32k/desktop.h"
#include "guest/win32k/gdi.h"
#include "guest/win32k/hook.h"
#include "guest/win32k/menu.h"
#include "guest/win32k/message.h"
#include "guest/win32k/metrics.h"
#include "guest/win32k/position.h"
#include "guest/win32k/threadinfo.h"

/* Windows of a session are made up to here, over the whole run: what makes more is a flood. */
enum { WINDOWS_MOST = 20000 };

#define USE_DEFAULT INT32_MIN

typedef struct {
    Sys *s;
    uint32_t ex_style, style;
    int32_t x, y, width, height;
    uint32_t parent, menu_id;
    uint64_t menu, instance, parameter;
    uint64_t name, class_name; /* addresses, or an atom */
    uint32_t show;             /* SW_ */
    bool ansi;
    uint64_t block; /* CREATESTRUCT on the guest's stack */
} Creation;

/* ---- CREATESTRUCT ---- */

static void put_create(Creation *c) {
    Process *p = c->s->process;
    if (!c->block) c->block = callback_push(c->s, 80);
    Fields f = fields(p, c->block);
    put_pointer(&f, c->parameter);
    put_pointer(&f, c->instance);
    put_pointer(&f, c->menu);
    put_pointer(&f, c->parent);
    put_u32(&f, (uint32_t)c->height);
    put_u32(&f, (uint32_t)c->width);
    put_u32(&f, (uint32_t)c->y);
    put_u32(&f, (uint32_t)c->x);
    put_u32(&f, c->style);
    put_pointer(&f, c->name);
    put_pointer(&f, c->class_name);
    put_u32(&f, c->ex_style);
}

/* A hook may have changed place and size. */
static void read_create(Creation *c) {
    Process *p = c->s->process;
    Fields f = fields(p, c->block);
    for (int i = 0; i < 4; i++) get_pointer(&f);
    c->height = (int32_t)get_u32(&f);
    c->width = (int32_t)get_u32(&f);
    c->y = (int32_t)get_u32(&f);
    c->x = (int32_t)get_u32(&f);
}

/* CBT_CREATEWND: the structure above, and where in the stack the window comes. */
static bool hook_refuses(Creation *c, uint32_t window) {
    if (!hook_is_set(c->s, WH_CBT)) return false;
    uint64_t mark = callback_mark(c->s), block = callback_push(c->s, 16);
    guest_put_pointer(c->s->process, block, c->block);
    guest_put_pointer(c->s->process, block + c->s->process->pointer, HWND_TOP);
    uint64_t refused = hook_call(c->s, WH_CBT, HCBT_CREATEWND, window, block);
    read_create(c);
    callback_pop(c->s, mark);
    return refused;
}

/* ---- place and style ---- */

static bool is_default(int32_t v) {
    return v == USE_DEFAULT || v == 0x8000;
}

/* Windows cascades new windows and makes them three quarters of the screen. */
static void default_place(Creation *c) {
    Rect work = desktop_work_area(c->s->machine);
    User *u = user_of(c->s->machine);
    if (c->style & (uint32_t)(WS_CHILD | WS_POPUP)) {
        if (is_default(c->x)) c->x = c->y = 0;
        if (is_default(c->width)) c->width = c->height = 0;
        return;
    }
    int32_t step = 26 * (int32_t)(u->windows_made % 8);
    if (is_default(c->x)) {
        if (!is_default(c->y)) c->show = (uint32_t)c->y;
        c->x = work.left + step;
        c->y = work.top + step;
    }
    if (is_default(c->width)) {
        c->width = (work.right - work.left) * 3 / 4;
        c->height = (work.bottom - work.top) * 3 / 4;
    } else if (is_default(c->height)) {
        c->height = (work.bottom - work.top) * 3 / 4;
    }
}

static uint32_t clamp_least(int32_t v, int32_t least, int32_t most) {
    if (v > most) v = most;
    if (v < least) v = least;
    return (uint32_t)(v < 0 ? 0 : v);
}

static Rect first_frame(Creation *c, uint32_t window) {
    int32_t width = c->width, height = c->height;
    if (c->style & WS_THICKFRAME || !(c->style & (uint32_t)(WS_POPUP | WS_CHILD))) {
        Limits l = position_limits(c->s, window);
        width = (int32_t)clamp_least(width, l.least.x, l.most.x);
        height = (int32_t)clamp_least(height, l.least.y, l.most.y);
    }
    if (width < 0) width = 0;
    if (height < 0) height = 0;
    if (width > 0x7fff) width = 0x7fff;
    if (height > 0x7fff) height = 0x7fff;
    return (Rect){c->x, c->y, c->x + width, c->y + height};
}

/* ---- steps ---- */

static void notify_parent(Sys *s, uint32_t window, uint32_t message) {
    Window *w = window_get(user_of(s->machine), window);
    if (!w || !(w->style & WS_CHILD) || w->ex_style & WS_EX_NOPARENTNOTIFY || !w->parent) return;
    uint64_t wparam = message | (uint64_t)(w->id & 0xffff) << 16;
    message_send(s, window_handle(w->parent), WM_PARENTNOTIFY, wparam, window);
}

static void stop_flood(Sys *s) {
    flood_tell(s->machine, FLOOD_WINDOWS, user_of(s->machine)->windows_made);
    machine_end_budget(s->machine, "windows");
}

static Window *make(Creation *c, uint64_t class_string, Window *parent, Window *owner) {
    Sys *s = c->s;
    ClassName name = class_name_read(s->process, class_string);
    classes_prepare(s);
    Class *class = class_find(user_process(s), c->instance, name);
    wide_free(&name.text);
    if (!class) {
        user_error(s, ERROR_CANNOT_FIND_WND_CLASS);
        return NULL;
    }
    User *u = user_of(s->machine);
    if (++u->windows_made > WINDOWS_MOST) stop_flood(s);
    Window *w = window_new(s, class, parent, owner);
    if (!w) return NULL;
    w->instance = c->instance;
    w->style = c->style & ~(uint32_t)WS_VISIBLE;
    w->ex_style = c->ex_style & ~(uint32_t)WS_EX_LAYERED;
    w->wide = winproc_is_wide(user_process(s), w->procedure, !c->ansi);
    return w;
}

/* Top-level windows always clip their siblings; those that are no popups have a caption. */
static void settle_style(Creation *c, Window *w) {
    if ((w->style & (uint32_t)(WS_CHILD | WS_POPUP)) != WS_CHILD) {
        w->style |= WS_CLIPSIBLINGS;
        if (!(w->style & (uint32_t)WS_POPUP)) w->style |= WS_CAPTION;
    }
    w->ex_style = c->ex_style;
    if (w->style & (WS_DLGFRAME | WS_THICKFRAME) && !(w->style & (uint32_t)(WS_CHILD | WS_POPUP)))
        w->ex_style |= WS_EX_WINDOWEDGE;
    if (!(w->style & (uint32_t)(WS_CHILD | WS_POPUP))) w->flags |= WINDOW_NEED_SIZE;
    w->id = c->menu;
}

static void destroy(Sys *s, uint32_t window);

static void first_size(Sys *s, uint32_t window) {
    Window *w = window_get(user_of(s->machine), window);
    if (!w || w->flags & WINDOW_NEED_SIZE) return;
    Rect r = w->client;
    message_send(s, window, WM_SIZE, 0,
                 (uint64_t)((uint32_t)(r.right - r.left) & 0xffff) |
                     (uint64_t)((uint32_t)(r.bottom - r.top) & 0xffff) << 16);
    message_send(s, window, WM_MOVE, 0,
                 (uint64_t)((uint32_t)r.left & 0xffff) | (uint64_t)((uint32_t)r.top & 0xffff)
                                                             << 16);
}

static uint64_t send_create(Creation *c, uint32_t window, uint32_t message) {
    uint64_t result;
    put_create(c);
    /* The structure's text is wide, whoever made the window. */
    message_send_how(c->s, window, message, 0, c->block, &(SendHow){0}, &result);
    return result;
}

static void show(Creation *c, uint32_t window) {
    Sys *s = c->s;
    Window *w = window_get(user_of(s->machine), window);
    if (!w) return;
    uint32_t style = window_set_style(w, 0, WS_MAXIMIZE | WS_MINIMIZE);
    if (style & (WS_MAXIMIZE | WS_MINIMIZE)) {
        if (!(c->style & WS_VISIBLE)) {
            window_set_style(w, style & (WS_MAXIMIZE | WS_MINIMIZE), 0);
            w->normal = w->frame;
        } else {
            c->show = style & WS_MAXIMIZE ? SW_MAXIMIZE : SW_SHOWMINIMIZED;
        }
    }
    notify_parent(s, window, WM_CREATE);
    if (c->style & WS_VISIBLE) position_show(s, window, c->show);
}

/* The window exists: it hears WM_GETMINMAXINFO, WM_NCCREATE, WM_NCCALCSIZE, WM_CREATE. */
static bool bring_up(Creation *c, uint32_t window) {
    User *u = user_of(c->s->machine);
    Rect frame = first_frame(c, window);
    Window *w = window_get(u, window);
    if (!w) return false;
    w->frame = w->client = w->normal = frame;
    if (!send_create(c, window, WM_NCCREATE)) return false;
    if (!(w = window_get(u, window))) return false;
    position_ask_client(c->s, window);
    if (!(w = window_get(u, window))) return false;
    window_link(w, w->parent, w->style & WS_CHILD ? HWND_BOTTOM : HWND_TOP);
    return (int32_t)send_create(c, window, WM_CREATE) != -1 && window_get(u, window);
}

/* Parent and owner by what CreateWindowEx was given; false: refused. */
static bool find_parent(Creation *c, Window **parent, Window **owner) {
    Sys *s = c->s;
    User *u = user_of(s->machine);
    *owner = NULL;
    *parent = u->desktop;
    bool child = (c->style & (uint32_t)(WS_CHILD | WS_POPUP)) == WS_CHILD;
    if (c->parent == HWND_MESSAGE) {
        *parent = u->message_root;
        c->parent = window_handle(*parent);
        return true;
    }
    if (!c->parent) return !child || user_error(s, ERROR_TLW_WITH_WSCHILD);
    Window *w = window_need(s, c->parent);
    if (!w) return false;
    if (child) *parent = w;
    else if (w != u->desktop) *owner = window_top_level(w);
    return true;
}

static uint64_t create_window(Sys *s) {
    Creation c = {.s = s,
                  .ex_style = arg32(s, 0),
                  .style = arg32(s, 4),
                  .x = argi(s, 5),
                  .y = argi(s, 6),
                  .width = argi(s, 7),
                  .height = argi(s, 8),
                  .parent = arg32(s, 9),
                  .menu = s->arg[10],
                  .instance = s->arg[14] ? s->arg[14] : s->arg[11],
                  .parameter = s->arg[12],
                  .show = SW_SHOW,
                  .ansi = arg32(s, 16)};
    Window *parent, *owner;
    UserThread *t = user_thread(s);
    if (!t || !user_process(s)) return 0;
    threadinfo_set_roots(s);
    guest_get_pointer(s->process, s->arg[1] + s->process->pointer, &c.class_name);
    if (s->arg[3]) guest_get_pointer(s->process, s->arg[3] + s->process->pointer, &c.name);
    if (!find_parent(&c, &parent, &owner)) return 0;
    default_place(&c);
    c.ex_style = window_fixed_ex_style(c.style, c.ex_style);
    Window *w = make(&c, s->arg[1], parent, owner);
    if (!w) return 0;
    uint32_t window = w->object.handle;
    User *u = user_of(s->machine);
    put_create(&c);
    if (hook_refuses(&c, window)) {
        if ((w = window_get(u, window))) window_free(u, w);
        return 0;
    }
    if (!(w = window_get(u, window))) return 0;
    settle_style(&c, w);
    if (!bring_up(&c, window)) {
        if ((w = window_get(u, window))) destroy(s, window);
        return 0;
    }
    first_size(s, window);
    show(&c, window);
    return window_get(u, window) ? (uint64_t)window : 0;
}

/* ---- DestroyWindow ---- */

static void collect(Sys *s, Window *w, uint32_t *list, size_t *n, size_t most, bool owned) {
    User *u = user_of(s->machine);
    if (owned) {
        uint32_t place = 0;
        for (UserObject *o; *n < most && (o = user_object_next(u, USER_WINDOW, &place));)
            if (((Window *)o)->owner == w) list[(*n)++] = o->handle;
        return;
    }
    for (Window *child = w->child; child && *n < most; child = child->below)
        list[(*n)++] = child->object.handle;
}

/* WM_DESTROY goes down the tree, WM_NCDESTROY comes back up it. */
static void send_destroy(Sys *s, uint32_t window) {
    enum { MOST = 4096 };
    User *u = user_of(s->machine);
    message_send(s, window, WM_DESTROY, 0, 0);
    Window *w = window_get(u, window);
    if (!w) return;
    size_t n = 0;
    uint32_t *children = arena_new_array(s->scratch, uint32_t, MOST);
    if (!children) return;
    collect(s, w, children, &n, MOST, false);
    for (size_t i = 0; i < n; i++) {
        w = window_get(u, children[i]);
        if (w && window_is_mine(s, w)) send_destroy(s, children[i]);
        else if (w && w->thread) message_send(s, children[i], WM_DESTROY, 0, 0);
    }
}

static void send_nc_destroy(Sys *s, uint32_t window) {
    enum { MOST = 4096 };
    User *u = user_of(s->machine);
    Window *w = window_get(u, window);
    size_t n = 0;
    uint32_t *children = w ? arena_new_array(s->scratch, uint32_t, MOST) : NULL;
    if (!children) return;
    collect(s, w, children, &n, MOST, false);
    for (size_t i = 0; i < n; i++) send_nc_destroy(s, children[i]);
    if ((w = window_get(u, window)) && w->thread) message_send(s, window, WM_NCDESTROY, 0, 0);
    if (!(w = window_get(u, window))) return;
    gdi_window_gone(u, window);
    menu_window_gone(s, w);
    window_free(u, w);
}

static void destroy_owned(Sys *s, uint32_t window) {
    enum { MOST = 4096 };
    User *u = user_of(s->machine);
    Window *w = window_get(u, window);
    size_t n = 0;
    uint32_t *owned = w ? arena_new_array(s->scratch, uint32_t, MOST) : NULL;
    if (!owned) return;
    collect(s, w, owned, &n, MOST, true);
    for (size_t i = 0; i < n; i++)
        if ((w = window_get(u, owned[i])) && window_is_mine(s, w)) destroy(s, owned[i]);
}

static void destroy(Sys *s, uint32_t window) {
    User *u = user_of(s->machine);
    Window *w = window_get(u, window);
    w->flags |= WINDOW_DESTROYING;
    notify_parent(s, window, WM_DESTROY);
    if ((w = window_get(u, window)) && w->style & WS_VISIBLE) {
        if (w->style & WS_CHILD) position_show(s, window, SW_HIDE);
        else
            position_set(s, (WindowPosition){.window = window,
                                             .flags = SWP_NOMOVE | SWP_NOSIZE | SWP_NOZORDER |
                                                      SWP_NOACTIVATE | SWP_HIDEWINDOW});
    }
    if (!(w = window_get(u, window))) return;
    if (!(w->style & WS_CHILD)) destroy_owned(s, window);
    if (window_get(u, window)) focus_leave(s, window);
    if (window_get(u, window)) send_destroy(s, window);
    if (window_get(u, window)) send_nc_destroy(s, window);
}

bool window_destroy(Sys *s, uint32_t window) {
    Window *w = window_need(s, window);
    if (!w) return false;
    if (!window_is_mine(s, w)) return user_error(s, ERROR_ACCESS_DENIED);
    window = w->object.handle;
    if (hook_is_set(s, WH_CBT) && hook_call(s, WH_CBT, HCBT_DESTROYWND, window, 0)) return 0;
    if (window_get(user_of(s->machine), window)) destroy(s, window);
    return true;
}

static uint64_t destroy_window(Sys *s) {
    return window_destroy(s, arg32(s, 0));
}

const SysRow nt_user_create_rows[] = {
    {"NtUserCreateWindowEx", 17 | CALLS_BACK, create_window},
    {"NtUserDestroyWindow", 1 | CALLS_BACK, destroy_window},
    {NULL, 0, NULL},
};
