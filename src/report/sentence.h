/* An event as one sentence, by its template in model/events.def. */
#ifndef COAX_REPORT_SENTENCE_H
#define COAX_REPORT_SENTENCE_H

#include "base/buf.h"
#include "model/model.h"

/* Appends it; the fields' values are escaped, and long ones are cut, saying so. */
void sentence_write(Buf *out, const Event *e);

/* Appends sample-controlled text in that way. */
void sentence_text(Buf *out, const char *text);

#endif
