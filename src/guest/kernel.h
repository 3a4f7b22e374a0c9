/* Kernel: the modules that are loaded in it: Windows' own, and the world's drivers that run. */
#ifndef COAX_GUEST_KERNEL_H
#define COAX_GUEST_KERNEL_H

#include "guest/machine.h"

enum { KERNEL_MODULE_SIZE = 0x48000 };

/* The path of a module by its place in the list (\SystemRoot\system32\ntoskrnl.exe, ...); NULL past
 * the end. */
const char *kernel_module_path(const Machine *m, Arena *a, uint32_t index);

/* Where it lies, for programs with pointers of that width. */
uint64_t kernel_module_base(unsigned pointer, uint32_t index);

#endif
