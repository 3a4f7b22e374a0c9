/* The pipes between services.exe and the processes of services (service/control.c). */
#ifndef COAX_GUEST_DEVICE_CONTROL_PIPE_H
#define COAX_GUEST_DEVICE_CONTROL_PIPE_H

#include "guest/file.h"

/* Whether a pipe (without \Device\NamedPipe\) is one. */
bool control_pipe_is(const char *pipe);
uint32_t control_pipe_open(Sys *s, const FileOpen *how, File **out);

#endif
