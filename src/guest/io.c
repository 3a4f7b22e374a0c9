/* Requests to open files: how they begin, wait and end (file.h). */
#include "guest/event.h"
#include "guest/file.h"
#include "guest/nt/completion.h"
#include "guest/thread.h"
#include <stdlib.h>

/* ---- buffers ---- */

static bool fits(uint64_t at, uint64_t n, uint64_t size) {
    return at <= size && n <= size - at;
}

bool io_get(const Io *io, uint64_t at, void *out, uint64_t n) {
    return fits(at, n, io->input_size) && guest_read(io_process(io), io->input + at, out, n);
}

bool io_put(const Io *io, uint64_t at, const void *bytes, uint64_t n) {
    return fits(at, n, io->output_size) && guest_write(io_process(io), io->output + at, bytes, n);
}

/* ---- beginning ---- */

/* The arguments that all requests have: event, APC routine and context, status block. */
uint32_t io_new(Sys *s, File *f, IoKind kind, Io **out) {
    Object *event = NULL;
    uint32_t status = s->arg[1] ? event_of_handle(s->process, s->arg[1], &event) : STATUS_SUCCESS;
    if (status) return status;
    Io *io = calloc(1, sizeof *io);
    if (!io) return STATUS_NO_MEMORY;
    *io = (Io){.kind = kind, .file = f, .thread = s->thread, .event = event, .deadline = NEVER};
    io->apc_routine = s->arg[2];
    io->apc_context = s->arg[3];
    io->status_block = s->arg[4];
    io->synchronous = f->synchronous;
    object_hold(&f->object);
    object_hold(&s->thread->object);
    object_hold(event);
    *out = io;
    return STATUS_SUCCESS;
}

void io_discard(Io *io) {
    object_drop(io->event);
    object_drop(&io->thread->object);
    object_drop(&io->file->object);
    free(io->context);
    free(io);
}

static uint32_t perform(Io *io) {
    const FileOps *o = io->file->ops;
    uint32_t (*const functions[])(File *, Io *) = {
        [IO_READ] = o->read,       [IO_WRITE] = o->write, [IO_FLUSH] = o->flush,
        [IO_CONTROL] = o->control, [IO_LOCK] = o->lock,   [IO_NOTIFY] = o->notify,
    };
    if (functions[io->kind]) return functions[io->kind](io->file, io);
    return io->kind == IO_FLUSH ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_REQUEST;
}

/* ---- ending ---- */

static void write_status(const Io *io) {
    Process *p = io_process(io);
    if (!io->status_block || !p->vm) return;
    Fields f = fields(p, io->status_block);
    put_pointer(&f, io->status);
    put_pointer(&f, io->information);
}

static void post(const Io *io, bool pended) {
    enum { SKIP_ON_SUCCESS = 1 };
    File *f = io->file;
    if (!f->port || io->synchronous || io->apc_routine || !io->apc_context) return;
    if (!pended && f->port_flags & SKIP_ON_SUCCESS) return;
    completion_post(f->port, f->port_key, io->apc_context, io->status, io->information);
}

/* Tells whoever waits for the request. What fails at once is told by the call's own result only;
 * the end of a file counts as an ending. */
static void io_end(Io *io, uint32_t status, bool pended) {
    io->status = status;
    io->done = true;
    if (!pended && NT_ERROR(status) && status != STATUS_END_OF_FILE) return;
    write_status(io);
    event_set_object(io->event, true);
    if (io->apc_routine)
        apc_queue(io->thread, io->apc_routine, io->apc_context, io->status_block, 0);
    post(io, pended);
    io->file->object.machine->changed = true;
}

static bool pending_for(const Machine *m, const File *f) {
    for (const Io *io = m->requests; io; io = io->next)
        if (io->file == f) return true;
    return false;
}

static void unlink_request(Machine *m, Io *io) {
    Io **at = &m->requests;
    while (*at && *at != io) at = &(*at)->next;
    if (*at) *at = io->next;
    io->file->busy = pending_for(m, io->file);
}

/* Ends a pending request; the thread that waits for a synchronous one frees it. */
static void end_pending(Machine *m, Io *io, uint32_t status) {
    unlink_request(m, io);
    io_end(io, status, true);
    if (!io->synchronous) io_discard(io);
}

static bool request_over(Thread *t, void *context, uint64_t *result) {
    Io *io = context;
    (void)t;
    if (!io->done) return false;
    *result = io->status;
    io_discard(io);
    return true;
}

static void request_abandoned(Thread *t, void *context) {
    Io *io = context;
    if (!io->done) end_pending(t->process->machine, io, STATUS_CANCELLED);
    io_discard(io);
}

static void append(Machine *m, Io *io) {
    Io **at = &m->requests;
    while (*at) at = &(*at)->next;
    *at = io;
}

static uint64_t wait_for(Sys *s, Io *io) {
    Wait w = {.poll = request_over, .abandon = request_abandoned, .context = io, .deadline = NEVER};
    w.alertable = io->file->alertable;
    return sys_wait(s, &w);
}

/* An overlapped disk file's request is told to be on its way even where it has arrived. */
uint64_t io_finish(Io *io, uint32_t status) {
    bool told = io->file->ops->seekable && !io->synchronous &&
                (status == STATUS_SUCCESS || status == STATUS_END_OF_FILE);
    io_end(io, status, told);
    io_discard(io);
    return told ? STATUS_PENDING : status;
}

uint64_t io_start(Sys *s, Io *io) {
    event_set_object(io->event, false);
    uint32_t status = perform(io);
    if (status == STATUS_PENDING) {
        append(s->machine, io);
        io->again = io->file->busy = true;
        return io->synchronous ? wait_for(s, io) : STATUS_PENDING;
    }
    return io_finish(io, status);
}

/* ---- asking again ---- */

void io_poll(Machine *m) {
    for (Io **at = &m->requests; *at;) {
        Io *io = *at;
        uint32_t status = perform(io);
        if (status == STATUS_PENDING) {
            at = &io->next;
            continue;
        }
        end_pending(m, io, status);
        at = &m->requests; /* what was before it may go on now */
    }
}

uint64_t io_deadline(const Machine *m) {
    uint64_t next = NEVER;
    for (const Io *io = m->requests; io; io = io->next)
        if (io->deadline < next) next = io->deadline;
    return next;
}

/* ---- cancelling ---- */

uint32_t io_cancel(Machine *m, const IoFilter *which) {
    uint32_t count = 0;
    for (Io *io = m->requests, *next; io; io = next) {
        next = io->next;
        if (which->file && io->file != which->file) continue;
        if (which->thread && io->thread != which->thread) continue;
        if (which->status_block && io->status_block != which->status_block) continue;
        if (which->synchronous && !io->synchronous) continue;
        end_pending(m, io, STATUS_CANCELLED);
        count++;
    }
    return count;
}

void io_thread_ended(Thread *t) {
    IoFilter all = {.thread = t};
    io_cancel(t->process->machine, &all);
}
