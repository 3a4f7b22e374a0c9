/* Unix calls: Wine's DLLs leave through these where Wine's own Unix half would answer. */
#ifndef COAX_GUEST_UNIXCALL_H
#define COAX_GUEST_UNIXCALL_H

#include "guest/machine.h"

/* Answers the call on whose gadget the thread stopped. The handle is the base of the calling DLL
 * (NtQueryVirtualMemory, class 1000). */
void unixcall(Thread *t);

#endif
