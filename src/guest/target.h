/* Target: a process or thread as others act on it: the rights that a handle needs, and what is told
 * when it is not one's own. */
#ifndef COAX_GUEST_TARGET_H
#define COAX_GUEST_TARGET_H

#include "guest/sys.h"

/* PROCESS_* */
enum {
    TARGET_TERMINATE = 0x1,
    TARGET_CREATE_THREAD = 0x2,
    TARGET_VM_OPERATION = 0x8,
    TARGET_VM_READ = 0x10,
    TARGET_VM_WRITE = 0x20,
    TARGET_DUPLICATE = 0x40,
    TARGET_SET = 0x200,
    TARGET_QUERY = 0x400,
    TARGET_SUSPEND = 0x800,
    TARGET_QUERY_LIMITED = 0x1000,
    TARGET_SYNCHRONIZE = 0x100000,
    TARGET_ALL = 0x1fffff,
    TARGET_MAXIMUM_ALLOWED = 0x2000000,
};

/* THREAD_* */
enum {
    TARGET_THREAD_TERMINATE = 0x1,
    TARGET_THREAD_SUSPEND = 0x2,
    TARGET_THREAD_GET_CONTEXT = 0x8,
    TARGET_THREAD_SET_CONTEXT = 0x10,
};

/* Generic rights become those of processes; who may ask limited questions if he may ask all. */
uint32_t target_map_access(uint32_t access);

/* The object of a handle that grants the access: STATUS_ACCESS_DENIED otherwise. Pseudo handles
 * grant everything. */
uint32_t target_process(Sys *s, uint64_t handle, uint32_t access, Process **out);
uint32_t target_thread(Sys *s, uint64_t handle, uint32_t access, Thread **out);

/* The caller acts on a process: told where it is another one. `operation` is a phrase ("writes
 * memory"), size 0 is left out. */
void target_tell(Sys *s, const Process *target, const char *operation, uint64_t address,
                 uint64_t size);

/* The image of another process is about to be taken away, or written over: what it runs is no
 * longer what it was started from. Told once a process. */
void target_tampered(Sys *s, Process *target, uint64_t address, uint64_t size);

#endif
