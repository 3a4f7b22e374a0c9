/* Processes and threads of a machine: making, starting, ending them. */
#ifndef COAX_GUEST_PROCESS_H
#define COAX_GUEST_PROCESS_H

#include "guest/machine.h"

/* dwX, dwY, dwXSize, dwYSize, dwXCountChars, dwYCountChars, dwFillAttribute */
enum { PARAMETERS_WINDOW = 7 };

typedef struct {
    Section *image;         /* a reference is taken */
    const char *image_path; /* C:\... */
    const char *command_line;
    const char *directory; /* current directory, C:\...\ */
    const char *title, *desktop;
    Span environment;               /* UTF-16LE, NAME=value\0...\0\0 */
    Process *parent;                /* NULL for the first */
    uint64_t console, in, out, err; /* handles, valid in the new process */
    uint32_t show, flags, console_flags;
    uint32_t window[PARAMETERS_WINDOW];
    bool inherit;            /* the parent's handles that may be */
    const uint64_t *handles; /* only these and the standard ones; NULL: all */
    size_t handle_count;
    bool breakaway;           /* from the parent's job */
    Object *token;            /* NULL: the parent's */
    const WorldItem *outside; /* it has been there all the time; the machine keeps the reference */
    Span runtime;             /* what the C runtimes tell each other (STARTUPINFO.lpReserved2) */
} ProcessOptions;

/* A process with its image, ntdll.dll, PEB and parameters mapped, and no thread. Answers with an
 * NTSTATUS; on success *out holds one reference for the caller. */
uint32_t process_create(Machine *m, const ProcessOptions *options, Process **out);

typedef struct {
    uint64_t start, argument;
    uint64_t stack_reserve, stack_commit; /* 0: the image's */
    bool suspended;
} ThreadOptions;

/* A thread that will start in LdrInitializeThunk; the first one of a process enters the program. */
uint32_t thread_create(Process *p, const ThreadOptions *options, Thread **out);

/* Makes a thread that has not run ready to; false: it cannot and has been ended. */
bool thread_begin(Thread *t);

/* Ends a thread, or a process with all its threads. The running one ends as well. */
void thread_terminate(Thread *t, uint32_t code);
void process_terminate(Process *p, uint32_t code);

/* Frees the address space of a process that ended while it ran. */
void process_dissolve(Process *p);

/* The process with that id: one that runs, or one that the world tells of; NULL: there is none. */
Process *process_by_id(const Machine *m, uint64_t id);
const WorldItem *process_of_world(const Machine *m, uint64_t id);

/* Puts the thread's registers into the CPU; thread_enter its address space as well, to run it. */
void thread_load(Thread *t);
void thread_enter(Thread *t);

/* SECTION_IMAGE_INFORMATION (nt/process.c). */
void process_put_image_information(const Process *p, Fields *f);

/* The environment of the world's user as a block for ProcessOptions. */
Span process_world_environment(Machine *m, Arena *a);

/* Its PEB says whether it is debugged; from its start, its heaps check themselves. */
void process_tell_debugged(Process *p, bool on, bool starting);

/* The module that holds an address of the process, or NULL. */
const Module *process_module(const Process *p, uint64_t address);
/* "module+0x1234" or "0x..." in the arena. */
const char *process_site(const Process *p, Arena *a, uint64_t address);

/* An image was mapped or unmapped (NtMapViewOfSection). */
void process_image_mapped(Process *p, uint64_t base, const Section *s);
void process_image_unmapped(Process *p, uint64_t base);

/* The machine's shared page moves with the clock. */
void shared_data_open(Machine *m);
void shared_data_tick(Machine *m);

/* The gadget page: where ntdll's dispatcher pointers lead. */
#define SHARED_DATA_AT   UINT64_C(0x7ffe0000)
#define GADGET_SYSCALL32 UINT64_C(0x7ffe1000) /* int 2Eh; ret */
#define GADGET_UNIX      UINT64_C(0x7ffe1010) /* int 2Eh; ret */
#define GADGET_UNIX32    UINT64_C(0x7ffe1020) /* int 2Eh; ret 16 */

/* The pages there. */
enum { SHARED_PAGE, GADGET_PAGE, UNIX_PAGE, UNIX_PAGE32, SHARED_PAGES };

#endif
