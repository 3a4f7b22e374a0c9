#ifndef COAX_GUEST_DEVICE_RPC_PIPE_H
#define COAX_GUEST_DEVICE_RPC_PIPE_H

#include "guest/file.h"

/* The client's end of a pipe that rpc_serves. */
uint32_t rpc_pipe_open(Sys *s, const FileOpen *how, File **out);

#endif
