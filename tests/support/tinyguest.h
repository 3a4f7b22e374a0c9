/* A machine for tests: a world of one line and a pack of one page of code. Its ntdll.dll lets every
 * thread begin at its start routine at once; its system calls are those of tinyguest_calls. */
#ifndef COAX_TESTS_TINYGUEST_H
#define COAX_TESTS_TINYGUEST_H

#include "guest/process.h"
#include "guest/thread.h"

enum { TINYGUEST_PROCESSES = 8 };

typedef struct {
    Machine machine;
    GuestConfig config;
    Sink sink;
    Arena arena;
    World *world;
    Section *image;                          /* of its programs */
    Process *process;                        /* the first */
    Process *processes[TINYGUEST_PROCESSES]; /* all that were made; a reference on each */
    unsigned process_count;
    unsigned pointer; /* 4 or 8 */
} TinyGuest;

/* With one process and no thread; `is64` says of what kind. Fails the test where it cannot. */
TinyGuest *tinyguest_open(bool is64);
void tinyguest_close(TinyGuest *g);

/* One more process. */
Process *tinyguest_process(TinyGuest *g, Process *parent, bool inherit);

/* A thread that begins at `start` (0: an endless loop); no reference. */
Thread *tinyguest_thread(Process *p, uint64_t start);

/* Memory of the process, readable, writable and executable, with these bytes; 64 KiB. */
uint64_t tinyguest_place(Process *p, const void *bytes, size_t n);

/* A system call of the thread, whose arguments are put where its stub would have them. */
uint64_t tinyguest_call(Thread *t, const char *name, unsigned count, const uint64_t *arguments);

/* Where the exports of its ntdll.dll lie; those of system calls are stubs that return. */
uint64_t tinyguest_export(const Process *p, const char *name);

/* The number behind a stub, or one that stands for nothing. */
uint32_t tinyguest_number(const char *name);

/* The pack itself, as a descriptor to be closed. */
int tinyguest_pack(bool is64);

#endif
