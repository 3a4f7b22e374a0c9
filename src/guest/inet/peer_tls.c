/* A server behind TLS (tls.h): what it is told and says inside is another peer's. */
#include "guest/inet/certificate.h"
#include "guest/inet/peer.h"
#include "guest/inet/tls.h"
#include "guest/trace.h"
#include <stdlib.h>

enum { CLOSE_NOTIFY = 0, UNEXPECTED_MESSAGE = 10, HANDSHAKE_FAILURE = 40 };

typedef struct {
    TlsHello hello;
    TlsState state;
    uint64_t sent;
} Server;

static void refuse(Peer *p, uint8_t alert) {
    tls_put_alert(&p->out, true, alert);
    p->done = true;
}

/* The server's name is all that a client with its own TLS lets be seen. */
static void tell(const Peer *p, const TlsHello *hello, bool ours) {
    Machine *m = p->machine;
    char ip[ADDRESS_TEXT_SIZE];
    address_print(&p->at, ip);
    trace_event(m, p->thread, EV_tls_hello,
                {EF_DestinationHostname, *hello->server_name ? hello->server_name : NULL},
                {EF_DestinationIp, ip},
                {EF_DestinationPort, arena_printf(&m->scratch, "%u", p->at.port)},
                {EF_Answer, ours ? NULL : "refused: the program brings its own TLS"});
}

static const char *name_of(const Peer *p, const Server *s, char ip[ADDRESS_TEXT_SIZE]) {
    if (*s->hello.server_name) return s->hello.server_name;
    if (*p->host) return p->host;
    address_print(&p->at, ip);
    return ip;
}

static void greeted(Peer *p, Server *s, Span body) {
    char ip[ADDRESS_TEXT_SIZE];
    if (!tls_read_hello(body, &s->hello)) {
        refuse(p, UNEXPECTED_MESSAGE);
        return;
    }
    bool ours = tls_is_ours(p->machine, &s->hello);
    tell(p, &s->hello, ours);
    if (!ours) {
        refuse(p, HANDSHAKE_FAILURE);
        return;
    }
    const char *host = name_of(p, s, ip);
    Arena *a = &p->machine->scratch;
    tls_put_server(&p->out, &s->hello, certificate_of(p->machine, a, host));
    p->inner = peer_new(p->machine, p->thread, &p->at, host);
    if (p->inner) p->inner->secure = true;
    s->state = TLS_GREETED;
}

static void send_inner(Peer *p, Server *s) {
    Span out = buf_span(&p->inner->out);
    for (size_t at = 0; at < out.n; at += TLS_MOST)
        tls_put_data(&p->out, span_clip(out, at, TLS_MOST), s->sent++);
    buf_clear(&p->inner->out);
    if (!p->inner->done) return;
    tls_put_alert(&p->out, false, CLOSE_NOTIFY);
    p->done = true;
}

static void data(Peer *p, Server *s, Span body) {
    if (!p->inner) return;
    peer_take(p->inner, p->thread, tls_plain(body));
    send_inner(p, s);
}

/* The client's keys, the change of ciphers, and what ends the handshake. */
static void take_record(Peer *p, Server *s, const TlsRecord *r) {
    if (r->type == TLS_ALERT) p->done = true;
    else if (s->state == TLS_NEW && r->type == TLS_HANDSHAKE) greeted(p, s, r->body);
    else if (s->state == TLS_GREETED && r->type == TLS_CHANGE_CIPHER) s->state = TLS_KEYED;
    else if (s->state == TLS_KEYED && r->type == TLS_HANDSHAKE) {
        tls_put_finished(&p->out, &s->hello, true);
        s->state = TLS_OPEN;
        if (p->inner) send_inner(p, s); /* who speaks first does so now */
    } else if (s->state == TLS_OPEN && r->type == TLS_DATA) data(p, s, r->body);
}

static void tls_take(Peer *p) {
    Server *s = p->state ? p->state : calloc(1, sizeof *s);
    TlsRecord r;
    bool bad = false;
    p->state = s;
    Cur c = cur(buf_span(&p->in));
    while (s && !p->done && tls_record(&c, &r, &bad)) take_record(p, s, &r);
    if (bad || !s) refuse(p, UNEXPECTED_MESSAGE);
    peer_used(p, c.at);
}

const PeerKind peer_tls = {"tls", NULL, tls_take};
