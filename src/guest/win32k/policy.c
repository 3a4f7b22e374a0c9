/* The user answers dialogs with their default button after two seconds, pages of wizards with Next,
 * Install or Finish. From an application's window he walks away: after a minute in which it only
 * waits he closes it, as its close button does; where it has timers to wait for, after they have
 * fired often. What he did is told as an event. */
#include "guest/win32k/policy.h"
#include "base/buf.h"
#include "guest/trace.h"
#include "guest/win32k/hook.h"
#include "guest/win32k/input.h"
#include "guest/win32k/message.h"
#include "guest/win32k/position.h"
#include "guest/win32k/queue.h"

#define SECOND_NS UINT64_C(1000000000)

enum {
    READS_DIALOG = 2, /* seconds */
    LOSES_INTEREST = 60,
    ACTS_MOST = 200,    /* of a thread: then he is tired of it */
    TIMERS_OFTEN = 300, /* WM_TIMER messages of a window that only shows something */
    TITLE_MOST = 200,
};

static User *user(Sys *s) {
    return user_of(s->machine);
}

/* ---- what he sees ---- */

static bool is_dialog(const Window *w) {
    return w->atom == ATOM_CLASS_DIALOG || w->dialog;
}

static bool usable(const Window *w, const Thread *t) {
    return w->thread == t && (w->style & (WS_VISIBLE | WS_DISABLED)) == WS_VISIBLE &&
           !(w->style & WS_CHILD);
}

/* A window that has something to see or to press. */
static bool worth_a_look(const Window *w) {
    Rect r = w->frame;
    bool sized = r.right - r.left > 1 && r.bottom - r.top > 1;
    return sized && !(w->ex_style & WS_EX_TRANSPARENT);
}

/* The topmost usable window of the thread. */
static Window *in_front(Sys *s) {
    UserThread *t = user_thread(s);
    Window *w = window_get(user(s), t->active);
    if (w && usable(w, s->thread) && worth_a_look(w)) return w;
    for (w = user(s)->desktop->child; w; w = w->below)
        if (usable(w, s->thread) && worth_a_look(w)) return w;
    return NULL;
}

/* ---- low-level hooks hear of the mouse ---- */

static void tell_mouse(Sys *s, uint32_t message, Point p) {
    uint64_t mark = callback_mark(s), block = callback_push(s, 48);
    Fields f = fields(s->process, block); /* MSLLHOOKSTRUCT */
    put_u32(&f, (uint32_t)p.x);
    put_u32(&f, (uint32_t)p.y);
    put_u32(&f, 0);
    put_u32(&f, 0);
    put_u32(&f, user_ticks(s->machine));
    put_pointer(&f, 0);
    hook_call(s, WH_MOUSE_LL, 0, message, block);
    callback_pop(s, mark);
}

/* KBDLLHOOKSTRUCT: the user types text; which does not matter. */
static void tell_key(Sys *s) {
    enum { VK_E = 'E', SCAN_E = 18, UP = 0x80 };
    for (unsigned up = 0; up < 2; up++) {
        uint64_t mark = callback_mark(s), block = callback_push(s, 32);
        Fields f = fields(s->process, block);
        put_u32(&f, VK_E);
        put_u32(&f, SCAN_E);
        put_u32(&f, up ? UP : 0);
        put_u32(&f, user_ticks(s->machine));
        put_pointer(&f, 0);
        hook_call(s, WH_KEYBOARD_LL, 0, up ? WM_KEYUP : WM_KEYDOWN, block);
        callback_pop(s, mark);
    }
}

static void tell_hooks(Sys *s) {
    const World *world = s->machine->world;
    UserThread *t = user_thread(s);
    WorldActivity before, after;
    uint64_t next = world_activity_next(world, t->told_activity);
    world_activity(world, t->told_activity, &before);
    world_activity(world, next, &after);
    t->told_activity = next;
    Point p = {after.x, after.y};
    if (before.x != after.x || before.y != after.y) tell_mouse(s, WM_MOUSEMOVE, p);
    if (!before.pressed && after.pressed) tell_mouse(s, WM_LBUTTONDOWN, p);
    if (before.pressed && !after.pressed) tell_mouse(s, WM_LBUTTONUP, p);
    if (before.keys != after.keys) tell_key(s);
}

/* ---- dialogs ---- */

static bool class_is(const Window *w, const char *name) {
    Wide wanted = wide_utf8(name), class = window_class_name(w);
    /* Versioned classes end in the plain name. */
    bool same = wide_equal(class, wanted);
    wide_free(&wanted);
    return same;
}

static bool is_push_button(const Window *w) {
    enum { BS_TYPE = 0xf, BS_PUSH = 0, BS_DEFAULT = 1 };
    return class_is(w, "Button") && (w->style & BS_TYPE) <= BS_DEFAULT;
}

static bool pressable(const Window *w) {
    return (w->style & (WS_VISIBLE | WS_DISABLED)) == WS_VISIBLE && is_push_button(w);
}

/* Without marks of keys. Texts that begin with FFFFh are numbers of resources. */
static char *label(Sys *s, const Window *w) {
    if (w->text.n && w->text.units[0] == 0xffff) return arena_str(s->scratch, "");
    char *text = wide_text(s->scratch, w->text), *out = text;
    for (char *c = text; c && *c; c++)
        if (*c != '&') *out++ = *c;
    if (out) *out = 0;
    return text ? text : arena_str(s->scratch, "");
}

/* The dialog's buttons, in their order; the pages of a wizard have theirs on its frame. */
static Window *button_by_id(Window *dialog, uint64_t id) {
    for (Window *w = dialog->child; w; w = w->below)
        if (w->id == id && is_push_button(w)) return w;
    return NULL;
}

/* What carries an installer forward, by the numbers that wizards use: property sheets' Next and
 * Finish, NSIS' and Inno's OK; then the default button. */
static Window *wizard_button(Window *dialog) {
    enum { ID_WIZBACK = 0x3023, ID_WIZNEXT = 0x3024, ID_WIZFINISH = 0x3025 };
    static const uint16_t ids[] = {ID_WIZNEXT, ID_WIZFINISH};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        Window *w = button_by_id(dialog, ids[i]);
        if (w && pressable(w)) return w;
    }
    return NULL;
}

/* Cancel, Abort and Back lead nowhere. */
static bool leads_on_button(const Window *w) {
    enum { IDCANCEL = 2, IDABORT = 3, ID_WIZBACK = 0x3023 };
    return pressable(w) && w->id != IDCANCEL && w->id != IDABORT && w->id != ID_WIZBACK;
}

static bool leads_on(const Window *dialog) {
    for (const Window *w = dialog->child; w; w = w->below)
        if (leads_on_button(w)) return true;
    return false;
}

static bool has_buttons(const Window *dialog) {
    for (const Window *w = dialog->child; w; w = w->below)
        if (w->style & WS_VISIBLE && is_push_button(w)) return true;
    return false;
}

/* ---- when ---- */

static uint64_t hook_deadline(Sys *s) {
    UserThread *t = user_thread(s);
    bool hooked = hook_low_level(user(s), s->thread, WH_MOUSE_LL) ||
                  hook_low_level(user(s), s->thread, WH_KEYBOARD_LL);
    if (!hooked) return NEVER;
    if (!t->told_activity) t->told_activity = machine_now(s->machine);
    return world_activity_next(s->machine->world, t->told_activity);
}

/* Since when he looks at the window in front, or since he did something with it. */
static uint64_t looked_since(Sys *s, const Window *w) {
    UserThread *t = user_thread(s);
    if (t->front == w->object.handle) return t->front_since;
    t->front = w->object.handle;
    t->timers_fired = 0;
    return t->front_since = machine_now(s->machine);
}

static uint64_t window_deadline(Sys *s) {
    UserThread *t = user_thread(s);
    Window *w = t->policy_acts < ACTS_MOST ? in_front(s) : NULL;
    if (!w) return NEVER;
    uint64_t since = looked_since(s, w);
    if (is_dialog(w) && (leads_on(w) || !has_buttons(w))) return since + READS_DIALOG * SECOND_NS;
    bool waits_for_timer = t->timers && t->timers_fired < TIMERS_OFTEN;
    return waits_for_timer ? NEVER : since + LOSES_INTEREST * SECOND_NS;
}

uint64_t policy_deadline(Sys *s) {
    uint64_t hooks = hook_deadline(s), window = window_deadline(s);
    return hooks < window ? hooks : window;
}

static Window *default_button(Sys *s, uint32_t dialog) {
    enum {
        DM_GETDEFID = 0x400,
        DC_HASDEFID = 0x534b,
        BS_TYPE = 0xf,
        BS_DEFAULT = 1,
        IDOK = 1,
        IDYES = 6
    };
    uint32_t answer = (uint32_t)message_send(s, dialog, DM_GETDEFID, 0, 0);
    Window *d = window_get(user(s), dialog), *w = NULL;
    if (!d) return NULL;
    if ((w = wizard_button(d))) return w;
    if (answer >> 16 == DC_HASDEFID && (w = button_by_id(d, answer & 0xffff)) && pressable(w))
        return w;
    for (w = d->child; w; w = w->below)
        if (pressable(w) && (w->style & BS_TYPE) == BS_DEFAULT) return w;
    static const uint16_t likely[] = {IDOK, IDYES};
    for (size_t i = 0; i < 2; i++)
        if ((w = button_by_id(d, likely[i])) && pressable(w)) return w;
    for (w = d->child; w; w = w->below)
        if (leads_on_button(w)) return w;
    for (w = d->child; w; w = w->below)
        if (pressable(w)) return w;
    return NULL;
}

/* All that stands on the dialog, buttons apart. */
static void gather(Sys *s, const Window *parent, Buf *text, Buf *buttons) {
    for (const Window *w = parent->child; w; w = w->below) {
        if (!(w->style & WS_VISIBLE)) continue;
        Buf *to = is_push_button(w) ? buttons : text;
        bool shown = class_is(w, "Static") || class_is(w, "Button");
        char *line = shown ? label(s, w) : NULL;
        if (line && *line) {
            if (to->n) buf_add(to, span_str(to == buttons ? "|" : "\n"));
            buf_add(to, span_str(line));
        }
        gather(s, w, text, buttons);
    }
}

static void tell(Sys *s, const Window *dialog, const Window *pressed) {
    enum { MOST = 8192 };
    Buf text = buf_new(MOST), buttons = buf_new(MOST);
    gather(s, dialog, &text, &buttons);
    char *all = arena_text(s->scratch, buf_span(&text)),
         *keys = arena_text(s->scratch, buf_span(&buttons));
    buf_free(&text);
    buf_free(&buttons);
    trace_event(s->machine, s->thread, EV_dialog, {EF_Title, wide_text(s->scratch, dialog->text)},
                {EF_Text, all && *all ? all : NULL}, {EF_Buttons, keys && *keys ? keys : NULL},
                {EF_Answer, pressed ? label(s, pressed) : "closed"});
}

/* WM_SYSCOMMAND, as the close button sends it. */
static void close_window(Sys *s, uint32_t window) {
    enum { SC_CLOSE = 0xf060 };
    message_post(user(s), window, WM_SYSCOMMAND, SC_CLOSE, 0);
}

static void answer_dialog(Sys *s, uint32_t dialog) {
    enum { BM_CLICK = 0xf5 };
    Window *button = default_button(s, dialog), *d = window_get(user(s), dialog);
    if (!d) return;
    uint32_t handle = window_handle(button);
    tell(s, d, button);
    if (handle) message_post(user(s), handle, BM_CLICK, 0, 0);
    else close_window(s, dialog);
}

static void leave_application(Sys *s, Window *w) {
    char *title = wide_text(s->scratch, w->text);
    trace_event(s->machine, s->thread, EV_dialog, {EF_Title, title}, {EF_Answer, "closed"});
    close_window(s, w->object.handle);
}

void policy_act(Sys *s) {
    UserThread *t = user_thread(s);
    uint64_t now = machine_now(s->machine);
    if (hook_deadline(s) <= now) tell_hooks(s);
    if (window_deadline(s) > now) return;
    Window *w = in_front(s);
    t->policy_acts++;
    t->front_since = now;
    if (!w) return;
    if (is_dialog(w)) answer_dialog(s, w->object.handle);
    else leave_application(s, w);
}
