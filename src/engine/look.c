#include "engine/look.h"
#include "engine/bytes_of.h"
#include "engine/examine.h"
#include "jail/lock.h"
#include "msg/check.h"
#include "msg/noun.h"
#include "msg/sink.h"
#include <errno.h>
#include <unistd.h>

enum { MSG_LOOK = MSG_ROOM, MSG_LOOKED };

/* ---- in the worker ---- */

enum {
    LOOK_MEMORY = 256 << 20,
    MOST_DATA = 1 << 30,
    QUESTION = 16 << 10,
    MOST_FINDING = 256 << 10,
    MOST_FINDINGS = 4 << 20,
};

typedef struct {
    Examiner examiner;
    BytesRoom room;
} Looker;

/* ---- findings, as they are made ---- */

typedef struct {
    Sink sink; /* first */
    Buf nouns; /* one after the other, as bytes of a message */
    size_t count;
} Findings;

static void keep_finding(Sink *s, const Finding *f) {
    Findings *to = (Findings *)s;
    if (to->count == LOOK_MOST_FINDINGS) return;
    Buf noun = buf_new(MOST_FINDING);
    noun_put_finding(&noun, f);
    if (!noun.full && noun.n < MOST_FINDINGS - to->nouns.n) {
        msg_put_bytes(&to->nouns, buf_span(&noun));
        to->count++;
    }
    buf_free(&noun);
}

/* ---- looking ---- */

static Look look_at(const Examiner *e, Arena *a, const LookQuestion *q, const Bytes *b, Sink *to) {
    Look look = {.artifact = {.name = "",
                              .origin = "",
                              .size = b->bytes.n,
                              .digests = bytes_digests(b, q->digests)}};
    if (!q->no_rules) examine_rules(e, b->bytes, q->name, to);
    if (examine(e, a, b->bytes, to, &look) == ST_OK) return look;
    look.artifact.facts = NULL;
    look.artifact.signatures = NULL;
    look.child_count = 0;
    look.artifact.format = look.artifact.format ? look.artifact.format : "unknown";
    look.artifact.description = "not identified: its tables take more memory than they may";
    look.refusal = "its tables take more memory than they may";
    return look;
}

static void put_children(Buf *out, const Look *look) {
    msg_put_uint(out, look->child_count);
    for (size_t i = 0; i < look->child_count; i++) {
        const LookChild *child = &look->children[i];
        msg_put_uint(out, child->at.offset);
        msg_put_uint(out, child->at.size);
        msg_put_uint(out, child->at.key);
        msg_put_text(out, child->name);
        msg_put_text(out, child->origin);
    }
}

static void encode(Buf *out, const Look *look, const Findings *findings) {
    Buf noun = buf_new(FRAME_CEILING / 2);
    noun_put_artifact(&noun, &look->artifact);
    if (noun.full) out->full = true;
    msg_put_bytes(out, buf_span(&noun));
    msg_put_uint(out, look->machine);
    msg_put_text(out, look->refusal);
    msg_put_uint(out, findings->count);
    buf_add(out, buf_span(&findings->nouns));
    put_children(out, look);
    buf_free(&noun);
}

static Status answer(const Look *look, const Findings *findings) {
    Buf out = buf_new(FRAME_CEILING);
    encode(&out, look, findings);
    if (out.full) { /* so many tables that no message holds them: then without */
        Look bare = *look;
        bare.artifact.facts = NULL;
        bare.artifact.signatures = NULL;
        buf_clear(&out);
        encode(&out, &bare, findings);
    }
    Status s = frame_send(JAIL_FD_CHANNEL, MSG_LOOKED, buf_span(&out), -1, FRAME_NO_DEADLINE);
    buf_free(&out);
    return s;
}

static Status look_at_file(Looker *l, int fd, const LookQuestion *q) {
    Bytes bytes;
    TRY(bytes_open(&l->room, fd, q->range, &bytes));
    Arena a = arena_new(LOOK_MEMORY);
    Findings findings = {.sink = {.finding = keep_finding}, .nouns = buf_new(MOST_FINDINGS)};
    Look look = look_at(&l->examiner, &a, q, &bytes, &findings.sink);
    Status s = answer(&look, &findings);
    bytes_close(&bytes);
    buf_free(&findings.nouns);
    arena_reset(&a);
    return s;
}

/* False where there is no such part of any file. */
static bool get_range(Cur *c, LookRange *out) {
    *out = (LookRange){.offset = msg_get_uint(c), .size = msg_get_uint(c)};
    uint64_t key = msg_get_uint(c);
    out->key = (uint8_t)key;
    return !c->bad && key <= UINT8_MAX && out->size <= INT64_MAX &&
           out->offset <= INT64_MAX - out->size;
}

static bool get_question(Arena *a, Cur *c, LookQuestion *out) {
    *out = (LookQuestion){0};
    if (!get_range(c, &out->range)) return false;
    out->digests = (LookDigests)msg_get_uint(c);
    out->no_rules = msg_get_bool(c);
    out->name = msg_need_text(a, c);
    return msg_done(a, c) == ST_OK;
}

static Status serve_one(Looker *l, FrameReader *frames) {
    Frame f;
    int fd;
    Arena a = arena_new(2 * QUESTION);
    TRY(frame_receive_passed(frames, JAIL_FD_CHANNEL, FRAME_NO_DEADLINE, &f, &fd));
    Cur c = cur(f.payload);
    LookQuestion q;
    bool good = f.type == MSG_LOOK && get_question(&a, &c, &q) && fd >= 0;
    Status s = good ? look_at_file(l, fd, &q) : ST_PROTOCOL;
    if (fd >= 0) close(fd);
    arena_reset(&a);
    return s;
}

static int look_body(void *context) {
    const LookTools *tools = context;
    FrameReader frames = frame_reader(QUESTION);
    Looker l = {.examiner = {.sign = sign_open(&tools->sign)}};
    if (tools->yara) l.examiner.rules = yara_scan_open(tools->yara);
    if (!l.examiner.sign || (tools->yara && !l.examiner.rules)) return 1;
    if (jail_lock(&(JailLock){.passed = true}, NULL) != ST_OK) return 1;
    Status s;
    do s = serve_one(&l, &frames);
    while (s == ST_OK);
    return s == ST_CLOSED ? 0 : 2;
}

/* ---- in coax ---- */

Status look_start(Peer *p, const LookTools *tools) {
    if (p->open && !p->dead) return ST_OK;
    peer_close(p);
    JailSpawn spawn = {
        .program = -1, .body = look_body, .context = (void *)tools, .data_bytes = MOST_DATA};
    return peer_start(p, &spawn, FRAME_CEILING);
}

/* Hashing alone goes at some hundred MB a second, rules at some ten; they have their own, shorter
 * patience. */
static Time patience(uint64_t size, bool rules) {
    return (Time)(rules ? 90 + size / 2000000 : 30 + size / 20000000) * TIME_SECOND;
}

Status look_ask(Peer *p, int fd, const LookQuestion *q) {
    Buf payload = buf_new(QUESTION);
    LookRange range = q->range;
    bool too_long = !q->name || strlen(q->name) > QUESTION / 2;
    msg_put_uint(&payload, range.offset);
    msg_put_uint(&payload, range.size);
    msg_put_uint(&payload, range.key);
    msg_put_uint(&payload, q->digests);
    msg_put_bool(&payload, q->no_rules);
    msg_put_text(&payload, too_long ? "" : q->name);
    Time most = time_monotonic() + patience(range.size, !q->no_rules);
    Status s = frame_send(p->jail.socket, MSG_LOOK, buf_span(&payload), fd, most);
    buf_free(&payload);
    return s;
}

void look_await(Peer *p, const LookQuestion *q) {
    p->deadline = time_monotonic() + patience(q->range.size, !q->no_rules);
}

static Status decode_findings(Arena *a, Cur *c, Look *out) {
    uint64_t count = msg_get_uint(c);
    if (c->bad || count > LOOK_MOST_FINDINGS) return ST_PROTOCOL;
    out->findings = arena_new_array(a, Finding, count);
    if (!out->findings) return ST_BUDGET;
    for (; out->finding_count < count; out->finding_count++) {
        Span noun = msg_get_bytes(c);
        TRY(noun_get_finding(a, noun, &out->findings[out->finding_count]));
    }
    return ST_OK;
}

/* Whether it lies inside its file the asker sees. */
static Status decode_children(Arena *a, Cur *c, Look *out) {
    uint64_t count = msg_get_uint(c);
    if (c->bad || count > LOOK_MOST_CHILDREN) return ST_PROTOCOL;
    out->children = arena_new_array(a, LookChild, count);
    if (!out->children) return ST_BUDGET;
    for (; out->child_count < count; out->child_count++) {
        LookChild *child = &out->children[out->child_count];
        if (!get_range(c, &child->at)) return ST_PROTOCOL;
        child->name = msg_need_text(a, c);
        child->origin = msg_need_text(a, c);
    }
    return ST_OK;
}

static Status decode(Arena *a, Span payload, Look *out) {
    Cur c = cur(payload);
    uint64_t bytes;
    *out = (Look){0};
    Span noun = msg_get_bytes(&c);
    uint32_t machine = msg_get_u32(&c);
    out->refusal = msg_get_text(a, &c);
    TRY(decode_findings(a, &c, out));
    TRY(decode_children(a, &c, out));
    TRY(msg_done(a, &c));
    TRY(noun_get_artifact(a, noun, &out->artifact, &bytes));
    if (machine > UINT16_MAX || bytes) return ST_PROTOCOL;
    out->machine = (uint16_t)machine;
    return ST_OK;
}

static Status give_up(Peer *p, Status s) {
    peer_stop(p);
    return s;
}

Status look_answer(Peer *p, Arena *a, Look *out) {
    Frame f;
    Status s = frame_next(&p->in, &f);
    if (s == ST_NOT_FOUND && p->late) return ST_TIMEOUT;
    if (s == ST_NOT_FOUND) return peer_drained(p) ? ST_CLOSED : ST_NOT_FOUND;
    if (s == ST_OK && f.type == MSG_LOOKED) s = decode(a, f.payload, out);
    else s = ST_PROTOCOL;
    p->deadline = FRAME_NO_DEADLINE;
    return s == ST_OK ? ST_OK : give_up(p, s);
}

Status look_at_once(Peer *p, const LookTools *tools, int fd, const LookQuestion *q, int interrupt,
                    Arena *a, Look *out) {
    TRY(look_start(p, tools));
    Status s = look_ask(p, fd, q);
    if (s != ST_OK && s != ST_CLOSED) return give_up(p, s);
    look_await(p, q);
    while ((s = look_answer(p, a, out)) == ST_NOT_FOUND) {
        struct pollfd polls[PEER_POLLS + 1];
        peer_poll(p, true, polls);
        polls[PEER_POLLS] = (struct pollfd){.fd = interrupt, .events = POLLIN};
        if (poll(polls, PEER_POLLS + 1, 100) < 0 && errno != EINTR) return ST_IO;
        if (polls[PEER_POLLS].revents) return give_up(p, ST_INTERRUPTED);
        peer_handle(p, polls);
    }
    return s;
}
