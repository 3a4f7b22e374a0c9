#include "guest/inet/peer.h"
#include "guest/inet/http.h"
#include "guest/inet/tls.h"
#include <stdio.h>
#include <stdlib.h>

enum { IN_MOST = HTTP_BODY_MOST + HTTP_HEAD_MOST + (1 << 20), OUT_MOST = 64 << 20 };

void peer_used(Peer *p, size_t n) {
    if (n > p->in.n) n = p->in.n;
    memmove(p->in.p, p->in.p + n, p->in.n - n);
    p->in.n -= n;
}

/* ---- who is asked ---- */

/* What a `tcp` fact says this host and port greet with. */
static Span told_greeting(const Peer *p) {
    char subject[INET_LONGEST_NAME + 8], ip[ADDRESS_TEXT_SIZE];
    const World *w = p->machine->world;
    address_print(&p->at, ip);
    const char *const names[] = {p->host, ip};
    for (size_t i = 0; i < 2; i++) {
        snprintf(subject, sizeof subject, "%s:%u", names[i], p->at.port);
        const WorldItem *item = *names[i] ? world_match(w, FACT_tcp, subject) : NULL;
        const WorldValue *v = item ? item_value(item, FACT_tcp_greeting) : NULL;
        if (v && v->set) return v->bytes;
    }
    return (Span){0};
}

static const PeerKind *kind_of_first_words(Span in) {
    if (in.n >= 3 && in.p[0] == TLS_HANDSHAKE && in.p[1] == 3) return &peer_tls;
    return http_begins(in) ? &peer_http : NULL;
}

Peer *peer_new(Machine *m, Thread *t, const Address *at, const char *host) {
    Peer *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    *p = (Peer){.machine = m, .thread = t, .at = *at};
    p->in = buf_new(IN_MOST);
    p->out = buf_new(OUT_MOST);
    snprintf(p->host, sizeof p->host, "%s", host ? host : "");
    Span greeting = told_greeting(p);
    if (greeting.n) buf_add(&p->out, greeting);
    else if (peer_speaks_lines(p)) p->kind = &peer_line;
    if (p->kind) p->kind->greet(p);
    return p;
}

void peer_take(Peer *p, Thread *t, Span bytes) {
    if (p->done) return;
    p->thread = t;
    buf_add(&p->in, bytes);
    if (!p->kind) p->kind = kind_of_first_words(buf_span(&p->in));
    if (p->in.full) p->done = true;
    else if (p->kind) p->kind->take(p);
    p->thread = NULL;
}

void peer_free(Peer *p) {
    if (!p) return;
    peer_free(p->inner);
    buf_free(&p->in);
    buf_free(&p->out);
    free(p->state);
    free(p);
}
