/* Atoms: numbers for names, global to a machine: the global atom table, clipboard formats, window
 * messages and classes. */
#ifndef COAX_GUEST_ATOMS_H
#define COAX_GUEST_ATOMS_H

#include "guest/machine.h"

enum { ATOM_FIRST = 0xc000, ATOM_MOST = 0x4000, ATOM_NAME_UNITS = 255 };

typedef struct {
    char *name; /* NULL: free */
    uint32_t count;
} Atom;

/* The atom of a name, one reference more; 0 where there is no room. */
uint16_t atom_add(Machine *m, const char *name);
/* The same, or 0. */
uint16_t atom_find(const Machine *m, const char *name);
/* NULL where there is no such atom. */
const Atom *atom_info(const Machine *m, uint16_t atom);
/* One reference less; false where there is no such atom. */
bool atom_delete(Machine *m, uint16_t atom);

void atoms_close(Machine *m);

#endif
