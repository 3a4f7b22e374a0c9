/* Out: buffered writing to a descriptor. The first failure sticks and silences the rest, so that
 * writers check once, at the end. */
#ifndef COAX_REPORT_OUT_H
#define COAX_REPORT_OUT_H

#include "base/buf.h"
#include "base/status.h"

typedef struct {
    int fd;
    int error; /* errno, or 0 */
    Buf buf;
    void (*before_write)(void *context);
    void *context;
} Out;

Out out_open(int fd);
void out_close(Out *o); /* frees; does not flush */

/* Call between two lines: writes when enough has gathered. */
void out_breathe(Out *o);
void out_flush(Out *o);

#endif
