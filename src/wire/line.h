/* line: lines of text out of a stream, for protocols that are made of them. */
#ifndef COAX_WIRE_LINE_H
#define COAX_WIRE_LINE_H

#include "wire/mem.h"

enum { LINE_MOST = 8 << 10 };

typedef struct {
    uint8_t *part;
    uint32_t n, room;
} Lines;

/* The next line without its end; false where bytes are used up. A line that is longer than
 * LINE_MOST comes cut. */
bool lines_next(Mem *m, Lines *l, Span *bytes, Span *line);

bool lines_clone(Mem *m, Lines *to, const Lines *from);
void lines_free(Mem *m, Lines *l);

#endif
