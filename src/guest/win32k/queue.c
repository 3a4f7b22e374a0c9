#include "guest/win32k/queue.h"
#include "guest/win32k/hook.h"
#include "guest/win32k/input.h"
#include "guest/win32k/policy.h"
#include "guest/win32k/threadinfo.h"
#include <stdlib.h>

/* ---- what there is ---- */

void queue_changed(UserThread *t, uint32_t bits) {
    t->changed |= bits;
    t->user->machine->changed = true;
}

static uint32_t input_bits(uint32_t message) {
    if (message >= WM_KEYDOWN && message <= WM_KEYLAST) return QS_KEY;
    return message == WM_MOUSEMOVE || message == WM_NCMOUSEMOVE ? QS_MOUSEMOVE : QS_MOUSEBUTTON;
}

/* The first visible window of the thread that wants to be painted. */
static Window *paint_below(Window *w, const Thread *t) {
    for (; w; w = w->below) {
        if (w->thread == t && w->wants_paint && window_visible(w)) return w;
        Window *inner = paint_below(w->child, t);
        if (inner) return inner;
    }
    return NULL;
}

static Window *paint_wanted(const UserThread *t) {
    return t->paints ? paint_below(t->user->desktop->child, t->thread) : NULL;
}

uint32_t queue_status(const UserThread *t) {
    uint32_t bits = 0;
    if (t->posted || t->quit) bits |= QS_POSTMESSAGE | QS_ALLPOSTMESSAGE;
    if (t->incoming) bits |= QS_SENDMESSAGE;
    for (const Message *m = t->input; m; m = m->next) bits |= input_bits(m->message);
    if (paint_wanted(t)) bits |= QS_PAINT;
    if (timers_deadline(t) <= machine_now(t->user->machine)) bits |= QS_TIMER;
    return bits;
}

void queue_thread_ended(UserThread *t) {
    sent_thread_ended(t);
    for (int i = 0; i < 2; i++) {
        Message **list = i ? &t->input : &t->posted;
        while (*list) {
            Message *m = *list;
            *list = m->next;
            free(m);
        }
    }
    timers_free(t);
}

/* ---- PeekMessage ---- */

typedef struct {
    Sys *s;
    UserThread *t;
    uint64_t address; /* of the MSG */
    uint32_t window, first, last;
    bool remove;
} Search;

static bool put_message(const Search *q, const Message *m) {
    Fields f = fields(q->s->process, q->address);
    put_pointer(&f, (uint64_t)(int64_t)(int32_t)m->window);
    put_u32(&f, m->message);
    put_pointer(&f, m->wparam);
    put_pointer(&f, m->lparam);
    put_u32(&f, m->time);
    put_u32(&f, (uint32_t)m->point.x);
    put_u32(&f, (uint32_t)m->point.y);
    return !f.bad;
}

/* -1 asks for messages without a window; a window for its own and its children's. */
static bool window_fits(const Search *q, uint32_t window) {
    if (!q->window) return true;
    if (q->window == 1 || q->window == HWND_TOPMOST || q->window == HWND_BROADCAST) return !window;
    if (window == q->window) return true;
    const Window *wanted = window_get(q->t->user, q->window), *w = window_get(q->t->user, window);
    return wanted && w && (w == wanted || window_is_child(wanted, w));
}

static bool in_range(const Search *q, uint32_t message) {
    return message >= q->first && message <= q->last;
}

static bool found(const Search *q, const Message *m) {
    threadinfo_set_message(q->s, m->time, m->point, m->extra);
    if (!put_message(q, m)) return false;
    if (hook_is_set(q->s, WH_GETMESSAGE)) hook_call(q->s, WH_GETMESSAGE, 0, q->remove, q->address);
    return true;
}

static bool peek_posted(const Search *q) {
    for (Message **link = &q->t->posted; *link; link = &(*link)->next) {
        Message *m = *link, copy = *m;
        if (!window_fits(q, m->window) || !in_range(q, m->message)) continue;
        if (q->remove) {
            *link = m->next;
            q->t->posted_count--;
            free(m);
        }
        return found(q, &copy);
    }
    return false;
}

static Message now_message(const Search *q, uint32_t window, uint32_t message) {
    return (Message){.window = window,
                     .message = message,
                     .time = user_ticks(q->s->machine),
                     .point = input_cursor(q->t->user)};
}

static bool peek_quit(const Search *q) {
    if (!q->t->quit || !in_range(q, WM_QUIT)) return false;
    Message m = now_message(q, 0, WM_QUIT);
    m.wparam = q->t->quit_code;
    if (q->remove) q->t->quit = false;
    return found(q, &m);
}

static bool peek_input(const Search *q) {
    for (Message **link = &q->t->input; *link;) {
        Message *m = *link, copy = *m;
        if (!input_route(q->s, &copy)) {
            *link = m->next;
            free(m);
            continue;
        }
        if (!window_fits(q, copy.window) || !in_range(q, copy.message)) {
            link = &m->next;
            continue;
        }
        if (q->remove) {
            *link = m->next;
            free(m);
        }
        if (!input_hooks_allow(q->s, &copy, q->remove)) {
            if (!q->remove) return false;
            link = &q->t->input; /* the hook may have changed the list */
            continue;
        }
        return found(q, &copy);
    }
    return false;
}

static bool peek_paint(const Search *q) {
    Window *w = in_range(q, WM_PAINT) ? paint_wanted(q->t) : NULL;
    if (!w || !window_fits(q, w->object.handle)) return false;
    Message m = now_message(q, w->object.handle, WM_PAINT);
    return found(q, &m);
}

/* Handles begin above the numbers that stand for no window or all. */
static uint32_t timer_window(const Search *q) {
    return q->window <= HWND_BROADCAST || q->window >= HWND_NOTOPMOST ? 0 : q->window;
}

static bool peek_timer(const Search *q) {
    uint64_t now = machine_now(q->s->machine);
    Timer *timer = timer_due(q->t, now, timer_window(q), q->first, q->last);
    if (!timer) return false;
    Message m = now_message(q, timer->window, timer->message);
    m.wparam = timer->id;
    m.lparam = timer->function;
    if (q->remove) timer_fired(q->s, timer, now);
    return found(q, &m);
}

static Search search_for(Sys *s, uint64_t address, uint32_t window, uint32_t first, uint32_t last,
                         bool remove) {
    if (!first && !last) last = UINT32_MAX;
    return (Search){s, user_thread(s), address, window, first, last, remove};
}

bool queue_look(Sys *s, uint64_t address, uint32_t window, uint32_t first, uint32_t last,
                uint32_t flags) {
    UserThread *t = user_thread(s);
    Search q = search_for(s, address, window, first, last, flags & PM_REMOVE);
    uint32_t which = flags >> 16 ? flags >> 16 : QS_ALLINPUT;
    t->changed &= ~which;
    queue_answer_sent(s);
    return (which & QS_POSTMESSAGE && (peek_posted(&q) || peek_quit(&q))) ||
           (which & QS_INPUT && peek_input(&q)) || (which & QS_PAINT && peek_paint(&q)) ||
           (which & QS_TIMER && peek_timer(&q));
}

/* ---- waiting ---- */

typedef struct {
    UserThread *t;
    const Search *search; /* or NULL: waits for what it looks for, whatever else there is */
    Object *objects[WAIT_MAX];
    unsigned count;
    uint32_t mask;
    bool all, present; /* all: every object and the queue; present: what is there already counts */
} Pause;

/* Input is looked at again when more of it comes: where it goes is only known then. */
static bool search_ready(const Search *q) {
    for (const Message *m = q->t->posted; m; m = m->next)
        if (window_fits(q, m->window) && in_range(q, m->message)) return true;
    const Window *painted = in_range(q, WM_PAINT) ? paint_wanted(q->t) : NULL;
    return q->t->incoming || (q->t->quit && in_range(q, WM_QUIT)) ||
           (q->t->input && q->t->changed & QS_INPUT) ||
           (painted && window_fits(q, painted->object.handle)) ||
           timer_due(q->t, machine_now(q->s->machine), timer_window(q), q->first, q->last);
}

static bool queue_ready(const Pause *p) {
    if (p->search) return search_ready(p->search);
    uint32_t bits = queue_status(p->t);
    /* Timers and windows to paint stay until they are looked after. */
    uint32_t fresh = p->present ? bits : (bits & (p->t->changed | QS_TIMER | QS_PAINT));
    return fresh & p->mask;
}

static bool object_ready(Object *o, Thread *t) {
    return !o->type->signaled || o->type->signaled(o, t);
}

static uint64_t object_acquire(Object *o, Thread *t) {
    return o->type->acquire ? o->type->acquire(o, t) : STATUS_SUCCESS;
}

static bool all_ready(Thread *t, const Pause *p, uint64_t *result) {
    for (unsigned i = 0; i < p->count; i++)
        if (!object_ready(p->objects[i], t)) return false;
    if (!queue_ready(p)) return false;
    for (unsigned i = 0; i < p->count; i++) object_acquire(p->objects[i], t);
    *result = STATUS_SUCCESS;
    return true;
}

static bool poll_pause(Thread *t, void *context, uint64_t *result) {
    const Pause *p = context;
    if (p->all) return all_ready(t, p, result);
    for (unsigned i = 0; i < p->count; i++) {
        if (!object_ready(p->objects[i], t)) continue;
        *result = object_acquire(p->objects[i], t) + i;
        return true;
    }
    *result = p->count;
    return queue_ready(p);
}

/* When a timer's message comes that this pause waits for. */
static uint64_t timer_deadline(const Pause *p) {
    const Search *q = p->search;
    if (!q) return p->mask & QS_TIMER ? timers_deadline(p->t) : NEVER;
    const Timer *next = timer_due(p->t, NEVER - 1, timer_window(q), q->first, q->last);
    return next ? next->due : NEVER;
}

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* Waits until the queue or an object is ready. While a thread waits for messages, the user at the
 * computer may do something (policy.c). */
static uint64_t pause_thread(Sys *s, Pause *p, uint64_t deadline, bool alertable) {
    UserThread *t = p->t;
    for (;;) {
        uint64_t now = machine_now(s->machine);
        if (t->idle_since == NEVER) t->idle_since = now;
        uint64_t acts = policy_deadline(s);
        Wait w = {.poll = poll_pause,
                  .context = p,
                  .alertable = alertable,
                  .deadline = earlier(deadline, earlier(acts, timer_deadline(p)))};
        for (unsigned i = 0; i < p->count; i++) w.objects[w.count++] = p->objects[i];
        if (deadline == now) w.deadline = 0;
        uint64_t result = callback_wait(s, &w);
        if (result != STATUS_TIMEOUT) {
            t->idle_since = NEVER;
            return result;
        }
        now = machine_now(s->machine);
        if (now >= deadline) return STATUS_TIMEOUT;
        if (now >= acts) policy_act(s);
    }
}

static uint64_t get_message(Sys *s) {
    enum { FAILED = -1 };
    uint32_t window = arg32(s, 1), first = arg32(s, 2), last = arg32(s, 3), message = 0;
    if (!user_thread(s)) return (uint32_t)FAILED;
    if (window && window < HWND_NOTOPMOST && window != HWND_BROADCAST && window != 1 &&
        !window_need(s, window))
        return (uint32_t)FAILED;
    uint8_t byte;
    if (!guest_read(s->process, s->arg[0], &byte, 1)) return (uint32_t)FAILED;
    Search q = search_for(s, s->arg[0], window, first, last, true);
    Pause p = {.t = q.t, .search = &q, .mask = QS_ALLINPUT};
    while (!queue_look(s, s->arg[0], window, first, last, PM_REMOVE))
        pause_thread(s, &p, NEVER, false);
    guest_get_u32(s->process, s->arg[0] + s->process->pointer, &message);
    return message != WM_QUIT;
}

static uint64_t peek_message(Sys *s) {
    if (!user_thread(s)) return 0;
    return queue_look(s, s->arg[0], arg32(s, 1), arg32(s, 2), arg32(s, 3), arg32(s, 4));
}

static uint64_t wait_message(Sys *s) {
    Pause p = {.t = user_thread(s), .mask = QS_ALLINPUT};
    if (p.t) pause_thread(s, &p, NEVER, false);
    return 1;
}

static uint64_t get_queue_status(Sys *s) {
    UserThread *t = user_thread(s);
    uint32_t mask = arg32(s, 0);
    if (!t) return 0;
    uint32_t now = queue_status(t) & mask,
             fresh = (t->changed | (now & (QS_TIMER | QS_PAINT))) & mask;
    t->changed &= ~mask;
    return now << 16 | fresh;
}

static uint64_t get_input_state(Sys *s) {
    UserThread *t = user_thread(s);
    return t && queue_status(t) & (QS_KEY | QS_MOUSEBUTTON);
}

uint64_t queue_input_state(Sys *s) {
    return get_input_state(s);
}

static uint64_t msg_wait(Sys *s) {
    enum { WAIT_FAILED = -1, INFINITE = -1, ALL = 1, ALERTABLE = 2, PRESENT = 4 };
    uint32_t flags = arg32(s, 4), timeout = arg32(s, 2), count = arg32(s, 0);
    Pause p = {
        .t = user_thread(s), .mask = arg32(s, 3), .all = flags & ALL, .present = flags & PRESENT};
    if (!p.t) return (uint32_t)WAIT_FAILED;
    if (count >= WAIT_MAX) {
        user_error(s, ERROR_INVALID_PARAMETER);
        return (uint32_t)WAIT_FAILED;
    }
    for (; p.count < count; p.count++) {
        uint64_t handle = 0;
        guest_get_pointer(s->process, s->arg[1] + p.count * s->process->pointer, &handle);
        if (handle_object(s->process, handle, NULL, &p.objects[p.count])) {
            user_error(s, 6); /* ERROR_INVALID_HANDLE */
            return (uint32_t)WAIT_FAILED;
        }
    }
    uint64_t now = machine_now(s->machine);
    uint64_t deadline = timeout == (uint32_t)INFINITE ? NEVER : now + timeout * UINT64_C(1000000);
    if (!p.mask && !p.count && deadline == NEVER) return (uint32_t)WAIT_FAILED;
    return pause_thread(s, &p, deadline, flags & ALERTABLE);
}

/* ---- WaitForInputIdle ---- */

static bool poll_idle(Thread *t, void *context, uint64_t *result) {
    Process *p = context;
    (void)t;
    *result = 0;
    if (p->ended) *result = UINT32_MAX;
    for (Thread *other = p->threads; other; other = other->next)
        if (other->user && other->user->idle_since != NEVER) return true;
    return p->ended;
}

static uint64_t wait_for_input_idle(Sys *s) {
    Object *o;
    uint32_t timeout = arg32(s, 1);
    enum { CONSOLE = 3, FAILED = -1 };
    if (handle_object(s->process, s->arg[0], &process_type, &o)) return (uint32_t)FAILED;
    if (((Process *)o)->image->subsystem == CONSOLE) return (uint32_t)FAILED;
    uint64_t now = machine_now(s->machine);
    Wait w = {.poll = poll_idle,
              .context = o,
              .objects = {o},
              .count = 1,
              .deadline = timeout == UINT32_MAX ? NEVER : now + timeout * UINT64_C(1000000)};
    return callback_wait(s, &w);
}

const SysRow nt_user_queue_rows[] = {
    {"NtUserGetMessage", 4 | CALLS_BACK, get_message},
    {"NtUserPeekMessage", 5 | CALLS_BACK, peek_message},
    {"NtUserWaitMessage", 0 | CALLS_BACK, wait_message},
    {"NtUserGetQueueStatus", 1, get_queue_status},
    {"NtUserMsgWaitForMultipleObjectsEx", 5 | CALLS_BACK, msg_wait},
    {"NtUserWaitForInputIdle", 3 | CALLS_BACK, wait_for_input_idle},
    {NULL, 0, NULL},
};
