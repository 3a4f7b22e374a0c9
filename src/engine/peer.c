#include "engine/peer.h"
#include "base/log.h"
#include "base/text.h"
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WORDS = 4 << 10, MOST_OUT = 128 << 20 };

/* A worker whose stream ended is about to die; one that is not gets so long. */
static const Time GRACE = TIME_SECOND / 2;

Status peer_start(Peer *p, const JailSpawn *spawn, uint32_t ceiling) {
    *p = (Peer){.deadline = FRAME_NO_DEADLINE};
    TRY(jail_spawn(spawn, &p->jail));
    p->in = frame_reader(ceiling);
    p->out = buf_new(MOST_OUT);
    p->words = buf_new(WORDS);
    p->heard = time_monotonic();
    p->open = true;
    return ST_OK;
}

static void tell_words(const Peer *p) {
    if (!p->words.n) return;
    Buf printable = buf_new(4 * WORDS);
    text_escape(&printable, buf_span(&p->words));
    log_warn("a worker said: %.*s", (int)printable.n, (const char *)printable.p);
    buf_free(&printable);
}

void peer_close(Peer *p) {
    if (!p->open) return;
    tell_words(p);
    jail_close(&p->jail);
    frame_reader_close(&p->in);
    buf_free(&p->out);
    buf_free(&p->words);
    p->open = false;
}

void peer_stop(Peer *p) {
    if (!p->open || p->dead) return;
    p->death = jail_kill(&p->jail);
    p->dead = true;
}

void peer_send(Peer *p, uint32_t type, Span payload) {
    frame_append(&p->out, type, payload);
}

void peer_poll(Peer *p, bool reading, struct pollfd *polls) {
    bool alive = p->open && !p->dead;
    short read = reading && !p->ended ? POLLIN : 0;
    short write = alive && p->sent < p->out.n ? POLLOUT : 0;
    if (alive && !reading && !p->paused) p->paused = time_monotonic();
    if (reading && p->paused) {
        Time pause = time_monotonic() - p->paused;
        if (p->deadline != FRAME_NO_DEADLINE) p->deadline += pause;
        p->heard += pause;
        p->paused = 0;
    }
    /* a descriptor of which nothing is wanted would report its other end's hang-up for ever */
    polls[0] = (struct pollfd){.fd = p->open && (read | write) ? p->jail.socket : -1,
                               .events = (short)(read | write)};
    polls[1] = (struct pollfd){.fd = alive ? p->jail.words : -1, .events = POLLIN};
    polls[2] = (struct pollfd){.fd = alive ? p->jail.process : -1, .events = POLLIN};
}

/* Everything that it writes is taken, so that it does not hang there; the beginning is kept. */
static void take_words(Peer *p) {
    uint8_t piece[1024];
    ssize_t n = read(p->jail.words, piece, sizeof piece);
    if (n > 0) buf_add(&p->words, span_clip(span(piece, (size_t)n), 0, WORDS - p->words.n));
    if (n != 0) return;
    close(p->jail.words); /* or poll(2) would tell of its end for ever */
    p->jail.words = -1;
}

static void send_some(Peer *p) {
    ssize_t n =
        send(p->jail.socket, p->out.p + p->sent, p->out.n - p->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) p->sent += (size_t)n;
    else if (errno != EAGAIN && errno != EINTR) p->sent = p->out.n; /* it will not read it */
    if (p->sent == p->out.n) {
        buf_free(&p->out);
        p->sent = 0;
    }
}

static void end_stream(Peer *p) {
    Time last = time_monotonic() + GRACE;
    p->ended = true;
    if (last < p->deadline) p->deadline = last;
}

/* Once the process is gone and its socket is empty nothing more comes, although a descendant may
 * hold the other end. */
static void receive_some(Peer *p) {
    size_t before = frame_held(&p->in);
    bool gone = p->dead;
    Status s = frame_fill(&p->in, p->jail.socket);
    size_t came = frame_held(&p->in) - before;
    p->received += came;
    if (came) p->heard = time_monotonic();
    if (s != ST_OK || (gone && came == 0)) end_stream(p);
}

static void keep_deadline(Peer *p) {
    Time now = time_monotonic();
    if (p->dead || p->paused) return;
    p->late = now >= p->deadline && !p->ended;
    p->silent = p->silence && now - p->heard >= p->silence && !p->ended;
    if (now >= p->deadline || p->silent) peer_stop(p);
}

void peer_handle(Peer *p, const struct pollfd *polls) {
    if (!p->open) return;
    if (polls[1].revents) take_words(p);
    if (polls[0].revents & POLLOUT) send_some(p);
    if (polls[0].revents & ~POLLOUT || (p->dead && polls[0].events & POLLIN)) receive_some(p);
    if (polls[2].revents && jail_wait(&p->jail, 0, &p->death) == ST_OK) {
        p->dead = true;
        if (p->jail.words >= 0) take_words(p);
    }
    keep_deadline(p);
}
