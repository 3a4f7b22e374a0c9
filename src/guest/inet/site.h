/* Site: what a URL answers. `http` facts come first, then what is well known (sites.def), then
 * something plausible for the name's ending. */
#ifndef COAX_GUEST_INET_SITE_H
#define COAX_GUEST_INET_SITE_H

#include "guest/machine.h"

typedef struct {
    unsigned status;
    const char *type;
    Span body;           /* in the machine's scratch arena, or the world's */
    const char *headers; /* further ones, one a line; or NULL */
    bool chunked;        /* the body is sent in chunks */
} SiteAnswer;

/* `url` begins with http:// or https://; `process` asks. */
SiteAnswer site_answer(Machine *m, const Process *process, const char *url);

#endif
