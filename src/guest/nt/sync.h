/* What the families of synchronisation objects share. */
#ifndef COAX_GUEST_NT_SYNC_H
#define COAX_GUEST_NT_SYNC_H

#include "guest/sys.h"

/* Rights of these objects: query, modify, and those that all have (wdm.h). */
enum { QUERY_STATE = 1, MODIFY_STATE = 2, STANDARD_READ = 0x20000, STANDARD_ALL = 0x1f0000 };

/* The object of the call's handle, which must grant the right. */
uint32_t sync_object(Sys *s, const ObjectType *type, uint32_t right, Object **out);

/* NtCreateXxx, whose first three arguments are alike: makes or finds the object, then hands out its
 * handle. */
uint32_t sync_create(Sys *s, const ObjectType *type, size_t size, ObjectAttributes *a, Object **o);
uint64_t sync_hand_out(Sys *s, uint32_t created, Object *o, const ObjectAttributes *a);
/* All of NtOpenXxx. */
uint64_t sync_open(Sys *s, const ObjectType *type);

/* Sets an event, releases a mutex or a semaphore once. */
uint32_t sync_signal(Sys *s, uint64_t handle);

#endif
