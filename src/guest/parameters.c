/* RTL_USER_PROCESS_PARAMETERS: what a process is told by the one that starts it; read from a parent
 * of either width, written for a child of either. The layout is that of winternl.h. */
#include "guest/parameters.h"
#include "base/buf.h"
#include "base/text.h"

/* Behind the structure come its texts. */
enum { PARAMETERS_ROOM = 0x440 };

/* ---- writing ---- */

typedef struct {
    Process *process;
    uint64_t at; /* where the next text goes */
    Fields fields;
} ParameterWriter;

static uint32_t allocate(Process *p, uint64_t *base, uint64_t size) {
    return vm_allocate(p->vm, base, &size, VM_RESERVE | VM_COMMIT, VM_READWRITE, false,
                       p->wow64 ? SHARED_DATA_AT : 0);
}

static Span wide(Process *p, const char *text) {
    Span s = text_to_utf16(&p->machine->scratch, span_str(text ? text : ""));
    return s.p ? s : span("\0", 0);
}

static void put_text(ParameterWriter *w, const char *text, uint32_t room) {
    Span s = wide(w->process, text);
    if (s.n) guest_write(w->process, w->at, s.p, s.n);
    if (room < s.n + 2) room = (uint32_t)s.n + 2;
    put_unicode_string(&w->fields, w->at, (uint32_t)s.n, room);
    w->at += (room + 7u) & ~7u;
}

/* It is no text: the runtimes take MaximumLength for its length. */
static void put_runtime(ParameterWriter *w, Span s) {
    if (s.n) guest_write(w->process, w->at, s.p, s.n);
    put_unicode_string(&w->fields, s.n ? w->at : 0, (uint32_t)s.n, (uint32_t)s.n);
}

static const char *or_else(const char *text, const char *other) {
    return text && *text ? text : other;
}

uint32_t parameters_write(Process *p, const ProcessOptions *o) {
    enum { DIRECTORY_ROOM = 520, NORMALIZED = 1, TEXTS = 6, CURRENT_DIRECTORIES = 32 };
    const char *title = or_else(o->title, o->image_path),
               *desktop = or_else(o->desktop, "WinSta0\\Default");
    const char *texts[TEXTS] = {o->directory, o->image_path, o->command_line, title, desktop, ""};
    uint64_t size = PARAMETERS_ROOM + DIRECTORY_ROOM + 64 + o->runtime.n;
    for (int i = 0; i < TEXTS; i++) size += (wide(p, texts[i]).n + 16) & ~UINT64_C(7);
    uint64_t base = 0, environment = 0;
    uint32_t status = allocate(p, &base, size);
    if (!status) status = allocate(p, &environment, o->environment.n);
    if (status) return status;
    ParameterWriter w = {p, base + PARAMETERS_ROOM, fields(p, base)};
    Fields *f = &w.fields;
    put_u32(f, (uint32_t)size);
    put_u32(f, (uint32_t)size);
    put_u32(f, NORMALIZED);
    put_u32(f, 0);
    put_pointer(f, o->console);
    put_u32(f, o->console_flags);
    put_pointer(f, o->in);
    put_pointer(f, o->out);
    put_pointer(f, o->err);
    put_text(&w, o->directory, DIRECTORY_ROOM);
    put_pointer(f, 0);              /* its handle: ntdll opens it */
    put_unicode_string(f, 0, 0, 0); /* DllPath: ntdll computes its own */
    put_text(&w, o->image_path, 0);
    put_text(&w, o->command_line, 0);
    put_pointer(f, environment);
    for (int i = 0; i < PARAMETERS_WINDOW; i++) put_u32(f, o->window[i]);
    put_u32(f, o->flags);
    put_u32(f, o->show);
    put_text(&w, title, 0);
    put_text(&w, desktop, 0);
    put_text(&w, "", 0);
    put_runtime(&w, o->runtime);
    fields_align(f, p->pointer);
    fields_skip(f, CURRENT_DIRECTORIES * (8u + 2u * p->pointer));
    put_pointer(f, o->environment.n);
    put_pointer(f, 1);
    p->parameters = base;
    return guest_write(p, environment, o->environment.p, o->environment.n) && !f->bad
               ? STATUS_SUCCESS
               : STATUS_NO_MEMORY;
}

/* ---- reading ---- */

typedef struct {
    Process *process;
    Arena *arena;
    Fields fields;
    uint64_t relative; /* what pointers are relative to, where they are */
} ParameterReader;

static uint64_t get_place(ParameterReader *r) {
    uint64_t at = get_pointer(&r->fields);
    return at ? at + r->relative : 0;
}

/* Handles are signed: CONSOLE_HANDLE_ALLOC is -1 in either width. */
static uint64_t get_handle(ParameterReader *r) {
    return (uint64_t)(int64_t)(int32_t)get_pointer(&r->fields);
}

static Span get_bytes(ParameterReader *r) {
    fields_align(&r->fields, r->process->pointer);
    uint16_t n = get_u16(&r->fields);
    get_u16(&r->fields);
    uint64_t at = get_place(r);
    uint8_t *bytes = n && at ? arena_alloc(r->arena, n) : NULL;
    if (!bytes) return (Span){0};
    if (!guest_read(r->process, at, bytes, n)) r->fields.bad = true;
    return span(bytes, n);
}

static const char *get_text(ParameterReader *r) {
    const char *text = text_from_utf16(r->arena, get_bytes(r));
    return text ? text : "";
}

/* A block of NAME=value, each with its NUL, up to an empty one. */
static Span get_environment(ParameterReader *r, uint64_t at) {
    enum { MOST = 1 << 20, UNIT = 2 };
    Buf b = buf_new(MOST);
    uint16_t unit = 1, last = 1;
    for (; at && (unit || last) && !b.full; at += UNIT) {
        last = unit;
        if (!guest_get_u16(r->process, at, &unit)) r->fields.bad = true;
        if (r->fields.bad) break;
        buf_le(&b, unit, UNIT);
    }
    if (!at || b.full) buf_le(&b, 0, 4);
    Span copy = arena_bytes(r->arena, buf_span(&b));
    buf_free(&b);
    return copy;
}

bool parameters_read(Process *p, uint64_t address, Arena *a, ProcessOptions *o) {
    enum { NORMALIZED = 1 };
    ParameterReader r = {p, a, fields(p, address), 0};
    Fields *f = &r.fields;
    get_u32(f);
    get_u32(f);
    if (!(get_u32(f) & NORMALIZED)) r.relative = address;
    get_u32(f);
    o->console = get_handle(&r);
    o->console_flags = get_u32(f);
    o->in = get_handle(&r);
    o->out = get_handle(&r);
    o->err = get_handle(&r);
    o->directory = get_text(&r);
    get_pointer(f);
    get_bytes(&r);
    get_bytes(&r); /* the image's path: the attribute counts */
    o->command_line = get_text(&r);
    uint64_t environment = get_place(&r);
    for (int i = 0; i < PARAMETERS_WINDOW; i++) o->window[i] = get_u32(f);
    o->flags = get_u32(f);
    o->show = get_u32(f);
    o->title = get_text(&r);
    o->desktop = get_text(&r);
    get_bytes(&r);
    o->runtime = get_bytes(&r);
    o->environment = get_environment(&r, environment);
    return !f->bad;
}

/* ---- the world's user's environment ---- */

typedef struct {
    Buf block;
    Arena *arena;
} EnvironmentWriter;

static void add_variable(void *context, const char *name, const char *value) {
    EnvironmentWriter *w = context;
    const char *line = arena_printf(w->arena, "%s=%s", name, value);
    Span s = line ? text_to_utf16(w->arena, span_str(line)) : (Span){0};
    buf_add(&w->block, s);
    buf_le(&w->block, 0, 2);
}

Span process_world_environment(Machine *m, Arena *a) {
    enum { MOST = 1 << 20 };
    EnvironmentWriter w = {buf_new(MOST), a};
    world_variables(m->world, add_variable, &w);
    buf_le(&w.block, 0, 4);
    Span copy = arena_bytes(a, buf_span(&w.block));
    buf_free(&w.block);
    return copy;
}
