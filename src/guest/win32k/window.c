#include "guest/win32k/window.h"
#include "guest/ask.h"
#include "guest/atoms.h"
#include "guest/win32k/desktop.h"
#include "guest/win32k/message.h"
#include "guest/win32k/position.h"
#include "guest/win32k/scroll.h"
#include <stdlib.h>

struct Property {
    Property *next;
    uint16_t atom;
    bool text; /* named by text: the atom has a reference */
    uint64_t value;
};

/* ---- finding ---- */

Window *window_get(const User *u, uint64_t handle) {
    return user_object(u, handle, USER_WINDOW);
}

Window *window_need(Sys *s, uint64_t handle) {
    Window *w = window_get(user_of(s->machine), handle);
    if (!w) user_error(s, ERROR_INVALID_WINDOW_HANDLE);
    return w;
}

bool window_is_mine(const Sys *s, const Window *w) {
    return w && w->thread == s->thread;
}

uint32_t window_handle(const Window *w) {
    return w ? w->object.handle : 0;
}

bool window_is_root(const Window *w) {
    return w && !w->parent && !w->thread;
}

bool window_visible(const Window *w) {
    for (; w; w = w->parent) {
        if (window_is_root(w)) return w == w->object.user->desktop;
        if (!(w->style & WS_VISIBLE)) return false;
    }
    return false;
}

bool window_enabled(const Window *w) {
    return !(w->style & WS_DISABLED);
}

bool window_is_child(const Window *parent, const Window *w) {
    while (w && w->style & WS_CHILD && w->parent) {
        w = w->parent;
        if (w == parent) return true;
    }
    return false;
}

Wide window_class_name(const Window *w) {
    return w->class ? class_shown_name(w->class) : w->class_name;
}

uint32_t window_process_id(const Window *w) {
    return w->thread ? w->thread->process->id : w->world_process;
}

Window *window_top_level(Window *w) {
    while (w && w->parent && w->parent->parent) w = w->parent;
    return w;
}

Window *window_parent(const Window *w) {
    if (w->style & WS_POPUP) return w->owner;
    return w->style & WS_CHILD ? w->parent : NULL;
}

Window *window_relative(Window *w, unsigned relation) {
    Window *o = w;
    switch (relation) {
    case GW_HWNDFIRST:
        while (o->above) o = o->above;
        return o;
    case GW_HWNDLAST:
        while (o->below) o = o->below;
        return o;
    case GW_HWNDNEXT: return w->below;
    case GW_HWNDPREV: return w->above;
    case GW_OWNER: return w->owner;
    case GW_CHILD: return w->child;
    default: return NULL;
    }
}

Window *window_at(Window *top, Point screen) {
    for (Window *w = top->child; w; w = w->below) {
        if (!(w->style & WS_VISIBLE) || !rect_has(window_screen_frame(w), screen)) continue;
        if (w->ex_style & WS_EX_TRANSPARENT && w->ex_style & WS_EX_LAYERED) continue;
        if ((w->style & (WS_CHILD | WS_DISABLED)) == (WS_CHILD | WS_DISABLED)) continue;
        if (w->style & WS_DISABLED || !rect_has(window_screen_client(w), screen)) return w;
        Window *inner = window_at(w, screen);
        return inner ? inner : w;
    }
    return NULL;
}

/* ---- places ---- */

Point window_client_origin(const Window *w) {
    Point p = {0, 0};
    for (; w && w->parent; w = w->parent) {
        p.x += w->client.left;
        p.y += w->client.top;
    }
    return p;
}

Rect window_screen_frame(const Window *w) {
    Point p = w->parent ? window_client_origin(w->parent) : (Point){0, 0};
    return rect_moved(w->frame, p.x, p.y);
}

Rect window_screen_client(const Window *w) {
    Point p = w->parent ? window_client_origin(w->parent) : (Point){0, 0};
    return rect_moved(w->client, p.x, p.y);
}

/* ---- the tree ---- */

static void insert_above(Window *w, Window *below) {
    Window *parent = w->parent;
    w->below = below;
    w->above = below ? below->above : NULL;
    if (!below) {
        Window *last = parent->child;
        while (last && last->below) last = last->below;
        w->above = last;
    }
    if (w->above) w->above->below = w;
    else parent->child = w;
    if (below) below->above = w;
}

void window_unlink(Window *w) {
    if (!w->parent) return;
    if (w->above) w->above->below = w->below;
    else if (w->parent->child == w) w->parent->child = w->below;
    if (w->below) w->below->above = w->above;
    w->above = w->below = NULL;
}

/* The first that is not above all others, where `w` itself is not. */
static Window *first_in_band(const Window *w) {
    Window *first = w->parent->child;
    if (w->ex_style & WS_EX_TOPMOST) return first;
    while (first && first->ex_style & WS_EX_TOPMOST) first = first->below;
    return first;
}

void window_link(Window *w, Window *parent, uint32_t after) {
    window_unlink(w);
    w->parent = parent;
    if (after == HWND_TOPMOST) w->ex_style |= WS_EX_TOPMOST;
    if (after == HWND_NOTOPMOST || after == HWND_BOTTOM) w->ex_style &= ~(uint32_t)WS_EX_TOPMOST;
    if (after == HWND_BOTTOM) {
        insert_above(w, NULL);
        return;
    }
    Window *above =
        after != HWND_TOP && after < HWND_NOTOPMOST ? window_get(w->object.user, after) : NULL;
    if (above && above != w && above->parent == parent) {
        if (!(above->ex_style & WS_EX_TOPMOST)) w->ex_style &= ~(uint32_t)WS_EX_TOPMOST;
        insert_above(w, above->below);
    } else {
        insert_above(w, first_in_band(w));
    }
}

/* ---- life ---- */

Window *window_new(Sys *s, Class *c, Window *parent, Window *owner) {
    Window *w = user_object_new(s, USER_WINDOW, sizeof *w);
    if (!w) return NULL;
    w->extra = calloc(1, c->window_extra + 1);
    w->extra_size = c->window_extra;
    w->class = c;
    w->atom = c->atom;
    w->procedure = c->procedure;
    w->parent = parent;
    w->owner = owner;
    w->thread = s->thread;
    w->minimized = w->maximized = (Point){-1, -1};
    c->windows++;
    return w;
}

static void free_properties(Machine *m, Window *w) {
    while (w->properties) {
        Property *p = w->properties;
        w->properties = p->next;
        if (p->text) atom_delete(m, p->atom);
        free(p);
    }
}

static void forget(User *u, Window *w) {
    uint32_t place = 0;
    for (UserObject *o; (o = user_object_next(u, USER_WINDOW, &place));) {
        Window *other = (Window *)o;
        if (other->owner == w) other->owner = NULL;
    }
    if (u->shell == w) u->shell = NULL;
    if (u->progman == w) u->progman = NULL;
    if (u->taskman == w) u->taskman = NULL;
}

void window_free(User *u, Window *w) {
    while (w->child) window_free(u, w->child);
    message_window_gone(u, w);
    forget(u, w);
    window_unlink(w);
    class_drop(w->class);
    wide_free(&w->text);
    wide_free(&w->class_name);
    free_properties(u->machine, w);
    free(w->extra);
    free(w->bars);
    user_object_free(u, &w->object);
}

void window_set_text(Window *w, Wide text) {
    wide_free(&w->text);
    w->text = text;
}

static void free_windows(User *u, const Process *p, const Thread *t) {
    uint32_t place = 0;
    for (UserObject *o; (o = user_object_next(u, USER_WINDOW, &place));) {
        Window *w = (Window *)o;
        if (!w->thread || (p && w->thread->process != p) || (t && w->thread != t)) continue;
        window_free(u, w);
        place = 0;
    }
}

void windows_process_ended(User *u, Process *p) {
    free_windows(u, p, NULL);
}

void windows_thread_ended(User *u, Thread *t) {
    free_windows(u, NULL, t);
}

void windows_close_session(User *u) {
    for (int i = 0; i < 2; i++) {
        Window **root = i ? &u->message_root : &u->desktop;
        Window *w = *root;
        if (!w) continue;
        *root = NULL;
        window_free(u, w);
    }
}

/* ---- GetWindowLong, SetWindowLong ---- */

enum {
    GWLP_WNDPROC = -4,
    GWLP_HINSTANCE = -6,
    GWLP_HWNDPARENT = -8,
    GWLP_ID = -12,
    GWL_STYLE = -16,
    GWL_EXSTYLE = -20,
    GWLP_USERDATA = -21,
};

static uint64_t get_extra(const Window *w, uint32_t at, unsigned size) {
    uint64_t v = 0;
    for (unsigned i = 0; i < size; i++) v |= (uint64_t)w->extra[at + i] << 8 * i;
    return v;
}

static bool extra_fits(const Window *w, int32_t offset, unsigned size) {
    return offset >= 0 && w->extra && size <= w->extra_size &&
           (uint32_t)offset <= w->extra_size - size;
}

uint64_t window_long(Sys *s, uint32_t window, int32_t offset, unsigned size, bool ansi) {
    Window *w = window_need(s, window);
    if (!w) return 0;
    if (offset >= 0) {
        if (w->object.process != s->process) return user_error(s, ERROR_ACCESS_DENIED);
        return extra_fits(w, offset, size) ? get_extra(w, (uint32_t)offset, size)
                                           : user_error(s, ERROR_INVALID_INDEX);
    }
    switch (offset) {
    case GWLP_WNDPROC:
        if (w->object.process != s->process) return user_error(s, ERROR_ACCESS_DENIED);
        return winproc_for_program(user_process(s), w->procedure, ansi);
    case GWLP_HINSTANCE: return w->instance;
    case GWLP_HWNDPARENT: {
        Window *p = w->parent && window_is_root(w->parent) ? w->owner : w->parent;
        return window_handle(p);
    }
    case GWLP_ID: return w->id;
    case GWL_STYLE: return w->style;
    case GWL_EXSTYLE: return w->ex_style;
    case GWLP_USERDATA: return size == 4 ? (uint32_t)w->user_data : w->user_data;
    default: return user_error(s, ERROR_INVALID_INDEX);
    }
}

uint32_t window_set_style(Window *w, uint32_t set, uint32_t clear) {
    uint32_t old = w->style;
    w->style = (old & ~clear) | set;
    return old;
}

/* Tells the window of a change of styles before and after it; what it makes of it counts. */
static bool style_changing(Sys *s, uint32_t window, int32_t which, uint32_t old, uint32_t *value) {
    uint64_t mark = callback_mark(s), block = callback_push(s, 16);
    guest_put_u32(s->process, block, old);
    guest_put_u32(s->process, block + 4, *value);
    message_send(s, window, WM_STYLECHANGING, (uint64_t)(int64_t)which, block);
    guest_get_u32(s->process, block + 4, value);
    callback_pop(s, mark);
    return window_get(user_of(s->machine), window) != NULL;
}

static void style_changed(Sys *s, uint32_t window, int32_t which, uint32_t old, uint32_t value) {
    uint64_t mark = callback_mark(s), block = callback_push(s, 16);
    guest_put_u32(s->process, block, old);
    guest_put_u32(s->process, block + 4, value);
    message_send(s, window, WM_STYLECHANGED, (uint64_t)(int64_t)which, block);
    callback_pop(s, mark);
}

/* WS_EX_WINDOWEDGE follows from the frame (as CreateWindowEx computes it). */
uint32_t window_fixed_ex_style(uint32_t style, uint32_t ex_style) {
    bool edge = ex_style & WS_EX_DLGMODALFRAME ||
                (!(ex_style & WS_EX_STATICEDGE) && style & (WS_DLGFRAME | WS_THICKFRAME));
    return edge ? ex_style | WS_EX_WINDOWEDGE : ex_style & ~(uint32_t)WS_EX_WINDOWEDGE;
}

static uint64_t set_style(Sys *s, uint32_t window, int32_t which, uint32_t value) {
    User *u = user_of(s->machine);
    Window *w = window_get(u, window);
    uint32_t old = which == GWL_STYLE ? w->style : w->ex_style;
    if (!style_changing(s, window, which, old, &value)) return 0;
    w = window_get(u, window);
    if (which == GWL_STYLE) {
        if (w->parent == u->desktop) value |= WS_CLIPSIBLINGS;
        value |= w->style & WS_MINIMIZE;
        w->style = value;
    } else {
        value = (value & ~(uint32_t)WS_EX_TOPMOST) | (w->ex_style & WS_EX_TOPMOST);
        w->ex_style = value;
    }
    w->ex_style = window_fixed_ex_style(w->style, w->ex_style);
    style_changed(s, window, which, old, value);
    return old;
}

static uint64_t set_owner(Sys *s, Window *w, uint32_t value) {
    User *u = user_of(s->machine);
    if (w->parent != u->desktop) return position_set_parent(s, w->object.handle, value);
    uint32_t old = window_handle(w->owner);
    Window *owner = value ? window_need(s, value) : NULL;
    if (value && !owner) return 0;
    w->owner = owner ? window_top_level(owner) : NULL;
    return old;
}

uint64_t window_set_long(Sys *s, uint32_t window, int32_t offset, unsigned size, uint64_t value,
                         bool ansi) {
    Window *w = window_need(s, window);
    if (!w) return 0;
    if (w->object.process != s->process) return user_error(s, ERROR_ACCESS_DENIED);
    uint64_t old = window_long(s, window, offset, size, ansi);
    switch (offset) {
    case GWL_STYLE:
    case GWL_EXSTYLE: return set_style(s, window, offset, (uint32_t)value);
    case GWLP_HWNDPARENT: return set_owner(s, w, (uint32_t)value);
    case GWLP_WNDPROC: {
        UserProcess *p = user_process(s);
        w->procedure = winproc_allocate(p, value, ansi);
        w->wide = winproc_is_wide(p, w->procedure, !ansi);
        return old;
    }
    case GWLP_ID: w->id = value; return old;
    case GWLP_HINSTANCE: w->instance = value; return old;
    case GWLP_USERDATA:
        w->user_data = size == 2 ? (w->user_data & ~UINT64_C(0xffff)) | (value & 0xffff) : value;
        return old;
    default: break;
    }
    if (!extra_fits(w, offset, size)) return user_error(s, ERROR_INVALID_INDEX);
    for (unsigned i = 0; i < size; i++) w->extra[(uint32_t)offset + i] = (uint8_t)(value >> 8 * i);
    return old;
}

static uint64_t set_window_long(Sys *s) {
    return window_set_long(s, arg32(s, 0), argi(s, 1), 4, arg32(s, 2), arg32(s, 3));
}
static uint64_t set_window_long_pointer(Sys *s) {
    return window_set_long(s, arg32(s, 0), argi(s, 1), s->process->pointer, s->arg[2], arg32(s, 3));
}
static uint64_t set_window_word(Sys *s) {
    return window_set_long(s, arg32(s, 0), argi(s, 1), 2, arg32(s, 2) & 0xffff, false);
}

/* ---- properties ---- */

/* An atom, or text; 0 where there is no such atom and none is to be made. */
static uint16_t property_atom(Sys *s, uint64_t name, bool make, bool *text) {
    *text = name > 0xffff;
    if (!*text) return (uint16_t)name;
    char *string = guest_string16(s->process, s->scratch, name, ATOM_NAME_UNITS);
    if (!string) return 0;
    return make ? atom_add(s->machine, string) : atom_find(s->machine, string);
}

static Property *find_property(const Window *w, uint16_t atom) {
    for (Property *p = w->properties; p; p = p->next)
        if (p->atom == atom) return p;
    return NULL;
}

uint64_t window_property(const Window *w, uint16_t atom) {
    const Property *p = find_property(w, atom);
    return p ? p->value : 0;
}

bool window_property_at(const Window *w, unsigned i, uint16_t *atom, uint64_t *value, bool *text) {
    const Property *p = w->properties;
    while (p && i--) p = p->next;
    if (!p) return false;
    *atom = p->atom;
    *value = p->value;
    *text = p->text;
    return true;
}

static uint64_t get_prop(Sys *s) {
    bool text;
    Window *w = window_need(s, s->arg[0]);
    uint16_t atom = w ? property_atom(s, s->arg[1], false, &text) : 0;
    return atom ? window_property(w, atom) : 0;
}

static uint64_t set_prop(Sys *s) {
    bool text;
    Window *w = window_need(s, s->arg[0]);
    uint16_t atom = w ? property_atom(s, s->arg[1], true, &text) : 0;
    if (!atom) return 0;
    Property *p = find_property(w, atom);
    if (p) {
        if (text) atom_delete(s->machine, atom);
        p->value = s->arg[2];
        return 1;
    }
    p = calloc(1, sizeof *p);
    if (!p) return user_error(s, ERROR_NOT_ENOUGH_MEMORY);
    *p = (Property){.atom = atom, .text = text, .value = s->arg[2]};
    Property **link = &w->properties;
    while (*link) link = &(*link)->next;
    *link = p;
    return 1;
}

static uint64_t remove_prop(Sys *s) {
    bool text;
    Window *w = window_need(s, s->arg[0]);
    uint16_t atom = w ? property_atom(s, s->arg[1], false, &text) : 0;
    if (!atom) return 0;
    for (Property **link = &w->properties; *link; link = &(*link)->next) {
        Property *p = *link;
        if (p->atom != atom) continue;
        uint64_t value = p->value;
        *link = p->next;
        if (p->text) atom_delete(s->machine, atom);
        free(p);
        return value;
    }
    return 0;
}

/* ---- looking ---- */

static bool title_matches(const Window *w, uint64_t address, Wide title) {
    return !address || wide_equal(w->text, title);
}

/* What is looked for by its title, or by its class where it has none given; windows of the program
 * itself are no question. */
static void ask_window(Sys *s, const Window *found, Wide title, const ClassName *class) {
    if (!asking(s->machine) || (found && !found->world)) return;
    const char *name = title.n ? wide_text(s->scratch, title) : wide_text(s->scratch, class->text);
    if (found) ask_about(s->machine, FACT_window, found->world->subject, ASK_FOUND);
    else if (name && *name) ask_about(s->machine, FACT_window, name, ASK_ABSENT);
}

/* Among the siblings behind `after`, by class and title. */
static uint64_t find_window(Sys *s) {
    User *u = user_of(s->machine);
    Window *parent = u->desktop, *after = NULL;
    if (arg32(s, 0) == HWND_MESSAGE) parent = u->message_root;
    else if (s->arg[0] && !(parent = window_need(s, s->arg[0]))) return 0;
    if (s->arg[1] && !(after = window_need(s, s->arg[1]))) return 0;
    if (after && after->parent != parent) return user_error(s, ERROR_INVALID_WINDOW_HANDLE);
    ClassName class = class_name_read(s->process, s->arg[2]);
    Wide title = wide_string(s->process, s->arg[3]);
    Window *w = after ? after->below : parent->child;
    for (; w; w = w->below) {
        bool same = class.atom ? w->atom == class.atom
                               : !class.text.n || wide_equal(window_class_name(w), class.text);
        if (same && title_matches(w, s->arg[3], title)) break;
    }
    ask_window(s, w, title, &class);
    /* FindWindow(class, title) finds message windows too, after the others. */
    wide_free(&class.text);
    wide_free(&title);
    return window_handle(w);
}

static uint64_t get_ancestor(Sys *s) {
    Window *w = window_need(s, s->arg[0]), *next;
    if (!w || window_is_root(w)) return 0;
    switch (arg32(s, 1)) {
    case GA_PARENT: return window_handle(w->parent);
    case GA_ROOT: return window_handle(window_top_level(w));
    case GA_ROOTOWNER:
        while ((next = window_parent(w))) w = next;
        return window_handle(w);
    default: return 0;
    }
}

static uint64_t internal_text(Sys *s) {
    Window *w = window_need(s, s->arg[0]);
    return w ? wide_write(s->process, w->text, s->arg[1], arg32(s, 2)) : 0;
}

/* EnumWindows and EnumThreadWindows of Windows' own user32.dll; Wine's asks the server. */
static uint64_t build_list(Sys *s) {
    User *u = user_of(s->machine);
    uint32_t room = arg32(s, 5), n = 0, thread = arg32(s, 4);
    Window *parent = s->arg[1] ? window_get(u, s->arg[1]) : u->desktop;
    if (!parent) return STATUS_INVALID_HANDLE;
    for (Window *w = parent->child; w; w = w->below) {
        if (thread && (!w->thread || w->thread->id != thread)) continue;
        if (w->world && asking(s->machine))
            ask_about(s->machine, FACT_window, w->world->subject, ASK_FOUND);
        if (n++ < room)
            guest_put_pointer(s->process, s->arg[6] + (n - 1) * s->process->pointer,
                              window_handle(w));
    }
    guest_put_u32(s->process, s->arg[7], n + 1);
    if (n >= room) return STATUS_BUFFER_TOO_SMALL;
    guest_put_pointer(s->process, s->arg[6] + n * s->process->pointer, 1);
    return STATUS_SUCCESS;
}

static uint64_t window_from_point(Sys *s) {
    User *u = user_of(s->machine);
    /* A POINT by value: in one register, or in two words. */
    Point at = {argi(s, 0), s->process->wow64 ? argi(s, 1) : (int32_t)(s->arg[0] >> 32)};
    Window *w = window_at(u->desktop, at);
    return window_handle(w ? w : u->desktop);
}

enum { CWP_SKIPINVISIBLE = 1, CWP_SKIPDISABLED = 2, CWP_SKIPTRANSPARENT = 4 };

static uint64_t child_from_point(Sys *s) {
    Window *parent = window_need(s, s->arg[0]);
    uint32_t flags = arg32(s, 3);
    Point p = {argi(s, 1), argi(s, 2)};
    if (!parent) return 0;
    Rect client = rect_moved(parent->client, -parent->client.left, -parent->client.top);
    if (!rect_has(client, p)) return 0;
    for (Window *w = parent->child; w; w = w->below) {
        if (flags & CWP_SKIPINVISIBLE && !(w->style & WS_VISIBLE)) continue;
        if (flags & CWP_SKIPDISABLED && w->style & WS_DISABLED) continue;
        if (flags & CWP_SKIPTRANSPARENT && w->ex_style & WS_EX_TRANSPARENT) continue;
        if (rect_has(w->frame, p)) return window_handle(w);
    }
    return window_handle(parent);
}

static uint64_t real_child_from_point(Sys *s) {
    s->arg[3] = CWP_SKIPTRANSPARENT | CWP_SKIPINVISIBLE;
    return child_from_point(s);
}

const SysRow nt_user_window_rows[] = {
    {"NtUserSetWindowLong", 4 | CALLS_BACK, set_window_long},
    {"NtUserSetWindowLongPtr", 4 | CALLS_BACK, set_window_long_pointer},
    {"NtUserSetWindowWord", 3, set_window_word},
    {"NtUserGetProp", 2, get_prop},
    {"NtUserSetProp", 3, set_prop},
    {"NtUserRemoveProp", 2, remove_prop},
    {"NtUserFindWindowEx", 5, find_window},
    {"NtUserGetAncestor", 2, get_ancestor},
    {"NtUserInternalGetWindowText", 3, internal_text},
    {"NtUserBuildHwndList", 8, build_list},
    {"NtUserWindowFromPoint", 2, window_from_point},
    {"NtUserChildWindowFromPointEx", 4, child_from_point},
    {"NtUserRealChildWindowFromPoint", 3, real_child_from_point},
    {NULL, 0, NULL},
};
