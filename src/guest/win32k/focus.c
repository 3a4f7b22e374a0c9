/* The active window, the focus, the window in front. A program that makes a visible window gets to
 * the front, as one does that the user has just started. */
#include "guest/win32k/hook.h"
#include "guest/win32k/message.h"
#include "guest/win32k/position.h"
#include "guest/win32k/queue.h"

static Window *get(Sys *s, uint32_t window) {
    return window_get(user_of(s->machine), window);
}

static void send_activate_app(Sys *s, bool active, uint32_t other_thread) {
    enum { MOST = 64 };
    User *u = user_of(s->machine);
    uint32_t list[MOST];
    size_t n = 0;
    for (Window *w = u->desktop->child; w && n < MOST; w = w->below)
        if (w->thread == s->thread) list[n++] = w->object.handle;
    for (size_t i = 0; i < n; i++)
        if (get(s, list[i])) message_send(s, list[i], WM_ACTIVATEAPP, active, other_thread);
}

static bool change_focus(Sys *s, uint32_t window) {
    UserThread *t = user_thread(s);
    uint32_t old = t->focus;
    if (old == window) return true;
    t->focus = window;
    if (old && get(s, old)) {
        message_send(s, old, WM_KILLFOCUS, window, 0);
        if (t->focus != window) return false; /* a handler moved it */
    }
    if (window && get(s, window)) message_send(s, window, WM_SETFOCUS, old, 0);
    return true;
}

bool focus_set_active(Sys *s, uint32_t window, bool mouse) {
    enum { WA_INACTIVE, WA_ACTIVE, WA_CLICKACTIVE };
    UserThread *t = user_thread(s);
    uint32_t old = t->active;
    if (old == window) return true;
    if (hook_is_set(s, WH_CBT)) {
        uint64_t mark = callback_mark(s), block = callback_push(s, 16);
        Fields f = fields(s->process, block);
        put_u32(&f, mouse);
        put_pointer(&f, old);
        uint64_t refused = hook_call(s, WH_CBT, HCBT_ACTIVATE, window, block);
        callback_pop(s, mark);
        if (refused) return false;
    }
    if (old && get(s, old)) {
        bool small = get(s, old)->style & WS_MINIMIZE;
        if (!message_send(s, old, WM_NCACTIVATE, 0, window)) return false;
        message_send(s, old, WM_ACTIVATE, WA_INACTIVE | (uint64_t)small << 16, window);
    }
    if (window && !get(s, window)) window = 0;
    t->active = window;
    if (!window) return true;
    if (!old) {
        send_activate_app(s, true, 0);
        if (!get(s, window)) return false;
    }
    Window *w = get(s, window);
    w->flags |= WINDOW_ACTIVE_FRAME;
    bool small = w->style & WS_MINIMIZE;
    message_send(s, window, WM_NCACTIVATE, window == window_handle(get(s, t->active)), old);
    message_send(s, window, WM_ACTIVATE,
                 (mouse ? WA_CLICKACTIVE : WA_ACTIVE) | (uint64_t)small << 16, old);
    /* The focus goes along, unless a handler gave it to somebody. */
    Window *focus = get(s, t->focus);
    if (t->active == window && get(s, window) &&
        (!focus || window_top_level(focus) != get(s, window))) {
        w = get(s, window);
        change_focus(s, w->style & WS_MINIMIZE ? 0 : window);
    }
    return true;
}

bool focus_set_foreground(Sys *s, uint32_t window, bool mouse) {
    User *u = user_of(s->machine);
    Window *w = get(s, window);
    if (!w || !w->thread) return w != NULL;
    w = window_top_level(w);
    if (w->thread != s->thread) {
        /* Another thread's: it becomes the one in front, and hears of it when it looks. */
        u->foreground = w->thread;
        UserThread *other = user_thread_of(w->thread);
        if (other) other->active = w->object.handle;
        return true;
    }
    u->foreground = s->thread;
    return focus_set_active(s, w->object.handle, mouse);
}

uint32_t focus_set(Sys *s, uint32_t window) {
    UserThread *t = user_thread(s);
    uint32_t old = t->focus;
    if (window) {
        Window *w = window_need(s, window);
        if (!w) return 0;
        window = w->object.handle;
        if (window == old) return old;
        if (!window_is_mine(s, w)) return 0;
        for (const Window *up = w; up; up = up->parent) {
            if (up->style & (WS_MINIMIZE | WS_DISABLED)) return 0;
            if ((up->style & (uint32_t)(WS_CHILD | WS_POPUP)) != WS_CHILD) break;
        }
        if (hook_is_set(s, WH_CBT) && hook_call(s, WH_CBT, HCBT_SETFOCUS, window, old)) return 0;
        Window *top = get(s, window);
        uint32_t frame = window_handle(top ? window_top_level(top) : NULL);
        if (frame != t->active) {
            if (!focus_set_foreground(s, frame, false)) return 0;
            if (!get(s, window)) return 0;
        }
    }
    change_focus(s, window);
    return old;
}

void focus_leave(Sys *s, uint32_t window) {
    User *u = user_of(s->machine);
    UserThread *t = user_thread(s);
    Window *w = get(s, window), *focus = get(s, t->focus);
    if (!w) return;
    if (focus && (focus == w || window_is_child(w, focus))) {
        Window *parent = w->style & WS_CHILD ? w->parent : NULL;
        if (parent && parent->thread == s->thread) change_focus(s, window_handle(parent));
        else if (t->active != window) change_focus(s, 0);
    }
    if (t->active != window) return;
    Window *next = get(s, window)->owner;
    if (!next || next->thread != s->thread || !(next->style & WS_VISIBLE) ||
        next->style & WS_DISABLED)
        for (next = u->desktop->child; next; next = next->below)
            if (next->thread == s->thread && next != w && next->style & WS_VISIBLE &&
                !(next->style & (WS_DISABLED | WS_MINIMIZE)) && !(next->flags & WINDOW_DESTROYING))
                break;
    focus_set_active(s, window_handle(next), false);
    if (!next && u->foreground == s->thread) u->foreground = NULL;
    if (!next && get(s, t->focus)) change_focus(s, 0);
}

/* ---- calls ---- */

static uint64_t set_focus(Sys *s) {
    return user_thread(s) ? focus_set(s, arg32(s, 0)) : 0;
}

static uint64_t set_active_window(Sys *s) {
    UserThread *t = user_thread(s);
    uint32_t old = t ? t->active : 0, window = arg32(s, 0);
    Window *w = window ? window_need(s, window) : NULL;
    if (!t || (window && (!w || !window_is_mine(s, w) || w->style & WS_CHILD))) return 0;
    if (window && user_of(s->machine)->foreground == NULL)
        user_of(s->machine)->foreground = s->thread;
    return focus_set_active(s, window_handle(w), false) ? old : 0;
}

/* The window in front: ours where a program of ours came to the front, else the world's first. */
static Window *front(User *u) {
    UserThread *t = user_thread_of(u->foreground);
    Window *w = t ? window_get(u, t->active) : NULL;
    if (w) return w;
    for (w = u->desktop->child; w; w = w->below)
        if (w->world && w->style & WS_VISIBLE && !(w->ex_style & WS_EX_TOOLWINDOW)) return w;
    return u->shell;
}

static uint64_t get_foreground(Sys *s) {
    return window_handle(front(user_of(s->machine)));
}

static Thread *thread_by_id(Machine *m, uint32_t id) {
    for (Thread *t = m->threads; t; t = t->run_next)
        if (t->id == id) return t;
    return NULL;
}

/* GUITHREADINFO. */
static uint64_t gui_thread_info(Sys *s) {
    enum { CARET_BLINKING = 1, IN_MOVE_SIZE = 2, IN_MENU_MODE = 4 };
    User *u = user_of(s->machine);
    uint32_t id = arg32(s, 0), size = 0, expected = s->process->wow64 ? 48 : 72;
    guest_get_u32(s->process, s->arg[1], &size);
    if (size != expected) return user_error(s, ERROR_INVALID_PARAMETER);
    Thread *thread = id ? thread_by_id(s->machine, id) : u->foreground;
    static const UserThread nobody;
    const UserThread *t = user_thread_of(thread);
    if (id && !thread) return user_error(s, ERROR_INVALID_PARAMETER);
    UserThread front_of_world = nobody;
    if (!id && !t) front_of_world.active = front_of_world.focus = window_handle(front(u));
    if (!t) t = &front_of_world;
    Fields f = fields(s->process, s->arg[1]);
    put_u32(&f, size);
    put_u32(&f, (t->caret_window ? CARET_BLINKING : 0u) | (t->menu_owner ? IN_MENU_MODE : 0u));
    put_pointer(&f, t->active);
    put_pointer(&f, t->focus);
    put_pointer(&f, t->capture);
    put_pointer(&f, t->menu_owner);
    put_pointer(&f, t->move_size);
    put_pointer(&f, t->caret_window);
    put_rect(&f, t->caret);
    return !f.bad;
}

static uint64_t set_capture(Sys *s) {
    UserThread *t = user_thread(s);
    Window *w = s->arg[0] ? window_need(s, s->arg[0]) : NULL;
    uint32_t old = t ? t->capture : 0;
    if (!t || (s->arg[0] && (!w || !window_is_mine(s, w)))) return 0;
    uint32_t window = window_handle(w);
    t->capture = window;
    if (old && old != window) message_send(s, old, WM_CAPTURECHANGED, 0, window);
    return old;
}

uint64_t focus_release_capture(Sys *s) {
    UserThread *t = user_thread(s);
    uint32_t old = t ? t->capture : 0;
    if (!t) return 0;
    t->capture = 0;
    if (old) message_send(s, old, WM_CAPTURECHANGED, 0, 0);
    return 1;
}

static uint64_t attach_input(Sys *s) {
    Thread *from = thread_by_id(s->machine, arg32(s, 0)),
           *to = thread_by_id(s->machine, arg32(s, 1));
    if (!from || !to || from == to) return user_error(s, ERROR_INVALID_PARAMETER);
    return 1;
}

const SysRow nt_user_focus_rows[] = {
    {"NtUserSetFocus", 1 | CALLS_BACK, set_focus},
    {"NtUserSetActiveWindow", 1 | CALLS_BACK, set_active_window},
    {"NtUserGetForegroundWindow", 0, get_foreground},
    {"NtUserGetGUIThreadInfo", 2, gui_thread_info},
    {"NtUserSetCapture", 1 | CALLS_BACK, set_capture},
    {"NtUserAttachThreadInput", 3, attach_input},
    {NULL, 0, NULL},
};
