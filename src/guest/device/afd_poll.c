/* Waiting for sockets: select and WSAPoll, WSAEventSelect, WSAAsyncSelect (afd.h). */
#include "guest/device/afd.h"
#include "guest/event.h"
#include "guest/win32k/message.h"
#include <stdlib.h>

/* ---- select ---- */

typedef struct {
    uint64_t handle;
    uint32_t object; /* the number of the socket behind it */
    uint32_t wanted, found, status;
} Polled;

typedef struct {
    int64_t timeout;
    uint8_t exclusive;
    uint32_t count;
    Polled sockets[];
} Poll;

enum { POLL_HEAD = 16, MOST_POLLED = 8192 };

static Poll *poll_new(Io *io) {
    Process *p = io_process(io);
    Cur c = cur(afd_input(io, POLL_HEAD));
    int64_t timeout = (int64_t)cur_u64le(&c);
    uint32_t count = cur_u32le(&c);
    uint8_t exclusive = cur_u8(&c);
    cur_skip(&c, 3);
    if (c.bad || !count || count > MOST_POLLED || io->output_size < io->input_size) return NULL;
    Poll *poll = calloc(1, sizeof *poll + count * sizeof *poll->sockets);
    if (!poll) return NULL;
    *poll = (Poll){timeout, exclusive, count};
    for (uint32_t i = 0; i < count; i++) {
        Polled *s = &poll->sockets[i];
        s->handle = cur_le(&c, p->pointer);
        s->wanted = cur_u32le(&c);
        cur_skip(&c, 4);
    }
    if (!c.bad) return poll;
    free(poll);
    return NULL;
}

/* A handle that meant this socket means another one, or none, once it was closed. */
static bool look(Io *io, Polled *one) {
    const Socket *s = socket_of_handle(io_process(io), one->handle);
    if (!s && !io->again) return false;
    if (!io->again) one->object = s->file.object.number;
    bool closed = !s || s->file.object.number != one->object;
    one->found = closed ? POLL_CLOSE : socket_ready(s) & one->wanted;
    bool failed = one->found & POLL_CONNECT_ERR;
    one->status = failed ? s->errors[CONNECT_ERROR] : 0;
    return true;
}

static uint32_t put_polled(Io *io, const Poll *poll, uint32_t status) {
    enum { MOST = POLL_HEAD + 16 * MOST_POLLED };
    unsigned width = io_process(io)->pointer;
    Buf out = buf_new(MOST);
    uint32_t count = 0;
    for (uint32_t i = 0; i < poll->count; i++) count += poll->sockets[i].found != 0;
    buf_le(&out, (uint64_t)poll->timeout, 8);
    buf_le(&out, count, 4);
    buf_le(&out, poll->exclusive, 4);
    for (uint32_t i = 0; i < poll->count; i++) {
        const Polled *s = &poll->sockets[i];
        if (!s->found) continue;
        buf_le(&out, s->handle, width);
        buf_le(&out, s->found, 4);
        buf_le(&out, s->status, 4);
    }
    uint32_t written = afd_output(io, buf_span(&out));
    buf_free(&out);
    return written ? written : status;
}

uint32_t afd_poll(Socket *s, Io *io) {
    Machine *m = s->file.object.machine;
    Poll *poll = io->context;
    bool any = false;
    if (!io->again) poll = io->context = poll_new(io);
    if (!poll) return STATUS_INVALID_PARAMETER;
    for (uint32_t i = 0; i < poll->count; i++) {
        if (!look(io, &poll->sockets[i])) return STATUS_INVALID_HANDLE;
        any = any || poll->sockets[i].found;
    }
    if (any || !poll->timeout) return put_polled(io, poll, STATUS_SUCCESS);
    if (!io->again) io->deadline = machine_deadline(m, poll->timeout);
    if (machine_now(m) >= io->deadline) return put_polled(io, poll, STATUS_TIMEOUT);
    return STATUS_PENDING;
}

/* ---- events ---- */

static void select_events(Socket *s, Object *event, uint32_t mask) {
    object_hold(event);
    object_drop(s->event);
    s->event = event;
    s->mask = mask;
    s->window = s->message = s->window_handle = 0;
    s->nonblocking = true;
    socket_changed(s);
    if (s->pending & s->mask) event_set_object(s->event, true);
}

/* afd_event_select_params: the event's handle and AFD_POLL_* bits. */
uint32_t afd_event_select(Socket *s, Io *io) {
    Process *p = io_process(io);
    Cur c = cur(afd_input(io, p->pointer + 4));
    uint64_t handle = cur_le(&c, p->pointer);
    uint32_t mask = cur_u32le(&c);
    Object *event = NULL;
    if (c.bad) return STATUS_INVALID_PARAMETER;
    if ((handle || mask) && event_of_handle(p, handle, &event)) return STATUS_INVALID_PARAMETER;
    select_events(s, event, mask);
    return STATUS_SUCCESS;
}

/* afd_get_events_params: bits, and a status for each. */
uint32_t afd_get_events(Socket *s, Io *io) {
    uint32_t out[1 + POLL_BITS] = {s->pending & s->mask};
    memcpy(out + 1, s->errors, sizeof s->errors);
    uint32_t status = afd_output(io, span(out, sizeof out));
    if (status) return status == STATUS_BUFFER_TOO_SMALL ? STATUS_INVALID_PARAMETER : status;
    s->pending &= ~s->mask;
    socket_changed(s);
    return STATUS_SUCCESS;
}

/* ---- messages ---- */

/* afd_message_select_params: the socket's handle, the window, the message, AFD_POLL_* bits. */
uint32_t afd_message_select(Socket *s, Io *io) {
    Cur c = cur(afd_input(io, 16));
    uint32_t handle = cur_u32le(&c), window = cur_u32le(&c), message = cur_u32le(&c);
    uint32_t mask = cur_u32le(&c);
    if (c.bad) return STATUS_BUFFER_TOO_SMALL;
    select_events(s, NULL, 0);
    if (window) s->pending = s->reported = 0;
    s->mask = mask;
    s->window = window;
    s->message = message;
    s->window_handle = handle;
    socket_changed(s);
    return STATUS_SUCCESS;
}

/* In the order in which they are to be told, with winsock's names for them. */
static const struct {
    uint32_t poll, event;
} told[] = {
    {POLL_CONNECT, 0x10}, {POLL_CONNECT_ERR, 0x10}, {POLL_ACCEPT, 0x8}, {POLL_OOB, 0x4},
    {POLL_READ, 0x1},     {POLL_WRITE, 0x2},        {POLL_RESET, 0x20}, {POLL_HUP, 0x20},
};

/* The message's parameters are the socket, and the event with winsock's error above it. */
void afd_post_messages(Socket *s) {
    enum { WSAECONNRESET = 10054 };
    User *u = s->file.object.machine->user;
    for (size_t i = 0; u && i < sizeof told / sizeof *told; i++) {
        uint32_t error = 0;
        if (!(s->pending & s->mask & told[i].poll)) continue;
        if (told[i].poll == POLL_CONNECT_ERR) error = afd_error(s->errors[CONNECT_ERROR]);
        if (told[i].poll == POLL_RESET) error = WSAECONNRESET;
        message_post(u, s->window, s->message, s->window_handle, told[i].event | error << 16);
    }
    s->pending = 0;
}
