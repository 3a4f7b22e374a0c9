/* Window stations and desktops: WinSta0 with Default and Winlogon, and what programs make. They are
 * objects with names; all windows lie on one desktop. */
#include "guest/win32k/station.h"
#include "guest/win32k/window.h"
#include <stdlib.h>

typedef struct {
    Object object;
    uint32_t flags;
} Named;

static const ObjectType station_type = {.name = "WindowStation"};
static const ObjectType desktop_type = {.name = "Desktop"};

#define STATIONS "\\Sessions\\1\\Windows\\WindowStations\\"

const char *station_name(uint32_t index) {
    return index == 0 ? "WinSta0" : NULL;
}

const char *desktop_name(uint32_t index) {
    static const char *const names[] = {"Default", "Disconnect", "Winlogon"};
    return index < 3 ? names[index] : NULL;
}

/* The object of a path, made where it is not there yet. */
static Object *named(Sys *s, const ObjectType *type, const char *path) {
    Object *o = object_find(s->machine, path, true);
    if (o && o->type == type) {
        object_hold(o);
        return o;
    }
    o = object_new(s->machine, type, sizeof(Named));
    if (o) o->permanent = true;
    if (o && !object_name(o, path)) {
        object_drop(o);
        return NULL;
    }
    return o;
}

static uint32_t own_handle(Sys *s, uint32_t *place, const ObjectType *type, const char *path) {
    enum { ALL_ACCESS = 0xf037f };
    if (*place && handle_entry(s->process, *place)) return *place;
    Object *o = named(s, type, path);
    if (!o) return 0;
    *place = handle_new(s->process, o, ALL_ACCESS, false);
    object_drop(o);
    return *place;
}

static uint64_t process_station(Sys *s) {
    UserProcess *p = user_process(s);
    return p ? own_handle(s, &p->station, &station_type, STATIONS "WinSta0") : 0;
}

static uint64_t thread_desktop(Sys *s) {
    UserProcess *p = user_process(s);
    UserThread *t = user_thread(s);
    if (!p || !t) return 0;
    if (t->desktop && arg32(s, 0) == s->thread->id) return t->desktop;
    return own_handle(s, &p->desktop, &desktop_type, STATIONS "WinSta0\\Default");
}

static uint64_t set_thread_desktop(Sys *s) {
    Object *o;
    UserThread *t = user_thread(s);
    if (!t || handle_object(s->process, s->arg[0], &desktop_type, &o)) return user_error(s, 6);
    t->desktop = arg32(s, 0);
    return 1;
}

static uint64_t set_process_station(Sys *s) {
    Object *o;
    UserProcess *p = user_process(s);
    if (!p || handle_object(s->process, s->arg[0], &station_type, &o)) return user_error(s, 6);
    p->station = arg32(s, 0);
    return 1;
}

/* By OBJECT_ATTRIBUTES: the name, below the station's directory. */
static uint64_t open_by_name(Sys *s, const ObjectType *type, const char *directory, bool make) {
    enum { ERROR_FILE_NOT_FOUND = 2, ALL_ACCESS = 0xf037f };
    ObjectAttributes a;
    if (sys_object_attributes(s, s->arg[0], &a)) return user_error(s, ERROR_INVALID_PARAMETER);
    const char *last = strrchr(a.name, '\\');
    char *path = arena_printf(s->scratch, "%s%s", directory, last ? last + 1 : a.name);
    bool known = false;
    for (uint32_t i = 0; !known && i < 3; i++) {
        const char *name = type == &station_type ? station_name(i) : desktop_name(i);
        known = name && strcmp(last ? last + 1 : a.name, name) == 0;
    }
    Object *o = object_find(s->machine, path, true);
    if (!make && !known && !o) return user_error(s, ERROR_FILE_NOT_FOUND);
    o = named(s, type, path);
    if (!o) return user_error(s, ERROR_NOT_ENOUGH_MEMORY);
    uint32_t handle = handle_new(s->process, o, ALL_ACCESS, a.attributes & OBJ_INHERIT);
    object_drop(o);
    return handle;
}

static uint64_t create_desktop(Sys *s) {
    return open_by_name(s, &desktop_type, STATIONS "WinSta0\\", true);
}
static uint64_t open_desktop(Sys *s) {
    return open_by_name(s, &desktop_type, STATIONS "WinSta0\\", false);
}
static uint64_t create_station(Sys *s) {
    return open_by_name(s, &station_type, STATIONS, true);
}
static uint64_t open_station(Sys *s) {
    return open_by_name(s, &station_type, STATIONS, false);
}

static uint64_t open_input_desktop(Sys *s) {
    enum { ALL_ACCESS = 0xf01ff };
    Object *o = named(s, &desktop_type, STATIONS "WinSta0\\Default");
    if (!o) return 0;
    uint32_t handle = handle_new(s->process, o, ALL_ACCESS, arg32(s, 1));
    object_drop(o);
    return handle;
}

static uint64_t close_handle(Sys *s) {
    if (!handle_close(s->process, s->arg[0])) return 1;
    return user_error(s, 6);
}

static const char *last_part(const char *path) {
    const char *slash = path ? strrchr(path, '\\') : NULL;
    return slash ? slash + 1 : "";
}

static uint64_t put_text(Sys *s, const char *text) {
    Wide w = wide_utf8(text);
    uint32_t needed = (w.n + 1) * 2;
    if (s->arg[4]) guest_put_u32(s->process, s->arg[4], needed);
    bool fits = arg32(s, 3) >= needed;
    if (fits) wide_write(s->process, w, s->arg[2], w.n + 1);
    wide_free(&w);
    return fits ? 1 : user_error(s, ERROR_INSUFFICIENT_BUFFER);
}

/* UOI_FLAGS, UOI_NAME, UOI_TYPE, UOI_USER_SID. */
static uint64_t object_information(Sys *s) {
    enum { UOI_FLAGS = 1, UOI_NAME, UOI_TYPE, UOI_USER_SID, VISIBLE = 1, FLAGS_SIZE = 12 };
    Object *o;
    if (handle_object(s->process, s->arg[0], NULL, &o) ||
        (o->type != &station_type && o->type != &desktop_type))
        return user_error(s, 6);
    switch (argi(s, 1)) {
    case UOI_FLAGS: {
        if (s->arg[4]) guest_put_u32(s->process, s->arg[4], FLAGS_SIZE);
        if (arg32(s, 3) < FLAGS_SIZE) return user_error(s, ERROR_INSUFFICIENT_BUFFER);
        Fields f = fields(s->process, s->arg[2]);
        put_u32(&f, 0);
        put_u32(&f, 0);
        put_u32(&f, o->type == &station_type ? VISIBLE : 0);
        return !f.bad;
    }
    case UOI_NAME: return put_text(s, last_part(o->name));
    case UOI_TYPE: return put_text(s, o->type->name);
    default: return user_error(s, ERROR_INVALID_PARAMETER);
    }
}

static uint64_t set_object_information(Sys *s) {
    Object *o;
    return handle_object(s->process, s->arg[0], NULL, &o) ? user_error(s, 6) : 1;
}

static uint64_t set_shell(Sys *s) {
    User *u = user_of(s->machine);
    if (u->shell) return 0;
    u->shell = window_get(u, s->arg[0]);
    return u->shell != NULL;
}

const SysRow nt_user_station_rows[] = {
    {"NtUserGetProcessWindowStation", 0, process_station},
    {"NtUserSetProcessWindowStation", 1, set_process_station},
    {"NtUserGetThreadDesktop", 1, thread_desktop},
    {"NtUserSetThreadDesktop", 1, set_thread_desktop},
    {"NtUserCreateDesktopEx", 6, create_desktop},
    {"NtUserOpenDesktop", 3, open_desktop},
    {"NtUserOpenInputDesktop", 3, open_input_desktop},
    {"NtUserCloseDesktop", 1, close_handle},
    {"NtUserCreateWindowStation", 7, create_station},
    {"NtUserOpenWindowStation", 2, open_station},
    {"NtUserCloseWindowStation", 1, close_handle},
    {"NtUserGetObjectInformation", 5, object_information},
    {"NtUserSetObjectInformation", 4, set_object_information},
    {"NtUserSetShellWindowEx", 2, set_shell},
    {NULL, 0, NULL},
};
