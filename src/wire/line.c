#include "wire/line.h"

static Span chomp(Span line) {
    return line.n && line.p[line.n - 1] == '\r' ? span_clip(line, 0, line.n - 1) : line;
}

static void keep(Mem *m, Lines *l, Span bytes) {
    Span fits = span_clip(bytes, 0, LINE_MOST - l->n);
    if (!mem_grow(m, (void **)&l->part, &l->room, l->n + (uint32_t)fits.n, 1)) return;
    if (fits.n) memcpy(l->part + l->n, fits.p, fits.n);
    l->n += (uint32_t)fits.n;
}

bool lines_next(Mem *m, Lines *l, Span *bytes, Span *line) {
    const uint8_t *end = bytes->n ? memchr(bytes->p, '\n', bytes->n) : NULL;
    if (!end) {
        keep(m, l, *bytes);
        *bytes = (Span){0};
        return false;
    }
    Span head = span(bytes->p, (size_t)(end - bytes->p));
    *bytes = span_clip(*bytes, head.n + 1, bytes->n);
    if (l->n) {
        keep(m, l, head);
        head = span(l->part, l->n);
        l->n = 0;
    }
    *line = chomp(span_clip(head, 0, LINE_MOST));
    return true;
}

bool lines_clone(Mem *m, Lines *to, const Lines *from) {
    *to = *from;
    to->part = from->part ? mem_copy(m, from->part, from->room) : NULL;
    if (!to->part) to->n = to->room = 0;
    return true;
}

void lines_free(Mem *m, Lines *l) {
    mem_free(m, l->part);
    *l = (Lines){0};
}
