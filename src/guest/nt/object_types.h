/* Object types: what NtQueryObject tells of them. */
#ifndef COAX_GUEST_NT_OBJECT_TYPES_H
#define COAX_GUEST_NT_OBJECT_TYPES_H

#include "guest/sys.h"

/* OBJECT_TYPE_INFORMATION with the name behind it. */
void object_type_put(Sys *s, const char *name, Fields *f);

/* OBJECT_TYPES_INFORMATION: every type that Windows has. */
void object_types_put(Sys *s, Fields *f);

#endif
