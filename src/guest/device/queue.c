#include "guest/device/queue.h"
#include <stdlib.h>

struct Message {
    Message *next;
    uint64_t size, at; /* at: bytes that were taken */
    uint8_t bytes[];
};

uint64_t queue_first_size(const Queue *q) {
    return q->first ? q->first->size - q->first->at : 0;
}

uint32_t queue_push(Queue *q, Io *io, uint64_t at, uint64_t size) {
    if (size > QUEUE_MAX) return STATUS_INSUFFICIENT_RESOURCES;
    if (size > QUEUE_MAX - queue_bytes(q)) return STATUS_PENDING;
    Message *m = malloc(sizeof *m + (size_t)size);
    if (!m) return STATUS_NO_MEMORY;
    *m = (Message){.size = size};
    if (size && !io_get(io, at, m->bytes, size)) {
        free(m);
        return STATUS_INVALID_USER_BUFFER;
    }
    if (q->last) q->last->next = m;
    else q->first = m;
    q->last = m;
    q->count++;
    q->queued += size;
    return STATUS_SUCCESS;
}

void queue_drop_first(Queue *q) {
    Message *m = q->first;
    q->taken += m->size - m->at;
    q->first = m->next;
    if (!q->first) q->last = NULL;
    q->count--;
    free(m);
}

uint32_t queue_take(Queue *q, Io *io, uint64_t size, bool one_message) {
    uint32_t status = STATUS_SUCCESS;
    for (uint64_t done = 0; q->first && !status;) {
        Message *m = q->first;
        uint64_t left = m->size - m->at, n = left < size - done ? left : size - done;
        if (!io_put(io, io->information, m->bytes + m->at, n)) return STATUS_ACCESS_VIOLATION;
        m->at += n;
        q->taken += n;
        io->information += n;
        done += n;
        if (m->at < m->size) status = one_message ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
        else queue_drop_first(q);
        if (one_message || done == size) break;
    }
    return status;
}

uint32_t queue_peek(const Queue *q, Io *io, uint64_t to, uint64_t size) {
    for (const Message *m = q->first; m && size; m = m->next) {
        uint64_t left = m->size - m->at, n = left < size ? left : size;
        if (!io_put(io, to, m->bytes + m->at, n)) return STATUS_ACCESS_VIOLATION;
        to += n;
        size -= n;
    }
    return STATUS_SUCCESS;
}

void queue_clear(Queue *q) {
    while (q->first) queue_drop_first(q);
}
