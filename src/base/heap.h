/* Heap: memory in huge pages (transparent_hugepage, where the kernel has it as "madvise" or
 * "always"; elsewhere it is memory like any other). One page fault then brings 2 MiB instead of
 * 4 KiB, and one entry of the TLB finds them. What is never touched costs nothing. */
#ifndef COAX_BASE_HEAP_H
#define COAX_BASE_HEAP_H

#include <stddef.h>

/* Has malloc's first megabytes come so. To be called first thing in main; without effect where
 * malloc is not glibc's. */
void heap_in_huge_pages(void);

/* Zeroed memory of its own for a large table that is read at random, or NULL. heap_table_free
 * gives it back; NULL is allowed. */
void *heap_table(size_t bytes);
void heap_table_free(void *table, size_t bytes);

#endif
