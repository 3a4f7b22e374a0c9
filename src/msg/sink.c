#include "msg/sink.h"
#include "base/log.h"
#include "base/text.h"
#include "msg/check.h"
#include "msg/noun.h"

/* ---- the worker's side ---- */

enum { GATHERED = 64 << 10 }; /* what waits at the most */

static void send_waiting(MsgSink *s) {
    if (s->waiting.n && s->status == ST_OK)
        s->status = frame_send_appended(s->fd, &s->waiting, FRAME_NO_DEADLINE);
    buf_clear(&s->waiting);
}

static bool may_wait(uint32_t type) {
    return type == MSG_EVENT || type == MSG_CALL || type == MSG_PACKET || type == MSG_HOST;
}

static void send(MsgSink *s, uint32_t type, Span payload) {
    size_t n = FRAME_HEADER + payload.n;
    if (s->gathers && may_wait(type) && n <= GATHERED) {
        if (s->waiting.n + n > GATHERED) send_waiting(s);
        frame_append(&s->waiting, type, payload);
        if (!s->waiting.full) return;
        s->status = ST_BUDGET;
    }
    send_waiting(s);
    if (s->status == ST_OK) s->status = frame_send(s->fd, type, payload, -1, FRAME_NO_DEADLINE);
}

static Buf *start(Sink *sink) {
    MsgSink *s = (MsgSink *)sink;
    buf_clear(&s->scratch);
    return &s->scratch;
}

/* A noun that is too large for any frame is not lost silently. */
static void finish(Sink *sink, uint32_t type, const char *what) {
    MsgSink *s = (MsgSink *)sink;
    if (s->scratch.full) {
        noun_put_skipped(start(sink), what, "it is too large to be reported");
        type = MSG_SKIPPED;
    }
    send(s, type, buf_span(&s->scratch));
}

static void send_bytes(MsgSink *s, Span bytes) {
    for (size_t at = 0; at < bytes.n; at += MSG_PIECE)
        send(s, MSG_BYTES, span_clip(bytes, at, MSG_PIECE));
}

static void send_artifact(Sink *sink, const Artifact *a) {
    noun_put_artifact(start(sink), a);
    bool whole = !((MsgSink *)sink)->scratch.full;
    finish(sink, MSG_ARTIFACT, "an artifact");
    if (whole) send_bytes((MsgSink *)sink, a->bytes);
}

static void send_event(Sink *sink, const Event *e) {
    noun_put_event(start(sink), e);
    finish(sink, MSG_EVENT, "an event");
}

static void send_call(Sink *sink, const Call *c) {
    noun_put_call(start(sink), c);
    finish(sink, MSG_CALL, "an API call");
}

static void send_finding(Sink *sink, const Finding *f) {
    noun_put_finding(start(sink), f);
    finish(sink, MSG_FINDING, "a finding");
}

static void send_run(Sink *sink, const Run *r) {
    noun_put_run(start(sink), r);
    finish(sink, MSG_RUN, "a run");
}

static void send_trigger(Sink *sink, const Trigger *t) {
    noun_put_trigger(start(sink), t);
    finish(sink, MSG_TRIGGER, "a trigger");
}

static void send_skipped(Sink *sink, const char *what, const char *why) {
    noun_put_skipped(start(sink), what, why);
    finish(sink, MSG_SKIPPED, "something");
}

static void send_host(Sink *sink, const Host *h) {
    noun_put_host(start(sink), h);
    finish(sink, MSG_HOST, "a host");
}

static void send_persona(Sink *sink, const Persona *p) {
    noun_put_persona(start(sink), p);
    finish(sink, MSG_PERSONA, "a persona");
}

static void send_packet(Sink *sink, const NetFrame *f) {
    Buf *out = start(sink);
    msg_put_int(out, f->time);
    msg_put_uint(out, f->link);
    msg_put_uint(out, f->length);
    buf_add(out, f->bytes);
    finish(sink, MSG_PACKET, "a frame of the network");
}

void msg_sink_open(MsgSink *s, int fd) {
    *s = (MsgSink){.sink = {.artifact = send_artifact,
                            .event = send_event,
                            .call = send_call,
                            .finding = send_finding,
                            .trigger = send_trigger,
                            .run = send_run,
                            .skipped = send_skipped,
                            .host = send_host,
                            .persona = send_persona,
                            .packet = send_packet},
                   .fd = fd,
                   .scratch = buf_new(FRAME_CEILING),
                   .waiting = buf_new(GATHERED)};
}

void msg_sink_gather(MsgSink *s) {
    s->gathers = true;
}

void msg_sink_close(MsgSink *s) {
    buf_free(&s->scratch);
    buf_free(&s->waiting);
}

void msg_sink_progress(MsgSink *s, const MsgProgress *now) {
    Buf *out = start(&s->sink);
    msg_put_int(out, now->time);
    msg_put_uint(out, now->processes);
    msg_put_uint(out, now->calls);
    msg_put_uint(out, now->packets);
    msg_put_uint(out, now->lost);
    msg_put_uint(out, now->findings);
    send(s, MSG_PROGRESS, buf_span(&s->scratch));
}

void msg_sink_log(MsgSink *s, unsigned level, const char *line) {
    Buf *out = start(&s->sink);
    msg_put_uint(out, level);
    msg_put_text(out, line);
    send(s, MSG_LOG, buf_span(out));
}

void msg_sink_end(MsgSink *s) {
    send(s, MSG_END, (Span){0});
}

/* ---- coax's side ---- */

enum { MESSAGE_MEMORY = 128 << 20 };

MsgReceiver msg_receiver(uint64_t most_bytes) {
    return (MsgReceiver){.arena = arena_new(MESSAGE_MEMORY),
                         .pending_arena = arena_new(MESSAGE_MEMORY),
                         .most = most_bytes,
                         .bytes = buf_new(most_bytes)};
}

void msg_receiver_close(MsgReceiver *r) {
    arena_reset(&r->arena);
    arena_reset(&r->pending_arena);
    buf_free(&r->bytes);
}

/* Hands the artifact on once its bytes are complete. */
static void deliver_pending(MsgReceiver *r, Sink *to) {
    if (r->awaited) return;
    r->pending.bytes = buf_span(&r->bytes);
    sink_artifact(to, &r->pending);
    buf_free(&r->bytes);
    arena_reset(&r->pending_arena);
}

static Status receive_artifact(MsgReceiver *r, Span payload, Sink *to) {
    TRY(noun_get_artifact(&r->pending_arena, payload, &r->pending, &r->awaited));
    if (r->awaited > r->most) return ST_PROTOCOL;
    deliver_pending(r, to);
    return ST_OK;
}

static Status receive_bytes(MsgReceiver *r, Span payload, Sink *to) {
    if (payload.n == 0 || payload.n > r->awaited) return ST_PROTOCOL;
    buf_add(&r->bytes, payload);
    if (r->bytes.full) return ST_BUDGET;
    r->awaited -= payload.n;
    deliver_pending(r, to);
    return ST_OK;
}

static Status receive_event(MsgReceiver *r, Span payload, Sink *to) {
    Event e;
    TRY(noun_get_event(&r->arena, payload, &e));
    sink_event(to, &e);
    return ST_OK;
}

static Status receive_call(MsgReceiver *r, Span payload, Sink *to) {
    Call c;
    TRY(noun_get_call(&r->arena, payload, &c));
    sink_call(to, &c);
    return ST_OK;
}

static Status receive_finding(MsgReceiver *r, Span payload, Sink *to) {
    Finding f;
    TRY(noun_get_finding(&r->arena, payload, &f));
    sink_finding(to, &f);
    return ST_OK;
}

static Status receive_trigger(MsgReceiver *r, Span payload, Sink *to) {
    Trigger t;
    TRY(noun_get_trigger(&r->arena, payload, &t));
    sink_trigger(to, &t);
    return ST_OK;
}

static Status receive_run(MsgReceiver *r, Span payload, Sink *to) {
    Run run;
    TRY(noun_get_run(&r->arena, payload, &run));
    sink_run(to, &run);
    return ST_OK;
}

static Status receive_skipped(MsgReceiver *r, Span payload, Sink *to) {
    const char *what, *why;
    TRY(noun_get_skipped(&r->arena, payload, &what, &why));
    sink_skipped(to, what, why);
    return ST_OK;
}

static Status receive_host(MsgReceiver *r, Span payload, Sink *to) {
    Host h;
    TRY(noun_get_host(&r->arena, payload, &h));
    sink_host(to, &h);
    return ST_OK;
}

static Status receive_persona(MsgReceiver *r, Span payload, Sink *to) {
    Persona p;
    TRY(noun_get_persona(&r->arena, payload, &p));
    sink_persona(to, &p);
    return ST_OK;
}

static Status receive_progress(MsgReceiver *r, Span payload, Sink *to) {
    (void)to;
    Cur c = cur(payload);
    MsgProgress p = {.time = msg_get_int(&c)};
    p.processes = msg_get_uint(&c);
    p.calls = msg_get_uint(&c);
    p.packets = msg_get_uint(&c);
    p.lost = msg_get_uint(&c);
    p.findings = msg_get_uint(&c);
    TRY(msg_done(&r->arena, &c));
    r->progress = p;
    return ST_OK;
}

static Status receive_log(MsgReceiver *r, Span payload, Sink *to) {
    (void)to;
    Cur c = cur(payload);
    uint32_t level = msg_get_u32(&c);
    const char *line = msg_need_text(&r->arena, &c);
    TRY(msg_done(&r->arena, &c));
    if (level > LOG_DEBUG) return ST_PROTOCOL;
    Buf printable = buf_new(4 << 10);
    text_escape(&printable, span_str(line));
    log_at((LogLevel)level, "worker: %.*s", (int)printable.n, (const char *)printable.p);
    buf_free(&printable);
    return ST_OK;
}

static Status receive_packet(MsgReceiver *r, Span payload, Sink *to) {
    (void)r;
    Cur c = cur(payload);
    NetFrame f = {.time = msg_get_int(&c)};
    f.link = msg_get_u32(&c);
    f.length = msg_get_u32(&c);
    f.bytes = cur_take(&c, cur_left(&c));
    if (c.bad || !f.bytes.n || f.bytes.n > NET_FRAME_MOST || f.length < f.bytes.n)
        return ST_PROTOCOL;
    sink_packet(to, &f);
    return ST_OK;
}

static Status receive_end(MsgReceiver *r, Span payload, Sink *to) {
    (void)to;
    if (payload.n) return ST_PROTOCOL;
    r->ended = true;
    return ST_OK;
}

Status msg_receive(MsgReceiver *r, Frame f, Sink *to) {
    static Status (*const receivers[])(MsgReceiver *, Span, Sink *) = {
        [MSG_ARTIFACT] = receive_artifact, [MSG_BYTES] = receive_bytes,
        [MSG_EVENT] = receive_event,       [MSG_CALL] = receive_call,
        [MSG_TRIGGER] = receive_trigger,   [MSG_FINDING] = receive_finding,
        [MSG_RUN] = receive_run,           [MSG_SKIPPED] = receive_skipped,
        [MSG_HOST] = receive_host,         [MSG_PROGRESS] = receive_progress,
        [MSG_LOG] = receive_log,           [MSG_END] = receive_end,
        [MSG_PACKET] = receive_packet,     [MSG_PERSONA] = receive_persona,
    };
    if (f.type >= sizeof receivers / sizeof *receivers || !receivers[f.type] || r->ended ||
        (r->awaited && f.type != MSG_BYTES))
        return ST_PROTOCOL;
    Status s = receivers[f.type](r, f.payload, to);
    arena_reset(&r->arena);
    return s;
}
