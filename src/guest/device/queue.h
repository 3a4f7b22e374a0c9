/* Queue: messages on their way through a pipe or a mailslot, copied out of the guest. */
#ifndef COAX_GUEST_DEVICE_QUEUE_H
#define COAX_GUEST_DEVICE_QUEUE_H

#include "guest/file.h"

enum { QUEUE_MAX = 16 << 20 }; /* bytes that one queue holds at the most */

typedef struct Message Message;

typedef struct {
    Message *first, *last;
    uint32_t count;
    uint64_t queued, taken; /* bytes, since it began */
} Queue;

static inline uint64_t queue_bytes(const Queue *q) {
    return q->queued - q->taken;
}

/* What is left of the first message. */
uint64_t queue_first_size(const Queue *q);

/* Copies a request's input, from `at` on, to the end. STATUS_PENDING: there is no room now. */
uint32_t queue_push(Queue *q, Io *io, uint64_t at, uint64_t size);

/* Moves up to `size` bytes to the request's output: of the first message only, or across messages.
 * Adds to io->information. */
uint32_t queue_take(Queue *q, Io *io, uint64_t size, bool one_message);

/* Copies without taking, to offset `to` of the output. */
uint32_t queue_peek(const Queue *q, Io *io, uint64_t to, uint64_t size);

void queue_drop_first(Queue *q);
void queue_clear(Queue *q);

#endif
