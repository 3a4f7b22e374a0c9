#include "report/out.h"
#include <errno.h>
#include <unistd.h>

/* One line may be as long as the facts of a large file; a longer one is our own trouble (EFBIG). */
enum { OUT_CEILING = 256 << 20, OUT_ENOUGH = 64 << 10 };

Out out_open(int fd) {
    return (Out){.fd = fd, .buf = buf_new(OUT_CEILING)};
}

void out_close(Out *o) {
    buf_free(&o->buf);
}

void out_flush(Out *o) {
    if (o->buf.full && !o->error) o->error = EFBIG;
    if (o->before_write && o->buf.n) o->before_write(o->context);
    for (size_t at = 0; at < o->buf.n && !o->error;) {
        ssize_t n = write(o->fd, o->buf.p + at, o->buf.n - at);
        if (n >= 0) at += (size_t)n;
        else if (errno != EINTR) o->error = errno;
    }
    buf_clear(&o->buf);
}

void out_breathe(Out *o) {
    if (o->buf.n >= OUT_ENOUGH || o->buf.full) out_flush(o);
}
