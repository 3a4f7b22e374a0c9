/* mem: what the state of flows and sessions may take together. Above the cap something of less
 * value is dropped (`reclaim`); where there is nothing, allocation fails and the caller does
 * without. */
#ifndef COAX_WIRE_MEM_H
#define COAX_WIRE_MEM_H

#include "base/bytes.h"

typedef struct {
    size_t used, cap, most;         /* most: the highest `used` ever */
    bool (*reclaim)(void *context); /* false where nothing can be dropped; may be NULL */
    void *context;
} Mem;

/* Zeroed, or NULL above the cap. */
void *mem_alloc(Mem *m, size_t n);
void *mem_copy(Mem *m, const void *p, size_t n);

/* Makes room for `need` elements of `size` bytes, keeping what is there. False above the cap. */
bool mem_grow(Mem *m, void **array, uint32_t *room, uint32_t need, size_t size);

/* NULL is fine. */
void mem_free(Mem *m, void *p);

#endif
