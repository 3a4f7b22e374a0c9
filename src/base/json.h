/* JSON, written and read: RFC 8259, one line, keys in the order in which they were set. Text that
 * is not UTF-8 comes out with U+FFFD in place of each broken byte, so that every line is valid JSON
 * whatever a sample put into a name. */
#ifndef COAX_BASE_JSON_H
#define COAX_BASE_JSON_H

#include "base/buf.h"
#include "base/status.h"
#include "base/value.h"

/* Appends the value without a line end. */
void json_write(Buf *out, const Value *v);

/* Appends a quoted, escaped string. */
void json_write_text(Buf *out, Span utf8);

/* The same, such that json_read makes exactly the same tree of it: a broken byte NN becomes
 * \udcNN (as Python's "surrogateescape" has it), and a real number always has a point or an
 * exponent. For what we keep for ourselves. */
void json_write_exact(Buf *out, const Value *v);
void json_write_text_exact(Buf *out, Span utf8);

enum { JSON_DEPTH = 64 };

/* One value and nothing but white space around it; the tree is in the arena. ST_SYNTAX for anything
 * else, and for more than JSON_DEPTH lists and maps in each other; ST_BUDGET where the arena is
 * full. \udcNN with NN from 80 to ff is the byte NN; another lone surrogate has three bytes. */
Status json_read(Arena *a, Span text, const Value **out);

#endif
