/* The pipe over which services.exe talks to a service's process, as Wine's sechost.dll reads it:
 *
 *      magic, size of all, characters of the name, control; the name with its NUL; data
 *
 * and an error code comes back. The process opens \\.\pipe\net\NtControlPipe<number>. */
#include "base/text.h"
#include "guest/device/control_pipe.h"
#include "guest/service/service.h"
#include <stdlib.h>

#define MAGIC 0x57494e45u

typedef struct ServiceControl {
    File *end; /* the process'; NULL: it has not connected */
    uint32_t number;
    Buf out; /* messages for the process */
    size_t taken;
    bool waits; /* for an answer */
    uint32_t answer;
} ServiceControl;

enum { MOST_MESSAGES = 64 << 10, FIRST_NUMBER = 1, LAST_NUMBER = 0xffff };

typedef struct {
    File file;
    char *service; /* by name: the service may go before its process does */
} ControlEnd;

static Service *service_of_pipe(Machine *m, uint32_t number) {
    Service *s = services_first(m);
    while (s && !(s->control && s->control->number == number)) s = s->next;
    return s;
}

bool service_control_open(Machine *m, Service *s, uint32_t *number) {
    service_control_close(s);
    *number = FIRST_NUMBER;
    while (service_of_pipe(m, *number) && *number < LAST_NUMBER) ++*number;
    s->control = calloc(1, sizeof *s->control);
    if (!s->control) return false;
    s->control->number = *number;
    s->control->out = buf_new(MOST_MESSAGES);
    return true;
}

void service_control_close(Service *s) {
    if (!s->control) return;
    buf_free(&s->control->out);
    free(s->control);
    s->control = NULL;
}

void service_control_send(Service *s, uint32_t control, Span data) {
    ServiceControl *c = s->control;
    enum { HEAD = 16, MOST_NAME = 1 << 12 };
    if (!c) return;
    Arena a = arena_new(MOST_NAME);
    Span name = text_to_utf16(&a, span_str(s->name));
    buf_le(&c->out, MAGIC, 4);
    buf_le(&c->out, HEAD + name.n + 2 + data.n, 4);
    buf_le(&c->out, name.n / 2 + 1, 4);
    buf_le(&c->out, control, 4);
    buf_add(&c->out, span(name.p, name.n + 2));
    buf_add(&c->out, data);
    arena_reset(&a);
    c->waits = true;
}

bool service_control_answered(const Service *s, uint32_t *answer) {
    if (!s->control) {
        *answer = ERROR_SERVICE_REQUEST_TIMEOUT;
        return true;
    }
    *answer = s->control->answer;
    return !s->control->waits;
}

/* ---- the process' end ---- */

static Service *service_of_end(const File *f) {
    const ControlEnd *e = (const ControlEnd *)f;
    Service *s = service_find(f->object.machine, e->service);
    return s && s->control && s->control->end == f ? s : NULL;
}

static uint32_t end_read(File *f, Io *io) {
    Service *s = service_of_end(f);
    if (!s) return STATUS_PIPE_BROKEN;
    ServiceControl *c = s->control;
    size_t left = c->out.n - c->taken, n = left < io->output_size ? left : (size_t)io->output_size;
    if (!left) return STATUS_PENDING;
    if (!io_put(io, 0, c->out.p + c->taken, n)) return STATUS_ACCESS_VIOLATION;
    io->information = n;
    c->taken += n;
    if (c->taken == c->out.n) {
        buf_clear(&c->out);
        c->taken = 0;
    }
    return STATUS_SUCCESS; /* as a stream: the head is read first */
}

static uint32_t end_write(File *f, Io *io) {
    Service *s = service_of_end(f);
    uint8_t bytes[4] = {0};
    if (!s) return STATUS_PIPE_BROKEN;
    if (io->input_size < sizeof bytes || !io_get(io, 0, bytes, sizeof bytes))
        return STATUS_INVALID_PARAMETER;
    Cur c = cur(span(bytes, sizeof bytes));
    s->control->answer = cur_u32le(&c);
    s->control->waits = false;
    io->information = io->input_size;
    f->object.machine->changed = true;
    return STATUS_SUCCESS;
}

static void end_destroy(File *f) {
    free(((ControlEnd *)f)->service);
}

/* The read mode, which makes no difference here. */
static uint32_t end_set(File *f, Sys *s, uint32_t class, Fields *in) {
    (void)f;
    (void)s;
    (void)class;
    (void)in;
    return STATUS_SUCCESS;
}

static const FileOps end_ops = {.device_type = FILE_DEVICE_NAMED_PIPE,
                                .read = end_read,
                                .write = end_write,
                                .set = end_set,
                                .destroy = end_destroy};

/* "net\NtControlPipe7" */
static bool pipe_number(const char *pipe, uint32_t *number) {
    static const char prefix[] = "net\\NtControlPipe";
    if (strncasecmp(pipe, prefix, sizeof prefix - 1)) return false;
    *number = (uint32_t)strtoul(pipe + sizeof prefix - 1, NULL, 10);
    return true;
}

bool control_pipe_is(const char *pipe) {
    uint32_t number;
    return pipe_number(pipe, &number);
}

uint32_t control_pipe_open(Sys *s, const FileOpen *how, File **out) {
    uint32_t number = 0;
    pipe_number(how->rest, &number);
    Service *service = service_of_pipe(s->machine, number);
    if (!service || service->control->end || service->process != s->process)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    ControlEnd *e = file_new(s->machine, &end_ops, sizeof *e, how, how->path);
    if (!e || !(e->service = strdup(service->name))) {
        object_drop(e ? &e->file.object : NULL);
        return STATUS_NO_MEMORY;
    }
    service->control->end = *out = &e->file;
    return STATUS_SUCCESS;
}
