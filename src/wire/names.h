/* names: text of the wire as UTF-8, for events and reports; cut to a length that a person reads. It
 * lives in the Wire's arena until the next event. */
#ifndef COAX_WIRE_NAMES_H
#define COAX_WIRE_NAMES_H

#include "wire/wire.h"

enum { NAME_MOST = 512 };

/* Up to the NUL or the end; never NULL. */
const char *name_oem(Wire *w, Span bytes);
const char *name_utf16(Wire *w, Span utf16le);

#endif
