/* start: the one place where coax-guest enters the guest. */
#ifndef COAX_WORKER_START_H
#define COAX_WORKER_START_H

#include "guest/guest.h"

Status worker_start_guest(const GuestConfig *config);

#endif
