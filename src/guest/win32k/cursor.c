#include "guest/win32k/cursor.h"
#include "guest/win32k/errors.h"
#include "guest/win32k/gdi.h"
#include "guest/win32k/input.h"

/* Of an animation only the first picture is kept. */
typedef struct {
    UserObject object;
    bool icon, shared, filled;
    uint64_t parameter, resource;
    uint32_t width, height, colour, alpha, mask, steps;
    Point spot;
    Wide module, name;
    uint16_t number; /* of its resource, where it has no name */
} Cursor;

enum { LR_SHARED = 0x8000 };

static Cursor *cursor_at(Sys *s, uint64_t handle) {
    Cursor *c = user_object(user_of(s->machine), handle, USER_ICON);
    if (!c) user_error(s, ERROR_INVALID_CURSOR_HANDLE);
    return c;
}

uint64_t cursor_create(Sys *s, bool icon) {
    Cursor *c = user_object_new(s, USER_ICON, sizeof *c);
    if (!c) return 0;
    c->icon = icon;
    return c->object.handle;
}

uint64_t cursor_get_parameter(Sys *s, uint32_t cursor) {
    const Cursor *c = cursor_at(s, cursor);
    return c ? c->parameter : 0;
}

uint64_t cursor_set_parameter(Sys *s, uint32_t cursor, uint64_t parameter) {
    Cursor *c = cursor_at(s, cursor);
    uint64_t old = c ? c->parameter : 0;
    if (c) c->parameter = parameter;
    return old;
}

/* struct cursoricon_desc and its first frame. */
static uint64_t set_data(Sys *s) {
    Cursor *c = cursor_at(s, s->arg[0]);
    if (!c) return 0;
    if (c->filled) return user_error(s, ERROR_INVALID_CURSOR_HANDLE);
    Fields d = fields(s->process, s->arg[3]);
    uint32_t flags = get_u32(&d);
    c->steps = get_u32(&d);
    get_u32(&d);
    get_u32(&d);
    uint64_t frames = get_pointer(&d);
    get_pointer(&d);
    get_pointer(&d);
    c->resource = get_pointer(&d);
    Fields f = fields(s->process, frames);
    c->width = get_u32(&f);
    c->height = get_u32(&f);
    c->colour = (uint32_t)get_pointer(&f);
    c->alpha = (uint32_t)get_pointer(&f);
    c->mask = (uint32_t)get_pointer(&f);
    c->spot.x = (int32_t)get_u32(&f);
    c->spot.y = (int32_t)get_u32(&f);
    if (d.bad || f.bad) return user_error(s, ERROR_INVALID_PARAMETER);
    c->module = wide_string(s->process, s->arg[1]);
    uint64_t name = 0;
    if (s->arg[2]) guest_get_pointer(s->process, s->arg[2] + s->process->pointer, &name);
    if (name > 0xffff) c->name = wide_string(s->process, s->arg[2]);
    else c->number = (uint16_t)name;
    c->shared = flags & LR_SHARED;
    return c->filled = true;
}

static uint64_t find_existing(Sys *s) {
    User *u = user_of(s->machine);
    Wide module = wide_string(s->process, s->arg[0]);
    uint32_t place = 0, found = 0;
    for (UserObject *o; !found && (o = user_object_next(u, USER_ICON, &place));) {
        Cursor *c = (Cursor *)o;
        if (o->process == s->process && c->shared && c->module.n && c->resource == s->arg[2] &&
            wide_equal(c->module, module))
            found = o->handle;
    }
    wide_free(&module);
    return found;
}

static uint64_t destroy(Sys *s) {
    Cursor *c = cursor_at(s, s->arg[0]);
    UserThread *t = user_thread(s);
    if (!c || !t) return 0;
    bool in_use = t->cursor == c->object.handle;
    if (c->shared) return !in_use;
    wide_free(&c->module);
    wide_free(&c->name);
    user_object_free(user_of(s->machine), &c->object);
    return !in_use;
}

static uint64_t size(Sys *s) {
    const Cursor *c = cursor_at(s, s->arg[0]);
    return c && guest_put_u32(s->process, s->arg[2], c->width) &&
           guest_put_u32(s->process, s->arg[3], c->height * 2);
}

static uint64_t frame_info(Sys *s) {
    const Cursor *c = cursor_at(s, s->arg[0]);
    if (!c || !guest_put_u32(s->process, s->arg[2], 0) || !guest_put_u32(s->process, s->arg[3], 1))
        return 0;
    return c->object.handle;
}

static void put_name(Sys *s, uint64_t unicode_string, Wide text, uint16_t number) {
    uint16_t room = 0;
    uint64_t buffer = 0;
    if (!unicode_string) return;
    guest_get_u16(s->process, unicode_string + 2, &room);
    guest_get_pointer(s->process, unicode_string + s->process->pointer, &buffer);
    /* The length counts characters here, not bytes. */
    uint32_t n = text.n < room / 2u ? text.n : room / 2u;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t unit[2] = {(uint8_t)text.units[i], (uint8_t)(text.units[i] >> 8)};
        guest_write(s->process, buffer + 2u * i, unit, 2);
    }
    uint8_t length[2] = {(uint8_t)n, (uint8_t)(n >> 8)};
    guest_write(s->process, unicode_string, length, 2);
    if (!text.n && number)
        guest_put_pointer(s->process, unicode_string + s->process->pointer, number);
}

/* ICONINFO; the bitmaps are copies. */
static uint64_t icon_info(Sys *s) {
    const Cursor *c = cursor_at(s, s->arg[0]);
    if (!c) return 0;
    Fields f = fields(s->process, s->arg[1]);
    put_u32(&f, c->icon);
    put_u32(&f, (uint32_t)c->spot.x);
    put_u32(&f, (uint32_t)c->spot.y);
    put_pointer(&f, gdi_copy_bitmap(s, c->mask));
    put_pointer(&f, gdi_copy_bitmap(s, c->colour));
    put_name(s, s->arg[2], c->module, 0);
    put_name(s, s->arg[3], c->name, c->number);
    return !f.bad;
}

static uint64_t set_cursor(Sys *s) {
    UserThread *t = user_thread(s);
    if (!t || (s->arg[0] && !cursor_at(s, s->arg[0]))) return 0;
    uint32_t old = t->cursor;
    t->cursor = arg32(s, 0);
    return old;
}

static uint64_t get_cursor(Sys *s) {
    UserThread *t = user_thread(s);
    return t ? t->cursor : 0;
}

static uint64_t show_cursor(Sys *s) {
    UserThread *t = user_thread(s);
    return t ? (uint32_t)(t->cursor_count += arg32(s, 0) ? 1 : -1) : 0;
}

/* CURSORINFO. */
static uint64_t cursor_info(Sys *s) {
    enum { SHOWING = 1 };
    UserThread *t = user_thread(s);
    Fields f = fields(s->process, s->arg[0] + 4);
    Point p = input_cursor(user_of(s->machine));
    put_u32(&f, t && t->cursor_count < 0 ? 0 : SHOWING);
    put_pointer(&f, t && t->cursor ? t->cursor : 0x10003);
    put_u32(&f, (uint32_t)p.x);
    put_u32(&f, (uint32_t)p.y);
    return !f.bad;
}

static uint64_t draw_icon(Sys *s) {
    const Cursor *c = cursor_at(s, s->arg[3]);
    if (!c) return 0;
    Rect to = {argi(s, 1), argi(s, 2), 0, 0};
    to.right = to.left + (argi(s, 4) ? argi(s, 4) : (int32_t)c->width);
    to.bottom = to.top + (argi(s, 5) ? argi(s, 5) : (int32_t)c->height);
    gdi_draw_bitmap(s, arg32(s, 0), to, c->colour ? c->colour : c->mask);
    return 1;
}

const SysRow nt_user_cursor_rows[] = {
    {"NtUserSetCursorIconData", 4, set_data},    {"NtUserFindExistingCursorIcon", 3, find_existing},
    {"NtUserDestroyCursor", 2, destroy},         {"NtUserGetIconSize", 4, size},
    {"NtUserGetCursorFrameInfo", 4, frame_info}, {"NtUserGetIconInfo", 6, icon_info},
    {"NtUserSetCursor", 1, set_cursor},          {"NtUserGetCursor", 0, get_cursor},
    {"NtUserShowCursor", 1, show_cursor},        {"NtUserGetCursorInfo", 1, cursor_info},
    {"NtUserDrawIconEx", 10, draw_icon},         {NULL, 0, NULL},
};
