/* Flood: a program that wants more of a thing than a computer has. Windows says no; that it did is
 * an event, once a run for each kind of thing. */
#ifndef COAX_GUEST_FLOOD_H
#define COAX_GUEST_FLOOD_H

#include "guest/machine.h"

typedef enum {
    FLOOD_THREADS,
    FLOOD_HANDLES,
    FLOOD_MEMORY,
    FLOOD_PROCESSES,
    FLOOD_KEYS,
    FLOOD_ATOMS,
    FLOOD_WINDOWS,
    FLOOD_USER_OBJECTS,
    FLOOD_GDI_OBJECTS,
    FLOOD_MESSAGES,
    FLOOD_TIMERS,
} FloodKind;

/* It has so many, and gets no more. */
void flood_tell(Machine *m, FloodKind kind, uint64_t count);

#endif
