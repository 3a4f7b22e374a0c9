/* HTTP/1.1 as a server reads it (RFC 9112). */
#ifndef COAX_GUEST_INET_HTTP_H
#define COAX_GUEST_INET_HTTP_H

#include "base/arena.h"
#include "base/buf.h"

typedef struct {
    Span name, value; /* the value without the blanks around it */
} HttpHeader;

enum { HTTP_MOST_HEADERS = 128, HTTP_HEAD_MOST = 256 << 10, HTTP_BODY_MOST = 16 << 20 };

typedef struct {
    Span method, target;
    unsigned minor; /* of HTTP/1.minor */
    size_t header_count;
    HttpHeader headers[HTTP_MOST_HEADERS];
    size_t head_size; /* bytes up to the body */
    Span body;        /* in the input, or in the arena where it came in chunks */
    size_t size;      /* bytes of the whole request in the input */
} HttpRequest;

typedef enum {
    HTTP_MORE, /* the head is not complete */
    HTTP_BODY, /* the head is, the body is not */
    HTTP_COMPLETE,
    HTTP_BAD, /* no request */
    HTTP_TOO_LARGE
} HttpState;

/* Reads the request at the start of the input. Spans point into it; only the body may be in the
 * arena. */
HttpState http_read(Span input, Arena *a, HttpRequest *out);

/* Whether a connection that begins with these bytes speaks HTTP; false while it is not clear. */
bool http_begins(Span input);

/* The value of a header (without case), or the empty span with p NULL. */
Span http_header(const HttpRequest *r, const char *name);
bool http_value_is(Span value, const char *text);   /* without case */
bool http_value_has(Span value, const char *token); /* one of a list with commas */

#endif
