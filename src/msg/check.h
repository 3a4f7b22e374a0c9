/* check: readers of trees that must have a certain shape, so that whoever gets a noun from a worker
 * can rely on what model.h says of it. The wrong shape makes the cursor bad. */
#ifndef COAX_MSG_CHECK_H
#define COAX_MSG_CHECK_H

#include "base/status.h"
#include "msg/code.h"

const Value *msg_get_texts(Arena *a, Cur *c);   /* a list of text, or NULL */
const Value *msg_need_texts(Arena *a, Cur *c);  /* bad where it is NULL */
const Value *msg_get_maps(Arena *a, Cur *c);    /* a list of maps, or NULL */
const Value *msg_get_numbers(Arena *a, Cur *c); /* a list of natural numbers, or NULL */
const Value *msg_get_map(Arena *a, Cur *c);     /* or NULL */

/* The message must end here: ST_OK, ST_BUDGET where the arena was full, else ST_PROTOCOL. */
Status msg_done(const Arena *a, const Cur *c);

#endif
