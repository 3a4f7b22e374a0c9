/* A server of HTTP/1.1 (RFC 9110, RFC 9112). */
#include "base/hash.h"
#include "guest/inet/http.h"
#include "guest/inet/peer.h"
#include "guest/inet/site.h"
#include "guest/trace.h"
#include <stdio.h>
#include <time.h>

/* ---- what was asked ---- */

static const char *text_of(Arena *a, Span s) {
    return s.p ? arena_text(a, s) : NULL;
}

/* A URL without the port that its scheme has anyway (RFC 3986 6.2.3). */
static const char *without_usual_port(Arena *a, const char *url) {
    size_t host = sizeof "http://" - 1, n = host + strcspn(url + host, ":/?#");
    if (strncmp(url + n, ":80", 3) || (url[n + 3] && !strchr("/?#", url[n + 3]))) return url;
    return arena_printf(a, "%.*s%s", (int)n, url, url + n + 3);
}

/* The whole URL: a proxy is given it, a server puts it together. */
static const char *url_of(const Peer *p, Arena *a, const HttpRequest *r) {
    char ip[ADDRESS_TEXT_SIZE];
    if (r->target.n > 7 && !strncasecmp((const char *)r->target.p, "http://", 7)) {
        const char *url = arena_text(a, r->target);
        return url ? without_usual_port(a, url) : NULL;
    }
    address_print(&p->at, ip);
    Span host = http_header(r, "Host");
    const char *name = host.n ? arena_text(a, host) : *p->host ? p->host : ip;
    unsigned usual = p->secure ? 443 : 80;
    bool port = p->at.port != usual && name && !strchr(name, ':');
    const char *scheme = p->secure ? "https" : "http", *target = arena_text(a, r->target);
    if (port) return arena_printf(a, "%s://%s:%u%s", scheme, name, p->at.port, target);
    return arena_printf(a, "%s://%s%s", scheme, name, target);
}

/* The headers that no field of the event is for. */
static const char *other_headers(Arena *a, const HttpRequest *r) {
    static const char *const told[] = {"Host",   "User-Agent",   "Referer",
                                       "Cookie", "Content-Type", "Content-Length"};
    Buf out = buf_new(HTTP_HEAD_MOST);
    for (size_t i = 0; i < r->header_count; i++) {
        const HttpHeader *h = &r->headers[i];
        bool known = false;
        for (size_t k = 0; k < sizeof told / sizeof *told; k++)
            known |= http_value_is(h->name, told[k]);
        if (known) continue;
        buf_printf(&out, "%s%.*s: %.*s", out.n ? "\n" : "", (int)h->name.n, (const char *)h->name.p,
                   (int)h->value.n, (const char *)h->value.p);
    }
    const char *text = out.n ? arena_text(a, buf_span(&out)) : NULL;
    buf_free(&out);
    return text;
}

static bool is_text(Span s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 127 || (s.p[i] < ' ' && !strchr("\t\r\n", s.p[i]))) return false;
    return !memchr(s.p, 0, s.n);
}

static const char *body_text(Arena *a, Span body) {
    enum { TEXT_MOST = 1024, BYTES_MOST = 256 };
    if (!body.n) return NULL;
    Span text = span_clip(body, 0, TEXT_MOST);
    if (is_text(text)) return arena_text(a, text);
    Span bytes = span_clip(body, 0, BYTES_MOST);
    char hex[2 * BYTES_MOST + 1];
    hash_hex(bytes, hex);
    return arena_printf(a, "hex:%s", hex);
}

static void tell(const Peer *p, const HttpRequest *r, const char *url, unsigned status) {
    Machine *m = p->machine;
    Arena *a = &m->scratch;
    char hash[sizeof "SHA256=" + 64] = "SHA256=";
    uint8_t digest[32];
    hash_sha256(r->body, digest);
    hash_hex(span(digest, sizeof digest), hash + sizeof "SHA256=" - 1);
    bool body = r->body.n > 0;
    trace_event(m, p->thread, EV_http_request, {EF_Url, url}, {EF_Method, text_of(a, r->method)},
                {EF_UserAgent, text_of(a, http_header(r, "User-Agent"))},
                {EF_Referer, text_of(a, http_header(r, "Referer"))},
                {EF_Cookie, text_of(a, http_header(r, "Cookie"))},
                {EF_ContentType, text_of(a, http_header(r, "Content-Type"))},
                {EF_Headers, other_headers(a, r)}, {EF_Body, body_text(a, r->body)},
                {EF_Size, body ? arena_printf(a, "%zu", r->body.n) : NULL},
                {EF_Hashes, body ? hash : NULL}, {EF_Answer, arena_printf(a, "%u", status)});
}

/* ---- what is answered ---- */

static const char *reason(unsigned status) {
    static const struct {
        unsigned status;
        const char *text;
    } reasons[] = {
        {100, "Continue"},
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {413, "Content Too Large"},
        {416, "Range Not Satisfiable"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status) return reasons[i].text;
    return "Unknown";
}

/* RFC 9110 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT. */
static void put_date(Peer *p) {
    char text[64];
    struct tm tm;
    time_t seconds = (time_t)(machine_time(p->machine) / TIME_SECOND);
    gmtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    buf_printf(&p->out, "Date: %s\r\n", text);
}

#define CHUNKED SIZE_MAX /* as a length: the body's is not told ahead */

static void put_head(Peer *p, unsigned status, const char *type, size_t length, bool keep) {
    bool chunked = length == CHUNKED;
    buf_printf(&p->out, "HTTP/1.1 %u %s\r\nServer: nginx\r\n", status, reason(status));
    put_date(p);
    if (type) buf_printf(&p->out, "Content-Type: %s\r\n", type);
    if (chunked) buf_str(&p->out, "Transfer-Encoding: chunked\r\n");
    else buf_printf(&p->out, "Content-Length: %zu\r\n", length);
    buf_printf(&p->out, "Connection: %s\r\n", keep ? "keep-alive" : "close");
}

/* "bytes=FIRST-", "bytes=FIRST-LAST", "bytes=-LAST" (RFC 9110 14.1.2); false where it is none. */
static bool read_range(Span value, size_t size, size_t *first, size_t *end) {
    char text[64];
    unsigned long long from, to;
    int used = 0;
    snprintf(text, sizeof text, "%.*s", (int)(value.n < 63 ? value.n : 63), (const char *)value.p);
    *end = size;
    if (sscanf(text, "bytes=-%llu%n", &to, &used) == 1 && !text[used]) {
        *first = to < size ? size - (size_t)to : 0;
        return true;
    }
    if (sscanf(text, "bytes=%llu-%llu%n", &from, &to, &used) == 2 && !text[used] && to >= from) {
        if (to + 1 < size) *end = (size_t)to + 1;
    } else if (sscanf(text, "bytes=%llu-%n", &from, &used) != 1 || text[used] || !used) {
        return false;
    }
    *first = (size_t)from;
    return from < size;
}

static bool has_location(const SiteAnswer *a) {
    return a->status >= 301 && a->status <= 308 && a->status != 304;
}

/* RFC 9112 7.1. */
static void put_chunks(Peer *p, Span body) {
    enum { CHUNK = 1000 };
    for (size_t at = 0; at < body.n; at += CHUNK) {
        Span chunk = span_clip(body, at, CHUNK);
        buf_printf(&p->out, "%zx\r\n", chunk.n);
        buf_add(&p->out, chunk);
        buf_str(&p->out, "\r\n");
    }
    buf_str(&p->out, "0\r\n\r\n");
}

static void put_lines(Peer *p, const char *lines) {
    for (size_t n; lines && *lines; lines += n + (lines[n] == '\n')) {
        n = strcspn(lines, "\n");
        size_t text = n && lines[n - 1] == '\r' ? n - 1 : n;
        if (text) buf_printf(&p->out, "%.*s\r\n", (int)text, lines);
    }
}

/* A redirection's body, as the world tells it, is where it leads to. The status that was sent. */
static unsigned put_answer(Peer *p, const HttpRequest *r, SiteAnswer a, bool keep) {
    size_t whole = a.body.n, first = 0, end = whole;
    Span range = http_header(r, "Range");
    bool part = a.status == 200 && range.n && read_range(range, whole, &first, &end);
    bool head = http_value_is(r->method, "HEAD");
    Span location = has_location(&a) ? a.body : (Span){0};
    bool chunked = a.chunked && r->minor > 0 && !part && !location.n;
    if (part) {
        a.status = 206;
        a.body = span_sub(a.body, first, end - first);
    }
    if (location.n) a.body = (Span){0};
    put_head(p, a.status, a.type, chunked ? CHUNKED : a.body.n, keep);
    put_lines(p, a.headers);
    if (part) buf_printf(&p->out, "Content-Range: bytes %zu-%zu/%zu\r\n", first, end - 1, whole);
    if (location.n)
        buf_printf(&p->out, "Location: %.*s\r\n", (int)location.n, (const char *)location.p);
    buf_str(&p->out, "Accept-Ranges: bytes\r\n\r\n");
    if (head) return a.status;
    if (chunked) put_chunks(p, a.body);
    else buf_add(&p->out, a.body);
    return a.status;
}

static bool keeps_alive(const HttpRequest *r) {
    Span connection = http_header(r, "Connection");
    if (!connection.n) connection = http_header(r, "Proxy-Connection");
    if (http_value_has(connection, "close")) return false;
    return r->minor > 0 || http_value_has(connection, "keep-alive");
}

/* From here on the connection leads to another host (RFC 9110 9.3.6). */
static void tunnel(Peer *p, const HttpRequest *r) {
    char host[INET_LONGEST_NAME + 1];
    unsigned port = 443;
    snprintf(host, sizeof host, "%.*s",
             (int)(r->target.n < sizeof host ? r->target.n : sizeof host - 1),
             (const char *)r->target.p);
    char *colon = strrchr(host, ':');
    if (colon) {
        sscanf(colon + 1, "%u", &port);
        *colon = 0;
    }
    snprintf(p->host, sizeof p->host, "%s", host);
    p->at.port = (uint16_t)port;
    p->kind = NULL;
    buf_str(&p->out, "HTTP/1.1 200 Connection established\r\n\r\n");
}

static void answer(Peer *p, const HttpRequest *r) {
    const char *url = url_of(p, &p->machine->scratch, r);
    if (!url) return;
    bool connect = http_value_is(r->method, "CONNECT");
    bool keep = keeps_alive(r);
    if (connect) {
        tell(p, r, arena_text(&p->machine->scratch, r->target), 200);
        tunnel(p, r);
    } else {
        SiteAnswer a = site_answer(p->machine, p->thread->process, url);
        tell(p, r, url, put_answer(p, r, a, keep));
    }
    p->done = !keep && !connect;
}

static void refuse(Peer *p, unsigned status) {
    put_head(p, status, NULL, 0, false);
    buf_str(&p->out, "\r\n");
    p->done = true;
}

static void http_take(Peer *p) {
    enum { CONTINUED = 1 };
    while (p->in.n && !p->done && p->kind == &peer_http) {
        HttpRequest r;
        HttpState state = http_read(buf_span(&p->in), &p->machine->scratch, &r);
        if (state == HTTP_BODY && p->step != CONTINUED &&
            http_value_has(http_header(&r, "Expect"), "100-continue")) {
            buf_str(&p->out, "HTTP/1.1 100 Continue\r\n\r\n");
            p->step = CONTINUED;
        }
        if (state == HTTP_MORE || state == HTTP_BODY) return;
        p->step = 0;
        if (state == HTTP_COMPLETE) answer(p, &r);
        else refuse(p, state == HTTP_BAD ? 400 : 413);
        peer_used(p, r.size);
    }
}

const PeerKind peer_http = {"http", NULL, http_take};
