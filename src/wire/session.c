#include "wire/session.h"
#include "wire/app.h"

Session *session_new(Wire *w, Flow *f, bool midstream) {
    Session *s = mem_alloc(&w->mem, sizeof *s);
    if (s) *s = (Session){.wire = w, .flow = f, .midstream = midstream};
    return s;
}

Session *session_clone(const Session *from) {
    Mem *m = &from->wire->mem;
    Session *s = mem_copy(m, from, sizeof *from);
    if (!s) return NULL;
    s->state = NULL;
    s->clues = from->clues ? mem_copy(m, from->clues, sizeof *s->clues) : NULL;
    if (!s->app || s->app->clone(s, from)) return s;
    mem_free(m, s->clues);
    mem_free(m, s);
    return NULL;
}

void session_free(Session *s) {
    if (!s) return;
    Mem *m = &s->wire->mem;
    if (s->app) {
        detect_see(s, &(Sight){.kind = SIGHT_END});
        s->app->close(s);
    }
    mem_free(m, s->clues);
    mem_free(m, s);
}

/* ---- which protocol ---- */

static bool has_port(const Flow *f, uint16_t port) {
    return f->ports[0] == port || f->ports[1] == port;
}

typedef enum { NO, YES, NOT_YET } Guess;

static bool begins(Span s, const char *word) {
    size_t n = strlen(word);
    return s.n >= n && memcmp(s.p, word, n) == 0;
}

static Guess guess_smb(const Flow *f, Span s) {
    if (has_port(f, 445) || has_port(f, 139)) return YES;
    if (s.n < 8) return s.p[0] == 0 ? NOT_YET : NO;
    return s.p[0] == 0 && memcmp(s.p + 5, "SMB", 3) == 0 && s.p[4] >= 0xFC ? YES : NO;
}

static Guess guess_http(const Flow *f, Span s) {
    static const char *const words[] = {"GET ",    "POST ",    "HEAD ",     "PUT ",   "OPTIONS ",
                                        "DELETE ", "CONNECT ", "PROPFIND ", "HTTP/1."};
    (void)f;
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (begins(s, words[i])) return YES;
        if (s.n < strlen(words[i]) && memcmp(s.p, words[i], s.n) == 0) return NOT_YET;
    }
    return NO;
}

static Guess guess_tls(const Flow *f, Span s) {
    (void)f;
    if (s.p[0] != 0x16) return NO;
    if (s.n < 3) return NOT_YET;
    return s.p[1] == 3 && s.p[2] <= 4 ? YES : NO;
}

static Guess guess_stratum(const Flow *f, Span s) {
    (void)f;
    return s.p[0] == '{' ? YES : NO;
}

static Guess guess_dns(const Flow *f, Span s) {
    (void)s;
    return f->ports[1] == 53 ? YES : NO;
}

static Guess guess_rpc(const Flow *f, Span s) {
    (void)f;
    if (s.p[0] != 5) return NO;
    if (s.n < 4) return NOT_YET;
    return s.p[1] <= 1 && s.p[2] <= 19 ? YES : NO;
}

static const struct {
    const App *app;
    Guess (*guess)(const Flow *f, Span s);
} apps[] = {
    {&app_smb, guess_smb},         {&app_http, guess_http}, {&app_tls, guess_tls},
    {&app_stratum, guess_stratum}, {&app_dns, guess_dns},   {&app_rpc, guess_rpc},
};

static void decide(Session *s, Span first) {
    bool wait = false;
    for (unsigned i = 0; i < sizeof apps / sizeof apps[0]; i++) {
        Guess g = apps[i].guess(s->flow, first);
        if (g == NOT_YET) wait = true;
        if (g != YES) continue;
        s->app = apps[i].app;
        break;
    }
    if (!s->app && wait && first.n < SESSION_PREFIX) return;
    s->decided = true;
    if (s->app && !s->app->open(s)) s->app = NULL;
}

static void hand_prefix(Session *s, unsigned from) {
    uint8_t n = s->prefix_n[from];
    s->prefix_n[from] = 0;
    if (n && s->app) s->app->data(s, from, span(s->prefix[from], n));
}

/* True once it is decided. Short beginnings are kept until they tell. */
static bool decided(Session *s, unsigned from, Span *bytes) {
    if (s->decided) return true;
    if (!s->prefix_n[from]) {
        decide(s, *bytes);
        if (s->decided) {
            hand_prefix(s, !from);
            return true;
        }
    }
    size_t room = SESSION_PREFIX - s->prefix_n[from], n = bytes->n < room ? bytes->n : room;
    memcpy(s->prefix[from] + s->prefix_n[from], bytes->p, n);
    s->prefix_n[from] = (uint8_t)(s->prefix_n[from] + n);
    *bytes = span_clip(*bytes, n, bytes->n);
    decide(s, span(s->prefix[from], s->prefix_n[from]));
    if (!s->decided) return false;
    hand_prefix(s, !from);
    hand_prefix(s, from);
    return true;
}

void session_learn_client(Session *s, unsigned from, bool reply) {
    if (s->client_known) return;
    s->client = reply ? !from : from;
    s->client_known = true;
    Pair *p = host_pair(s->wire, s->flow->ends[s->client], s->flow->ends[!s->client]);
    if (p) p->flows++;
}

/* ---- bytes ---- */

void session_data(Session *s, unsigned from, Span bytes, uint64_t frame, Time time) {
    s->frame = frame;
    s->time = time;
    if (bytes.n && decided(s, from, &bytes) && s->app && bytes.n) s->app->data(s, from, bytes);
}

void session_gap(Session *s, unsigned from, uint32_t bytes) {
    if (s->app) s->app->gap(s, from, bytes);
    else {
        s->holes = true;
        if (!s->decided) s->midstream = true;
    }
}

uint64_t session_unwanted(const Session *s, unsigned from) {
    if (!s->decided) return 0;
    return s->app ? s->app->unwanted(s, from) : UINT64_MAX;
}

void session_datagram(Wire *w, Flow *f, unsigned from, Span bytes) {
    if (has_port(f, 53) || has_port(f, 5353) || has_port(f, 5355)) dns_datagram(w, f, from, bytes);
}
