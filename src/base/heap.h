/* Heap: how the allocator gets its memory from the kernel. */
#pragma once

/* Has the heap's first megabytes come in huge pages (transparent_hugepage, where the kernel has it
 * as "madvise" or "always"): one page fault for 2 MiB instead of 512, which is a fifth of a short
 * run's time, half of it where the machine is itself a guest. Memory that is never touched costs
 * nothing. To be called first thing in main; without effect where malloc is not glibc's. */
void heap_in_huge_pages(void);
