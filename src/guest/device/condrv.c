/* \Device\ConDrv: the console as Wine's kernelbase.dll asks for it (include/wine/condrv.h).
 *
 * A console program of ours has a real console: its standard handles are character devices, as they
 * are for a program that is started from Explorer. What it prints through them is collected as
 * text, complete and in order, whichever way it prints. Nobody sits at the keyboard: reads of a
 * line end at once (end of file), and who waits for a key is given Enter after a second, some
 * times; a program that wants more than that waits for ever.
 *
 * Names below the device: Connection, CurrentIn, CurrentOut, Input, Output, Reference,
 * ScreenBuffer, Server. Limits: control events (Ctrl+C) are not delivered; aliases, history and
 * fonts do not exist. */
#include "guest/device/condrv.h"
#include "base/text.h"
#include "guest/codepage.h"
#include "guest/device/console.h"
#include <stdlib.h>

typedef struct {
    File file;
    Console *console;     /* NULL: that of whoever asks; a reference is held */
    ScreenObject *screen; /* NULL: the active one; a reference is held */
    StreamId stream;
    bool connection; /* its process has this console while it is open */
    Process *owner;  /* of a connection; no reference: it goes with the process' handles */
} ConsoleFile;

enum { MOST_INPUT = 1 << 20 };

static Console *console_of(File *f, const Io *io) {
    ConsoleFile *c = (ConsoleFile *)f;
    return c->console ? c->console : (Console *)io_process(io)->console;
}

static Screen *screen_of(File *f, const Io *io) {
    ConsoleFile *c = (ConsoleFile *)f;
    if (c->screen) return &c->screen->screen;
    Console *console = console_of(f, io);
    return console ? &console->active->screen : NULL;
}

/* The request's input bytes in the scratch arena. */
static bool get_input(const Io *io, Span *out) {
    uint64_t n = io->input_size;
    uint8_t *bytes = n <= MOST_INPUT ? arena_alloc(&io->file->object.machine->scratch, n) : NULL;
    if (!bytes || !io_get(io, 0, bytes, n)) return false;
    *out = span(bytes, n);
    return true;
}

uint32_t condrv_put(Io *io, Span bytes) {
    uint64_t n = bytes.n < io->output_size ? bytes.n : io->output_size;
    if (!io_put(io, 0, bytes.p, n)) return STATUS_ACCESS_VIOLATION;
    io->information = n;
    return STATUS_SUCCESS;
}

uint32_t condrv_put_number(Io *io, uint32_t v) {
    uint8_t raw[4];
    for (unsigned i = 0; i < 4; i++) raw[i] = (uint8_t)(v >> 8 * i);
    return condrv_put(io, span(raw, 4));
}

uint32_t condrv_put_buf(Io *io, Buf *b) {
    uint32_t status = b->full ? STATUS_NO_MEMORY : condrv_put(io, buf_span(b));
    buf_free(b);
    return status;
}

/* ---- input ---- */

static void take_records(Console *c, uint32_t n) {
    c->input_count -= n;
    memmove(c->input, c->input + n, c->input_count * sizeof *c->input);
}

static void add_record(Console *c, const uint8_t record[INPUT_RECORD_SIZE]) {
    if (c->input_count == INPUT_MOST) return;
    memcpy(c->input[c->input_count++], record, INPUT_RECORD_SIZE);
    c->object.machine->changed = true;
}

/* KEY_EVENT: down, repeat count, virtual key, scan code, character, control keys. */
static void add_key(Console *c, bool down, uint8_t key, uint8_t scan, uint8_t character) {
    uint8_t record[INPUT_RECORD_SIZE] = {
        [0] = 1, [4] = down, [8] = 1, [10] = key, [12] = scan, [14] = character};
    add_record(c, record);
}

static void press_enter(Console *c) {
    add_key(c, true, 13, 28, '\r');
    add_key(c, false, 13, 28, '\r');
}

static uint32_t put_records(Console *c, Io *io, bool take) {
    uint32_t n = c->input_count, room = (uint32_t)(io->output_size / INPUT_RECORD_SIZE);
    if (n > room) n = room;
    uint32_t status = condrv_put(io, span(c->input, (size_t)n * INPUT_RECORD_SIZE));
    if (!status && take) take_records(c, n);
    return status;
}

static uint32_t read_input(Console *c, Io *io) {
    enum { MOST_KEYS = 64 };
    uint64_t now = machine_now(c->object.machine);
    if (!c->input_count && io->again && now >= io->deadline && c->keys_given < MOST_KEYS) {
        c->keys_given++;
        press_enter(c);
    }
    if (c->input_count) return put_records(c, io, true);
    if (!io->again) io->deadline = now + TIME_SECOND;
    else if (now >= io->deadline) io->deadline = NEVER;
    return STATUS_PENDING;
}

static uint32_t write_input(Console *c, Span records) {
    if (records.n % INPUT_RECORD_SIZE) return STATUS_INVALID_PARAMETER;
    for (size_t at = 0; at < records.n; at += INPUT_RECORD_SIZE) add_record(c, records.p + at);
    return STATUS_SUCCESS;
}

/* ---- what is one for the whole console ---- */

static uint32_t get_input_info(Console *c, Io *io) {
    Buf b = buf_new(12);
    buf_le(&b, c->input_codepage, 4);
    buf_le(&b, c->output_codepage, 4);
    buf_le(&b, c->input_count, 4);
    return condrv_put_buf(io, &b);
}

static uint32_t set_input_info(Console *c, Span in) {
    enum { INPUT = 1, OUTPUT = 2 };
    Cur p = cur(in);
    uint32_t mask = cur_u32le(&p), input = cur_u32le(&p), output = cur_u32le(&p);
    Pack *packs = c->object.machine->packs;
    if (p.bad || (mask & INPUT && !codepage_known(packs, input)) ||
        (mask & OUTPUT && !codepage_known(packs, output)))
        return STATUS_INVALID_PARAMETER;
    if (mask & INPUT) c->input_codepage = input;
    if (mask & OUTPUT) c->output_codepage = output;
    return STATUS_SUCCESS;
}

/* Its length in characters, the characters, and two bytes that align the structure. */
static uint32_t get_title(Console *c, Io *io) {
    Span title = text_to_utf16(&c->object.machine->scratch, span_str(c->title ? c->title : ""));
    enum { HEAD = 8, MOST = 1 << 16 };
    if (io->output_size < HEAD) return STATUS_INVALID_PARAMETER;
    uint64_t room = io->output_size - HEAD;
    Buf b = buf_new(MOST + HEAD);
    buf_le(&b, title.n / 2, 4);
    buf_add(&b, span_clip(title, 0, room));
    buf_le(&b, 0, 4);
    return condrv_put_buf(io, &b);
}

static uint32_t set_title(Console *c, Span utf16) {
    const char *title = text_from_utf16(&c->object.machine->scratch, utf16);
    char *copy = title ? strdup(title) : NULL;
    if (!copy) return STATUS_NO_MEMORY;
    free(c->title);
    c->title = copy;
    return STATUS_SUCCESS;
}

static uint32_t get_process_list(Console *c, Io *io) {
    Machine *m = c->object.machine;
    Buf b = buf_new(1 << 12);
    for (Process *p = m->processes; p; p = p->next)
        if (p->console == &c->object && !p->ended) buf_le(&b, p->id, 4);
    if (b.n <= io->output_size) return condrv_put_buf(io, &b);
    uint32_t status = condrv_put_number(io, (uint32_t)(b.n / 4));
    buf_free(&b);
    return status ? status : STATUS_BUFFER_TOO_SMALL;
}

static uint32_t control_event(Console *c) {
    machine_unmodelled(c->object.machine, "GenerateConsoleCtrlEvent");
    return STATUS_NOT_SUPPORTED;
}

/* What every handle of a console answers. */
static uint32_t console_control(Console *c, Io *io, uint32_t code, Span in) {
    enum { WINDOW = 0x2037e };
    switch (code) {
    case GET_INPUT_INFO: return get_input_info(c, io);
    case SET_INPUT_INFO: return set_input_info(c, in);
    case GET_TITLE: return get_title(c, io);
    case SET_TITLE: return set_title(c, in);
    case GET_WINDOW: return condrv_put_number(io, WINDOW);
    case GET_PROCESS_LIST: return get_process_list(c, io);
    case CONTROL_EVENT: return control_event(c);
    case BEEP: return STATUS_SUCCESS;
    default: return STATUS_INVALID_HANDLE;
    }
}

static uint32_t input_control(Console *c, Io *io, uint32_t code, Span in) {
    switch (code) {
    case GET_MODE: return condrv_put_number(io, c->input_mode);
    case SET_MODE: {
        Cur p = cur(in);
        uint32_t mode = cur_u32le(&p);
        if (p.bad) return STATUS_INVALID_PARAMETER;
        c->input_mode = mode;
        return STATUS_SUCCESS;
    }
    case READ_CONSOLE:
    case READ_FILE: return STATUS_SUCCESS; /* no bytes: the end */
    case READ_CONSOLE_CONTROL: return condrv_put_number(io, 0);
    case READ_INPUT: return read_input(c, io);
    case WRITE_INPUT: return write_input(c, in);
    case PEEK: return put_records(c, io, false);
    case FLUSH: c->input_count = 0; return STATUS_SUCCESS;
    default: return console_control(c, io, code, in);
    }
}

/* ---- screens ---- */

static ScreenObject *screen_object(File *f, Console *c) {
    ConsoleFile *file = (ConsoleFile *)f;
    return file->screen ? file->screen : c->active;
}

static uint32_t activate(File *f, Console *c) {
    ScreenObject *s = screen_object(f, c);
    object_hold(&s->object);
    object_drop(&c->active->object);
    c->active = s;
    return STATUS_SUCCESS;
}

static uint32_t output_control(File *f, Console *c, Io *io, uint32_t code, Span in) {
    StreamId stream = ((ConsoleFile *)f)->stream;
    switch (code) {
    case WRITE_CONSOLE:
        console_print_utf16(c, io->thread, screen_object(f, c), stream, in);
        return STATUS_SUCCESS;
    case WRITE_FILE:
        console_print_bytes(c, io->thread, screen_object(f, c), stream, in);
        return STATUS_SUCCESS;
    case ACTIVATE: return activate(f, c);
    default: return condrv_screen_control(screen_of(f, io), io, code, in);
    }
}

/* ---- requests ---- */

static uint32_t function_of(uint32_t code) {
    return code >> 2 & 0xfff;
}

typedef uint32_t Answer(File *f, Console *c, Io *io, uint32_t code, Span in);

static uint32_t control_with(File *f, Io *io, Answer *answer) {
    Console *c = console_of(f, io);
    Span in;
    if (!c || io->code >> 16 != FILE_DEVICE_CONSOLE) return STATUS_INVALID_HANDLE;
    if (!get_input(io, &in)) return STATUS_ACCESS_VIOLATION;
    return answer(f, c, io, function_of(io->code), in);
}

static uint32_t answer_input(File *f, Console *c, Io *io, uint32_t code, Span in) {
    (void)f;
    return input_control(c, io, code, in);
}

static uint32_t answer_reference(File *f, Console *c, Io *io, uint32_t code, Span in) {
    (void)f;
    return console_control(c, io, code, in);
}

static uint32_t control_input(File *f, Io *io) {
    return control_with(f, io, answer_input);
}
static uint32_t control_output(File *f, Io *io) {
    return control_with(f, io, output_control);
}
static uint32_t control_reference(File *f, Io *io) {
    return control_with(f, io, answer_reference);
}

/* A line from the keyboard: there is none. */
static uint32_t read_line(File *f, Io *io) {
    return console_of(f, io) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

static uint32_t write_text(File *f, Io *io) {
    Console *c = console_of(f, io);
    Span bytes;
    if (!c) return STATUS_INVALID_HANDLE;
    if (!get_input(io, &bytes)) return STATUS_ACCESS_VIOLATION;
    console_print_bytes(c, io->thread, screen_object(f, c), ((ConsoleFile *)f)->stream, bytes);
    io->information = bytes.n;
    return STATUS_SUCCESS;
}

static bool has_input(File *f, Thread *t) {
    ConsoleFile *file = (ConsoleFile *)f;
    const Console *c = file->console ? file->console : (Console *)t->process->console;
    return c && c->input_count;
}

static bool always(File *f, Thread *t) {
    (void)f;
    (void)t;
    return true;
}

/* A process takes leave of its console. */
static void connection_closed(File *f, Process *p) {
    ConsoleFile *file = (ConsoleFile *)f;
    if (file->owner != p || !p->console) return;
    console_flush(p);
    object_drop(p->console);
    p->console = NULL;
}

static void close_file(File *f) {
    ConsoleFile *file = (ConsoleFile *)f;
    if (file->console) object_drop(&file->console->object);
    if (file->screen) object_drop(&file->screen->object);
}

static const FileOps input_ops = {.device_type = FILE_DEVICE_CONSOLE,
                                  .read = read_line,
                                  .control = control_input,
                                  .signaled = has_input,
                                  .destroy = close_file};
static const FileOps output_ops = {.device_type = FILE_DEVICE_CONSOLE,
                                   .write = write_text,
                                   .control = control_output,
                                   .signaled = always,
                                   .destroy = close_file};
static const FileOps reference_ops = {
    .device_type = FILE_DEVICE_CONSOLE, .control = control_reference, .destroy = close_file};

/* AttachConsole: the console of another process, or of the parent (-1). */
static uint32_t bind_process(File *f, Io *io) {
    ConsoleFile *file = (ConsoleFile *)f;
    Process *self = io_process(io), *p = io->file->object.machine->processes;
    Span in;
    if (function_of(io->code) != BIND_PROCESS) return control_reference(f, io);
    if (!get_input(io, &in)) return STATUS_ACCESS_VIOLATION;
    Cur c = cur(in);
    uint32_t id = cur_u32le(&c);
    if (id == UINT32_MAX) id = self->parent_id;
    while (p && p->id != id) p = p->next;
    if (c.bad || !p || !p->console) return STATUS_INVALID_HANDLE;
    if (self->console) return STATUS_ACCESS_DENIED;
    object_hold(p->console);
    object_hold(p->console);
    self->console = p->console;
    file->console = (Console *)p->console;
    file->owner = self;
    return STATUS_SUCCESS;
}

static const FileOps connection_ops = {.device_type = FILE_DEVICE_CONSOLE,
                                       .control = bind_process,
                                       .closed = connection_closed,
                                       .destroy = close_file};

/* ---- opening ---- */

static ConsoleFile *new_file(Machine *m, const FileOps *ops, const FileOpen *how, Console *c,
                             ScreenObject *s) {
    ConsoleFile *f = file_new(m, ops, sizeof *f, how, how->path);
    if (!f) return NULL;
    if (c) object_hold(&c->object);
    if (s) object_hold(&s->object);
    f->console = c;
    f->screen = s;
    return f;
}

/* A connection through a reference makes its console the process' own. */
static ConsoleFile *connect(Process *p, const FileOpen *how, Console *c) {
    ConsoleFile *f = new_file(p->machine, &connection_ops, how, c, NULL);
    if (!f || !c || (p->console && p->console != &c->object)) return f;
    if (!p->console) object_hold(p->console = &c->object);
    f->owner = p;
    return f;
}

static ConsoleFile *open_screen(Process *p, const FileOpen *how) {
    ScreenObject *s = console_new_screen(p->machine);
    ConsoleFile *f = s ? new_file(p->machine, &output_ops, how, (Console *)p->console, s) : NULL;
    if (s) object_drop(&s->object);
    return f;
}

static ConsoleFile *open_server(Process *p, const FileOpen *how) {
    Console *c = console_new(p->machine);
    ConsoleFile *f = c ? new_file(p->machine, &reference_ops, how, c, NULL) : NULL;
    if (c) object_drop(&c->object);
    return f;
}

static const char *last_part(const char *path) {
    const char *slash = strrchr(path, '\\');
    return slash ? slash + 1 : path;
}

static bool is(const char *name, const char *what) {
    return text_equal_nocase(name, what);
}

static ConsoleFile *open_named(Process *p, const FileOpen *how, const char *name, Console *root) {
    Console *own = (Console *)p->console;
    Machine *m = p->machine;
    if (is(name, "Connection")) return connect(p, how, root);
    if (is(name, "Reference")) return new_file(m, &reference_ops, how, root ? root : own, NULL);
    if (is(name, "Server")) return open_server(p, how);
    if (is(name, "Input")) return new_file(m, &input_ops, how, NULL, NULL);
    if (is(name, "Output")) return new_file(m, &output_ops, how, NULL, NULL);
    if (is(name, "CurrentIn")) return new_file(m, &input_ops, how, own, NULL);
    if (is(name, "CurrentOut")) return new_file(m, &output_ops, how, own, own->active);
    return open_screen(p, how);
}

/* \Device\ConDrv itself, which is CON: input or output, as it is to be used. */
static const char *name_by_access(const FileOpen *how) {
    return how->access & FILE_WRITE_DATA ? "CurrentOut" : "CurrentIn";
}

static bool needs_console(const char *name) {
    return is(name, "CurrentIn") || is(name, "CurrentOut") || is(name, "ScreenBuffer");
}

static bool is_name(const char *name) {
    static const char *const others[] = {"Connection", "Reference", "Server", "Input", "Output"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (is(name, others[i])) return true;
    return needs_console(name);
}

static bool is_console_file(const File *f) {
    return f->ops == &reference_ops || f->ops == &connection_ops;
}

static uint32_t open_condrv(Sys *s, const FileOpen *how, File **out) {
    const char *name = last_part(how->rest);
    if (!*name || is(name, "Console")) name = name_by_access(how);
    if (!is_name(name)) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (needs_console(name) && !s->process->console) return STATUS_INVALID_HANDLE;
    Console *root =
        how->root && is_console_file(how->root) ? ((ConsoleFile *)how->root)->console : NULL;
    if (is(name, "Reference") && !root && !s->process->console) return STATUS_INVALID_HANDLE;
    ConsoleFile *f = open_named(s->process, how, name, root);
    *out = &f->file;
    return f ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

const Device device_condrv = {.path = "\\Device\\ConDrv", .open = open_condrv};

/* ---- consoles of their own ---- */

static uint32_t new_handle(Process *p, const FileOps *ops, const char *path, Console *c,
                           StreamId id) {
    FileOpen how = {.path = path,
                    .rest = "",
                    .access = FILE_READ_DATA | FILE_WRITE_DATA | FILE_READ_ATTRIBUTES |
                              FILE_WRITE_ATTRIBUTES | ACCESS_SYNCHRONIZE,
                    .share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    .options = FILE_SYNCHRONOUS_IO_NONALERT};
    ConsoleFile *f = new_file(p->machine, ops, &how, c, NULL);
    if (!f) return 0;
    f->stream = id;
    uint32_t handle = handle_new(p, &f->file.object, how.access, true);
    object_drop(&f->file.object);
    return handle;
}

void console_attach(Process *p, bool standard_handles) {
    enum { CONSOLE_PROGRAM = 3, CONSOLE_HANDLE_AT = 0x10 };
    Console *c = p->image->subsystem == CONSOLE_PROGRAM ? console_new(p->machine) : NULL;
    if (!c) return;
    c->title = strdup(p->image_path);
    /* RTL_USER_PROCESS_PARAMETERS: the console, flags, and the three standard handles. */
    Fields f = fields(p, p->parameters + CONSOLE_HANDLE_AT);
    put_pointer(&f, new_handle(p, &reference_ops, "\\Device\\ConDrv\\Reference", c, STREAM_STDOUT));
    p->console = &c->object;
    if (!standard_handles) return;
    get_u32(&f);
    put_pointer(&f, new_handle(p, &input_ops, "\\Device\\ConDrv\\Input", c, STREAM_STDOUT));
    put_pointer(&f, new_handle(p, &output_ops, "\\Device\\ConDrv\\Output", c, STREAM_STDOUT));
    put_pointer(&f, new_handle(p, &output_ops, "\\Device\\ConDrv\\Output", c, STREAM_STDERR));
}
