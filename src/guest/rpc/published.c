#include "guest/rpc/published.h"
#include "guest/process.h"
#include <stdlib.h>

enum { MOST = 4096 };

static Span copy(uint8_t **at, Span from) {
    if (from.n) memcpy(*at, from.p, from.n);
    Span to = span(*at, from.n);
    *at += from.n;
    return to;
}

uint32_t published_add(Machine *m, PublishedKind kind, uint32_t process, bool once, Span key,
                       Span object, Span moniker) {
    Published **at = &m->published, *p = calloc(1, sizeof *p);
    size_t count = 0;
    for (; *at; at = &(*at)->next) count++;
    if (p) p->bytes = malloc(key.n + object.n + moniker.n + 1);
    if (!p || !p->bytes || count >= MOST) {
        if (p) free(p->bytes);
        free(p);
        return 0;
    }
    uint8_t *to = p->bytes;
    p->kind = kind;
    p->process = process;
    p->once = once;
    p->key = copy(&to, key);
    p->object = copy(&to, object);
    p->moniker = copy(&to, moniker);
    p->cookie = ++m->published_cookie;
    *at = p;
    return p->cookie;
}

Published *published_next(Machine *m, PublishedKind kind, const Published *after) {
    Published *p = after ? after->next : m->published;
    while (p && (p->kind != kind || !process_by_id(m, p->process))) p = p->next;
    return p;
}

Published *published_find(Machine *m, PublishedKind kind, Span key) {
    Published *p = published_next(m, kind, NULL);
    while (p && !span_equal(p->key, key)) p = published_next(m, kind, p);
    return p;
}

void published_remove(Machine *m, uint32_t cookie) {
    Published **at = &m->published;
    while (*at && (*at)->cookie != cookie) at = &(*at)->next;
    Published *p = *at;
    if (!p) return;
    *at = p->next;
    free(p->bytes);
    free(p);
}

void published_close(Machine *m) {
    while (m->published) published_remove(m, m->published->cookie);
}
