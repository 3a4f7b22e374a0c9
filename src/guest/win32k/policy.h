/* Policy: what the user at the computer does with the program's windows, when it waits for him. */
#ifndef COAX_GUEST_WIN32K_POLICY_H
#define COAX_GUEST_WIN32K_POLICY_H

#include "guest/win32k/window.h"

/* When he does something next, while the running thread waits for messages. NEVER: nothing. */
uint64_t policy_deadline(Sys *s);
void policy_act(Sys *s);

#endif
