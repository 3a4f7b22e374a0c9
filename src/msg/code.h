/* code: numbers, text and Value trees as bytes of a message.
 *
 *     number   LEB128: seven bits a byte, the lowest first, bit 7 set but in the last; signed ones
 * are zigzag-coded before (0, -1, 1, -2, ...) text     number n: 0 = none (NULL), else n - 1 bytes
 * follow, without a NUL among them bytes    number n, n bytes value    a byte for the kind; in a
 * map the key (a text) comes next; then the value itself, for a list and a map the number of items
 * and the items; kind 255 = no tree at all (NULL)
 *
 * Reading is done with a Cur, whose `bad` sticks: everything malformed sets it, and so does what
 * lies above a limit. What was read is to be used only after one check of `bad` and of the arena's
 * `full`. */
#ifndef COAX_MSG_CODE_H
#define COAX_MSG_CODE_H

#include "base/buf.h"
#include "base/value.h"

enum { MSG_VALUE_DEPTH = 64, MSG_VALUE_NODES = 1 << 19 };

void msg_put_uint(Buf *out, uint64_t n);
void msg_put_int(Buf *out, int64_t n);
void msg_put_bool(Buf *out, bool b);
void msg_put_text(Buf *out, const char *text);
void msg_put_bytes(Buf *out, Span bytes);

/* A tree deeper, or with more nodes, than the limits sets out->full, since no reader would take it.
 */
void msg_put_value(Buf *out, const Value *v);

uint64_t msg_get_uint(Cur *c);
uint32_t msg_get_u32(Cur *c); /* bad above 32 bits */
int64_t msg_get_int(Cur *c);
bool msg_get_bool(Cur *c);
const char *msg_get_text(Arena *a, Cur *c);   /* or NULL */
const char *msg_need_text(Arena *a, Cur *c);  /* bad where it is NULL */
Span msg_get_bytes(Cur *c);                   /* into the message */
const Value *msg_get_value(Arena *a, Cur *c); /* or NULL */

#endif
