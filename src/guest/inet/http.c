#include "guest/inet/http.h"
#include <strings.h>

/* ---- the head ---- */

static bool is_token_char(uint8_t c) {
    return c > ' ' && c < 127 && !strchr("()<>@,;:\\\"/[]?={}", c);
}

/* The next line without its end; bad where there is none yet. A bare LF ends a line as well (RFC
 * 9112 2.2). */
static Span take_line(Cur *c) {
    size_t left = cur_left(c);
    const uint8_t *end = left ? memchr(c->span.p + c->at, '\n', left) : NULL;
    if (!end) {
        c->bad = true;
        return (Span){0};
    }
    Span line = cur_take(c, (size_t)(end - (c->span.p + c->at)));
    cur_skip(c, 1);
    if (line.n && line.p[line.n - 1] == '\r') line.n--;
    return line;
}

static Span trim(Span s) {
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) s = (Span){s.p + 1, s.n - 1};
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t')) s.n--;
    return s;
}

static size_t find(Span s, uint8_t byte) {
    const uint8_t *at = s.n ? memchr(s.p, byte, s.n) : NULL;
    return at ? (size_t)(at - s.p) : s.n;
}

static bool read_request_line(Span line, HttpRequest *out) {
    size_t first = find(line, ' ');
    if (!first || first == line.n) return false;
    out->method = span_sub(line, 0, first);
    for (size_t i = 0; i < first; i++)
        if (!is_token_char(line.p[i])) return false;
    Span rest = span_clip(line, first + 1, line.n);
    size_t last = rest.n;
    while (last && rest.p[last - 1] != ' ') last--;
    Span version = span_clip(rest, last, rest.n);
    if (last < 2 || version.n != 8 || memcmp(version.p, "HTTP/1.", 7)) return false;
    out->target = trim(span_sub(rest, 0, last - 1));
    out->minor = version.p[7] == '0' ? 0 : 1;
    return out->target.n > 0;
}

static bool read_header(Span line, HttpRequest *out) {
    size_t colon = find(line, ':');
    if (!colon || colon == line.n) return false;
    if (out->header_count == HTTP_MOST_HEADERS)
        return true; /* what is past them is not looked at */
    out->headers[out->header_count++] =
        (HttpHeader){trim(span_sub(line, 0, colon)), trim(span_clip(line, colon + 1, line.n))};
    return true;
}

static HttpState read_head(Cur *c, HttpRequest *out) {
    Span line = take_line(c);
    while (!c->bad && !line.n) line = take_line(c); /* RFC 9112 2.2 allows empty lines before */
    if (c->bad) return c->span.n > HTTP_HEAD_MOST ? HTTP_TOO_LARGE : HTTP_MORE;
    if (!read_request_line(line, out)) return HTTP_BAD;
    for (;;) {
        line = take_line(c);
        if (c->bad) return c->span.n > HTTP_HEAD_MOST ? HTTP_TOO_LARGE : HTTP_MORE;
        if (!line.n) break;
        if (!read_header(line, out)) return HTTP_BAD;
    }
    out->head_size = c->at;
    return HTTP_COMPLETE;
}

/* ---- the body ---- */

static bool read_number(Span digits, unsigned base, uint64_t *out) {
    *out = 0;
    if (!digits.n || digits.n > 15) return false;
    for (size_t i = 0; i < digits.n; i++) {
        uint8_t c = digits.p[i], letter = (uint8_t)(c | 0x20);
        unsigned digit = 99;
        if (c >= '0' && c <= '9') digit = c - (unsigned)'0';
        else if (letter >= 'a' && letter <= 'f') digit = letter - (unsigned)'a' + 10;
        if (digit >= base) return false;
        *out = *out * base + digit;
    }
    return true;
}

/* RFC 9112 7.1: size in hex, extensions, line end, bytes, line end; size 0 ends it, and then there
 * may be trailers. */
static HttpState read_chunks(Cur *c, Arena *a, HttpRequest *out) {
    Buf body = buf_new(HTTP_BODY_MOST);
    HttpState state = HTTP_COMPLETE;
    for (;;) {
        uint64_t size;
        Span line = take_line(c);
        if (c->bad) break;
        if (!read_number(trim(span_sub(line, 0, find(line, ';'))), 16, &size)) state = HTTP_BAD;
        if (state == HTTP_BAD || !size) break;
        buf_add(&body, cur_take(c, size));
        take_line(c);
    }
    while (state == HTTP_COMPLETE && !c->bad && take_line(c).n) {}
    if (body.full) state = HTTP_TOO_LARGE;
    else if (c->bad && state == HTTP_COMPLETE) state = HTTP_BODY;
    if (state == HTTP_COMPLETE) out->body = arena_bytes(a, buf_span(&body));
    buf_free(&body);
    return state;
}

static HttpState read_body(Cur *c, Arena *a, HttpRequest *out) {
    uint64_t length = 0;
    if (http_value_has(http_header(out, "Transfer-Encoding"), "chunked"))
        return read_chunks(c, a, out);
    Span told = http_header(out, "Content-Length");
    if (told.p && !read_number(told, 10, &length)) return HTTP_BAD;
    if (length > HTTP_BODY_MOST) return HTTP_TOO_LARGE;
    out->body = cur_take(c, length);
    return c->bad ? HTTP_BODY : HTTP_COMPLETE;
}

HttpState http_read(Span input, Arena *a, HttpRequest *out) {
    Cur c = cur(input);
    *out = (HttpRequest){0};
    HttpState state = read_head(&c, out);
    if (state == HTTP_COMPLETE) state = read_body(&c, a, out);
    out->size = c.at;
    return state;
}

bool http_begins(Span input) {
    static const char *const methods[] = {"GET ",     "POST ",  "HEAD ",  "PUT ",     "DELETE ",
                                          "OPTIONS ", "PATCH ", "TRACE ", "CONNECT ", "PROPFIND "};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        size_t n = strlen(methods[i]);
        if (input.n >= n && !memcmp(input.p, methods[i], n)) return true;
    }
    return false;
}

/* ---- headers ---- */

bool http_value_is(Span value, const char *text) {
    size_t n = strlen(text);
    return value.n == n && (!n || !strncasecmp((const char *)value.p, text, n));
}

bool http_value_has(Span value, const char *token) {
    while (value.n) {
        size_t comma = find(value, ',');
        if (http_value_is(trim(span_sub(value, 0, comma)), token)) return true;
        value = span_clip(value, comma + 1, value.n);
    }
    return false;
}

Span http_header(const HttpRequest *r, const char *name) {
    for (size_t i = 0; i < r->header_count; i++)
        if (http_value_is(r->headers[i].name, name)) return r->headers[i].value;
    return (Span){0};
}
