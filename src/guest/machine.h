/* Machine: a world being lived in. Objects, a clock, processes with their threads, and the
 * scheduler's view of them. One machine runs on one host thread; exactly one guest thread runs at
 * a time. Nothing here is global.
 *
 * Everything that models Windows includes this header; it holds no engine types and no host
 * pointers into guest memory. */
#ifndef COAX_GUEST_MACHINE_H
#define COAX_GUEST_MACHINE_H

#include "base/arena.h"
#include "base/clock.h"
#include "guest/cpu.h"
#include "guest/guest.h"
#include "guest/ntstatus.h"
#include "guest/pack.h"
#include "guest/vm.h"

typedef struct Machine Machine;
typedef struct Process Process;
typedef struct Thread Thread;
typedef struct Object Object;
typedef struct FileSystem FileSystem; /* fs.h */
typedef struct Registry Registry;     /* registry.h */
typedef struct Trace Trace;           /* trace.h */
typedef struct Watcher Watcher;       /* watch/watcher.h */
typedef struct Callback Callback;     /* callback.h */

/* ---- Objects ---- */

typedef struct {
    const char *name; /* "Event", "Mutant", "File": as Windows names the type */
    /* Waiting: NULL where the object cannot be waited for. */
    bool (*signaled)(Object *o, Thread *t);
    /* A wait of `t` was satisfied; returns STATUS_SUCCESS or STATUS_ABANDONED_WAIT_0. */
    uint32_t (*acquire)(Object *o, Thread *t);
    /* The last handle of a process, or of all (o->handles is 0), went. */
    void (*closed)(Object *o, Process *p);
    /* What NtQueryObject calls it, where the namespace does not hold it; NULL function: `name`. */
    char *(*path)(const Object *o, Arena *a);
    /* The last reference went: free what the object holds. The object itself is freed after. */
    void (*destroy)(Object *o);
} ObjectType;

struct Object {
    const ObjectType *type;
    Machine *machine;
    uint32_t refs, handles;
    uint32_t number; /* in order of creation, from 1 */
    char *name;      /* full NT path in the namespace, or NULL */
    bool permanent;
};

/* A zeroed object of `size` bytes that begins with an Object; one reference. NULL: no memory. */
void *object_new(Machine *m, const ObjectType *type, size_t size);
void object_hold(Object *o);
void object_drop(Object *o);

/* The namespace: \BaseNamedObjects\..., \Device\..., kept as spelled. */
Object *object_find(Machine *m, const char *path, bool any_case);
bool object_name(Object *o, const char *path); /* enters it; false: no memory */
/* Named objects whose path begins with the directory's, in order of their names. */
Object *object_next(Machine *m, const char *directory, const Object *after);

/* ---- Processes ---- */

typedef struct {
    Object *object; /* NULL: free */
    uint32_t access;
    bool inherit, protect;
} HandleEntry;

typedef struct {
    uint64_t base, size, entry;
    char *path;          /* as Windows has it: C:\windows\system32\ntdll.dll */
    char *name;          /* its last part, lower case */
    bool system;         /* one of Wine's */
    const void *exports; /* trace: sorted exports, or NULL */
} Module;

enum { FAULT_STACK = 64 };

/* The last exception of a process, as it was when it was raised. */
typedef struct {
    uint32_t code;
    unsigned depth;
    uint64_t address, registers[REG_RFLAGS + 1], stack[FAULT_STACK];
} Fault;

struct Process {
    Object object;
    Machine *machine;
    Process *next;
    uint32_t id, parent_id;
    bool wow64;       /* a 32-bit program */
    unsigned pointer; /* 4 or 8 */
    uint16_t pe_machine;
    Cpu *cpu; /* the machine's; NULL like `vm` once it has ended */
    Vm *vm;
    Thread *threads;
    HandleEntry *handles;
    size_t handle_count;
    size_t handle_low; /* no entry before it is free */
    Module *modules;
    size_t module_count, module_room;
    Section *image;
    uint64_t image_base, peb, peb32, parameters;
    char *image_path, *command_line; /* C:\..., UTF-8 */
    bool ending, ended;
    bool announced;           /* its start was told */
    Value *told;              /* in machine->started, or NULL */
    bool counted;             /* among those that live (process_count) */
    bool tampered;            /* that its image was replaced was told */
    const WorldItem *outside; /* the world tells of it (outside.h) */
    bool initialised;         /* its DLLs are: from here on it runs itself */
    bool own_code;            /* a block of the program ran in it (told with a watch only) */
    uint32_t exit_code;
    char missing[128];   /* the DLL that was looked for in vain last, or "" */
    const char *failed;  /* why, where an exception or we ended it; in the machine's arena */
    uint32_t error_mode; /* SetErrorMode's bits */
    uint32_t thread_count;
    uint64_t create_time, exit_time; /* FILETIME */
    uint64_t entry_exception;        /* guest addresses of ntdll's entry points */
    uint64_t entry_apc, entry_callback, entry_start, entry_initialize, entry_raise;
    struct SysTable *table; /* system calls by number */
    Object *token, *console, *job;
    Object *debugger;             /* debug.h: the object through which it is debugged, or NULL */
    uint32_t debug_stops;         /* what its debugger has still to answer: it stands still */
    bool debug_single;            /* its children are not debugged with it */
    struct ExportPlaces *exports; /* export/export.c */
    struct WmiRows *wmi_rows;     /* wmi/tables.c */
    uint32_t execute_flags;
    uint8_t priority_class; /* PROCESS_PRIOCLASS_*; 2 is normal */
    Fault fault;
    struct ProcessCalls *calls; /* api_calls.c's part */
    struct UserProcess *user;   /* win32k's part */
    struct DelayPlaces *delays; /* delay.c's */
    Arena arena;                /* lives as long as the process */
};

/* ---- Threads ---- */

enum { WAIT_MAX = 64 };
#define NEVER UINT64_MAX

typedef struct {
    Object *objects[WAIT_MAX]; /* references are held */
    unsigned count;
    bool all, alertable;
    uint64_t deadline; /* machine_now's scale; NEVER */
    /* A wait for something that is no object: true when over, with the result for RAX. */
    bool (*poll)(Thread *t, void *context, uint64_t *result);
    void *context;
    void (*abandon)(Thread *t, void *context); /* time-out or APC ended the poll; may be NULL */
    bool completes;   /* the time-out is what the wait was for: STATUS_SUCCESS */
    const char *api;  /* for the delay's event, or NULL */
    uint64_t started; /* machine_now */
} Wait;

typedef enum { THREAD_READY, THREAD_WAITING, THREAD_DEAD } ThreadState;

typedef struct Apc Apc;
struct Apc {
    Apc *next;
    uint64_t routine, argument[3];
};

/* The last function that waits which the program called. */
typedef struct {
    const char *function; /* or NULL */
    uint64_t site, stack; /* return address, and where it lies */
} LastCall;

/* How often the program asked for the time, in windows of blocks. */
typedef struct {
    uint64_t blocks; /* of this window */
    uint32_t asks, windows;
    uint64_t since;       /* machine_now when the first of so many windows ended */
    const char *function; /* that was asked last */
    uint64_t site;        /* 0: unknown */
    const char *looped;   /* the same of the last window */
    uint64_t looped_site;
} Spin;

struct Thread {
    Object object;
    Process *process;
    Thread *next;     /* in its process */
    Thread *run_next; /* in the machine, in order of creation */
    uint32_t id;
    ThreadState state;
    CpuState *registers; /* while another thread is loaded */
    uint64_t teb, teb32, stack_base, stack_limit, stack_allocation;
    uint32_t suspended, exit_code;
    int32_t priority;
    Wait wait;
    uint64_t wait_order; /* the order in which waits began */
    Apc *apcs;
    bool alerted;     /* NtAlertThread */
    bool alert_by_id; /* NtAlertThreadByThreadId */
    bool fresh;       /* it has not run */
    bool terminating;
    bool hidden_from_debugger;
    uint64_t debug[6]; /* DR0-DR3, DR6, DR7 */
    uint64_t let_pass; /* the instruction that runs whatever they say (RF), or UINT64_MAX */
    uint64_t start_address, start_argument;
    uint64_t create_time, exit_time;
    uint64_t blocks; /* that it ran */
    Object *impersonation;
    Callback *callbacks;       /* calls that entered the guest, the innermost first */
    struct UserThread *user;   /* win32k's part */
    struct ThreadCalls *calls; /* api_calls.c's part */
    LastCall waits;            /* delay.c's, with `spin` */
    Spin spin;
};

/* ---- The machine ---- */

struct Machine {
    const GuestConfig *config;
    const World *world;
    Sink *sink;
    Ram ram;
    Pack packs[2]; /* 64-bit, 32-bit */
    struct SysTable *tables[2];
    Arena scratch; /* emptied after every system call */
    Arena arena;   /* lives as long as the machine */

    uint64_t clock;   /* ns since the machine was started; machine_now adds what runs */
    Time start;       /* the world's time at clock 0 */
    uint64_t uptime;  /* ns before clock 0 */
    uint64_t tsc_mhz; /* how fast RDTSC counts */
    uint64_t blocks;  /* that all processes ran */
    uint64_t calls;   /* system calls that they made */
    uint64_t random;  /* state of the generator, from the world's seed */
    uint64_t luid;    /* the last locally unique id */

    Process *processes; /* in order of creation; ended ones stay while referenced */
    Thread *threads;    /* all that are not dead, in order of creation */
    Thread *current;
    uint64_t wait_order;
    uint32_t next_id; /* process and thread ids: multiples of 4 */
    uint32_t process_count;
    uint32_t processes_made; /* of programs, over the run */
    bool changed;             /* something may have become signaled */
    Thread *last_run;         /* the scheduler goes round from here */
    Process *dissolve;        /* ended while it ran: its address space goes after the slice */
    uint32_t first_parent;    /* the id of the process that started the program */
    Cpu *cpu;                 /* one for all: opened before the jail was locked */
    Thread *loaded;           /* whose registers are in the CPU */
    Process *mapped;          /* whose address space it translates by */
    Cpu *running;             /* its blocks move the clock; NULL: it does not run */
    uint64_t running_from;    /* its block count when that began */
    bool yielded;             /* the running thread gives its slice away */
    Object *timers, *mutants; /* sync.c: all there are */
    Process *first;           /* the program's own; a reference is held */

    struct Namespace *names;
    uint32_t object_count;       /* objects ever made */
    struct AtomTable *atoms;     /* atoms.h */
    struct ExportTable *exports; /* export/export.c */
    struct ExportHandles *export_handles; /* export/handle.c */
    FileSystem *fs;
    struct Inet *inet;       /* inet/names.c: the names that were asked for */
    struct Net *net;         /* device/socket.h: the sockets */
    uint32_t capture_number; /* frames captured so far */
    Registry *registry;
    Trace *trace;
    struct Delays *delays;       /* delay.c */
    uint32_t floods;             /* flood.c: the kinds that were told */
    Watcher *watcher;            /* NULL: nobody watches */
    struct Io *requests;         /* pending, in order (file.h) */
    struct DiskWatch *watches;   /* directories that somebody watches (device/disk_watch.c) */
    Section *shared_data;        /* KUSER_SHARED_DATA and the gadget page */
    struct CryptoKeys *crypto;   /* crypto/key.h */
    struct Services *services;   /* service/service.h */
    struct Tasks *tasks;         /* service/task.h */
    struct Published *published; /* rpc/published.h */
    uint32_t published_cookie;
    struct ScHandles *service_handles; /* rpc/svcctl.c */
    Callback *spare_callbacks;         /* callback.h */
    struct User *user;                 /* win32k's part: the session's windows */

    /* How it ended; NULL while it runs. In `arena`. */
    const char *ended, *budget;
    Value *unmodelled; /* names, in order of first use */
    Value *details;
    Value *started; /* the run's `processes` */
};

/* What needs the host, once: memory, the packs, an engine; then the jail is locked. */
Status machine_open(Machine *m, const GuestConfig *config);
/* The world moves in. */
Status machine_furnish(Machine *m, const GuestConfig *config);
/* Also of one that could not be opened or furnished. */
void machine_close(Machine *m);

/* The virtual clock, in ns since the machine started; it moves while code runs. */
uint64_t machine_now(Machine *m);
/* Its other faces, all from machine_now. */
Time machine_time(Machine *m);            /* UTC */
uint64_t machine_filetime(Machine *m);    /* UTC, 100 ns since 1601 */
uint64_t machine_ticks_100ns(Machine *m); /* since Windows was booted */
uint64_t machine_qpc(Machine *m);         /* 10 MHz, as Windows 10 has it */
uint64_t machine_tsc(Machine *m);

/* Work that we do in the program's place takes its time, and counts against its budget. */
void machine_work(Machine *m, uint64_t nanoseconds);

/* A deadline from a LARGE_INTEGER time-out: negative relative, positive absolute (100 ns). */
uint64_t machine_deadline(Machine *m, int64_t timeout);

uint64_t machine_random(Machine *m);
uint32_t machine_new_id(Machine *m);
uint64_t machine_luid(Machine *m); /* a locally unique id, never given before */

/* IN EAX, DX by ring 3: only a hypervisor answers (cpuid.c). */
bool machine_port(Machine *m, uint16_t port, uint64_t registers[4]);
void machine_cpuid(Machine *m, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
void machine_last_process_ended(Machine *m);

/* Ends the whole machine, once: the first reason stays. */
void machine_end(Machine *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
void machine_end_budget(Machine *m, const char *budget);

/* Names something that we answered with "not implemented" (once each). */
void machine_unmodelled(Machine *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- Guest memory, as seen by code that models Windows: copies that can fail ---- */

bool guest_read(Process *p, uint64_t address, void *out, uint64_t n);
bool guest_write(Process *p, uint64_t address, const void *in, uint64_t n);
bool guest_get_u16(Process *p, uint64_t address, uint16_t *out);
bool guest_get_u32(Process *p, uint64_t address, uint32_t *out);
bool guest_get_u64(Process *p, uint64_t address, uint64_t *out);
bool guest_get_pointer(Process *p, uint64_t address, uint64_t *out);
bool guest_put_u32(Process *p, uint64_t address, uint32_t v);
bool guest_put_u64(Process *p, uint64_t address, uint64_t v);
bool guest_put_pointer(Process *p, uint64_t address, uint64_t v);
/* UTF-16 text of so many bytes, or up to its NUL (at most `max` units), as UTF-8 in the arena. */
char *guest_text16(Process *p, Arena *a, uint64_t address, uint32_t bytes);
char *guest_string16(Process *p, Arena *a, uint64_t address, uint32_t max);
char *guest_string8(Process *p, Arena *a, uint64_t address, uint32_t max);
/* The text of a UNICODE_STRING; NULL where it cannot be read; "" for an empty one. */
char *guest_unicode_string(Process *p, Arena *a, uint64_t address);

/* A structure of the guest, field by field at their natural alignment, so that one description
 * serves 32-bit and 64-bit layouts. Failures stick in `bad`. */
typedef struct {
    Process *process;
    uint64_t base, at;
    uint64_t room; /* fields past it are not written, only counted */
    bool bad;
} Fields;

Fields fields(Process *p, uint64_t address);
Fields fields_in(Process *p, uint64_t address, uint64_t room);
uint64_t fields_used(const Fields *f); /* bytes from the start to the present place */
void fields_align(Fields *f, unsigned alignment);
void fields_skip(Fields *f, uint64_t bytes);

uint8_t get_u8(Fields *f);
uint16_t get_u16(Fields *f);
uint32_t get_u32(Fields *f);
uint64_t get_u64(Fields *f);
uint64_t get_pointer(Fields *f);
char *get_unicode_string(Fields *f, Arena *a);
void put_u8(Fields *f, uint8_t v);
void put_u16(Fields *f, uint16_t v);
void put_u32(Fields *f, uint32_t v);
void put_u64(Fields *f, uint64_t v);
void put_pointer(Fields *f, uint64_t v);
void put_bytes(Fields *f, Span bytes);
/* A UNICODE_STRING whose text lies at `buffer`. */
void put_unicode_string(Fields *f, uint64_t buffer, uint32_t length, uint32_t room);

/* ---- Handles ---- */

enum {
    HANDLE_CURRENT_PROCESS = -1,
    HANDLE_CURRENT_THREAD = -2,
};

/* A new handle (it holds a reference), or 0: no memory. */
uint32_t handle_new(Process *p, Object *o, uint32_t access, bool inherit);
HandleEntry *handle_entry(Process *p, uint64_t handle);
/* The object of a handle, of the type (NULL: any): STATUS_INVALID_HANDLE or
 * STATUS_OBJECT_TYPE_MISMATCH otherwise. No reference is taken. */
uint32_t handle_object(Process *p, uint64_t handle, const ObjectType *type, Object **out);
uint32_t handle_close(Process *p, uint64_t handle);
/* The same handle in another process, which has none of that value yet; 0: there is none to be
 * had, or it is not one that is inherited (`any`: whether it is or not). */
uint64_t handle_inherit(Process *from, uint64_t handle, Process *to, bool any);

/* Resolve the pseudo handles as well. */
uint32_t handle_process(Thread *t, uint64_t handle, Process **out);
uint32_t handle_thread(Thread *t, uint64_t handle, Thread **out);

extern const ObjectType process_type, thread_type;

/* ---- Threads and waits ---- */

/* Registers of any thread of a live process. */
uint64_t thread_get(Thread *t, CpuReg reg);
void thread_set(Thread *t, CpuReg reg, uint64_t value);

/* Ends a wait: the thread goes on with `result` in RAX. */
void thread_wake(Thread *t, uint64_t result);
void thread_forget_wait(Thread *t);

#endif
