#include "guest/win32k/clipboard.h"
#include "base/text.h"
#include "guest/ask.h"
#include "guest/atoms.h"
#include "guest/win32k/message.h"
#include "guest/win32k/queue.h"
#include <stdlib.h>

enum { CF_TEXT = 1, CF_OEMTEXT = 7, CF_UNICODETEXT = 13, CF_LOCALE = 16 };
enum {
    CALLBACK_RENDER = 17,
    WM_RENDERFORMAT = 0x305,
    WM_DESTROYCLIPBOARD = 0x307,
    BYTES_MOST = 16 << 20,
    LISTENERS_MOST = 32
};

typedef struct Format Format;
struct Format {
    Format *next;
    uint32_t id, sequence;
    uint8_t *bytes; /* NULL: the owner makes them when somebody asks */
    uint32_t size;
    /* What one process made of them. */
    Process *cached_by;
    uint64_t cached;
};

typedef struct Clipboard {
    Format *formats; /* in the order in which they were set */
    Thread *opener;  /* NULL: closed */
    uint32_t open_window, owner, viewer, sequence;
    uint32_t listeners[LISTENERS_MOST], listener_count;
    bool changed;
} Clipboard;

static Format *find(const Clipboard *c, uint32_t id) {
    for (Format *f = c->formats; f; f = f->next)
        if (f->id == id) return f;
    return NULL;
}

static Format *format_add(Clipboard *c, uint32_t id) {
    Format **link = &c->formats;
    while (*link) link = &(*link)->next;
    *link = calloc(1, sizeof **link);
    if (*link) (*link)->id = id;
    return *link;
}

static void empty(Clipboard *c) {
    while (c->formats) {
        Format *f = c->formats;
        c->formats = f->next;
        free(f->bytes);
        free(f);
    }
}

static void fill(Format *f, Span bytes) {
    f->bytes = malloc(bytes.n + 1);
    if (!f->bytes) return;
    memcpy(f->bytes, bytes.p, bytes.n);
    f->size = (uint32_t)bytes.n;
}

/* What the user had copied before the program came. */
static void fill_from_world(Clipboard *c, Machine *m) {
    static const uint8_t locale[] = {9, 4, 0, 0};
    const char *text = ask_text(m, FACT_clipboard);
    if (!*text) return;
    Arena a = arena_new(BYTES_MOST);
    Span wide = text_to_utf16(&a, span_str(text));
    uint8_t *copy = arena_alloc(&a, wide.n + 2);
    Format *unicode = format_add(c, CF_UNICODETEXT);
    Format *language = format_add(c, CF_LOCALE);
    if (copy && unicode && language) {
        memcpy(copy, wide.p, wide.n);
        fill(unicode, span(copy, wide.n + 2));
        fill(language, span(locale, sizeof locale));
    }
    arena_reset(&a);
}

static Clipboard *clipboard(Sys *s) {
    enum { SEQUENCE_FIRST = 41 };
    User *u = user_of(s->machine);
    if (!u->clipboard && (u->clipboard = calloc(1, sizeof *u->clipboard))) {
        u->clipboard->sequence = SEQUENCE_FIRST;
        fill_from_world(u->clipboard, s->machine);
    }
    return u->clipboard;
}

void clipboard_close(User *u) {
    if (!u->clipboard) return;
    empty(u->clipboard);
    free(u->clipboard);
    u->clipboard = NULL;
}

static void tell_listeners(User *u) {
    Clipboard *c = u->clipboard;
    for (uint32_t i = 0; i < c->listener_count; i++)
        message_post(u, c->listeners[i], WM_CLIPBOARDUPDATE, 0, 0);
}

static void shut(User *u) {
    Clipboard *c = u->clipboard;
    if (c->changed) tell_listeners(u);
    c->changed = false;
    c->opener = NULL;
    c->open_window = 0;
}

void clipboard_thread_ended(User *u, Thread *t) {
    if (u->clipboard && u->clipboard->opener == t) shut(u);
}

/* ---- synthesized formats: the three kinds of text stand for each other ---- */

static bool is_text(uint32_t id) {
    return id == CF_TEXT || id == CF_OEMTEXT || id == CF_UNICODETEXT;
}

static uint32_t source_of(const Clipboard *c, uint32_t id) {
    static const uint32_t order[] = {CF_UNICODETEXT, CF_TEXT, CF_OEMTEXT};
    for (int i = 0; is_text(id) && i < 3; i++)
        if (order[i] != id && find(c, order[i])) return order[i];
    return 0;
}

static bool available(const Clipboard *c, uint32_t id) {
    return find(c, id) || source_of(c, id);
}

/* Those that are there, then those that can be made of them. */
static uint32_t format_at(const Clipboard *c, uint32_t i) {
    static const uint32_t texts[] = {CF_TEXT, CF_OEMTEXT, CF_UNICODETEXT};
    for (const Format *f = c->formats; f; f = f->next)
        if (i-- == 0) return f->id;
    for (int k = 0; k < 3; k++)
        if (!find(c, texts[k]) && source_of(c, texts[k]) && i-- == 0) return texts[k];
    return 0;
}

uint64_t clipboard_next_format(Sys *s, uint32_t format) {
    const Clipboard *c = clipboard(s);
    if (!c || c->opener != s->thread) return user_error(s, ERROR_CLIPBOARD_NOT_OPEN);
    user_error(s, 0);
    if (!format) return format_at(c, 0);
    for (uint32_t i = 0, id; (id = format_at(c, i)); i++)
        if (id == format) return format_at(c, i + 1);
    return 0;
}

/* ---- calls ---- */

static uint64_t open_clipboard(Sys *s) {
    Clipboard *c = clipboard(s);
    if (!c || !user_thread(s) || (s->arg[0] && !window_need(s, s->arg[0]))) return 0;
    if (c->opener && (c->opener != s->thread || c->open_window != arg32(s, 0)))
        return user_error(s, ERROR_ACCESS_DENIED);
    c->opener = s->thread;
    c->open_window = arg32(s, 0);
    return 1;
}

static uint64_t close_clipboard(Sys *s) {
    Clipboard *c = clipboard(s);
    if (!c || c->opener != s->thread) return user_error(s, ERROR_CLIPBOARD_NOT_OPEN);
    shut(user_of(s->machine));
    return 1;
}

static uint64_t empty_clipboard(Sys *s) {
    Clipboard *c = clipboard(s);
    if (!c || c->opener != s->thread) return user_error(s, ERROR_CLIPBOARD_NOT_OPEN);
    if (c->owner) message_send(s, c->owner, WM_DESTROYCLIPBOARD, 0, 0);
    empty(c);
    c->owner = c->open_window;
    c->sequence++;
    c->changed = true;
    return 1;
}

/* struct set_clipboard_params. */
static uint64_t set_data(Sys *s) {
    Clipboard *c = clipboard(s);
    Fields p = fields(s->process, s->arg[2]);
    uint64_t data = get_pointer(&p), size = get_pointer(&p);
    uint32_t cache_only = get_u32(&p), sequence = get_u32(&p), id = arg32(s, 0);
    if (!c || p.bad) return STATUS_ACCESS_VIOLATION;
    Format *f = find(c, id);
    if (cache_only) {
        if (!f || f->sequence != sequence) return STATUS_UNSUCCESSFUL;
        f->cached_by = s->process;
        f->cached = s->arg[1];
        return STATUS_SUCCESS;
    }
    if (size > BYTES_MOST) return STATUS_NO_MEMORY;
    if (!f && !(f = format_add(c, id))) return STATUS_NO_MEMORY;
    free(f->bytes);
    f->bytes = data ? malloc(size + 1) : NULL;
    f->size = f->bytes ? (uint32_t)size : 0;
    if (f->bytes && !guest_read(s->process, data, f->bytes, size)) return STATUS_ACCESS_VIOLATION;
    f->sequence = ++c->sequence;
    f->cached_by = s->arg[1] ? s->process : NULL;
    f->cached = s->arg[1];
    c->changed = true;
    return STATUS_SUCCESS;
}

/* struct get_clipboard_params: without a handle user32.dll makes one of the bytes. */
static uint64_t give(Sys *s, Format *f) {
    Process *p = s->process;
    uint64_t data = 0, room = 0, at = s->arg[1];
    uint32_t data_only = 0;
    guest_get_pointer(p, at, &data);
    guest_get_pointer(p, at + p->pointer, &room);
    guest_get_u32(p, at + 3u * p->pointer + 4, &data_only);
    guest_put_pointer(p, at + p->pointer, f->size);
    if (!data_only && f->cached && f->cached_by == p) return f->cached;
    if (f->size > room) {
        guest_put_pointer(p, at + 2u * p->pointer, f->size);
        return 0;
    }
    if (!guest_write(p, data, f->bytes, f->size)) return 0;
    if (data_only) return data;
    guest_put_u32(p, at + 3u * p->pointer, f->sequence);
    guest_put_pointer(p, at + 2u * p->pointer, p->pointer == 4 ? UINT32_MAX : UINT64_MAX);
    return 0;
}

static void render(Sys *s, uint32_t id, uint32_t from) {
    uint64_t mark = callback_mark(s), block = callback_push(s, 16);
    guest_put_u32(s->process, block, id);
    guest_put_u32(s->process, block + 4, from);
    callback_guest(s, CALLBACK_RENDER, block, 8);
    callback_pop(s, mark);
}

static uint64_t get_data(Sys *s) {
    Clipboard *c = clipboard(s);
    uint32_t id = arg32(s, 0);
    if (!c || c->opener != s->thread) return user_error(s, ERROR_CLIPBOARD_NOT_OPEN);
    Format *f = find(c, id);
    if (!f && source_of(c, id)) render(s, id, source_of(c, id));
    else if (f && !f->bytes && c->owner) message_send(s, c->owner, WM_RENDERFORMAT, id, 0);
    f = find(c, id);
    return f && f->bytes ? give(s, f) : 0;
}

static uint64_t is_available(Sys *s) {
    const Clipboard *c = clipboard(s);
    return c && arg32(s, 0) && available(c, arg32(s, 0));
}

static uint64_t count_formats(Sys *s) {
    const Clipboard *c = clipboard(s);
    uint32_t n = 0;
    while (c && format_at(c, n)) n++;
    return n;
}

static uint64_t sequence_number(Sys *s) {
    const Clipboard *c = clipboard(s);
    return c ? c->sequence : 0;
}
static uint64_t get_owner(Sys *s) {
    const Clipboard *c = clipboard(s);
    return c ? c->owner : 0;
}
static uint64_t get_open_window(Sys *s) {
    const Clipboard *c = clipboard(s);
    return c ? c->open_window : 0;
}
static uint64_t get_viewer(Sys *s) {
    const Clipboard *c = clipboard(s);
    return c ? c->viewer : 0;
}
static uint64_t set_viewer(Sys *s) {
    Clipboard *c = clipboard(s);
    uint32_t old = c ? c->viewer : 0;
    if (c) c->viewer = arg32(s, 0);
    return old;
}
static uint64_t change_chain(Sys *s) {
    Clipboard *c = clipboard(s);
    if (c && c->viewer == arg32(s, 0)) c->viewer = arg32(s, 1);
    return 1;
}

static uint64_t add_listener(Sys *s) {
    Clipboard *c = clipboard(s);
    if (!c || !window_need(s, s->arg[0])) return 0;
    for (uint32_t i = 0; i < c->listener_count; i++)
        if (c->listeners[i] == arg32(s, 0)) return user_error(s, ERROR_INVALID_PARAMETER);
    if (c->listener_count == LISTENERS_MOST) return user_error(s, ERROR_NOT_ENOUGH_QUOTA);
    c->listeners[c->listener_count++] = arg32(s, 0);
    return 1;
}

static uint64_t remove_listener(Sys *s) {
    Clipboard *c = clipboard(s);
    for (uint32_t i = 0; c && i < c->listener_count; i++) {
        if (c->listeners[i] != arg32(s, 0)) continue;
        c->listeners[i] = c->listeners[--c->listener_count];
        return 1;
    }
    return user_error(s, ERROR_INVALID_PARAMETER);
}

static uint64_t priority_format(Sys *s) {
    const Clipboard *c = clipboard(s);
    if (!c || !format_at(c, 0)) return 0;
    for (uint32_t i = 0; i < arg32(s, 1); i++) {
        uint32_t id = 0;
        if (guest_get_u32(s->process, s->arg[0] + 4u * i, &id) && available(c, id)) return id;
    }
    return UINT32_MAX;
}

static uint64_t updated_formats(Sys *s) {
    const Clipboard *c = clipboard(s);
    uint32_t n = 0, id;
    for (; c && (id = format_at(c, n)); n++)
        if (n < arg32(s, 1)) guest_put_u32(s->process, s->arg[0] + 4u * n, id);
    guest_put_u32(s->process, s->arg[2], n);
    return n <= arg32(s, 1) ? 1 : user_error(s, ERROR_INSUFFICIENT_BUFFER);
}

static uint64_t format_name(Sys *s) {
    const Atom *a = atom_info(s->machine, (uint16_t)s->arg[0]);
    if (arg32(s, 0) < ATOM_FIRST || !a) return user_error(s, ERROR_INVALID_PARAMETER);
    Wide w = wide_utf8(a->name);
    uint64_t n = wide_write(s->process, w, s->arg[1], arg32(s, 2));
    wide_free(&w);
    return n;
}

const SysRow nt_user_clipboard_rows[] = {
    {"NtUserOpenClipboard", 2, open_clipboard},
    {"NtUserCloseClipboard", 0, close_clipboard},
    {"NtUserEmptyClipboard", 0 | CALLS_BACK, empty_clipboard},
    {"NtUserSetClipboardData", 3, set_data},
    {"NtUserGetClipboardData", 2 | CALLS_BACK, get_data},
    {"NtUserIsClipboardFormatAvailable", 1, is_available},
    {"NtUserCountClipboardFormats", 0, count_formats},
    {"NtUserGetClipboardSequenceNumber", 0, sequence_number},
    {"NtUserGetClipboardOwner", 0, get_owner},
    {"NtUserGetOpenClipboardWindow", 0, get_open_window},
    {"NtUserGetClipboardViewer", 0, get_viewer},
    {"NtUserSetClipboardViewer", 1, set_viewer},
    {"NtUserChangeClipboardChain", 2, change_chain},
    {"NtUserAddClipboardFormatListener", 1, add_listener},
    {"NtUserRemoveClipboardFormatListener", 1, remove_listener},
    {"NtUserGetPriorityClipboardFormat", 2, priority_format},
    {"NtUserGetUpdatedClipboardFormats", 3, updated_formats},
    {"NtUserGetClipboardFormatName", 3, format_name},
    {NULL, 0, NULL},
};
