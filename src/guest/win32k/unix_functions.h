/* Unix functions: win32u.dll calls some of its functions through a table of pointers that its Unix
 * half hands out. Ours lead to stubs like those of its other calls, with numbers behind the last.
 */
#ifndef COAX_GUEST_WIN32K_UNIX_FUNCTIONS_H
#define COAX_GUEST_WIN32K_UNIX_FUNCTIONS_H

#include "guest/machine.h"

enum { UNIX_FUNCTION_FIRST = 0x1e00 };

/* The name of the function with that number; NULL past the last. */
const char *unix_function_name(uint32_t number);

/* Makes the table in the process and writes its address there. */
uint32_t unix_functions_table(Process *p, uint64_t result);

#endif
