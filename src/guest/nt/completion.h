/* Completion ports: queues of what ended. */
#ifndef COAX_GUEST_NT_COMPLETION_H
#define COAX_GUEST_NT_COMPLETION_H

#include "guest/machine.h"

extern const ObjectType completion_type;

/* Adds a packet to the port; false: no memory. */
bool completion_post(Object *port, uint64_t key, uint64_t value, uint32_t status,
                     uint64_t information);

#endif
