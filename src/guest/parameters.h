/* RTL_USER_PROCESS_PARAMETERS. */
#ifndef COAX_GUEST_PARAMETERS_H
#define COAX_GUEST_PARAMETERS_H

#include "guest/process.h"

/* Puts them into a new process, an allocation of their own; an NTSTATUS. */
uint32_t parameters_write(Process *p, const ProcessOptions *options);

/* What they say, in the arena; the image is left out. False: they cannot be read. */
bool parameters_read(Process *p, uint64_t address, Arena *a, ProcessOptions *out);

#endif
