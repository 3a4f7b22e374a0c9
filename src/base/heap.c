#include "base/heap.h"
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* since Linux 6.1; glibc 2.36 does not name it */
#endif

enum { HUGE_PAGE = 2 << 20, ROOM = 8 * HUGE_PAGE, MORE_THAN_WAS_LEFT = 127 << 10 };

void heap_in_huge_pages(void) {
    uintptr_t end = (uintptr_t)sbrk(0);
    if (sbrk((intptr_t)(-end & (HUGE_PAGE - 1))) == (void *)-1) return;
    char *start = sbrk(0);
    mallopt(M_TOP_PAD, ROOM);
    mallopt(M_TRIM_THRESHOLD, 2 * ROOM);
    void *volatile growth = malloc(MORE_THAN_WAS_LEFT); /* volatile: not to be optimised away */
    free(growth);
    char *now = sbrk(0);
    if (now <= start) return;
    madvise(start, (size_t)(now - start), MADV_HUGEPAGE);
    madvise(start, HUGE_PAGE, MADV_COLLAPSE); /* where malloc has already written its headers */
}

void *heap_table(size_t bytes) {
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return NULL;
    if (bytes >= HUGE_PAGE) madvise(p, bytes, MADV_HUGEPAGE); /* a wish */
    return p;
}

void heap_table_free(void *table, size_t bytes) {
    if (table) munmap(table, bytes);
}
