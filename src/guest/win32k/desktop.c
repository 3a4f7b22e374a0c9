/* The windows that are there before the program: the desktop, the parent of message windows, and
 * the world's top-level windows. Nobody of ours runs those: they answer for themselves (message.c).
 */
#include "guest/win32k/desktop.h"
#include <stdlib.h>

enum { TASKBAR_HEIGHT = 40 };

Rect desktop_screen(const Machine *m) {
    uint32_t width, height;
    world_resolution(m->world, &width, &height);
    return (Rect){0, 0, (int32_t)width, (int32_t)height};
}

Rect desktop_work_area(const Machine *m) {
    Rect r = desktop_screen(m);
    r.bottom -= TASKBAR_HEIGHT;
    return r;
}

uint32_t desktop_dpi(const Machine *m) {
    return (uint32_t)world_number(m->world, FACT_screen_dpi);
}

static Window *make(User *u, Window *parent, uint16_t atom, const char *class) {
    Window *w = user_object_make(u, NULL, USER_WINDOW, sizeof *w);
    if (!w) return NULL;
    w->atom = atom;
    w->class_name = wide_utf8(class);
    w->wide = true;
    w->parent = parent;
    w->style = (uint32_t)WS_POPUP | WS_VISIBLE | WS_CLIPSIBLINGS | WS_CLIPCHILDREN;
    w->minimized = w->maximized = (Point){-1, -1};
    return w;
}

static uint32_t world_process(const World *w, const char *name) {
    const WorldItem *p = world_find(w, FACT_process, name);
    return p ? (uint32_t)item_number(p, FACT_process_pid, 0) : 0;
}

/* Where Windows puts what is there on every desktop; others lie one behind the other, as windows do
 * that were opened one after the other. */
static void place(const Machine *m, Window *w, unsigned nth) {
    Rect screen = desktop_screen(m), work = desktop_work_area(m);
    Wide name = w->class_name;
    Wide tray = wide_utf8("Shell_TrayWnd"), progman = wide_utf8("Progman");
    if (wide_equal(name, tray)) {
        w->frame = (Rect){0, work.bottom, screen.right, screen.bottom};
        w->ex_style = WS_EX_TOPMOST | WS_EX_TOOLWINDOW;
    } else if (wide_equal(name, progman)) {
        w->frame = screen;
        w->ex_style = WS_EX_TOOLWINDOW;
    } else {
        int32_t step = 26 * (int32_t)(nth % 8);
        w->frame = (Rect){104 + step, 78 + step, 104 + step + work.right * 5 / 8,
                          78 + step + work.bottom * 5 / 8};
        w->style = 0x14cf0000; /* WS_OVERLAPPEDWINDOW | WS_VISIBLE | WS_CLIPSIBLINGS */
        w->ex_style = WS_EX_WINDOWEDGE;
    }
    w->client = w->normal = w->frame;
    wide_free(&tray);
    wide_free(&progman);
}

static void add_world_window(User *u, const WorldItem *i, unsigned nth) {
    const World *world = u->machine->world;
    const char *title = item_text(i, FACT_window_title);
    const char *class = item_text(i, FACT_window); /* a window that was only named has that name */
    Window *w = make(u, u->desktop, 0, class ? class : i->subject);
    if (!w) return;
    w->world = i;
    w->world_process = world_process(world, item_text(i, FACT_window_process));
    w->text = wide_utf8(title ? title : i->subject);
    place(u->machine, w, nth);
    if (!item_bool(i, FACT_window_visible)) w->style &= ~(uint32_t)WS_VISIBLE;
    window_link(w, u->desktop, HWND_BOTTOM);
    Wide progman = wide_utf8("Progman");
    if (!u->shell && wide_equal(w->class_name, progman)) u->shell = u->progman = w;
    wide_free(&progman);
}

bool window_open_session(User *u) {
    u->desktop = make(u, NULL, ATOM_CLASS_DESKTOP, "#32769");
    u->message_root = make(u, NULL, 0, "Message");
    if (!u->desktop || !u->message_root) return false;
    u->desktop->frame = u->desktop->client = desktop_screen(u->machine);
    u->message_root->frame = u->message_root->client = (Rect){0, 0, 100, 100};
    unsigned nth = 0;
    for (const WorldItem *i = world_first(u->machine->world, FACT_window); i; i = world_next(i))
        add_world_window(u, i, nth++);
    return true;
}
