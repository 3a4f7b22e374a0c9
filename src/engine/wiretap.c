#include "engine/wiretap.h"
#include "jail/lock.h"
#include "msg/sink.h"
#include "wire/wire.h"
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum {
    FD_CAPTURE = JAIL_FD_FIRST,
    MOST_DATA = 256 << 20,
    PROGRESS_EVERY = 1 << 16, /* packets between two signs of life */
};

/* Exit statuses, told in coax's log. */
enum { EXIT_OK, EXIT_NO_JAIL, EXIT_NO_MEMORY, EXIT_CHANNEL };

/* ---- in the worker ---- */

typedef struct {
    uint64_t at;
    bool failed;
} File;

/* By its place: the descriptor's own place is shared with whoever else holds it. */
static size_t read_file(void *context, uint8_t *to, size_t room) {
    File *f = context;
    ssize_t n = pread(FD_CAPTURE, to, room, (off_t)f->at);
    if (n < 0) f->failed = true;
    if (n <= 0) return 0;
    f->at += (uint64_t)n;
    return (size_t)n;
}

static void tell_limit(Sink *s, const char *what, uint64_t n, const char *why) {
    char text[160];
    if (!n) return;
    snprintf(text, sizeof text, "%" PRIu64 " %s", n, why);
    sink_skipped(s, what, text);
}

/* What was not looked at is never called clean. */
static void tell_limits(Sink *s, const Capture *c, const File *f, const WireCounters *n) {
    const char *problem = f->failed ? "the file could not be read to its end" : capture_problem(c);
    if (problem) sink_skipped(s, "the rest of the capture", problem);
    tell_limit(s, "packets", capture_orphans(c),
               "are of interfaces that the file does not describe");
    tell_limit(s, "packets", n->not_understood,
               "are of link layers or protocols that are not read");
    tell_limit(s, "packets", n->cut, "were cut by the capture");
    tell_limit(s, "streams", n->gap_bytes, "bytes are missing in the capture");
    tell_limit(s, "streams", n->streams_dropped, "times there was no memory to inspect one");
    tell_limit(s, "flows", n->flows_dropped, "were given up early for want of room");
    tell_limit(s, "fragments", n->fragments_dropped, "datagrams never became complete");
}

static void read_packets(Wire *w, Capture *c, MsgSink *out) {
    Packet p;
    for (uint64_t n = 1; capture_next(c, &p); n++) {
        wire_packet(w, &p);
        if (n % PROGRESS_EVERY == 0) msg_sink_progress(out, &(MsgProgress){.packets = n});
    }
    wire_finish(w);
}

static int body(void *context) {
    (void)context;
    MsgSink out;
    File file = {0};
    if (jail_lock(&(JailLock){0}, NULL) != ST_OK) return EXIT_NO_JAIL;
    msg_sink_open(&out, JAIL_FD_CHANNEL);
    Capture *c = capture_open(read_file, &file);
    Wire *w = wire_open(&(WireOptions){.sink = &out.sink, .artifact = 1, .reading = -1});
    if (!c || !w) return EXIT_NO_MEMORY;
    read_packets(w, c, &out);
    WireCounters n = wire_counters(w);
    tell_limits(&out.sink, c, &file, &n);
    msg_sink_end(&out);
    return out.status == ST_OK ? EXIT_OK : EXIT_CHANNEL;
}

/* ---- in coax ---- */

/* A hundred thousand packets take a second where much has to be said. */
static Time patience(uint64_t size) {
    return (Time)(60 + size / 4000000) * TIME_SECOND;
}

Status wiretap_start(Peer *p, int fd, const WiretapJob *job) {
    JailSpawn spawn = {
        .program = -1, .body = body, .handed = {fd}, .handed_count = 1, .data_bytes = MOST_DATA};
    TRY(peer_start(p, &spawn, FRAME_CEILING));
    p->deadline = time_monotonic() + patience(job->size);
    return ST_OK;
}
