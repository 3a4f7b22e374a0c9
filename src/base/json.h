/* JSON, written: RFC 8259, one line, keys in the order in which they were set. Text that is not
 * UTF-8 comes out with U+FFFD in place of each broken byte, so that every line is valid JSON
 * whatever a sample put into a name. */
#ifndef COAX_BASE_JSON_H
#define COAX_BASE_JSON_H

#include "base/buf.h"
#include "base/value.h"

/* Appends the value without a line end. */
void json_write(Buf *out, const Value *v);

/* Appends a quoted, escaped string. */
void json_write_text(Buf *out, Span utf8);

#endif
