/* What a program asks of the registry, as questions about the world (guest/ask.h). */
#ifndef COAX_GUEST_NT_REGISTRY_ASK_H
#define COAX_GUEST_NT_REGISTRY_ASK_H

#include "guest/registry.h"
#include "guest/sys.h"

/* A key was found. */
void ask_key(Sys *s, const RegKey *key);
/* There is none of that path, from `root` where that is not NULL. */
void ask_no_key(Sys *s, const RegKey *root, const char *path, bool view32);
/* A value was looked at (NULL: the key has none of that name). */
void ask_value(Sys *s, const RegKey *key, const char *name, const RegValue *v);

#endif
