/* Out: buffered writing. The first failure sticks and silences the rest, so that writers check
 * once, at the end. */
#ifndef COAX_REPORT_OUT_H
#define COAX_REPORT_OUT_H

#include "base/buf.h"

typedef struct {
    int (*write)(void *context, Span bytes); /* 0 or an errno */
    void *context;
    int error;
    Buf buf;
} Out;

Out out_open(int (*write)(void *context, Span bytes), void *context);
void out_close(Out *o); /* frees; does not flush */

/* Call between two lines: writes when enough has gathered. */
void out_breathe(Out *o);
void out_flush(Out *o);

#endif
