#include "wire/mem.h"
#include <stdlib.h>

typedef struct {
    size_t n;
    size_t align; /* keeps what follows aligned for any type */
} Head;

void *mem_alloc(Mem *m, size_t n) {
    size_t all = n + sizeof(Head);
    if (all > m->cap) return NULL;
    while (m->used > m->cap - all)
        if (!m->reclaim || !m->reclaim(m->context)) return NULL;
    Head *h = calloc(1, all);
    if (!h) return NULL;
    h->n = all;
    m->used += all;
    if (m->used > m->most) m->most = m->used;
    return h + 1;
}

void *mem_copy(Mem *m, const void *p, size_t n) {
    void *copy = mem_alloc(m, n);
    if (copy && n) memcpy(copy, p, n);
    return copy;
}

bool mem_grow(Mem *m, void **array, uint32_t *room, uint32_t need, size_t size) {
    if (need <= *room) return true;
    uint32_t more = *room ? *room * 2 : 4;
    if (more < need) more = need;
    void *grown = mem_alloc(m, more * size);
    if (!grown) return false;
    if (*room) memcpy(grown, *array, *room * size);
    mem_free(m, *array);
    *array = grown;
    *room = more;
    return true;
}

void mem_free(Mem *m, void *p) {
    if (!p) return;
    Head *h = (Head *)p - 1;
    m->used -= h->n;
    free(h);
}
