/* Unix functions: win32u.dll calls some of its functions through a table of pointers that its Unix
 * half hands out. Ours lead to stubs like those of its other calls, with numbers behind the last.
 * Stubs and tables lie behind the gadgets, since memory of a process's own that executes would be
 * asked about. */
#ifndef COAX_GUEST_WIN32K_UNIX_FUNCTIONS_H
#define COAX_GUEST_WIN32K_UNIX_FUNCTIONS_H

#include "guest/machine.h"

enum { UNIX_FUNCTION_FIRST = 0x1e00 };

/* The name of the function with that number; NULL past the last. */
const char *unix_function_name(uint32_t number);

/* Fills a page of the shared data with the stubs of one width and the table of their addresses. */
void unix_functions_write(uint8_t *page, bool wow64);

/* Writes the table's address there. */
uint32_t unix_functions_table(Process *p, uint64_t result);

#endif
