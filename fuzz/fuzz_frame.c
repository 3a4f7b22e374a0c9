/* Frames and nouns as a hostile worker may send them, and a Job: the first byte says how the bytes
 * are cut on their way. */
#include "msg/job.h"
#include "msg/sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void receive_all(FrameReader *frames, MsgReceiver *r, Sink *nowhere) {
    Frame f;
    while (frame_next(frames, &f) == ST_OK)
        if (msg_receive(r, f, nowhere) != ST_OK) return;
}

static void as_stream(Span bytes, size_t step) {
    Sink nowhere = {0};
    FrameReader frames = frame_reader(1 << 16);
    MsgReceiver r = msg_receiver(1 << 16);
    for (size_t at = 0; at < bytes.n; at += step) {
        if (frame_feed(&frames, span_clip(bytes, at, step)) != ST_OK) break;
        receive_all(&frames, &r, &nowhere);
    }
    msg_receiver_close(&r);
    frame_reader_close(&frames);
}

/* Most inputs fail at the frame's header; so each is taken as the payload of every message too. */
static void as_payload(Span bytes) {
    Sink nowhere = {0};
    for (uint32_t type = 0; type <= MSG_ROOM; type++) {
        MsgReceiver r = msg_receiver(1 << 16);
        msg_receive(&r, (Frame){type, bytes}, &nowhere);
        msg_receiver_close(&r);
    }
    Arena a = arena_new(16 << 20);
    Job job;
    job_decode(&a, bytes, &job);
    arena_reset(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    as_stream(span(data + 1, size - 1), (size_t)data[0] + 1);
    as_payload(span(data + 1, size - 1));
    return 0;
}
