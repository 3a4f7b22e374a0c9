/* What is to be painted again: one rectangle a window. */
#include "guest/win32k/gdi.h"
#include "guest/win32k/message.h"
#include "guest/win32k/position.h"
#include "guest/win32k/queue.h"

static Rect client_rect(const Window *w) {
    return rect_moved(w->client, -w->client.left, -w->client.top);
}

static void want(Window *w, bool wanted) {
    UserThread *t = user_thread_of(w->thread);
    if (!t || w->wants_paint == wanted) return;
    w->wants_paint = wanted;
    if (wanted) {
        t->paints++;
        queue_changed(t, QS_PAINT);
    } else {
        t->paints--;
    }
}

void paint_invalidate(Window *w, const Rect *client, bool erase) {
    if (!w->thread) return;
    Rect all = client_rect(w), r = client ? rect_both(*client, all) : all;
    for (Window *child = w->child; child; child = child->below)
        if (child->style & WS_VISIBLE && !(w->style & WS_CLIPCHILDREN && !client))
            paint_invalidate(child, NULL, erase);
    if (rect_empty(r)) return;
    w->update = rect_union(w->update, r);
    w->wants_erase = w->wants_erase || erase;
    want(w, true);
}

/* What is left must stay a rectangle: only whole sides are taken away. */
static Rect without(Rect a, Rect b) {
    bool wide = b.left <= a.left && b.right >= a.right,
         high = b.top <= a.top && b.bottom >= a.bottom;
    if (wide && high) return (Rect){0};
    if (wide && b.top <= a.top && b.bottom > a.top) a.top = b.bottom;
    else if (wide && b.bottom >= a.bottom && b.top < a.bottom) a.bottom = b.top;
    else if (high && b.left <= a.left && b.right > a.left) a.left = b.right;
    else if (high && b.right >= a.right && b.left < a.right) a.right = b.left;
    return a;
}

void paint_validate(Window *w, const Rect *client) {
    if (!w->wants_paint) return;
    w->update = client ? without(w->update, *client) : (Rect){0};
    if (!rect_empty(w->update)) return;
    w->update = (Rect){0};
    w->wants_erase = false;
    want(w, false);
}

void paint_now(Sys *s, uint32_t window) {
    Window *w = window_get(user_of(s->machine), window);
    if (w && w->wants_paint && window_visible(w)) message_send(s, window, WM_PAINT, 0, 0);
}

/* ---- calls ---- */

enum { RDW_INVALIDATE = 1, RDW_ERASE = 4, RDW_VALIDATE = 8, RDW_UPDATENOW = 0x100 };

static void update_tree(Sys *s, uint32_t window) {
    enum { MOST = 512 };
    User *u = user_of(s->machine);
    uint32_t list[MOST];
    size_t n = 0;
    paint_now(s, window);
    Window *w = window_get(u, window);
    for (Window *child = w ? w->child : NULL; child && n < MOST; child = child->below)
        list[n++] = child->object.handle;
    for (size_t i = 0; i < n; i++)
        if ((w = window_get(u, list[i])) && window_is_mine(s, w)) update_tree(s, list[i]);
}

static bool redraw(Sys *s, uint32_t window, uint64_t rectangle, uint32_t flags) {
    User *u = user_of(s->machine);
    Rect r;
    Window *w = window ? window_need(s, window) : u->desktop;
    if (!w) return false;
    bool part = rectangle && guest_get_rect(s->process, rectangle, &r);
    if (flags & RDW_INVALIDATE) paint_invalidate(w, part ? &r : NULL, flags & RDW_ERASE);
    else if (flags & RDW_VALIDATE) paint_validate(w, part ? &r : NULL);
    if (flags & RDW_UPDATENOW && window) update_tree(s, w->object.handle);
    return true;
}

static uint64_t redraw_window(Sys *s) {
    return redraw(s, arg32(s, 0), s->arg[1], arg32(s, 3));
}
static uint64_t invalidate_rect(Sys *s) {
    return redraw(s, arg32(s, 0), s->arg[1], RDW_INVALIDATE | (arg32(s, 2) ? RDW_ERASE : 0));
}
static uint64_t invalidate_region(Sys *s) {
    return redraw(s, arg32(s, 0), 0, RDW_INVALIDATE | (arg32(s, 2) ? RDW_ERASE : 0));
}
static uint64_t validate_rect(Sys *s) {
    return redraw(s, arg32(s, 0), s->arg[1], RDW_VALIDATE);
}

static uint64_t update_rect(Sys *s) {
    const Window *w = window_need(s, s->arg[0]);
    if (!w) return 0;
    if (s->arg[1]) guest_put_rect(s->process, s->arg[1], w->update);
    return w->wants_paint && !rect_empty(w->update);
}

static uint64_t accepted(Sys *s) {
    return !s->arg[0] || window_need(s, s->arg[0]) != NULL;
}

const SysRow nt_user_paint_rows[] = {
    {"NtUserRedrawWindow", 4 | CALLS_BACK, redraw_window},
    {"NtUserInvalidateRect", 3, invalidate_rect},
    {"NtUserInvalidateRgn", 3, invalidate_region},
    {"NtUserValidateRect", 2, validate_rect},
    {"NtUserGetUpdateRect", 3, update_rect},
    {"NtUserLockWindowUpdate", 1, accepted},
    {"NtUserFlashWindowEx", 1, accepted},
    {"NtUserPrintWindow", 3, accepted},
    {NULL, 0, NULL},
};
