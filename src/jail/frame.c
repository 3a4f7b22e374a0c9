/* Frames over a stream socket; see frame.h. Reads and sends never block in the kernel: they wait in
 * poll(2) with the caller's deadline, so that a peer that hangs costs no more than that. */
#include "jail/frame.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 64 << 10 };

/* ---- reading ---- */

FrameReader frame_reader(uint32_t ceiling) {
    return (FrameReader){.in = buf_new((size_t)ceiling + FRAME_HEADER + PIECE), .ceiling = ceiling};
}

void frame_reader_close(FrameReader *r) {
    buf_free(&r->in);
    r->at = 0;
}

/* Moves what is left to the front once the front is worth it. */
static void compact(FrameReader *r) {
    if (r->at == 0) return;
    size_t left = r->in.n - r->at;
    if (left) memmove(r->in.p, r->in.p + r->at, left);
    r->in.n = left;
    r->at = 0;
}

Status frame_feed(FrameReader *r, Span bytes) {
    compact(r);
    if (bytes.n > r->in.max - r->in.n) return ST_BUDGET;
    buf_add(&r->in, bytes);
    return r->in.full ? ST_BUDGET : ST_OK;
}

Status frame_next(FrameReader *r, Frame *out) {
    Cur c = cur(span_clip(buf_span(&r->in), r->at, SIZE_MAX));
    uint32_t length = cur_u32le(&c), type = cur_u32le(&c);
    if (r->broken || (!c.bad && length > r->ceiling)) {
        r->broken = true;
        return ST_PROTOCOL;
    }
    Span payload = cur_take(&c, length);
    if (c.bad) return ST_NOT_FOUND;
    *out = (Frame){.type = type, .payload = payload};
    r->at += c.at;
    return ST_OK;
}

/* recvmsg that keeps the one descriptor that came along, if it is wanted; of any other the kernel
 * disposes, because there is no room for it. */
static ssize_t receive(int fd, Span room, int *passed) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec piece = {.iov_base = (void *)room.p, .iov_len = room.n};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    if (passed) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
    }
    ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n < 0 || !passed) return n;
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) return n;
    if (*passed >= 0) close(*passed);
    memcpy(passed, CMSG_DATA(c), sizeof *passed);
    return n;
}

static Status fill(FrameReader *r, int fd, int *passed) {
    uint8_t piece[PIECE];
    compact(r);
    size_t room = r->in.max - r->in.n;
    if (room == 0) return ST_BUDGET;
    ssize_t n = receive(fd, span(piece, room < PIECE ? room : PIECE), passed);
    if (n > 0) return frame_feed(r, span(piece, (size_t)n));
    if (n == 0 || errno == ECONNRESET) return ST_CLOSED;
    return errno == EAGAIN || errno == EINTR ? ST_OK : ST_IO;
}

Status frame_fill(FrameReader *r, int fd) {
    return fill(r, fd, NULL);
}

int frame_poll_time(Time deadline) {
    if (deadline == FRAME_NO_DEADLINE) return -1;
    Time left = deadline - time_monotonic();
    if (left <= 0) return 0;
    return left / 1000000 >= INT_MAX ? INT_MAX : (int)(left / 1000000) + 1;
}

static Status wait_for(int fd, short events, Time deadline) {
    struct pollfd p = {.fd = fd, .events = events};
    int n = poll(&p, 1, frame_poll_time(deadline));
    if (n > 0 || (n < 0 && errno == EINTR)) return ST_OK;
    return n == 0 ? ST_TIMEOUT : ST_IO;
}

static Status receive_frame(FrameReader *r, int fd, Time deadline, Frame *out, int *passed) {
    for (;;) {
        Status s = frame_next(r, out);
        if (s != ST_NOT_FOUND) return s;
        size_t held = frame_held(r);
        s = fill(r, fd, passed); /* what has come already needs no waiting */
        if (s == ST_CLOSED && held) return ST_PROTOCOL;
        TRY(s);
        if (frame_held(r) == held) TRY(wait_for(fd, POLLIN, deadline));
    }
}

Status frame_receive(FrameReader *r, int fd, Time deadline, Frame *out) {
    return receive_frame(r, fd, deadline, out, NULL);
}

Status frame_receive_passed(FrameReader *r, int fd, Time deadline, Frame *out, int *passed) {
    *passed = -1;
    Status s = receive_frame(r, fd, deadline, out, passed);
    if (s != ST_OK && *passed >= 0) {
        close(*passed);
        *passed = -1;
    }
    return s;
}

/* ---- writing ---- */

static void put_u32(uint8_t *p, uint32_t v) {
    for (unsigned i = 0; i < 4; i++) p[i] = (uint8_t)(v >> 8 * i);
}

static void put_header(uint8_t header[FRAME_HEADER], uint32_t type, size_t length) {
    put_u32(header, (uint32_t)length);
    put_u32(header + 4, type);
}

void frame_append(Buf *out, uint32_t type, Span payload) {
    uint8_t header[FRAME_HEADER];
    put_header(header, type, payload.n);
    buf_add(out, span(header, sizeof header));
    buf_add(out, payload);
}

static ssize_t send_some(int fd, struct iovec pieces[2], int passed) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    if (passed >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        control.header = (struct cmsghdr){
            .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof passed)};
        memcpy(CMSG_DATA(&control.header), &passed, sizeof passed);
    }
    return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Drops the first n bytes of the two pieces. */
static void advance(struct iovec pieces[2], size_t n) {
    for (int i = 0; i < 2; i++) {
        size_t step = n < pieces[i].iov_len ? n : pieces[i].iov_len;
        pieces[i].iov_base = (uint8_t *)pieces[i].iov_base + step;
        pieces[i].iov_len -= step;
        n -= step;
    }
}

static Status send_pieces(int fd, struct iovec pieces[2], int passed, Time deadline) {
    while (pieces[0].iov_len + pieces[1].iov_len > 0) {
        ssize_t n = send_some(fd, pieces, passed);
        if (n >= 0) {
            advance(pieces, (size_t)n);
            passed = -1; /* it went with the first byte */
        } else if (errno == EAGAIN) TRY(wait_for(fd, POLLOUT, deadline));
        else if (errno == EPIPE || errno == ECONNRESET) return ST_CLOSED;
        else if (errno != EINTR) return ST_IO;
    }
    return ST_OK;
}

Status frame_send(int fd, uint32_t type, Span payload, int passed, Time deadline) {
    uint8_t header[FRAME_HEADER], nothing = 0;
    if (payload.n > UINT32_MAX) return ST_BUDGET;
    put_header(header, type, payload.n);
    struct iovec pieces[2] = {
        {.iov_base = header, .iov_len = sizeof header},
        {.iov_base = payload.n ? (void *)payload.p : &nothing, .iov_len = payload.n}};
    return send_pieces(fd, pieces, passed, deadline);
}

Status frame_send_appended(int fd, const Buf *frames, Time deadline) {
    uint8_t nothing = 0;
    struct iovec pieces[2] = {{.iov_base = frames->n ? frames->p : &nothing, .iov_len = frames->n},
                              {.iov_base = &nothing, .iov_len = 0}};
    return send_pieces(fd, pieces, -1, deadline);
}
