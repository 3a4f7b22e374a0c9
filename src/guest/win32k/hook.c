#include "guest/win32k/hook.h"
#include "guest/process.h"
#include "guest/trace.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct Hook Hook;
struct Hook {
    UserObject object;
    Hook *next; /* newest first */
    int id;
    Thread *owner, *target; /* target NULL: every thread */
    uint64_t function;      /* relative to the module where there is one */
    uint64_t module_base;
    Wide module;
    bool wide;
};

enum { CALLBACK_HOOK = 4 };

static const char *const names[] = {"WH_JOURNALRECORD",  "WH_JOURNALPLAYBACK", "WH_KEYBOARD",
                                    "WH_GETMESSAGE",     "WH_CALLWNDPROC",     "WH_CBT",
                                    "WH_SYSMSGFILTER",   "WH_MOUSE",           "WH_HARDWARE",
                                    "WH_DEBUG",          "WH_SHELL",           "WH_FOREGROUNDIDLE",
                                    "WH_CALLWNDPROCRET", "WH_KEYBOARD_LL",     "WH_MOUSE_LL"};

static const char *name_of(int id) {
    return id == WH_MSGFILTER ? "WH_MSGFILTER" : names[id];
}

static bool low_level(int id) {
    return id == WH_KEYBOARD_LL || id == WH_MOUSE_LL;
}

static bool sees(const Hook *h, const Thread *t, int id) {
    if (h->id != id) return false;
    if (h->target) return h->target == t;
    if (low_level(id) || !h->module.units) return h->owner == t;
    /* A DLL of 64 bits is no use in a program of 32. */
    return h->owner->process->wow64 == t->process->wow64;
}

static Hook *first_for(Hook *h, const Thread *t, int id) {
    while (h && !sees(h, t, id)) h = h->next;
    return h;
}

bool hook_is_set(Sys *s, int id) {
    User *u = user_of(s->machine);
    return u && u->hooks && first_for(u->hooks, s->thread, id);
}

bool hook_low_level(const User *u, const Thread *t, int id) {
    for (const Hook *h = u->hooks; h; h = h->next)
        if (h->id == id && h->owner == t) return true;
    return false;
}

/* struct win_hook_params; in another process the module's path stands behind it. */
static uint64_t put_block(Sys *s, const Hook *h, int32_t code, uint64_t wparam, uint64_t lparam,
                          bool from_wide, uint32_t *length) {
    const Process *p = s->process;
    bool foreign = h->owner->process != p;
    *length = (p->wow64 ? 44 : 64) + (foreign ? 2 * (h->module.n + 1) : 0);
    uint64_t block = callback_push(s, *length);
    Fields f = fields(s->process, block);
    put_pointer(&f, foreign ? h->function : h->function + h->module_base);
    put_pointer(&f, h->object.handle);
    put_u32(&f, p->id);
    put_u32(&f, s->thread->id);
    put_u32(&f, (uint32_t)h->id);
    put_u32(&f, (uint32_t)code);
    put_pointer(&f, wparam);
    put_pointer(&f, lparam);
    put_u32(&f, 0);
    put_u32(&f, from_wide);
    put_u32(&f, h->wide);
    if (foreign) wide_write(s->process, h->module, block + (p->wow64 ? 44 : 64), h->module.n + 1);
    return f.bad ? 0 : block;
}

static uint64_t call(Sys *s, Hook *h, int32_t code, uint64_t wparam, uint64_t lparam, bool wide) {
    enum { DEPTH_MOST = 25 };
    UserThread *t = user_thread(s);
    uint32_t length;
    uint64_t mark = callback_mark(s), result = 0;
    uint64_t block =
        t->hook_depth < DEPTH_MOST ? put_block(s, h, code, wparam, lparam, wide, &length) : 0;
    if (block) {
        Hook *outer = t->hook;
        t->hook = h;
        t->hook_depth++;
        result = (uint64_t)(int64_t)(int32_t)callback_guest(s, CALLBACK_HOOK, block, length).status;
        t->hook_depth--;
        t->hook = outer;
    }
    callback_pop(s, mark);
    return result;
}

uint64_t hook_call(Sys *s, int id, int32_t code, uint64_t wparam, uint64_t lparam) {
    Hook *h = first_for(user_of(s->machine)->hooks, s->thread, id);
    return h ? call(s, h, code, wparam, lparam, true) : 0;
}

/* The handle may be wrong: what counts is the hook that runs. */
static uint64_t call_next(Sys *s) {
    UserThread *t = user_thread(s);
    Hook *now = t ? t->hook : NULL;
    if (!now) return 0;
    Hook *next = first_for(now->next, s->thread, now->id);
    return next ? call(s, next, argi(s, 1), s->arg[2], s->arg[3], now->wide) : 0;
}

/* ---- setting ---- */

static Thread *thread_by_id(Machine *m, uint32_t id) {
    for (Thread *t = m->threads; t; t = t->run_next)
        if (t->id == id) return t;
    return NULL;
}

static void tell(Sys *s, const Hook *h) {
    char *module = h->module.units ? wide_text(s->scratch, h->module) : NULL;
    char thread[16];
    if (h->target) snprintf(thread, sizeof thread, "%u", h->target->id);
    trace_event(s->machine, s->thread, EV_windows_hook, {EF_Name, name_of(h->id)},
                {EF_StartModule, module}, {EF_ThreadId, h->target ? thread : NULL});
}

static uint64_t set_hook(Sys *s) {
    enum { ERROR_INVALID_FILTER_PROC = 1427, ERROR_HOOK_NEEDS_HMOD = 1428 };
    int id = argi(s, 3);
    uint32_t thread = arg32(s, 2);
    uint64_t module = s->arg[0];
    Thread *target = thread ? thread_by_id(s->machine, thread) : NULL;
    if (!s->arg[4]) return user_error(s, ERROR_INVALID_FILTER_PROC);
    if (id < WH_MSGFILTER || id > WH_MOUSE_LL) return user_error(s, ERROR_INVALID_HOOK_FILTER);
    bool global_only = id == WH_JOURNALRECORD || id == WH_JOURNALPLAYBACK || low_level(id) ||
                       id == WH_SYSMSGFILTER;
    if (thread && global_only) return user_error(s, ERROR_INVALID_PARAMETER);
    if (thread && !target) return user_error(s, ERROR_INVALID_THREAD_ID);
    if (low_level(id)) module = 0;
    else if (!thread && !module) return user_error(s, ERROR_HOOK_NEEDS_HMOD);
    Hook *h = user_thread(s) ? user_object_new(s, USER_HOOK, sizeof *h) : NULL;
    if (!h) return 0;
    User *u = user_of(s->machine);
    h->id = id;
    h->owner = s->thread;
    h->target = target;
    h->wide = !arg32(s, 5);
    h->module_base = module;
    h->function = s->arg[4] - module;
    if (module) h->module = wide_string(s->process, s->arg[1]);
    h->next = u->hooks;
    u->hooks = h;
    tell(s, h);
    return h->object.handle;
}

static void hook_free(User *u, Hook *h) {
    for (Hook **link = &u->hooks; *link; link = &(*link)->next) {
        if (*link != h) continue;
        *link = h->next;
        break;
    }
    for (Thread *t = u->machine->threads; t; t = t->run_next)
        if (t->user && t->user->hook == h) t->user->hook = NULL;
    wide_free(&h->module);
    user_object_free(u, &h->object);
}

static uint64_t unhook(Sys *s) {
    User *u = user_of(s->machine);
    Hook *h = user_object(u, s->arg[0], USER_HOOK);
    if (!h) return user_error(s, ERROR_INVALID_HOOK_HANDLE);
    hook_free(u, h);
    return 1;
}

uint64_t hook_remove_by_function(Sys *s, int id, uint64_t function) {
    User *u = user_of(s->machine);
    for (Hook *h = u->hooks; h; h = h->next) {
        if (h->id != id || h->function + h->module_base != function || h->owner != s->thread)
            continue;
        hook_free(u, h);
        return 1;
    }
    return user_error(s, ERROR_INVALID_HOOK_HANDLE);
}

void hooks_thread_ended(User *u, Thread *t) {
    for (Hook *h = u->hooks, *next; h; h = next) {
        next = h->next;
        if (h->owner == t || h->target == t) hook_free(u, h);
    }
}

void hooks_close(User *u) {
    while (u->hooks) hook_free(u, u->hooks);
}

/* ---- SetWinEventHook: kept, so that it can be taken back; the events are not told ---- */

static uint64_t set_event_hook(Sys *s) {
    UserObject *o = user_object_new(s, USER_EVENT_HOOK, sizeof *o);
    return o ? o->handle : 0;
}

static uint64_t unhook_event(Sys *s) {
    User *u = user_of(s->machine);
    UserObject *o = user_object(u, s->arg[0], USER_EVENT_HOOK);
    if (!o) return user_error(s, ERROR_INVALID_HOOK_HANDLE);
    user_object_free(u, o);
    return 1;
}

static uint64_t notify_event(Sys *s) {
    (void)s;
    return 0;
}

/* WH_MSGFILTER and WH_SYSMSGFILTER see a dialog's messages first. */
static uint64_t call_filter(Sys *s) {
    uint64_t code = arg32(s, 1);
    if (hook_is_set(s, WH_SYSMSGFILTER) &&
        hook_call(s, WH_SYSMSGFILTER, (int32_t)code, 0, s->arg[0]))
        return 1;
    if (!hook_is_set(s, WH_MSGFILTER)) return 0;
    return hook_call(s, WH_MSGFILTER, (int32_t)code, 0, s->arg[0]);
}

const SysRow nt_user_hook_rows[] = {
    {"NtUserSetWindowsHookEx", 6, set_hook},
    {"NtUserUnhookWindowsHookEx", 1, unhook},
    {"NtUserCallNextHookEx", 4 | CALLS_BACK, call_next},
    {"NtUserCallMsgFilter", 2 | CALLS_BACK, call_filter},
    {"NtUserSetWinEventHook", 8, set_event_hook},
    {"NtUserUnhookWinEvent", 1, unhook_event},
    {"NtUserNotifyWinEvent", 4, notify_event},
    {NULL, 0, NULL},
};
