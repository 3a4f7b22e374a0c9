/* Stub: the program that a pretend server hands out where a program is asked for. It does nothing
 * and ends with 0; as a library it loads and does nothing. */
#ifndef COAX_GUEST_INET_STUB_H
#define COAX_GUEST_INET_STUB_H

#include "base/arena.h"

/* A PE file in the arena; empty: no memory. */
Span stub_program(Arena *a, bool for32, bool library);

#endif
