/* Sys: a system call on its way through us. Each file in nt/ implements one family and ends in its
 * table of rows; sys.c finds the row by the number that the guest's own ntdll.dll or win32u.dll
 * uses. */
#ifndef COAX_GUEST_SYS_H
#define COAX_GUEST_SYS_H

#include "guest/machine.h"

enum { SYS_MAX_ARGUMENTS = 20 };

typedef struct {
    Machine *machine;
    Process *process;
    Thread *thread;
    Arena *scratch;                  /* emptied after the call */
    uint64_t arg[SYS_MAX_ARGUMENTS]; /* zero-extended from 32 bits where the process is */
    bool blocked;                    /* the thread waits: the result comes later */
    bool replaced;                   /* the registers were replaced (NtContinue): leave RAX alone */
} Sys;

typedef uint64_t SysFunction(Sys *s);

typedef struct {
    const char *name;
    unsigned arguments; /* how many; and CALLS_BACK */
    SysFunction *function;
} SysRow;

/* Of a row: it may enter the guest and come back (callback.h). */
enum { CALLS_BACK = 0x100 };

/* A family's rows; ends with a NULL name. */
typedef struct {
    const char *name;
    const SysRow *rows;
} SysFamily;

/* One number's meaning in one architecture. */
typedef struct SysTable {
    struct {
        const SysRow *row; /* NULL: not modelled */
        const char *name;  /* as the DLL exports it */
        bool told;         /* that it is not modelled */
    } calls[0x2000];
} SysTable;

/* The table for a pack's DLLs. NULL: no memory or no ntdll.dll. */
SysTable *sys_table_new(Pack *pack, Arena *a);

/* Performs the call with this number for the running thread. */
void sys_call(Thread *t, uint32_t number);

/* ---- for the families ---- */

/* Signed 32-bit argument (information classes, handles on 32-bit come sign-extended this way). */
static inline int64_t sys_signed(const Sys *s, unsigned i) {
    return s->process->pointer == 4 ? (int32_t)s->arg[i] : (int64_t)s->arg[i];
}

/* Lets the thread wait; returns what the handler returns. Takes references on the objects. */
uint64_t sys_wait(Sys *s, const Wait *wait);

/* OBJECT_ATTRIBUTES. */
typedef struct {
    char *path;   /* full NT path (the root's joined with the name), "" where there is no name */
    Object *root; /* RootDirectory's object, or NULL */
    char *name;   /* as given */
    uint32_t attributes;
} ObjectAttributes;

enum { OBJ_INHERIT = 2, OBJ_PERMANENT = 0x10, OBJ_CASE_INSENSITIVE = 0x40, OBJ_OPENIF = 0x80 };

/* Address 0 gives an empty one. */
uint32_t sys_object_attributes(Sys *s, uint64_t address, ObjectAttributes *out);

/* Writes a new handle for the object to the guest's pointer and drops the caller's reference. */
uint32_t sys_return_handle(Sys *s, uint64_t address, Object *o, uint32_t access,
                           uint32_t attributes);

/* Creates or opens a named object as most NtCreateXxx do: on STATUS_OBJECT_NAME_EXISTS *out is the
 * old one with a reference, on STATUS_SUCCESS a new one. */
uint32_t sys_create_named(Sys *s, const ObjectAttributes *a, const ObjectType *type, size_t size,
                          Object **out);
uint32_t sys_open_named(Sys *s, const ObjectAttributes *a, const ObjectType *type, Object **out);

/* IO_STATUS_BLOCK. */
void sys_io_status(Sys *s, uint64_t address, uint32_t status, uint64_t information);

#endif
