#include "guest/device/console.h"
#include "base/text.h"
#include "guest/ask.h"
#include "guest/codepage.h"
#include "guest/trace.h"
#include <stdlib.h>

enum { MOST_HELD = 8192 }; /* bytes of a line before it is told in parts */

/* ---- objects ---- */

static void screen_destroy(Object *o) {
    screen_close(&((ScreenObject *)o)->screen);
}

const ObjectType screen_type = {.name = "File", .destroy = screen_destroy};

static void console_destroy(Object *o) {
    Console *c = (Console *)o;
    for (int i = 0; i < STREAM_COUNT; i++) {
        buf_free(&c->streams[i].text);
        if (c->streams[i].thread) object_drop(&c->streams[i].thread->object);
    }
    if (c->active) object_drop(&c->active->object);
    free(c->title);
}

const ObjectType console_type = {.name = "File", .destroy = console_destroy};

ScreenObject *console_new_screen(Machine *m) {
    ScreenObject *s = object_new(m, &screen_type, sizeof *s);
    if (s && screen_open(&s->screen)) return s;
    if (s) object_drop(&s->object);
    return NULL;
}

Console *console_new(Machine *m) {
    enum { LINE_ECHO_MOUSE_EDIT = 0x1f7 };
    Console *c = object_new(m, &console_type, sizeof *c);
    if (!c) return NULL;
    c->input_codepage = c->output_codepage = (unsigned)ask_number(m, FACT_locale_oem);
    c->input_mode = LINE_ECHO_MOUSE_EDIT;
    for (int i = 0; i < STREAM_COUNT; i++) c->streams[i].text = buf_new(2 * MOST_HELD);
    c->active = console_new_screen(m);
    if (c->active) return c;
    object_drop(&c->object);
    return NULL;
}

/* ---- printing ---- */

static const char *const stream_names[] = {"stdout", "stderr"};

static void tell(Console *c, StreamId id, size_t n) {
    Stream *s = &c->streams[id];
    Machine *m = c->object.machine;
    char *text = arena_text(&m->scratch, span(s->text.p, n));
    if (text) trace_event(m, s->thread, EV_console, {EF_Text, text}, {EF_Stream, stream_names[id]});
    memmove(s->text.p, s->text.p + n, s->text.n - n);
    s->text.n -= n;
}

static void tell_rest(Console *c, StreamId id) {
    Stream *s = &c->streams[id];
    if (s->cut_count) buf_str(&s->text, "\xef\xbf\xbd"); /* U+FFFD: the rest of it never came */
    s->cut_count = 0;
    if (s->text.n) tell(c, id, s->text.n);
}

static void tell_lines(Console *c, StreamId id) {
    Stream *s = &c->streams[id];
    for (const uint8_t *end; (end = s->text.n ? memchr(s->text.p, '\n', s->text.n) : NULL);)
        tell(c, id, (size_t)(end + 1 - s->text.p));
    if (s->text.n >= MOST_HELD) tell(c, id, s->text.n);
}

/* What other streams and other threads' processes began is told first, so that the order stays. */
static void take_turn(Console *c, Thread *t, StreamId id) {
    for (StreamId i = 0; i < STREAM_COUNT; i++) {
        Stream *s = &c->streams[i];
        if (s->thread && (i != id || s->thread->process != t->process)) tell_rest(c, i);
    }
    Stream *s = &c->streams[id];
    if (s->thread == t) return;
    object_hold(&t->object);
    if (s->thread) object_drop(&s->thread->object);
    s->thread = t;
}

static void add_text(Console *c, StreamId id, const char *utf8) {
    Span rest = span_str(utf8);
    while (rest.n) {
        Span part = span_clip(rest, 0, MOST_HELD);
        buf_add(&c->streams[id].text, part);
        tell_lines(c, id);
        rest = span_clip(rest, part.n, rest.n);
    }
}

static void draw(ScreenObject *to, Span utf16) {
    Cur c = cur(utf16);
    while (cur_left(&c) >= 2) {
        uint16_t units[128];
        size_t n = 0;
        while (n < sizeof units / sizeof *units && cur_left(&c) >= 2) units[n++] = cur_u16le(&c);
        screen_write(&to->screen, units, n);
    }
}

void console_print_utf16(Console *c, Thread *t, ScreenObject *to, StreamId id, Span utf16) {
    const char *text = text_from_utf16(&c->object.machine->scratch, utf16);
    take_turn(c, t, id);
    draw(to, utf16);
    if (text) add_text(c, id, text);
}

/* The bytes with those of a character that was cut before them; one that is cut now is kept. */
static Span whole_characters(Console *c, Stream *s, Span bytes) {
    Machine *m = c->object.machine;
    uint8_t *all = arena_alloc(&m->scratch, s->cut_count + bytes.n);
    if (!all) return (Span){0};
    memcpy(all, s->cut, s->cut_count);
    if (bytes.n) memcpy(all + s->cut_count, bytes.p, bytes.n);
    size_t n = s->cut_count + bytes.n;
    size_t whole = codepage_whole(m->packs, c->output_codepage, span(all, n));
    s->cut_count = n - whole;
    memcpy(s->cut, all + whole, s->cut_count);
    return span(all, whole);
}

void console_print_bytes(Console *c, Thread *t, ScreenObject *to, StreamId id, Span bytes) {
    Machine *m = c->object.machine;
    take_turn(c, t, id);
    bytes = whole_characters(c, &c->streams[id], bytes);
    const char *text = codepage_decode(m->packs, c->output_codepage, &m->scratch, bytes);
    if (!text) return;
    draw(to, text_to_utf16(&m->scratch, span_str(text)));
    add_text(c, id, text);
}

void console_flush(Process *p) {
    Console *c = (Console *)p->console;
    for (StreamId i = 0; c && i < STREAM_COUNT; i++) {
        Thread *t = c->streams[i].thread;
        if (!t || t->process != p) continue;
        tell_rest(c, i);
        /* The thread holds its process, and the process this console. */
        c->streams[i].thread = NULL;
        object_drop(&t->object);
    }
}
