/* HTTP/1 (RFC 9112): request lines, Host and User-Agent, and answers' status lines. Bodies pass by
 * where their length is known; else the next line that begins a message is looked for. A request is
 * told with its answer, or without one when none comes. */
#include "wire/app.h"
#include "wire/event.h"
#include "wire/line.h"
#include <stdlib.h>

enum { ASKED = 4 }; /* requests that wait for their answers */

typedef struct {
    Time time;
    char method[16], target[256], host[128], agent[128];
} Request;

typedef struct {
    Lines lines;
    uint64_t body; /* bytes that pass by */
    bool in_head, endless;
    uint64_t length;
    Request request;
    char status[4];
} HttpSide;

typedef struct {
    HttpSide sides[2];
    Request asked[ASKED]; /* the oldest first */
    unsigned count;
} Http;

static Http *http(const Session *s) {
    return s->state;
}

static bool http_open(Session *s) {
    s->state = mem_alloc(&s->wire->mem, sizeof(Http));
    return s->state != NULL;
}

static void tell_oldest(Session *s, const char *answer);

static void http_close(Session *s) {
    while (http(s)->count) tell_oldest(s, NULL);
    for (unsigned i = 0; i < 2; i++) lines_free(&s->wire->mem, &http(s)->sides[i].lines);
    mem_free(&s->wire->mem, s->state);
}

static bool http_clone(Session *to, const Session *from) {
    Http *h = mem_copy(&to->wire->mem, http(from), sizeof *h);
    if (!h) return false;
    for (unsigned i = 0; i < 2; i++)
        lines_clone(&to->wire->mem, &h->sides[i].lines, &http(from)->sides[i].lines);
    to->state = h;
    return true;
}

static void set(char *to, size_t room, Span text) {
    size_t n = text.n < room - 1 ? text.n : room - 1;
    if (n) memcpy(to, text.p, n);
    to[n] = 0;
}

/* ---- messages ---- */

/* Host: without its port; an IPv6 address stands in brackets. */
static const char *host_name(Wire *w, const char *host) {
    size_t n = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    return event_text(w, span_clip(span_str(host), 0, n));
}

static void tell(Session *s, const Request *r, const char *answer) {
    Wire *w = s->wire;
    if (s->muted) return;
    Event e = event_new(w, s->flow, EV_http_request);
    const char *host = *r->host ? r->host : e.fields[2].value; /* DestinationIp */
    bool absolute = r->target[0] != '/';
    e.time = r->time;
    event_set(&e, EF_Method, r->method);
    event_set(&e, EF_Url,
              absolute ? r->target : arena_printf(&w->arena, "http://%s%s", host, r->target));
    if (*r->host) event_set(&e, EF_DestinationHostname, host_name(w, r->host));
    if (*r->agent) event_set(&e, EF_UserAgent, r->agent);
    if (answer) event_set(&e, EF_Answer, answer);
    event_emit(w, &e);
}

static void tell_oldest(Session *s, const char *answer) {
    Http *h = http(s);
    if (!h->count) return;
    tell(s, &h->asked[0], answer);
    h->count--;
    memmove(h->asked, h->asked + 1, h->count * sizeof *h->asked);
}

/* A head is complete. */
static void take_head(Session *s, HttpSide *side) {
    Http *h = http(s);
    bool interim = side->status[0] == '1'; /* "100 Continue": the answer still comes */
    if (!*side->request.method) {
        if (!interim) tell_oldest(s, side->status);
        return;
    }
    if (h->count == ASKED) tell_oldest(s, NULL);
    h->asked[h->count] = side->request;
    h->asked[h->count++].time = s->time;
}

/* "GET /path HTTP/1.1" or "HTTP/1.1 200 OK"; false where it is neither. */
static bool begin_message(HttpSide *h, Span line) {
    Request *r = &h->request;
    *r->method = *r->host = *r->agent = 0;
    h->length = 0;
    h->endless = false;
    if (line.n >= 9 && memcmp(line.p, "HTTP/1.", 7) == 0) {
        set(h->status, sizeof h->status, span_clip(line, 9, 12));
        return true;
    }
    const uint8_t *one = line.n ? memchr(line.p, ' ', line.n) : NULL;
    if (!one || one - line.p > 10) return false;
    size_t at = (size_t)(one - line.p) + 1;
    const uint8_t *two = line.n > at ? memchr(line.p + at, ' ', line.n - at) : NULL;
    if (!two || line.n - (size_t)(two - line.p) < 8 || memcmp(two + 1, "HTTP/1.", 7) != 0)
        return false;
    set(r->method, sizeof r->method, span(line.p, at - 1));
    set(r->target, sizeof r->target, span(line.p + at, (size_t)(two - line.p) - at));
    return true;
}

static bool is_field(Span line, const char *name, Span *value) {
    size_t n = strlen(name);
    if (line.n <= n || line.p[n] != ':') return false;
    for (size_t i = 0; i < n; i++)
        if ((line.p[i] | 0x20) != name[i]) return false;
    *value = span_clip(line, n + 1, line.n);
    while (value->n && (value->p[0] == ' ' || value->p[0] == '\t'))
        *value = span_clip(*value, 1, value->n);
    return true;
}

static void take_field(HttpSide *h, Span line) {
    Span v;
    char number[24];
    if (is_field(line, "host", &v)) set(h->request.host, sizeof h->request.host, v);
    else if (is_field(line, "user-agent", &v))
        set(h->request.agent, sizeof h->request.agent, v);
    else if (is_field(line, "transfer-encoding", &v)) h->endless = true;
    else if (is_field(line, "content-length", &v)) {
        set(number, sizeof number, v);
        h->length = strtoull(number, NULL, 10);
    }
}

static void take_line(Session *s, HttpSide *h, Span line) {
    if (!h->in_head) {
        h->in_head = begin_message(h, line);
        return;
    }
    if (line.n) {
        take_field(h, line);
        return;
    }
    h->in_head = false;
    if (!h->endless) h->body = h->length; /* chunks are lines that begin no message */
    take_head(s, h);
}

static void http_data(Session *s, unsigned from, Span bytes) {
    HttpSide *h = &http(s)->sides[from];
    while (bytes.n) {
        Span line;
        uint64_t pass = h->body < bytes.n ? h->body : bytes.n;
        h->body -= pass;
        bytes = span_clip(bytes, pass, bytes.n);
        if (bytes.n && lines_next(&s->wire->mem, &h->lines, &bytes, &line)) take_line(s, h, line);
    }
}

static void http_gap(Session *s, unsigned from, uint32_t bytes) {
    HttpSide *h = &http(s)->sides[from];
    if (h->body >= bytes) {
        h->body -= bytes;
        return;
    }
    h->body = 0;
    h->in_head = false;
    h->lines.n = 0;
    s->holes = true;
}

static uint64_t http_unwanted(const Session *s, unsigned from) {
    return http(s)->sides[from].body;
}

const App app_http = {.name = "http",
                      .open = http_open,
                      .close = http_close,
                      .clone = http_clone,
                      .data = http_data,
                      .gap = http_gap,
                      .unwanted = http_unwanted};
