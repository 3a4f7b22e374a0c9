#include "guest/win32k/message.h"
#include "guest/flood.h"
#include "guest/win32k/defwindow.h"
#include "guest/win32k/hook.h"
#include "guest/win32k/input.h"
#include "guest/win32k/marshal.h"
#include "guest/win32k/queue.h"
#include "guest/win32k/scroll.h"
#include "guest/win32k/threadinfo.h"
#include <stdlib.h>

enum { CALLBACK_SEND_ASYNC = 1, CALLBACK_WINDOW_PROCEDURE = 3 }; /* in KernelCallbackTable */
enum { RECURSION_MOST = 64, POSTED_MOST = 10000 };

/* ---- calling a window procedure ---- */

/* struct win_proc_params, with no place for the result: it comes back by NtCallbackReturn. */
static bool put_parameters(Sys *s, const Window *w, uint64_t function, uint32_t message,
                           uint64_t wparam, uint64_t lparam, bool ansi, unsigned mapping,
                           uint64_t address, bool keep_result) {
    UserProcess *p = user_process(s);
    const WindowProcedure *faces = winproc_faces(p, function);
    bool ansi_face = faces ? !(faces->wide && (!ansi || !faces->ansi)) : !w->wide;
    if (faces && ansi && faces->ansi) ansi_face = true;
    uint64_t ansi_procedure = faces && faces->ansi ? faces->ansi : function;
    uint64_t wide_procedure = faces && faces->wide ? faces->wide : function;
    bool dialog = w->dialog != 0;
    Fields f = fields(s->process, address);
    put_pointer(&f, function);
    put_pointer(&f, window_handle(w));
    put_u32(&f, message);
    put_pointer(&f, wparam);
    put_pointer(&f, lparam);
    if (keep_result) {
        fields_align(&f, s->process->pointer);
        fields_skip(&f, s->process->pointer);
    } else {
        put_pointer(&f, 0);
    }
    put_u32(&f, ansi);
    put_u32(&f, dialog ? !w->wide : ansi_face);
    put_u32(&f, 0); /* needs_unpack */
    put_u32(&f, mapping);
    put_pointer(&f, threadinfo_window_awareness(w));
    put_pointer(&f, ansi_procedure);
    put_pointer(&f, wide_procedure);
    return !f.bad;
}

bool message_call_parameters(Sys *s, uint32_t window, uint32_t message, uint64_t wparam,
                             uint64_t lparam, bool ansi, unsigned mapping, uint64_t address) {
    const Window *w = window_get(user_of(s->machine), window);
    return window_is_mine(s, w) && put_parameters(s, w, w->procedure, message, wparam, lparam, ansi,
                                                  mapping, address, true);
}

static uint64_t result_of(const Sys *s, CallbackResult r) {
    uint64_t v = 0;
    if (r.bytes.n < s->process->pointer) return 0;
    for (unsigned i = 0; i < s->process->pointer; i++) v |= (uint64_t)r.bytes.p[i] << 8 * i;
    return s->process->pointer == 4 ? (uint64_t)(int64_t)(int32_t)v : v;
}

static uint64_t enter_procedure(Sys *s, const Window *w, uint32_t message, uint64_t wparam,
                                uint64_t lparam, bool ansi, unsigned mapping) {
    UserThread *t = user_thread(s);
    uint64_t mark = callback_mark(s), block = callback_push(s, PARAMETERS_ROOM), result = 0;
    if (block && t->recursion <= RECURSION_MOST &&
        put_parameters(s, w, w->procedure, message, wparam, lparam, ansi, mapping, block, false)) {
        t->recursion++;
        uint32_t length = s->process->wow64 ? 52 : 96;
        result = result_of(s, callback_guest(s, CALLBACK_WINDOW_PROCEDURE, block, length));
        t->recursion--;
    }
    callback_pop(s, mark);
    return result;
}

/* CWPSTRUCT, or CWPRETSTRUCT with the result in front. */
static void call_hook(Sys *s, int id, uint32_t window, uint32_t message, uint64_t wparam,
                      uint64_t lparam, uint64_t result, bool same_thread) {
    if (!hook_is_set(s, id)) return;
    uint64_t mark = callback_mark(s), block = callback_push(s, 48);
    Fields f = fields(s->process, block);
    if (id == WH_CALLWNDPROCRET) put_pointer(&f, result);
    put_pointer(&f, lparam);
    put_pointer(&f, wparam);
    put_u32(&f, message);
    put_pointer(&f, window);
    hook_call(s, id, 0, same_thread, block);
    callback_pop(s, mark);
}

static uint64_t call_with_hooks(Sys *s, uint32_t window, uint32_t message, uint64_t wparam,
                                uint64_t lparam, bool ansi, unsigned mapping, bool same_thread) {
    User *u = user_of(s->machine);
    call_hook(s, WH_CALLWNDPROC, window, message, wparam, lparam, 0, same_thread);
    const Window *w = window_get(u, window);
    if (!window_is_mine(s, w)) return 0;
    uint64_t result = enter_procedure(s, w, message, wparam, lparam, ansi, mapping);
    call_hook(s, WH_CALLWNDPROCRET, window, message, wparam, lparam, result, same_thread);
    return result;
}

uint64_t message_call(Sys *s, uint32_t window, uint32_t message, uint64_t wparam, uint64_t lparam,
                      bool ansi, unsigned mapping) {
    return call_with_hooks(s, window, message, wparam, lparam, ansi, mapping, true);
}

/* ---- between threads ---- */

void sent_drop(Sent *m) {
    if (--m->holders) return;
    copied_free(m->copied);
    free(m);
}

/* Messages whose parameters are pointers: they cannot be posted. */
static bool has_pointers(uint32_t message) {
    switch (message) {
    case WM_CREATE:
    case WM_NCCREATE:
    case WM_NCCALCSIZE:
    case WM_SETTEXT:
    case WM_GETTEXT:
    case 0x1a: /* WM_WININICHANGE */
    case 0x1b: /* WM_DEVMODECHANGE */
    case WM_GETMINMAXINFO:
    case 0x2b: /* WM_DRAWITEM, WM_MEASUREITEM, WM_DELETEITEM */
    case 0x2c:
    case 0x2d:
    case 0x39: /* WM_COMPAREITEM */
    case WM_WINDOWPOSCHANGING:
    case WM_WINDOWPOSCHANGED:
    case WM_COPYDATA:
    case 0x4e: /* WM_NOTIFY */
    case WM_HELP:
    case WM_STYLECHANGING:
    case WM_STYLECHANGED:
    case 0x214: /* WM_SIZING */
    case 0x216: /* WM_MOVING */
    case 0x220: /* WM_MDICREATE */ return true;
    default: return false;
    }
}

typedef struct {
    Sent *sent;
    UserThread *self;
    bool block;
} Waiter;

static bool poll_answer(Thread *t, void *context, uint64_t *result) {
    Waiter *w = context;
    (void)t;
    *result = STATUS_SUCCESS;
    return w->sent->answered || (w->self->incoming && !w->block);
}

static void abandon_answer(Thread *t, void *context) {
    Waiter *w = context;
    (void)t;
    w->sent->sender = NULL;
    sent_drop(w->sent);
    w->sent = NULL;
}

static Sent *put_sent(UserThread *receiver, const Sent *like) {
    Sent *m = malloc(sizeof *m);
    if (!m) return NULL;
    *m = *like;
    Sent **link = &receiver->incoming;
    while (*link) link = &(*link)->next;
    *link = m;
    queue_changed(receiver, QS_SENDMESSAGE);
    return m;
}

static uint64_t deadline_of(Machine *m, uint32_t ms) {
    return ms ? machine_now(m) + (uint64_t)ms * 1000000 : NEVER;
}

static bool wait_for_answer(Sys *s, Sent *m, const SendHow *how, uint64_t *result) {
    Waiter waiter = {m, user_thread(s), how->flags & SMTO_BLOCK};
    Wait wait = {.poll = poll_answer,
                 .context = &waiter,
                 .abandon = abandon_answer,
                 .deadline = deadline_of(s->machine, how->timeout)};
    while (!m->answered) {
        uint64_t status = callback_wait(s, &wait);
        if (!waiter.sent) return false;
        if (status == STATUS_TIMEOUT) {
            abandon_answer(s->thread, &waiter);
            return false;
        }
        if (!m->answered) queue_answer_sent(s);
    }
    *result = m->copied ? copied_give(s, m->copied, m->lparam, m->result) : m->result;
    bool reached = m->receiver != NULL;
    m->sender = NULL;
    sent_drop(m);
    return reached;
}

static bool send_to_thread(Sys *s, Window *w, uint32_t message, uint64_t wparam, uint64_t lparam,
                           const SendHow *how, uint64_t *result) {
    UserThread *receiver = user_thread_of(w->thread);
    bool waits = !(how->flags & (SEND_NOTIFY | SEND_CALLBACK));
    if (!receiver) return user_error(s, ERROR_INVALID_WINDOW_HANDLE);
    bool crosses = has_pointers(message) && w->thread->process != s->process;
    Copied *copied = crosses ? copied_take(s, message, wparam, lparam, how->ansi) : NULL;
    if (crosses && !copied) {
        *result = 0;
        return true;
    }
    Sent like = {.holders = waits ? 2 : 1,
                 .sender = s->thread,
                 .receiver = w->thread,
                 .window = w->object.handle,
                 .message = message,
                 .flags = how->flags,
                 .wparam = wparam,
                 .lparam = lparam,
                 .ansi = how->ansi && !copied,
                 .copied = copied,
                 .callback = how->callback,
                 .data = how->data};
    if (!waits && !(how->flags & SEND_CALLBACK)) like.sender = NULL;
    Sent *m = put_sent(receiver, &like);
    if (!m) {
        copied_free(copied);
        return user_error(s, ERROR_NOT_ENOUGH_MEMORY);
    }
    *result = 1;
    if (!waits) return true;
    if (wait_for_answer(s, m, how, result)) return true;
    *result = 0;
    user_error(s, ERROR_TIMEOUT);
    return false;
}

/* SendMessageCallback's function hears of the answer. */
static void call_async(Sys *s, uint64_t function, uint32_t window, uint32_t message, uint64_t data,
                       uint64_t result) {
    uint64_t mark = callback_mark(s), block = callback_push(s, 48);
    Fields f = fields(s->process, block);
    put_pointer(&f, function);
    put_pointer(&f, window);
    put_u32(&f, message);
    put_pointer(&f, data);
    put_pointer(&f, result);
    if (function) callback_guest(s, CALLBACK_SEND_ASYNC, block, s->process->wow64 ? 20 : 40);
    callback_pop(s, mark);
}

static void broadcast(Sys *s, uint32_t message, uint64_t wparam, uint64_t lparam,
                      const SendHow *how) {
    User *u = user_of(s->machine);
    uint32_t handles[512];
    size_t n = 0;
    for (Window *w = u->desktop->child; w && n < 512; w = w->below)
        if (w->thread) handles[n++] = w->object.handle;
    uint64_t ignored;
    for (size_t i = 0; i < n; i++)
        message_send_how(s, handles[i], message, wparam, lparam, how, &ignored);
}

bool message_send_how(Sys *s, uint32_t window, uint32_t message, uint64_t wparam, uint64_t lparam,
                      const SendHow *how, uint64_t *result) {
    *result = 0;
    if (window == HWND_BROADCAST || window == HWND_TOPMOST) {
        broadcast(s, message, wparam, lparam, how);
        *result = 1;
        return true;
    }
    Window *w = window_need(s, window);
    if (!w) return false;
    if (!w->thread) {
        *result = session_window_answer(s, w, message, wparam, lparam, how->ansi);
        return true;
    }
    if (w->thread != s->thread) return send_to_thread(s, w, message, wparam, lparam, how, result);
    *result = message_call(s, w->object.handle, message, wparam, lparam, how->ansi, CHARS_SEND);
    if (how->flags & SEND_CALLBACK)
        call_async(s, how->callback, window, message, how->data, *result);
    if (how->flags & (SEND_CALLBACK | SEND_NOTIFY)) *result = 1;
    return true;
}

uint64_t message_send(Sys *s, uint32_t window, uint32_t message, uint64_t wparam, uint64_t lparam) {
    uint64_t result;
    message_send_how(s, window, message, wparam, lparam, &(SendHow){0}, &result);
    return result;
}

static void answer(Sent *m, uint64_t result) {
    if (m->answered) return;
    m->answered = true;
    m->result = result;
    UserThread *sender = user_thread_of(m->sender);
    if (!sender) return;
    m->sender->process->machine->changed = true;
    if (!(m->flags & SEND_CALLBACK)) return;
    Sent like = {.holders = 1,
                 .receiver = m->sender,
                 .window = m->window,
                 .message = m->message,
                 .callback = m->callback,
                 .data = m->data,
                 .result = result,
                 .is_answer = true};
    put_sent(sender, &like);
}

static void receive(Sys *s, UserThread *t, Sent *m) {
    enum { ISMEX_SEND = 1, ISMEX_NOTIFY = 2, ISMEX_CALLBACK = 4 };
    if (m->is_answer) {
        call_async(s, m->callback, m->window, m->message, m->data, m->result);
        sent_drop(m);
        return;
    }
    uint32_t kind = m->flags & SEND_NOTIFY     ? ISMEX_NOTIFY
                    : m->flags & SEND_CALLBACK ? ISMEX_CALLBACK
                                               : ISMEX_SEND;
    m->outer = t->receiving;
    t->receiving = m;
    threadinfo_set_receiving(s, kind);
    uint64_t mark = callback_mark(s);
    uint64_t lparam = m->copied ? copied_lay(s, m->copied) : m->lparam;
    uint64_t result =
        call_with_hooks(s, m->window, m->message, m->wparam, lparam, m->ansi, CHARS_RECEIVE, false);
    if (m->copied && !m->answered) copied_take_back(s, m->copied, lparam, result);
    callback_pop(s, mark);
    t->receiving = m->outer;
    threadinfo_set_receiving(s, t->receiving ? ISMEX_SEND : 0);
    answer(m, result);
    sent_drop(m);
}

void queue_answer_sent(Sys *s) {
    UserThread *t = user_thread(s);
    while (t->incoming) {
        Sent *m = t->incoming;
        t->incoming = m->next;
        receive(s, t, m);
    }
}

/* The thread ended: who waits for its answers gets none. */
static void give_up(Sent *m) {
    m->receiver = NULL;
    m->answered = true;
    sent_drop(m);
}

void sent_thread_ended(UserThread *t) {
    while (t->incoming) {
        Sent *m = t->incoming;
        t->incoming = m->next;
        give_up(m);
    }
    while (t->receiving) {
        Sent *m = t->receiving;
        t->receiving = m->outer;
        give_up(m);
    }
}

/* ---- posting ---- */

static bool post(UserThread *t, uint32_t window, uint32_t message, uint64_t wparam,
                 uint64_t lparam) {
    Machine *machine = t->user->machine;
    if (t->posted_count == POSTED_MOST) flood_tell(machine, FLOOD_MESSAGES, POSTED_MOST);
    Message *m = t->posted_count < POSTED_MOST ? calloc(1, sizeof *m) : NULL;
    if (!m) return false;
    *m = (Message){.window = window,
                   .message = message,
                   .wparam = wparam,
                   .lparam = lparam,
                   .time = user_ticks(machine),
                   .point = input_cursor(t->user)};
    Message **link = &t->posted;
    while (*link) link = &(*link)->next;
    *link = m;
    t->posted_count++;
    queue_changed(t, QS_POSTMESSAGE | QS_ALLPOSTMESSAGE | (message == WM_HOTKEY ? QS_HOTKEY : 0));
    return true;
}

bool message_post(User *u, uint32_t window, uint32_t message, uint64_t wparam, uint64_t lparam) {
    Window *w = window_get(u, window);
    if (!w) return false;
    UserThread *t = user_thread_of(w->thread);
    return t ? post(t, w->object.handle, message, wparam, lparam) : !w->thread;
}

bool message_post_thread(Thread *thread, uint32_t message, uint64_t wparam, uint64_t lparam) {
    UserThread *t = user_thread_of(thread);
    return t && post(t, 0, message, wparam, lparam);
}

static uint64_t post_message(Sys *s) {
    User *u = user_of(s->machine);
    UserThread *self = user_thread(s);
    uint32_t window = arg32(s, 0), message = arg32(s, 1);
    if (!self) return 0;
    if (has_pointers(message)) return user_error(s, ERROR_MESSAGE_SYNC_ONLY);
    if (!window) return message_post_thread(s->thread, message, s->arg[2], s->arg[3]);
    if (window == HWND_BROADCAST || window == HWND_TOPMOST) {
        for (Window *w = u->desktop->child; w; w = w->below)
            message_post(u, w->object.handle, message, s->arg[2], s->arg[3]);
        return 1;
    }
    if (!window_need(s, window)) return 0;
    if (message_post(u, window, message, s->arg[2], s->arg[3])) return 1;
    return user_error(s, ERROR_NOT_ENOUGH_QUOTA);
}

static Thread *thread_by_id(Machine *m, uint32_t id) {
    for (Thread *t = m->threads; t; t = t->run_next)
        if (t->id == id) return t;
    return NULL;
}

/* A thread has a queue from its first call of USER on. */
static uint64_t post_thread_message(Sys *s) {
    Thread *t = thread_by_id(s->machine, arg32(s, 0));
    if (has_pointers(arg32(s, 1))) return user_error(s, ERROR_MESSAGE_SYNC_ONLY);
    if (t == s->thread) user_thread(s);
    if (!user_thread_of(t)) return user_error(s, ERROR_INVALID_THREAD_ID);
    if (message_post_thread(t, arg32(s, 1), s->arg[2], s->arg[3])) return 1;
    return user_error(s, ERROR_NOT_ENOUGH_QUOTA);
}

void message_window_gone(User *u, Window *w) {
    UserThread *t = user_thread_of(w->thread);
    uint32_t handle = w->object.handle;
    if (!t) return;
    for (Message **link = &t->posted; *link;) {
        Message *m = *link;
        if (m->window != handle || m->message == WM_QUIT) {
            link = &m->next;
            continue;
        }
        *link = m->next;
        t->posted_count--;
        free(m);
    }
    timers_window_gone(t, handle);
    if (w->wants_paint) t->paints--;
    w->wants_paint = false;
    if (t->focus == handle) t->focus = 0;
    if (t->active == handle) t->active = 0;
    if (t->capture == handle) t->capture = 0;
    if (t->caret_window == handle) t->caret_window = 0;
    (void)u;
}

/* ---- NtUserMessageCall ---- */

enum {
    CALL_SCROLL_BAR = 0x29a,
    CALL_POPUP_MENU = 0x29c,
    CALL_DESKTOP = 0x29d,
    CALL_DEFAULT = 0x29e,
    CALL_PROCEDURE = 0x2ab,
    CALL_SEND = 0x2b1,
    CALL_SEND_TIMEOUT = 0x2b3,
    CALL_SEND_NOTIFY = 0x2b7,
    CALL_SEND_CALLBACK = 0x2b8,
    CALL_DISPATCH_PARAMETERS = 0x3001,
    CALL_MESSAGE_NAME = 0x3003,
    CALL_RESULT = 0x306,
};

/* SendMessage. user32.dll calls the procedure of a window of the thread's own itself, so that
 * exceptions pass through; unless hooks want to see it. */
static uint64_t call_send(Sys *s, bool ansi) {
    uint64_t result;
    bool plain = s->arg[4] && !hook_is_set(s, WH_CALLWNDPROC) && !hook_is_set(s, WH_CALLWNDPROCRET);
    if (plain && message_call_parameters(s, arg32(s, 0), arg32(s, 1), s->arg[2], s->arg[3], ansi,
                                         CHARS_SEND, s->arg[4]))
        return 0;
    message_send_how(s, arg32(s, 0), arg32(s, 1), s->arg[2], s->arg[3], &(SendHow){.ansi = ansi},
                     &result);
    return result;
}

static uint64_t call_send_timeout(Sys *s, bool ansi) {
    uint32_t flags = 0, timeout = 0;
    guest_get_u32(s->process, s->arg[4], &flags);
    guest_get_u32(s->process, s->arg[4] + 4, &timeout);
    uint64_t result, answer_at = s->arg[4] + 8;
    SendHow how = {.flags = flags & 0xff, .timeout = timeout, .ansi = ansi};
    bool reached =
        message_send_how(s, arg32(s, 0), arg32(s, 1), s->arg[2], s->arg[3], &how, &result);
    guest_put_pointer(s->process, answer_at, result);
    return reached;
}

static uint64_t call_send_later(Sys *s, bool ansi, bool callback) {
    SendHow how = {.flags = callback ? SEND_CALLBACK : SEND_NOTIFY, .ansi = ansi};
    if (has_pointers(arg32(s, 1))) return user_error(s, ERROR_MESSAGE_SYNC_ONLY);
    if (callback) {
        guest_get_pointer(s->process, s->arg[4], &how.callback);
        guest_get_pointer(s->process, s->arg[4] + s->process->pointer, &how.data);
    }
    uint64_t result;
    return message_send_how(s, arg32(s, 0), arg32(s, 1), s->arg[2], s->arg[3], &how, &result);
}

/* CallWindowProc asks how to call: the function stands in the block already. */
static uint64_t call_procedure(Sys *s, bool ansi) {
    uint64_t function = 0;
    guest_get_pointer(s->process, s->arg[4], &function);
    Window *w = window_get(user_of(s->machine), s->arg[0]);
    Window nobody = {.wide = !ansi};
    nobody.object.handle = arg32(s, 0);
    if (!function) return 0;
    Window shown = w ? *w : nobody;
    /* A function that is no handle is called as it is, whatever the window takes. */
    shown.wide = winproc_is_wide(user_process(s), function, !ansi);
    shown.dialog = 0;
    return put_parameters(s, &shown, function, arg32(s, 1), s->arg[2], s->arg[3], ansi, CHARS_CALL,
                          s->arg[4], true);
}

static uint64_t call_dispatch_parameters(Sys *s, bool ansi) {
    if (message_call_parameters(s, arg32(s, 0), arg32(s, 1), s->arg[2], s->arg[3], ansi,
                                CHARS_DISPATCH, s->arg[4]))
        return 1;
    const Window *w = window_get(user_of(s->machine), s->arg[0]);
    return user_error(s, w ? ERROR_MESSAGE_SYNC_ONLY : ERROR_INVALID_WINDOW_HANDLE);
}

static uint64_t message_call_row(Sys *s) {
    bool ansi = arg32(s, 6);
    if (!user_thread(s)) return 0;
    switch (arg32(s, 5)) {
    case CALL_DEFAULT: return default_window_procedure(s, ansi);
    case CALL_PROCEDURE: return call_procedure(s, ansi);
    case CALL_SEND: return call_send(s, ansi);
    case CALL_SEND_TIMEOUT: return call_send_timeout(s, ansi);
    case CALL_SEND_NOTIFY: return call_send_later(s, ansi, false);
    case CALL_SEND_CALLBACK: return call_send_later(s, ansi, true);
    case CALL_DISPATCH_PARAMETERS: return call_dispatch_parameters(s, ansi);
    case CALL_SCROLL_BAR: return scroll_bar_procedure(s, ansi);
    case CALL_POPUP_MENU:
    case CALL_DESKTOP: return default_window_procedure(s, ansi);
    case CALL_RESULT: return 0;
    case CALL_MESSAGE_NAME: { /* for debug output that nobody reads */
        uint8_t nul = 0;
        guest_write(s->process, s->arg[4], &nul, 1);
        return 0;
    }
    default: machine_unmodelled(s->machine, "NtUserMessageCall %#x", arg32(s, 5)); return 0;
    }
}

static uint64_t dispatch(Sys *s) {
    Fields f = fields(s->process, s->arg[0]);
    uint32_t window = (uint32_t)get_pointer(&f), message = get_u32(&f);
    uint64_t wparam = get_pointer(&f), lparam = get_pointer(&f);
    Window *w = window ? window_need(s, window) : NULL;
    if (f.bad || !w) return 0;
    if (!window_is_mine(s, w)) return user_error(s, ERROR_MESSAGE_SYNC_ONLY);
    return message_call(s, window, message, wparam, lparam, false, CHARS_DISPATCH);
}

uint64_t message_reply(Sys *s, uint64_t result) {
    enum { ISMEX_REPLIED = 8 };
    UserThread *t = user_thread(s);
    if (!t || !t->receiving) return 0;
    answer(t->receiving, result);
    threadinfo_set_receiving(s, 1 | ISMEX_REPLIED);
    return 1;
}

const SysRow nt_user_message_rows[] = {
    {"NtUserMessageCall", 7 | CALLS_BACK, message_call_row},
    {"NtUserDispatchMessage", 1 | CALLS_BACK, dispatch},
    {"NtUserPostMessage", 4, post_message},
    {"NtUserPostThreadMessage", 4, post_thread_message},
    {NULL, 0, NULL},
};
