/* Condition: what the program makes of a compare's flags. */
#ifndef COAX_GUEST_WATCH_CONDITION_H
#define COAX_GUEST_WATCH_CONDITION_H

#include "base/bytes.h"
#include <stdbool.h>

enum { CONDITION_REACH = 48 }; /* bytes behind a compare that are looked at */

/* The condition code (0 to 15, as Jcc's opcode has it) of the first instruction in `code` that asks
 * for flags, while none before it changes them; WATCH_NO_CONDITION where there is none. */
uint8_t condition_in(Span code, bool wide);

#endif
