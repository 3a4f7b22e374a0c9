/* Named pipes ([MS-FSCC] 2.3 for the controls; the states are those of
 * FILE_PIPE_LOCAL_INFORMATION).
 *
 * A pipe is a name with instances. An instance has the server's end and, once somebody opened the
 * name, the client's; each end has a queue of what the other one wrote. A write ends when what lies
 * in the reader's queue is within its quota; until then it waits although its bytes can be read. */
#include "guest/device/pipe.h"
#include "guest/device/driver.h"
#include "base/text.h"
#include "guest/device/control_pipe.h"
#include "guest/device/queue.h"
#include "guest/device/rpc_pipe.h"
#include "guest/nt/file_info.h"
#include "guest/nt/volume.h"
#include "guest/rpc/rpc.h"
#include "guest/trace.h"

typedef enum { DISCONNECTED = 1, LISTENING = 2, CONNECTED = 3, CLOSING = 4 } PipeState;

typedef struct End End;

typedef struct {
    Object object; /* its name is the pipe's */
    PipeHow how;
    uint32_t share; /* FILE_SHARE_READ: the client may read */
    uint32_t instances;
    End *servers; /* in order of their making */
} Pipe;

struct End {
    File file;
    Pipe *pipe; /* of a server's end: a reference is held */
    End *next;  /* the pipe's next server */
    End *other; /* the end that it is connected with */
    PipeState state;
    PipeHow how;
    uint32_t share;
    bool server, read_messages, nonblocking;
    Queue in;                      /* what the other end wrote */
    uint64_t quota;                /* of it */
    uint32_t server_id, client_id; /* processes */
};

static const ObjectType pipe_type = {.name = "NamedPipe"};

static void touch(End *e) {
    e->file.object.machine->changed = true;
}

/* ---- ends come and go ---- */

/* Both ends of a connection learn that it is over. */
static void disconnect(End *e, PipeState state) {
    End *other = e->other;
    e->other = NULL;
    e->state = state;
    if (state == DISCONNECTED) queue_clear(&e->in);
    touch(e);
    if (!other) return;
    other->other = NULL;
    disconnect(other, state);
}

static void leave_pipe(End *e) {
    Pipe *p = e->pipe;
    End **at = &p->servers;
    while (*at != e) at = &(*at)->next;
    *at = e->next;
    p->instances--;
    e->pipe = NULL;
    object_drop(&p->object);
}

static void end_closed(File *f, Process *process) {
    (void)process;
    End *e = (End *)f;
    if (f->object.handles) return;
    disconnect(e, CLOSING);
    queue_clear(&e->in);
    if (e->pipe) leave_pipe(e);
}

static void end_destroy(File *f) {
    end_closed(f, NULL);
}

/* ---- reading and writing ---- */

static uint32_t not_connected(const End *e) {
    switch (e->state) {
    case DISCONNECTED: return STATUS_PIPE_DISCONNECTED;
    case LISTENING: return STATUS_PIPE_LISTENING;
    case CLOSING: return STATUS_PIPE_BROKEN;
    default: return STATUS_SUCCESS;
    }
}

static uint32_t end_read(File *f, Io *io) {
    End *e = (End *)f;
    if (!e->in.first && e->state != CONNECTED) return not_connected(e);
    if (e->state == DISCONNECTED || e->state == LISTENING) return not_connected(e);
    if (!e->in.first) return e->nonblocking ? STATUS_PIPE_EMPTY : STATUS_PENDING;
    touch(e);
    return queue_take(&e->in, io, io->output_size, e->read_messages);
}

/* A writer that does not wait writes what the quota has room for: a message as a whole or not. */
static uint32_t write_what_fits(End *e, Io *io) {
    Queue *q = &e->other->in;
    uint64_t room = e->other->quota > queue_bytes(q) ? e->other->quota - queue_bytes(q) : 0;
    uint64_t n = io->input_size <= room ? io->input_size : e->how.messages ? 0 : room;
    if (!n && io->input_size) return STATUS_SUCCESS;
    uint32_t status = queue_push(q, io, 0, n);
    if (!status) io->information = n;
    return status == STATUS_PENDING ? STATUS_SUCCESS : status;
}

/* Puts the whole request into the queue, a stream in as many pieces as it takes; io->information
 * counts them, and io->offset becomes the place in the queue behind the last. */
static uint32_t enqueue(End *e, Io *io) {
    Queue *q = &e->other->in;
    do {
        uint64_t left = io->input_size - io->information, room = QUEUE_MAX - queue_bytes(q);
        uint64_t n = left > room && room && !e->how.messages ? room : left;
        uint32_t status = queue_push(q, io, io->information, n);
        if (status == STATUS_INSUFFICIENT_RESOURCES && !e->how.messages) status = STATUS_PENDING;
        if (status) return status;
        io->information += n;
    } while (io->information < io->input_size);
    io->offset = q->queued;
    return STATUS_SUCCESS;
}

enum { NOT_QUEUED, QUEUED }; /* io->code of a write */

static uint32_t end_write(File *f, Io *io) {
    End *e = (End *)f;
    if (e->state == CLOSING && !io->again) return STATUS_PIPE_CLOSING;
    if (e->state != CONNECTED) return not_connected(e);
    if (!io->input_size && !e->how.messages) return STATUS_SUCCESS;
    touch(e);
    if (e->nonblocking) return write_what_fits(e, io);
    if (io->code == NOT_QUEUED) {
        uint32_t status = enqueue(e, io);
        if (status) return status;
        io->code = QUEUED;
    }
    const Queue *q = &e->other->in;
    bool behind = io->offset > q->taken && io->offset - q->taken > e->other->quota;
    return behind && io->input_size ? STATUS_PENDING : STATUS_SUCCESS;
}

/* Over when the other end has read everything. */
static uint32_t end_flush(File *f, Io *io) {
    End *e = (End *)f;
    (void)io;
    if (e->state == DISCONNECTED) return STATUS_PIPE_DISCONNECTED;
    return e->other && e->other->in.first ? STATUS_PENDING : STATUS_SUCCESS;
}

/* ---- controls ---- */

enum {
    FSCTL_PIPE_DISCONNECT = 0x110004,
    FSCTL_PIPE_LISTEN = 0x110008,
    FSCTL_PIPE_PEEK = 0x11400c,
    FSCTL_PIPE_TRANSCEIVE = 0x11c017,
    FSCTL_PIPE_WAIT = 0x110018,
    FSCTL_PIPE_IMPERSONATE = 0x11001c,
    FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE = 0x110030,
};

static uint32_t listen_again(End *e) {
    if (e->state == LISTENING) return STATUS_PENDING;
    return e->state == DISCONNECTED ? STATUS_PIPE_DISCONNECTED : STATUS_SUCCESS;
}

static uint32_t pipe_listen(End *e, Io *io) {
    if (!e->server) return STATUS_ILLEGAL_FUNCTION;
    if (io->again) return listen_again(e);
    if (e->state == CONNECTED) return STATUS_PIPE_CONNECTED;
    if (e->state == CLOSING) return STATUS_PIPE_CLOSING;
    e->state = LISTENING;
    touch(e);
    return e->nonblocking ? STATUS_PIPE_LISTENING : STATUS_PENDING;
}

static uint32_t pipe_disconnect(End *e) {
    if (!e->server) return STATUS_ILLEGAL_FUNCTION;
    if (e->state == LISTENING) return STATUS_PIPE_LISTENING;
    if (e->state == DISCONNECTED) return STATUS_PIPE_DISCONNECTED;
    disconnect(e, DISCONNECTED);
    return STATUS_SUCCESS;
}

/* FILE_PIPE_PEEK_BUFFER: four numbers, then data. */
static uint32_t pipe_peek(End *e, Io *io) {
    enum { HEAD = 16 };
    if (io->output_size < HEAD) return STATUS_INFO_LENGTH_MISMATCH;
    if (e->state == DISCONNECTED) return STATUS_PIPE_DISCONNECTED;
    if (e->state == LISTENING) return STATUS_INVALID_PIPE_STATE;
    if (e->state == CLOSING && !e->in.first) return STATUS_PIPE_BROKEN;
    uint64_t room = io->output_size - HEAD, there = queue_bytes(&e->in);
    uint64_t message = e->read_messages ? queue_first_size(&e->in) : 0;
    uint64_t most = e->read_messages ? message : there, n = room < most ? room : most;
    uint32_t messages = e->how.messages ? e->in.count : 0;
    const uint32_t head[4] = {e->state, (uint32_t)there, messages, (uint32_t)message};
    Fields out = fields(io_process(io), io->output);
    for (unsigned i = 0; i < 4; i++) put_u32(&out, head[i]);
    uint32_t status = out.bad ? STATUS_ACCESS_VIOLATION : queue_peek(&e->in, io, HEAD, n);
    if (status) return status;
    io->information = HEAD + n;
    return message > n ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* Writes a message and reads the answer to it. */
static uint32_t pipe_transceive(End *e, Io *io) {
    if (io->again) return end_read(&e->file, io);
    if (e->state != CONNECTED)
        return e->state == DISCONNECTED ? STATUS_PIPE_DISCONNECTED : STATUS_INVALID_PIPE_STATE;
    if (!e->read_messages) return STATUS_INVALID_READ_MODE;
    if (e->in.first) return STATUS_PIPE_BUSY;
    touch(e);
    uint32_t status = queue_push(&e->other->in, io, 0, io->input_size);
    return status ? status : STATUS_PENDING;
}

static uint32_t connection_attribute(End *e, Io *io) {
    char name[32] = "";
    uint64_t n = io->input_size < sizeof name - 1 ? io->input_size : sizeof name - 1;
    if (!io_get(io, 0, name, n)) return STATUS_ACCESS_VIOLATION;
    bool client = !strcmp(name, "ClientProcessId");
    if (!client && strcmp(name, "ServerProcessId")) return STATUS_ILLEGAL_FUNCTION;
    if (io->output_size < 4) return STATUS_INFO_LENGTH_MISMATCH;
    io->information = 4;
    bool put = guest_put_u32(io_process(io), io->output, client ? e->client_id : e->server_id);
    return put ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

static uint32_t end_control(File *f, Io *io) {
    End *e = (End *)f;
    switch (io->code) {
    case FSCTL_PIPE_LISTEN: return pipe_listen(e, io);
    case FSCTL_PIPE_DISCONNECT: return pipe_disconnect(e);
    case FSCTL_PIPE_PEEK: return pipe_peek(e, io);
    case FSCTL_PIPE_TRANSCEIVE: return pipe_transceive(e, io);
    case FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE: return connection_attribute(e, io);
    case FSCTL_PIPE_IMPERSONATE: return e->server ? STATUS_SUCCESS : STATUS_ILLEGAL_FUNCTION;
    default:
        machine_unmodelled(f->object.machine, "control %#x of a pipe", io->code);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

/* ---- information ---- */

static void put_local(Fields *out, const End *e) {
    static const uint32_t configuration[4] = {0, 1, 0, 2}; /* by share: outbound, inbound, duplex */
    const End *writes_to = e->other;
    uint64_t used = writes_to ? queue_bytes(&writes_to->in) : 0;
    uint64_t quota = writes_to ? writes_to->quota : 0;
    const Pipe *p = e->pipe ? e->pipe : e->other ? e->other->pipe : NULL;
    put_u32(out, e->how.messages);
    put_u32(out, e->share == FILE_SHARE_WRITE ? 0 : configuration[e->share & 3]);
    put_u32(out, e->how.max_instances);
    put_u32(out, p ? p->instances : 0);
    put_u32(out, e->how.in_quota);
    put_u32(out, (uint32_t)queue_bytes(&e->in));
    put_u32(out, e->how.out_quota);
    put_u32(out, (uint32_t)(quota > used ? quota - used : 0));
    put_u32(out, e->state);
    put_u32(out, e->server);
}

static void put_standard(Fields *out, const End *e) {
    put_u64(out, e->how.in_quota);
    put_u64(out, queue_bytes(&e->in));
    put_u32(out, 1);
    put_u8(out, 1); /* deletion pending, as Windows says of pipes */
    put_u8(out, 0);
    put_u16(out, 0);
}

static const char *name_of(const End *e) {
    return e->file.path + sizeof "\\Device\\NamedPipe" - 1;
}

static uint32_t end_query(File *f, Sys *s, uint32_t class, Fields *out) {
    const End *e = (End *)f;
    if (e->state == DISCONNECTED && !e->server) return STATUS_PIPE_DISCONNECTED;
    switch (class) {
    case FileNameInformation: return file_put_name(out, s->scratch, name_of(e));
    case FileStandardInformation: put_standard(out, e); break;
    case FilePipeInformation:
        put_u32(out, e->read_messages);
        put_u32(out, e->nonblocking);
        break;
    case FilePipeLocalInformation: put_local(out, e); break;
    default: return STATUS_INVALID_INFO_CLASS;
    }
    return STATUS_SUCCESS;
}

static uint32_t end_set(File *f, Sys *s, uint32_t class, Fields *in) {
    (void)s;
    End *e = (End *)f;
    if (class != FilePipeInformation) return STATUS_INVALID_INFO_CLASS;
    uint32_t read_mode = get_u32(in), completion = get_u32(in);
    if (read_mode > 1 || completion > 1) return STATUS_INVALID_PARAMETER;
    if (e->state == DISCONNECTED && !e->server) return STATUS_PIPE_DISCONNECTED;
    if (read_mode && !e->how.messages) return STATUS_INVALID_PARAMETER;
    e->read_messages = read_mode;
    e->nonblocking = completion;
    touch(e);
    return STATUS_SUCCESS;
}

enum { APPCONTAINER_TRAVERSAL = 0x20000 };

static const FileOps end_ops = {
    .device_type = FILE_DEVICE_NAMED_PIPE,
    .characteristics = APPCONTAINER_TRAVERSAL,
    .read = end_read,
    .write = end_write,
    .flush = end_flush,
    .control = end_control,
    .query = end_query,
    .set = end_set,
    .closed = end_closed,
    .destroy = end_destroy,
};

/* ---- making and opening ---- */

static End *end_new(Sys *s, const FileOpen *how, const Pipe *p) {
    End *e = file_new(s->machine, &end_ops, sizeof *e, how, how->path);
    if (!e) return NULL;
    e->how = p->how;
    e->share = p->share;
    return e;
}

/* Windows names anonymous pipes by process and number; Sysmon calls them so. */
static const char *told_name(const char *path) {
    const char *name = path + sizeof "\\Device\\NamedPipe" - 1;
    return strncasecmp(name, "\\Win32.Pipes.", 13) ? name : "<Anonymous Pipe>";
}

static uint32_t pipe_make(Sys *s, const FileOpen *how, const PipeHow *pipe, Pipe **out) {
    if (how->disposition == FILE_OPEN) return STATUS_OBJECT_NAME_NOT_FOUND;
    Pipe *p = object_new(s->machine, &pipe_type, sizeof *p);
    if (!p || !object_name(&p->object, how->path)) {
        object_drop(p ? &p->object : NULL);
        return STATUS_NO_MEMORY;
    }
    p->how = *pipe;
    p->share = how->share;
    trace_event(s->machine, s->thread, EV_pipe_created, {EF_PipeName, told_name(how->path)});
    *out = p;
    return STATUS_SUCCESS;
}

static uint32_t check_instance(const Pipe *p, const FileOpen *how) {
    if (how->disposition == FILE_CREATE) return STATUS_ACCESS_DENIED;
    if (p->instances >= p->how.max_instances) return STATUS_INSTANCE_NOT_AVAILABLE;
    return p->share == how->share ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/* Takes over the caller's reference of the pipe. */
static uint32_t add_server(Sys *s, const FileOpen *how, const PipeHow *pipe, Pipe *p, File **out) {
    End *e = end_new(s, how, p);
    if (!e) {
        object_drop(&p->object);
        return STATUS_NO_MEMORY;
    }
    End **at = &p->servers;
    while (*at) at = &(*at)->next;
    *at = e;
    p->instances++;
    e->pipe = p;
    e->server = true;
    e->state = LISTENING;
    e->read_messages = pipe->read_messages;
    e->nonblocking = pipe->nonblocking;
    e->quota = p->how.in_quota;
    e->server_id = s->process->id;
    touch(e);
    *out = &e->file;
    return STATUS_SUCCESS;
}

uint32_t pipe_create(Sys *s, const FileOpen *how, const PipeHow *pipe, File **out,
                     uint64_t *information) {
    Object *old = object_find(s->machine, how->path, true);
    Pipe *p = (Pipe *)old;
    if (!how->share || how->share & ~3u || (pipe->read_messages && !pipe->messages))
        return STATUS_INVALID_PARAMETER;
    if (old && old->type != &pipe_type) return STATUS_OBJECT_TYPE_MISMATCH;
    uint32_t status = old ? check_instance(p, how) : pipe_make(s, how, pipe, &p);
    if (status) return status;
    if (old) object_hold(old);
    *information = old ? FILE_OPENED : FILE_CREATED;
    return add_server(s, how, pipe, p, out);
}

static End *listener(const Pipe *p) {
    End *e = p->servers;
    while (e && e->state != LISTENING) e = e->next;
    return e;
}

static uint32_t connect(Sys *s, const FileOpen *how, const Pipe *p, File **out) {
    End *server = listener(p);
    if (!server) return STATUS_PIPE_NOT_AVAILABLE;
    if ((how->access & FILE_READ_DATA && !(p->share & FILE_SHARE_READ)) ||
        (how->access & FILE_WRITE_DATA && !(p->share & FILE_SHARE_WRITE)))
        return STATUS_ACCESS_DENIED;
    End *client = end_new(s, how, p);
    if (!client) return STATUS_NO_MEMORY;
    client->state = server->state = CONNECTED;
    client->quota = p->how.out_quota;
    client->other = server;
    server->other = client;
    client->server_id = server->server_id;
    client->client_id = server->client_id = s->process->id;
    touch(client);
    *out = &client->file;
    return STATUS_SUCCESS;
}

/* ---- the device itself: waiting for a pipe ---- */

/* FILE_PIPE_WAIT_FOR_BUFFER: time-out, length of the name, whether there is a time-out, name. */
static uint32_t pipe_wait(File *f, Io *io) {
    enum { NAME_AT = 14 };
    Machine *m = f->object.machine;
    Fields in = fields(io_process(io), io->input);
    int64_t timeout = (int64_t)get_u64(&in);
    uint32_t length = get_u32(&in), specified = get_u8(&in);
    if (in.bad || io->input_size < NAME_AT || length > io->input_size - NAME_AT)
        return STATUS_INVALID_PARAMETER;
    char *name = guest_text16(io_process(io), &m->scratch, io->input + NAME_AT, length);
    char *path = name ? arena_printf(&m->scratch, "\\Device\\NamedPipe\\%s", name) : NULL;
    Object *o = path ? object_find(m, path, true) : NULL;
    if (!o && name && rpc_serves(name)) return STATUS_SUCCESS;
    if (!o || o->type != &pipe_type) return STATUS_OBJECT_NAME_NOT_FOUND;
    const Pipe *p = (Pipe *)o;
    if (listener(p)) return STATUS_SUCCESS;
    if (!io->again) io->deadline = machine_deadline(m, specified ? timeout : p->how.timeout);
    return machine_now(m) >= io->deadline ? STATUS_IO_TIMEOUT : STATUS_PENDING;
}

static uint32_t root_control(File *f, Io *io) {
    return io->code == FSCTL_PIPE_WAIT ? pipe_wait(f, io) : STATUS_INVALID_DEVICE_REQUEST;
}

static const FileOps root_ops = {.device_type = FILE_DEVICE_NAMED_PIPE, .control = root_control};

static uint32_t pipe_open(Sys *s, const FileOpen *how, File **out) {
    if (!*how->rest) {
        *out = file_new(s->machine, &root_ops, sizeof(File), how, how->path);
        return *out ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    }
    if (control_pipe_is(how->rest)) return control_pipe_open(s, how, out);
    Object *o = object_find(s->machine, how->path, true);
    if (!o && rpc_serves(how->rest)) return rpc_pipe_open(s, how, out);
    if (!o) return driver_open(s, how, FACT_pipe, how->rest, out);
    if (o->type != &pipe_type) return STATUS_OBJECT_NAME_NOT_FOUND;
    return connect(s, how, (Pipe *)o, out);
}

const Device device_pipe = {"\\Device\\NamedPipe", pipe_open};
