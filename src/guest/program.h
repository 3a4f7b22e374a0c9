/* Program: the first process of a machine, as a user would start it. */
#ifndef COAX_GUEST_PROGRAM_H
#define COAX_GUEST_PROGRAM_H

#include "guest/machine.h"

/* Puts the sample where it belongs and starts it; what cannot be started ends the machine with the
 * reason. */
void program_start(Machine *m);

#endif
