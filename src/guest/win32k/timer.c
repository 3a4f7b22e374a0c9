/* Timers of windows and threads: WM_TIMER is made up when the queue holds nothing else. */
#include "guest/delay.h"
#include "guest/flood.h"
#include "guest/trace.h"
#include "guest/win32k/queue.h"
#include <stdlib.h>

enum { LEAST_MS = 10, MOST_MS = 0x7fffffff, THREAD_TIMER_FIRST = 0x7fff };
enum { LAST_OF_RANGE = 0x100 };
#define MS UINT64_C(1000000)

Timer *timer_due(const UserThread *t, uint64_t now, uint32_t window, uint32_t first,
                 uint32_t last) {
    Timer *best = NULL;
    const User *u = t->user;
    const Window *wanted = window_get(u, window);
    for (Timer *timer = t->timers; timer; timer = timer->next) {
        if (timer->due > now || timer->message < first || timer->message > last) continue;
        const Window *w = window_get(u, timer->window);
        if (window && (!wanted || (w != wanted && !(w && window_is_child(wanted, w))))) continue;
        if (!best || timer->due < best->due) best = timer;
    }
    return best;
}

/* Late ones are not made up for. */
void timer_fired(Sys *s, Timer *timer, uint64_t now) {
    uint64_t length = now - timer->since;
    user_thread(s)->timers_fired++;
    timer->since = now;
    timer->due = now + timer->period;
    delay_waited(s->thread, "SetTimer", length);
}

uint64_t timers_deadline(const UserThread *t) {
    uint64_t next = NEVER;
    for (const Timer *timer = t->timers; timer; timer = timer->next)
        if (timer->due < next) next = timer->due;
    return next;
}

/* A timer is one of the objects that a process may have so many of. */
static uint32_t *quota(const UserThread *t) {
    UserProcess *p = t->thread->process->user;
    return p ? &p->object_count : NULL;
}

static void timer_remove(const UserThread *t, Timer **link) {
    Timer *timer = *link;
    if (quota(t)) --*quota(t);
    *link = timer->next;
    free(timer);
}

void timers_window_gone(UserThread *t, uint32_t window) {
    for (Timer **link = &t->timers; *link;)
        if ((*link)->window == window) timer_remove(t, link);
        else link = &(*link)->next;
}

void timers_free(UserThread *t) {
    while (t->timers) timer_remove(t, &t->timers);
}

static Timer **find(UserThread *t, uint32_t window, uint32_t message, uint64_t id) {
    for (Timer **link = &t->timers; *link; link = &(*link)->next)
        if ((*link)->window == window && (*link)->message == message && (*link)->id == id)
            return link;
    return NULL;
}

/* Numbers of timers without a window count down from 7FFFh, and begin anew where none is left. */
static uint64_t free_id(UserThread *t) {
    enum { RANGE = THREAD_TIMER_FIRST - LAST_OF_RANGE };
    for (unsigned tried = 0; tried < RANGE; tried++) {
        bool again = t->last_timer <= LAST_OF_RANGE + 1;
        t->last_timer = again ? THREAD_TIMER_FIRST : t->last_timer - 1;
        if (!find(t, 0, WM_TIMER, t->last_timer)) return t->last_timer;
    }
    return 0;
}

static uint64_t set_timer(Sys *s, uint32_t message, uint64_t id, uint32_t ms, uint64_t function) {
    UserThread *t = user_thread(s);
    uint32_t window = arg32(s, 0);
    if (window) {
        Window *w = window_need(s, window);
        if (!w) return 0;
        if (!w->thread || w->thread->process != s->process)
            return user_error(s, ERROR_ACCESS_DENIED);
        t = user_thread_of(w->thread);
        window = w->object.handle;
    }
    if (!t) return 0;
    Timer **link = find(t, window, message, id);
    if (!link && quota(t) && *quota(t) >= USER_OBJECTS_OF_PROCESS) {
        flood_tell(s->machine, FLOOD_TIMERS, *quota(t));
        return user_error(s, ERROR_NO_MORE_USER_HANDLES);
    }
    if (!window && !link) id = free_id(t);
    if (link) timer_remove(t, link);
    Timer *timer = calloc(1, sizeof *timer);
    if (!timer) return user_error(s, ERROR_NOT_ENOUGH_MEMORY);
    if (ms < LEAST_MS) ms = LEAST_MS;
    if (ms > MOST_MS) ms = LEAST_MS; /* as Windows: USER_TIMER_MAXIMUM is the limit */
    uint64_t now = machine_now(s->machine);
    *timer = (Timer){.window = window,
                     .message = message,
                     .id = id,
                     .function = function,
                     .due = now + ms * MS,
                     .period = ms * MS,
                     .since = now};
    if (quota(t)) ++*quota(t);
    timer->next = t->timers;
    t->timers = timer;
    s->machine->changed = true;
    return window ? (id ? id : 1) : id;
}

static uint64_t set_window_timer(Sys *s) {
    return set_timer(s, WM_TIMER, s->arg[1], arg32(s, 2), s->arg[3]);
}
static uint64_t set_system_timer(Sys *s) {
    return set_timer(s, WM_SYSTIMER, s->arg[1], arg32(s, 2), 0);
}

static uint64_t kill_timer(Sys *s, uint32_t message, uint64_t id) {
    UserThread *t = user_thread(s);
    uint32_t window = arg32(s, 0);
    if (window) {
        Window *w = window_need(s, window);
        if (!w) return 0;
        t = user_thread_of(w->thread);
        window = w->object.handle;
    }
    Timer **link = t ? find(t, window, message, id) : NULL;
    if (!link) return user_error(s, ERROR_INVALID_PARAMETER);
    timer_remove(t, link);
    return 1;
}

static uint64_t kill_window_timer(Sys *s) {
    return kill_timer(s, WM_TIMER, s->arg[1]);
}

uint64_t timer_kill_system(Sys *s, uint64_t id) {
    return kill_timer(s, WM_SYSTIMER, id);
}

const SysRow nt_user_timer_rows[] = {
    {"NtUserSetTimer", 5, set_window_timer},
    {"NtUserSetSystemTimer", 3, set_system_timer},
    {"NtUserKillTimer", 2, kill_window_timer},
    {NULL, 0, NULL},
};
