/* Mailslots: one reader, any number of writers, whole messages. */
#include "guest/device/pipe.h"
#include "guest/device/queue.h"
#include "guest/nt/file_info.h"

typedef struct {
    Object object; /* its name is the mailslot's; it lives as long as the reader's file */
    Queue in;
    uint32_t max_message; /* 0: any */
    int64_t timeout;
} Mailslot;

static void mailslot_destroy(Object *o) {
    queue_clear(&((Mailslot *)o)->in);
}

static const ObjectType mailslot_type = {.name = "Mailslot", .destroy = mailslot_destroy};

/* ---- the reader ---- */

typedef struct {
    File file;
    Mailslot *slot; /* a reference is held */
} Reader;

static uint32_t reader_read(File *f, Io *io) {
    Mailslot *slot = ((Reader *)f)->slot;
    Machine *m = f->object.machine;
    if (slot->in.first) {
        if (queue_first_size(&slot->in) > io->output_size) return STATUS_BUFFER_TOO_SMALL;
        return queue_take(&slot->in, io, io->output_size, true);
    }
    if (!io->again) io->deadline = slot->timeout == -1 ? NEVER : machine_deadline(m, slot->timeout);
    return machine_now(m) >= io->deadline ? STATUS_IO_TIMEOUT : STATUS_PENDING;
}

static uint32_t reader_query(File *f, Sys *s, uint32_t class, Fields *out) {
    enum { NO_MESSAGE = -1 };
    const Mailslot *slot = ((Reader *)f)->slot;
    (void)s;
    if (class != FileMailslotQueryInformation) return STATUS_INVALID_INFO_CLASS;
    put_u32(out, slot->max_message);
    put_u32(out, 0);
    put_u32(out, slot->in.count ? (uint32_t)queue_first_size(&slot->in) : (uint32_t)NO_MESSAGE);
    put_u32(out, slot->in.count);
    put_u64(out, (uint64_t)slot->timeout);
    return STATUS_SUCCESS;
}

static uint32_t reader_set(File *f, Sys *s, uint32_t class, Fields *in) {
    (void)s;
    if (class != FileMailslotSetInformation) return STATUS_INVALID_INFO_CLASS;
    ((Reader *)f)->slot->timeout = (int64_t)get_u64(in);
    return STATUS_SUCCESS;
}

static void reader_closed(File *f, Process *p) {
    (void)p;
    Reader *r = (Reader *)f;
    if (f->object.handles) return;
    object_drop(r->slot ? &r->slot->object : NULL);
    r->slot = NULL;
}

static void reader_destroy(File *f) {
    reader_closed(f, NULL);
}

static const FileOps reader_ops = {
    .device_type = FILE_DEVICE_MAILSLOT,
    .read = reader_read,
    .query = reader_query,
    .set = reader_set,
    .closed = reader_closed,
    .destroy = reader_destroy,
};

uint32_t mailslot_create(Sys *s, const FileOpen *how, uint32_t max_message, int64_t timeout,
                         File **out) {
    if (object_find(s->machine, how->path, true)) return STATUS_OBJECT_NAME_COLLISION;
    Mailslot *slot = object_new(s->machine, &mailslot_type, sizeof *slot);
    Reader *r = slot ? file_new(s->machine, &reader_ops, sizeof *r, how, how->path) : NULL;
    if (!r || !object_name(&slot->object, how->path)) {
        object_drop(slot ? &slot->object : NULL);
        object_drop(r ? &r->file.object : NULL);
        return STATUS_NO_MEMORY;
    }
    slot->max_message = max_message;
    slot->timeout = timeout;
    r->slot = slot;
    *out = &r->file;
    return STATUS_SUCCESS;
}

/* ---- writers: they find the mailslot by its name each time ---- */

static Mailslot *slot_of(Machine *m, const char *path) {
    Object *o = object_find(m, path, true);
    return o && o->type == &mailslot_type ? (Mailslot *)o : NULL;
}

static uint32_t writer_write(File *f, Io *io) {
    Mailslot *slot = slot_of(f->object.machine, f->path);
    if (!slot) return STATUS_FILE_CLOSED;
    if (slot->max_message && io->input_size > slot->max_message) return STATUS_INVALID_PARAMETER;
    uint32_t status = queue_push(&slot->in, io, 0, io->input_size);
    if (status) return status == STATUS_PENDING ? STATUS_INSUFFICIENT_RESOURCES : status;
    io->information = io->input_size;
    f->object.machine->changed = true;
    return STATUS_SUCCESS;
}

static const FileOps writer_ops = {.device_type = FILE_DEVICE_MAILSLOT, .write = writer_write};
static const FileOps root_ops = {.device_type = FILE_DEVICE_MAILSLOT};

static uint32_t mailslot_open(Sys *s, const FileOpen *how, File **out) {
    if (*how->rest && !slot_of(s->machine, how->path)) return STATUS_OBJECT_NAME_NOT_FOUND;
    const FileOps *ops = *how->rest ? &writer_ops : &root_ops;
    *out = file_new(s->machine, ops, sizeof(File), how, how->path);
    return *out ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

const Device device_mailslot = {"\\Device\\MailSlot", mailslot_open};
