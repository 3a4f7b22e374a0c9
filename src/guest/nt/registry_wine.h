/* Where Wine's DLLs handle the registry otherwise than Windows' do, and neither the program nor
 * whoever reads its report shall see it. */
#ifndef COAX_GUEST_NT_REGISTRY_WINE_H
#define COAX_GUEST_NT_REGISTRY_WINE_H

#include "guest/nt/key.h"

/* The key is one that Wine's shell32.dll opens with all rights, where Windows' only reads: whoever
 * may not change it gets a handle all the same. */
bool wine_opens_wide(const RegKey *key);

/* The value that is set is nothing that the program did. */
bool wine_sets_by_itself(Sys *s, RegKey *key, const char *name, uint32_t type, Span data);

#endif
