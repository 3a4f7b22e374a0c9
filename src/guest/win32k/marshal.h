/* Marshal: messages with pointers, between processes: their text or bytes are copied there and
 * back. */
#ifndef COAX_GUEST_WIN32K_MARSHAL_H
#define COAX_GUEST_WIN32K_MARSHAL_H

#include "guest/win32k/message.h"

typedef struct Copied Copied;

/* What the running thread sends; NULL: such a message does not cross processes. */
Copied *copied_take(Sys *s, uint32_t message, uint64_t wparam, uint64_t lparam, bool ansi);
/* Lays it on the running thread's stack; the address is what its window procedure gets. */
uint64_t copied_lay(Sys *s, Copied *c);
/* The window procedure has answered: takes what it wrote. */
void copied_take_back(Sys *s, Copied *c, uint64_t address, uint64_t result);
/* Gives that to the sender, which runs now; answers with the message's result. */
uint64_t copied_give(Sys *s, const Copied *c, uint64_t lparam, uint64_t result);
void copied_free(Copied *c);

#endif
