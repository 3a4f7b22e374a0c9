/* Frames over a stream socket between coax and a worker that may be hostile.
 *
 *     +----------------+----------------+---------------- - -
 *     | u32 LE: length | u32 LE: type   | length bytes of payload
 *     +----------------+----------------+---------------- - -
 *
 * A reader has a ceiling for one payload and keeps no more than one such frame and one piece; bytes
 * may arrive one by one and end anywhere. What a type means is the room msg's business. */
#ifndef COAX_JAIL_FRAME_H
#define COAX_JAIL_FRAME_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/status.h"

enum {
    FRAME_HEADER = 8,
    FRAME_CEILING = 16 << 20,     /* what coax accepts from a worker */
    FRAME_CEILING_JOB = 64 << 20, /* what a worker accepts from coax: worlds bring files along */
};

#define FRAME_NO_DEADLINE INT64_MAX

/* A deadline as poll(2) wants it: milliseconds, rounded up; -1 for ever. */
int frame_poll_time(Time deadline);

typedef struct {
    uint32_t type;
    Span payload; /* into the reader; valid until its next use */
} Frame;

/* ---- reading ---- */

typedef struct {
    Buf in;
    size_t at; /* of the next frame in `in` */
    uint32_t ceiling;
    bool broken; /* a frame above the ceiling; sticks */
} FrameReader;

FrameReader frame_reader(uint32_t ceiling);
void frame_reader_close(FrameReader *r);

/* Takes the bytes in; ST_BUDGET where the reader already holds a whole frame and a piece. */
Status frame_feed(FrameReader *r, Span bytes);

/* One read from a descriptor that does not block. ST_OK also where nothing was there to read,
 * ST_CLOSED at its end, ST_IO for an error of the descriptor. */
Status frame_fill(FrameReader *r, int fd);

/* The next whole frame; ST_NOT_FOUND where bytes are missing, ST_PROTOCOL where the peer announced
 * more than the ceiling. */
Status frame_next(FrameReader *r, Frame *out);

/* Bytes that were taken in and not handed out. */
static inline size_t frame_held(const FrameReader *r) {
    return r->in.n - r->at;
}

/* Waits for one frame; ST_CLOSED where the peer ended between frames, ST_PROTOCOL inside one,
 * ST_TIMEOUT at the deadline (time_monotonic). */
Status frame_receive(FrameReader *r, int fd, Time deadline, Frame *out);

/* ---- writing ---- */

/* Sends a frame whole, waiting as long as the peer is slow; with descriptor `passed` along, unless
 * it is -1. ST_CLOSED where the peer is gone, ST_TIMEOUT at the deadline. */
Status frame_send(int fd, uint32_t type, Span payload, int passed, Time deadline);

/* Appends a frame to a buffer of frames that wait to be sent. */
void frame_append(Buf *out, uint32_t type, Span payload);

/* Sends frames that were appended, as frame_send does. */
Status frame_send_appended(int fd, const Buf *frames, Time deadline);

/* Waits for one frame that may bring a descriptor along, -1 where it does not. Where every frame
 * brings one the next may be on its way, since the kernel ends a read behind bytes that brought a
 * descriptor; a later frame without one must wait for an answer to this. Frames have to fit into
 * half of the socket's buffer, or they come in pieces. */
Status frame_receive_passed(FrameReader *r, int fd, Time deadline, Frame *out, int *passed);

#endif
