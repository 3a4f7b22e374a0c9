/* Pipes and mailslots, as the calls that make them need them (nt/pipe.c). */
#ifndef COAX_GUEST_DEVICE_PIPE_H
#define COAX_GUEST_DEVICE_PIPE_H

#include "guest/file.h"

/* NtCreateNamedPipeFile's arguments. */
typedef struct {
    bool messages;                   /* written as messages, not as a stream */
    bool read_messages, nonblocking; /* of this instance */
    uint32_t max_instances;
    uint32_t in_quota, out_quota; /* bytes, as the server sees them */
    int64_t timeout;              /* of FSCTL_PIPE_WAIT: negative, 100 ns */
} PipeHow;

/* A new instance: the server's end. */
uint32_t pipe_create(Sys *s, const FileOpen *how, const PipeHow *pipe, File **out,
                     uint64_t *information);

/* NtCreateMailslotFile. The time-out of reads is negative, in 100 ns; -1 is for ever. */
uint32_t mailslot_create(Sys *s, const FileOpen *how, uint32_t max_message, int64_t timeout,
                         File **out);

#endif
