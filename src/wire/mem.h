/* mem: what the state of flows and sessions may take together. Allocation fails above the cap; the
 * caller then drops something of less value, or does without. */
#ifndef COAX_WIRE_MEM_H
#define COAX_WIRE_MEM_H

#include "base/bytes.h"

typedef struct {
    size_t used, cap, most; /* most: the highest `used` ever */
} Mem;

/* Zeroed, or NULL above the cap. */
void *mem_alloc(Mem *m, size_t n);
void *mem_copy(Mem *m, const void *p, size_t n);

/* Makes room for `need` elements of `size` bytes, keeping what is there. False above the cap. */
bool mem_grow(Mem *m, void **array, uint32_t *room, uint32_t need, size_t size);

/* NULL is fine. */
void mem_free(Mem *m, void *p);

#endif
