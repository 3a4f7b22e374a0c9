#include "report/out.h"
#include <errno.h>

/* One line may be as long as the facts of a large file; a longer one is our own trouble (EFBIG). */
enum { OUT_CEILING = 256 << 20, OUT_ENOUGH = 64 << 10 };

Out out_open(int (*write)(void *context, Span bytes), void *context) {
    return (Out){.write = write, .context = context, .buf = buf_new(OUT_CEILING)};
}

void out_close(Out *o) {
    buf_free(&o->buf);
}

void out_flush(Out *o) {
    if (o->buf.full && !o->error) o->error = EFBIG;
    if (o->buf.n && !o->error) o->error = o->write(o->context, buf_span(&o->buf));
    buf_clear(&o->buf);
}

void out_breathe(Out *o) {
    if (o->buf.n >= OUT_ENOUGH || o->buf.full) out_flush(o);
}
