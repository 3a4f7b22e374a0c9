#include "engine/wiretap.h"
#include "engine/bpf.h"
#include "engine/device.h"
#include "jail/lock.h"
#include "msg/sink.h"
#include "wire/keep.h"
#include "wire/wire.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    FD_CAPTURE = JAIL_FD_FIRST,
    MOST_DATA = 256 << 20,
    PROGRESS_EVERY = 1 << 16, /* packets between two signs of life, and looks at what coax wants */
    RING = 16 << 20,          /* of recent packets, where a capture comes but once */
    BATCH = 4096,             /* packets of an interface between two looks at the clock */
};

/* What goes on is told so often, where packets do not say when. */
static const Time TICK = TIME_SECOND / 5;

/* Exit statuses, told in coax's log. */
enum { EXIT_OK, EXIT_NO_JAIL, EXIT_NO_MEMORY, EXIT_CHANNEL, EXIT_NO_SOURCE };

/* ---- in the worker ---- */

typedef struct {
    const WiretapJob *job;
    MsgSink out;
    Wire *wire;
    Keep *keep;
    Bpf *bpf;
    Device *device;
    uint64_t at;          /* in the file */
    bool failed, stopped; /* reading did; coax wants no more */
    Time told;
} Tap;

/* coax closes its end of the channel where it wants no more. */
static bool wants_end(Tap *t) {
    char byte;
    if (recv(JAIL_FD_CHANNEL, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0) t->stopped = true;
    return t->stopped;
}

/* Until `fd` can be read, or coax says something, or a tick has passed. */
static void wait_for(int fd) {
    struct pollfd polls[] = {{.fd = fd, .events = POLLIN},
                             {.fd = JAIL_FD_CHANNEL, .events = POLLIN}};
    poll(polls, 2, (int)(TICK / 1000000));
}

static void tell_progress(Tap *t, uint64_t packets) {
    msg_sink_progress(&t->out,
                      &(MsgProgress){.packets = packets,
                                     .findings = wire_counters(t->wire).findings,
                                     .lost = t->device ? device_lost(t->device) : 0});
}

static void take(Tap *t, const Packet *p) {
    if (t->bpf && !bpf_passes(t->bpf, p)) return;
    wire_packet(t->wire, p);
    if (t->keep && !t->job->size) keep_packet(t->keep, p);
}

/* ---- files and pipes ---- */

/* By its place: the descriptor's own place is shared with whoever else holds it. */
static size_t read_file(void *context, uint8_t *to, size_t room) {
    Tap *t = context;
    ssize_t n = pread(FD_CAPTURE, to, room, (off_t)t->at);
    if (n < 0) t->failed = true;
    if (n <= 0) return 0;
    t->at += (uint64_t)n;
    return (size_t)n;
}

static size_t read_pipe(void *context, uint8_t *to, size_t room) {
    Tap *t = context;
    struct pollfd ready = {.fd = FD_CAPTURE, .events = POLLIN};
    while (!wants_end(t)) {
        if (poll(&ready, 1, 0) <= 0) {
            wait_for(FD_CAPTURE);
            continue;
        }
        ssize_t n = read(FD_CAPTURE, to, room);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) t->failed = true;
        return n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static void tell_limit(Sink *s, const char *what, uint64_t n, const char *why) {
    char text[160];
    if (!n) return;
    snprintf(text, sizeof text, "%" PRIu64 " %s", n, why);
    sink_skipped(s, what, text);
}

static void tell_source(Tap *t, const Capture *c) {
    const char *problem = capture_problem(c);
    if (t->failed) problem = "it could not be read to its end";
    if (t->stopped) problem = "interrupted before it was read";
    if (problem) sink_skipped(&t->out.sink, "the rest of the capture", problem);
    tell_limit(&t->out.sink, "packets", capture_orphans(c),
               "are of interfaces that the file does not describe");
}

static void read_capture(Tap *t, Capture *c) {
    Packet p;
    for (uint64_t n = 1; capture_next(c, &p); n++) {
        take(t, &p);
        if (n % PROGRESS_EVERY) continue;
        tell_progress(t, n);
        if (wants_end(t)) break;
    }
}

/* The second reading of a file, for the packets of findings. */
static void copy_packets(Tap *t, Capture *c) {
    Packet p;
    t->at = 0;
    capture_restart(c, t);
    for (uint64_t n = 1; capture_next(c, &p); n++) {
        if (n % PROGRESS_EVERY == 0) tell_progress(t, n);
        if (!(t->bpf && !bpf_passes(t->bpf, &p)) && keep_wants(t->keep, &p))
            sink_packet(&t->out.sink, &(NetFrame){p.time, p.link, p.length,
                                                  span_clip(p.bytes, 0, NET_FRAME_MOST)});
    }
}

static bool read_source(Tap *t) {
    Capture *c = capture_open(t->job->pipe ? read_pipe : read_file, t);
    if (!c) return false;
    read_capture(t, c);
    wire_finish(t->wire);
    tell_source(t, c);
    if (t->keep && !t->job->pipe) copy_packets(t, c);
    capture_close(c);
    return true;
}

/* ---- interfaces ---- */

static void read_device(Tap *t) {
    Time last = 0, heard = time_monotonic(); /* the packets' clock goes on while none comes */
    uint64_t packets = 0;
    while (!wants_end(t) && !device_gone(t->device)) {
        Packet p;
        unsigned n = 0;
        for (; n < BATCH && device_next(t->device, &p); n++) take(t, &p), last = p.time;
        packets += n;
        Time now = time_monotonic();
        if (n) heard = now;
        else wait_for(device_descriptor(t->device));
        if (now - t->told < TICK) continue;
        t->told = now;
        wire_idle(t->wire, last + (now - heard));
        tell_progress(t, packets);
    }
    if (device_gone(t->device))
        sink_skipped(&t->out.sink, t->job->interface, "the interface is gone");
    tell_limit(&t->out.sink, "packets", device_lost(t->device),
               "were lost: the kernel had no room for them");
    wire_finish(t->wire);
}

/* ---- the end ---- */

/* What was not looked at is never called clean. */
static void tell_limits(Tap *t) {
    Sink *s = &t->out.sink;
    WireCounters n = wire_counters(t->wire);
    tell_limit(s, "packets", t->bpf ? bpf_misfits(t->bpf) : 0,
               "are of link layers that the filter cannot be for");
    tell_limit(s, "packets", n.not_understood,
               "are of link layers or protocols that are not read");
    tell_limit(s, "packets", n.cut, "were cut by the capture");
    tell_limit(s, "streams", n.gap_bytes, "bytes are missing in the capture");
    tell_limit(s, "streams", n.streams_dropped, "times there was no memory to inspect one");
    tell_limit(s, "flows", n.flows_dropped, "were given up early for want of room");
    tell_limit(s, "fragments", n.fragments_dropped, "datagrams never became complete");
}

/* What needs files or the network, before the lock. */
static bool open_source(Tap *t) {
    const WiretapJob *job = t->job;
    char message[DEVICE_MESSAGE];
    if (job->filter && !(t->bpf = bpf_open(job->filter, message))) return false;
    if (!job->interface) return true;
    t->device = device_open(job->interface, job->filter, message);
    return t->device != NULL;
}

static int body(void *context) {
    Tap tap = {.job = context}, *t = &tap;
    if (!open_source(t)) return EXIT_NO_SOURCE;
    if (jail_lock(&(JailLock){.waits = true}, NULL) != ST_OK) return EXIT_NO_JAIL;
    msg_sink_open(&t->out, JAIL_FD_CHANNEL);
    bool once = t->job->pipe || t->device;
    if (!once) msg_sink_gather(&t->out);
    t->wire = wire_open(
        &(WireOptions){.sink = &t->out.sink, .artifact = 1, .reading = -1, .live = once});
    if (t->wire && t->job->packets) t->keep = keep_open(t->wire, once ? RING : 0);
    if (!t->wire || (t->job->packets && !t->keep)) return EXIT_NO_MEMORY;
    if (t->device) read_device(t);
    else if (!read_source(t)) return EXIT_NO_MEMORY;
    if (t->keep && once) keep_finish(t->keep);
    tell_limits(t);
    msg_sink_end(&t->out);
    return t->out.status == ST_OK ? EXIT_OK : EXIT_CHANNEL;
}

/* ---- in coax ---- */

bool wiretap_check(const char *interface, const char *filter, char message[WIRETAP_MESSAGE]) {
    char words[DEVICE_MESSAGE];
    Bpf *bpf = filter ? bpf_open(filter, words) : NULL;
    bpf_close(bpf);
    if (filter && !bpf) {
        snprintf(message, WIRETAP_MESSAGE, "the filter is none: %.400s", words);
        return false;
    }
    Device *device = interface ? device_open(interface, filter, words) : NULL;
    device_close(device);
    if (interface && !device) snprintf(message, WIRETAP_MESSAGE, "%s", words);
    return !interface || device;
}

/* A hundred thousand packets take a second where much has to be said. */
static Time patience(uint64_t size) {
    return (Time)(60 + size / 4000000) * TIME_SECOND;
}

Status wiretap_start(Peer *p, const WiretapJob *job) {
    JailSpawn spawn = {.program = -1,
                       .body = body,
                       .context = (void *)job,
                       .handed = {job->fd},
                       .handed_count = 1,
                       .data_bytes = MOST_DATA};
    TRY(peer_start(p, &spawn, FRAME_CEILING));
    if (job->size) p->deadline = time_monotonic() + patience(job->size);
    return ST_OK;
}

void wiretap_end(Peer *p) {
    static const Time enough = 10 * TIME_SECOND;
    Time last = time_monotonic() + enough;
    shutdown(p->jail.socket, SHUT_WR);
    if (p->deadline == FRAME_NO_DEADLINE || last < p->deadline) p->deadline = last;
}
