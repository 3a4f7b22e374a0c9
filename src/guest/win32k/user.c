#include "guest/win32k/user.h"
#include "base/text.h"
#include "guest/flood.h"
#include "guest/win32k/class.h"
#include "guest/win32k/clipboard.h"
#include "guest/win32k/gdi.h"
#include "guest/win32k/hook.h"
#include "guest/win32k/queue.h"
#include "guest/win32k/window.h"
#include <stdlib.h>

/* ---- handles ---- */

enum {
    HANDLE_FIRST = 0x20,
    OBJECTS_MOST = 0x7ff0, /* of the session */
    GENERATION_FIRST = 1,
};

static uint32_t handle_at(const User *u, uint32_t place) {
    return (uint32_t)u->generations[place] << 16 | (HANDLE_FIRST + place * 2);
}

static bool grow(User *u) {
    if (u->object_count < u->object_room) return true;
    uint32_t room = u->object_room ? u->object_room * 2 : 64;
    UserObject **objects = realloc(u->objects, room * sizeof *objects);
    if (!objects) return false;
    u->objects = objects;
    uint16_t *generations = realloc(u->generations, room * sizeof *generations);
    if (!generations) return false;
    u->generations = generations;
    u->object_room = room;
    return true;
}

static bool free_place(User *u, uint32_t *place) {
    for (*place = 0; *place < u->object_count; ++*place)
        if (!u->objects[*place]) return true;
    if (u->object_count >= OBJECTS_MOST || !grow(u)) return false;
    u->objects[u->object_count] = NULL;
    u->generations[u->object_count++] = GENERATION_FIRST;
    return true;
}

void *user_object_make(User *u, Process *owner, UserKind kind, size_t size) {
    uint32_t place;
    UserObject *o = calloc(1, size);
    if (!o || !free_place(u, &place)) {
        free(o);
        return NULL;
    }
    u->objects[place] = o;
    *o = (UserObject){handle_at(u, place), kind, u, owner};
    if (owner && owner->user) owner->user->object_count++;
    return o;
}

void *user_object_new(Sys *s, UserKind kind, size_t size) {
    User *u = user_of(s->machine);
    UserProcess *p = user_process(s);
    UserObject *o = NULL;
    if (u && p && p->object_count < USER_OBJECTS_OF_PROCESS)
        o = user_object_make(u, s->process, kind, size);
    else if (p) flood_tell(s->machine, FLOOD_USER_OBJECTS, p->object_count);
    if (!o)
        user_error(s, p && p->object_count >= USER_OBJECTS_OF_PROCESS ? ERROR_NO_MORE_USER_HANDLES
                                                                      : ERROR_NOT_ENOUGH_MEMORY);
    return o;
}

void *user_object(const User *u, uint64_t handle, UserKind kind) {
    uint32_t low = (uint32_t)handle & 0xffff, generation = (uint32_t)handle >> 16;
    if (!u || low < HANDLE_FIRST || (low - HANDLE_FIRST) / 2 >= u->object_count) return NULL;
    uint32_t place = (low - HANDLE_FIRST) / 2;
    UserObject *o = u->objects[place];
    if (!o || o->kind != kind) return NULL;
    /* A handle of 16 bits names the same object, as for 16-bit programs. */
    bool same = generation == u->generations[place] || generation == 0 || generation == 0xffff;
    return same ? o : NULL;
}

void user_object_free(User *u, UserObject *o) {
    uint32_t place = ((o->handle & 0xffff) - HANDLE_FIRST) / 2;
    if (o->process && o->process->user) o->process->user->object_count--;
    u->objects[place] = NULL;
    if (++u->generations[place] == 0xffff) u->generations[place] = GENERATION_FIRST;
    free(o);
}

UserObject *user_object_next(const User *u, UserKind kind, uint32_t *place) {
    for (; *place < u->object_count; ++*place) {
        UserObject *o = u->objects[*place];
        if (!o || o->kind != kind) continue;
        ++*place;
        return o;
    }
    return NULL;
}

/* ---- the session ---- */

User *user_of(Machine *m) {
    if (m->user) return m->user;
    User *u = calloc(1, sizeof *u);
    if (!u) return NULL;
    u->machine = m;
    m->user = u;
    if (window_open_session(u)) return u;
    user_close(m);
    return NULL;
}

void user_close(Machine *m) {
    User *u = m->user;
    if (!u) return;
    windows_close_session(u);
    hooks_close(u);
    clipboard_close(u);
    for (uint32_t i = 0; i < u->object_count; i++) free(u->objects[i]);
    free(u->objects);
    free(u->generations);
    free(u);
    m->user = NULL;
}

UserProcess *user_process(Sys *s) {
    Process *p = s->process;
    if (!p->user && (p->user = calloc(1, sizeof *p->user))) {
        p->user->process = p;
        p->user->procedure_count = WINPROC_BUILTIN;
        p->user->procedures = calloc(WINPROC_MOST, sizeof *p->user->procedures);
    }
    return p->user;
}

void user_process_ended(Process *p) {
    UserProcess *u = p->user;
    User *session = p->machine->user;
    if (!u) return;
    if (session) windows_process_ended(session, p);
    classes_process_ended(u);
    gdi_process_ended(u);
    p->user = NULL;
    for (uint32_t i = 0; session && i < session->object_count; i++)
        if (session->objects[i] && session->objects[i]->process == p)
            user_object_free(session, session->objects[i]);
    free(u->procedures);
    free(u);
}

/* ---- threads ---- */

UserThread *user_thread_of(Thread *t) {
    return t ? t->user : NULL;
}

UserThread *user_thread(Sys *s) {
    Thread *t = s->thread;
    if (t->user) return t->user;
    UserThread *u = calloc(1, sizeof *u);
    User *session = user_of(s->machine);
    if (!u || !session) {
        free(u);
        return NULL;
    }
    u->thread = t;
    u->user = session;
    u->idle_since = NEVER;
    return t->user = u;
}

void user_thread_ended(Thread *t) {
    UserThread *u = t->user;
    if (!u) return;
    User *session = u->user;
    queue_thread_ended(u);
    windows_thread_ended(session, t);
    hooks_thread_ended(session, t);
    clipboard_thread_ended(session, t);
    if (session->foreground == t) session->foreground = NULL;
    t->user = NULL;
    free(u);
}

uint64_t user_error(Sys *s, uint32_t error) {
    enum { LAST_ERROR64 = 0x68, LAST_ERROR32 = 0x34 };
    const Thread *t = s->thread;
    guest_put_u32(s->process, s->process->wow64 ? t->teb32 + LAST_ERROR32 : t->teb + LAST_ERROR64,
                  error);
    return 0;
}

uint32_t user_ticks(Machine *m) {
    return (uint32_t)(machine_ticks_100ns(m) / 10000);
}

/* ---- rectangles ---- */

void put_rect(Fields *f, Rect r) {
    put_u32(f, (uint32_t)r.left);
    put_u32(f, (uint32_t)r.top);
    put_u32(f, (uint32_t)r.right);
    put_u32(f, (uint32_t)r.bottom);
}

Rect get_rect(Fields *f) {
    Rect r;
    r.left = (int32_t)get_u32(f);
    r.top = (int32_t)get_u32(f);
    r.right = (int32_t)get_u32(f);
    r.bottom = (int32_t)get_u32(f);
    return r;
}

bool guest_put_rect(Process *p, uint64_t address, Rect r) {
    Fields f = fields(p, address);
    put_rect(&f, r);
    return !f.bad;
}

bool guest_get_rect(Process *p, uint64_t address, Rect *out) {
    Fields f = fields(p, address);
    *out = get_rect(&f);
    return !f.bad;
}

bool guest_put_point(Process *p, uint64_t address, Point at) {
    return guest_put_u32(p, address, (uint32_t)at.x) &&
           guest_put_u32(p, address + 4, (uint32_t)at.y);
}

bool guest_get_point(Process *p, uint64_t address, Point *out) {
    uint32_t x, y;
    if (!guest_get_u32(p, address, &x) || !guest_get_u32(p, address + 4, &y)) return false;
    *out = (Point){(int32_t)x, (int32_t)y};
    return true;
}

Rect rect_both(Rect a, Rect b) {
    Rect r = {a.left > b.left ? a.left : b.left, a.top > b.top ? a.top : b.top,
              a.right < b.right ? a.right : b.right, a.bottom < b.bottom ? a.bottom : b.bottom};
    return rect_empty(r) ? (Rect){0} : r;
}

Rect rect_union(Rect a, Rect b) {
    if (rect_empty(a)) return b;
    if (rect_empty(b)) return a;
    return (Rect){a.left < b.left ? a.left : b.left, a.top < b.top ? a.top : b.top,
                  a.right > b.right ? a.right : b.right, a.bottom > b.bottom ? a.bottom : b.bottom};
}

/* ---- text ---- */

enum { WIDE_MOST = 1 << 20 };

static Wide wide_copy(const uint8_t *bytes, uint32_t units) {
    Wide w = {malloc((units + 1u) * sizeof *w.units), units};
    if (!w.units) return (Wide){0};
    for (uint32_t i = 0; i < units; i++)
        w.units[i] = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
    w.units[units] = 0;
    return w;
}

Wide wide_read(Process *p, uint64_t address, uint32_t bytes) {
    uint32_t most = bytes == UINT32_MAX ? WIDE_MOST : bytes / 2, room = 64, n = 0;
    if (!address || most > WIDE_MOST) return (Wide){0};
    uint16_t *units = malloc((room + 1) * sizeof *units);
    while (units && n < most) {
        if (n == room) {
            uint16_t *more = realloc(units, ((room *= 2) + 1) * sizeof *units);
            if (!more) break;
            units = more;
        }
        if (!guest_get_u16(p, address + 2u * n, &units[n])) break;
        if (bytes == UINT32_MAX && !units[n]) {
            most = n;
            break;
        }
        n++;
    }
    if (!units || (n < most)) {
        free(units);
        return (Wide){0};
    }
    units[n] = 0;
    return (Wide){units, n};
}

Wide wide_string(Process *p, uint64_t unicode_string) {
    Fields f = fields(p, unicode_string);
    uint16_t length = get_u16(&f);
    get_u16(&f);
    uint64_t buffer = get_pointer(&f);
    return unicode_string && !f.bad && buffer ? wide_read(p, buffer, length) : (Wide){0};
}

Wide wide_utf8(const char *text) {
    Arena a = arena_new(1 << 20);
    Span s = text_to_utf16(&a, span_str(text));
    Wide w = wide_copy(s.p, (uint32_t)(s.n / 2));
    arena_reset(&a);
    return w;
}

void wide_free(Wide *w) {
    free(w->units);
    *w = (Wide){0};
}

char *wide_text(Arena *a, Wide w) {
    uint8_t *raw = arena_alloc(a, 2u * w.n);
    if (!raw) return NULL;
    for (uint32_t i = 0; i < w.n; i++) {
        raw[2 * i] = (uint8_t)w.units[i];
        raw[2 * i + 1] = (uint8_t)(w.units[i] >> 8);
    }
    return text_from_utf16(a, span(raw, 2u * w.n));
}

uint32_t wide_write(Process *p, Wide w, uint64_t address, uint32_t room) {
    if (!room || !address) return 0;
    uint32_t n = w.n < room ? w.n : room - 1;
    static const uint16_t nul;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t unit[2] = {(uint8_t)w.units[i], (uint8_t)(w.units[i] >> 8)};
        if (!guest_write(p, address + 2u * i, unit, 2)) return 0;
    }
    guest_write(p, address + 2u * n, &nul, 2);
    return n;
}

uint16_t wide_upper(uint16_t c) {
    if (c >= 'a' && c <= 'z') return (uint16_t)(c - 'a' + 'A');
    if ((c >= 0xe0 && c <= 0xfe && c != 0xf7) || (c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2) ||
        (c >= 0x430 && c <= 0x44f))
        return (uint16_t)(c - 0x20);
    return c;
}

bool wide_equal(Wide a, Wide b) {
    if (a.n != b.n) return false;
    for (uint32_t i = 0; i < a.n; i++)
        if (wide_upper(a.units[i]) != wide_upper(b.units[i])) return false;
    return true;
}
