/* sink: nouns through a socket. In a worker a MsgSink is a Sink that sends every noun as a frame;
 * in coax a MsgReceiver turns the frames back into nouns and hands them to a Sink, believing
 * nothing.
 *
 * An Artifact's bytes follow its message in MSG_BYTES messages, and nothing may come between them.
 */
#ifndef COAX_MSG_SINK_H
#define COAX_MSG_SINK_H

#include "jail/frame.h"
#include "model/sink.h"

/* The types of frames. */
enum {
    MSG_JOB = 1, /* to the worker */
    MSG_ARTIFACT,
    MSG_BYTES,
    MSG_EVENT,
    MSG_CALL,
    MSG_FINDING,
    MSG_RUN,
    MSG_SKIPPED,
    MSG_PROGRESS, /* a sign of life */
    MSG_LOG,      /* level, line: diagnostics */
    MSG_TRIGGER,
    MSG_HOST,
    MSG_PERSONA,
    MSG_PACKET, /* a frame of the network */
    MSG_END, /* the worker is done; an end without it is a death */
    MSG_ROOM /* types from here on are a room's own */
};

/* How far a run has come. */
typedef struct {
    Time time;          /* that passed in its world */
    uint64_t processes; /* that live */
    uint64_t calls;     /* system calls that they made */
    uint64_t packets;   /* of a capture */
    uint64_t lost;      /* packets that the kernel had no room for */
    uint64_t findings;  /* of a capture */
} MsgProgress;

enum { MSG_PIECE = 256 << 10 };

/* ---- the worker's side ---- */

typedef struct {
    Sink sink; /* first, so that a Sink * is a MsgSink * */
    int fd;
    Buf scratch;
    Buf waiting; /* frames that go together, where they need not go at once */
    bool gathers;
    Status status; /* the first failure to send; later nouns are dropped */
} MsgSink;

void msg_sink_open(MsgSink *s, int fd);
void msg_sink_close(MsgSink *s);

/* From here on small nouns wait until many of them, a sign of life or the end go: a system call for
 * each costs more than most nouns do. A worker that dies takes those that wait with it. */
void msg_sink_gather(MsgSink *s);

void msg_sink_progress(MsgSink *s, const MsgProgress *now);
void msg_sink_log(MsgSink *s, unsigned level, const char *line);
void msg_sink_end(MsgSink *s);

/* ---- coax's side ---- */

typedef struct {
    Arena arena;      /* of one message */
    Artifact pending; /* whose bytes come */
    Arena pending_arena;
    Buf bytes;
    uint64_t awaited;     /* bytes that still come */
    uint64_t most;        /* bytes of one artifact */
    MsgProgress progress; /* the last sign of life */
    bool ended;           /* MSG_END has come */
} MsgReceiver;

MsgReceiver msg_receiver(uint64_t most_bytes);
void msg_receiver_close(MsgReceiver *r);

/* Takes one frame: at most one noun is handed to `to`, valid during the call. ST_PROTOCOL, for
 * good, where the frame is malformed, not of the nouns, or comes after MSG_END. */
Status msg_receive(MsgReceiver *r, Frame f, Sink *to);

#endif
