/* Requests that user32.dll of Wine 8.0 makes of its server itself. The numbers are the requests'
 * places in that version's protocol; structures: struct __server_request_info with a request of 64
 * bytes. */
#include "guest/win32k/class.h"
#include "guest/win32k/desktop.h"
#include "guest/win32k/input.h"
#include "guest/win32k/queue.h"
#include "guest/win32k/station.h"

enum {
    REQUEST_SEND_MESSAGE = 111,
    REQUEST_POST_QUIT = 112,
    REQUEST_IS_HUNG = 120,
    REQUEST_WINDOW_INFO = 138,
    REQUEST_CHILDREN = 142,
    REQUEST_PROPERTIES = 160,
    REQUEST_ENUM_STATION = 166,
    REQUEST_ENUM_DESKTOP = 173,
    REQUEST_LAST_INPUT = 179,
    REQUEST_ROOM = 64,
    REQUEST_FIELDS = 12,
    REPLY_FIELDS = 8,
};

typedef struct {
    Sys *s;
    uint64_t at;
    uint32_t most;       /* bytes that the caller takes behind the reply */
    uint64_t reply_data; /* where they go */
} Request;

static uint32_t field(const Request *r, unsigned n) {
    uint32_t v = 0;
    guest_get_u32(r->s->process, r->at + REQUEST_FIELDS + 4u * n, &v);
    return v;
}

static void put_reply(const Request *r, unsigned n, uint32_t v) {
    guest_put_u32(r->s->process, r->at + REPLY_FIELDS + 4u * n, v);
}

static void put_reply_size(const Request *r, uint32_t size) {
    guest_put_u32(r->s->process, r->at + 4, size);
}

/* The request's own data: text of UTF-16. */
static Wide request_text(const Request *r) {
    Process *p = r->s->process;
    uint32_t count = 0, size = 0;
    uint64_t pointer = 0, at = r->at + REQUEST_ROOM + (p->wow64 ? 8 : 16);
    guest_get_u32(p, r->at + REQUEST_ROOM, &count);
    if (!count || !guest_get_pointer(p, at, &pointer)) return (Wide){0};
    guest_get_u32(p, at + p->pointer, &size);
    return wide_read(p, pointer, size);
}

static uint32_t post_quit(Request *r) {
    UserThread *t = user_thread(r->s);
    if (!t) return STATUS_NO_MEMORY;
    t->quit = true;
    t->quit_code = field(r, 0);
    queue_changed(t, QS_POSTMESSAGE | QS_ALLPOSTMESSAGE);
    return STATUS_SUCCESS;
}

static uint32_t is_hung(Request *r) {
    enum { HUNG_AFTER = 5 };
    User *u = user_of(r->s->machine);
    const Window *w = window_get(u, field(r, 0));
    const UserThread *t = w ? user_thread_of(w->thread) : NULL;
    (void)t; /* no thread of ours is without a chance to run for so long */
    put_reply(r, 0, 0);
    return w ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

static uint32_t window_info(Request *r) {
    User *u = user_of(r->s->machine);
    Window *w = window_get(u, field(r, 0)), *active = NULL;
    if (!w) return STATUS_INVALID_HANDLE;
    const UserThread *t = user_thread_of(w->thread);
    if (t) active = window_get(u, t->active);
    bool owned = active && active->owner == w;
    put_reply(r, 0, w->object.handle);
    put_reply(r, 1, window_handle(owned ? active : w));
    put_reply(r, 2, window_process_id(w));
    put_reply(r, 3, w->thread ? w->thread->id : window_process_id(w) + 8);
    put_reply(r, 4, w->atom);
    put_reply(r, 5, w->wide);
    put_reply(r, 6, desktop_dpi(r->s->machine));
    put_reply(r, 7, 0);
    return STATUS_SUCCESS;
}

static bool thread_fits(const Window *w, uint32_t thread) {
    return !thread || (w->thread && w->thread->id == thread);
}

typedef struct {
    Request *r;
    uint32_t thread, atom, n;
    Wide class;
} Listing;

static void list_window(Listing *l, const Window *w) {
    bool same =
        l->atom ? w->atom == l->atom : !l->class.n || wide_equal(window_class_name(w), l->class);
    if (!thread_fits(w, l->thread) || !same) return;
    if ((l->n + 1) * 4 <= l->r->most)
        guest_put_u32(l->r->s->process, l->r->reply_data + l->n * 4u, w->object.handle);
    l->n++;
}

/* Below a window all its descendants, as EnumChildWindows wants them; else the top-level windows.
 */
static void list_tree(Listing *l, const Window *parent, bool deep) {
    for (const Window *w = parent->child; w; w = w->below) {
        list_window(l, w);
        if (deep) list_tree(l, w, true);
    }
}

static uint32_t children(Request *r) {
    User *u = user_of(r->s->machine);
    uint32_t parent = field(r, 1);
    const Window *w = parent ? window_get(u, parent) : u->desktop;
    Listing l = {.r = r, .atom = field(r, 2), .thread = field(r, 3), .class = request_text(r)};
    if (!w) return STATUS_INVALID_HANDLE;
    classes_prepare(r->s);
    list_tree(&l, w, parent != 0 && w != u->desktop && w != u->message_root);
    wide_free(&l.class);
    put_reply(r, 0, l.n);
    put_reply_size(r, l.n * 4 <= r->most ? l.n * 4 : r->most & ~3u);
    return STATUS_SUCCESS;
}

/* property_data_t: atom, whether it has text, value. */
static uint32_t properties(Request *r) {
    enum { EACH = 16 };
    const Window *w = window_get(user_of(r->s->machine), field(r, 0));
    uint32_t n = 0;
    uint16_t atom;
    uint64_t value;
    bool text;
    if (!w) return STATUS_INVALID_HANDLE;
    for (; window_property_at(w, n, &atom, &value, &text); n++) {
        if ((n + 1) * EACH > r->most) continue;
        Fields f = fields(r->s->process, r->reply_data + n * EACH);
        put_u32(&f, atom);
        put_u32(&f, text);
        put_u64(&f, value);
    }
    put_reply(r, 0, n);
    put_reply_size(r, n * EACH <= r->most ? n * EACH : r->most / EACH * EACH);
    return STATUS_SUCCESS;
}

static uint32_t put_name(Request *r, uint32_t next, const char *name) {
    if (!name) return STATUS_NO_MORE_ENTRIES;
    Wide w = wide_utf8(name);
    put_reply(r, 0, next);
    bool fits = w.n * 2 <= r->most;
    if (fits) {
        for (uint32_t i = 0; i < w.n; i++) {
            uint8_t unit[2] = {(uint8_t)w.units[i], (uint8_t)(w.units[i] >> 8)};
            guest_write(r->s->process, r->reply_data + 2u * i, unit, 2);
        }
        put_reply_size(r, w.n * 2);
    }
    wide_free(&w);
    return fits ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}

static uint32_t last_input(Request *r) {
    put_reply(r, 0, input_last_time(r->s->machine));
    return STATUS_SUCCESS;
}

static uint32_t answer(Request *r, uint32_t number) {
    switch (number) {
    case REQUEST_POST_QUIT: return post_quit(r);
    case REQUEST_IS_HUNG: return is_hung(r);
    case REQUEST_WINDOW_INFO: return window_info(r);
    case REQUEST_CHILDREN: return children(r);
    case REQUEST_PROPERTIES: return properties(r);
    case REQUEST_ENUM_STATION: return put_name(r, field(r, 0) + 1, station_name(field(r, 0)));
    case REQUEST_ENUM_DESKTOP: return put_name(r, field(r, 1) + 1, desktop_name(field(r, 1)));
    case REQUEST_LAST_INPUT: return last_input(r);
    default:
        machine_unmodelled(r->s->machine, "server request %u", number);
        return STATUS_NOT_IMPLEMENTED;
    }
}

static uint64_t server_call(Sys *s) {
    Request r = {.s = s, .at = s->arg[0]};
    uint32_t number = 0;
    if (!user_of(s->machine)) return STATUS_NO_MEMORY;
    guest_get_u32(s->process, r.at, &number);
    guest_get_u32(s->process, r.at + 8, &r.most);
    guest_get_pointer(s->process, r.at + REQUEST_ROOM + s->process->pointer, &r.reply_data);
    if (!r.reply_data) r.most = 0;
    put_reply_size(&r, 0);
    uint32_t status = answer(&r, number);
    guest_put_u32(s->process, r.at, status);
    return status;
}

const SysRow nt_user_server_rows[] = {
    {"host_server_call", 1, server_call},
    {NULL, 0, NULL},
};
