/* lock: a process locks itself in. Every layer alone is meant to hold; together they survive a bug
 * in one of them. A worker calls jail_lock once it has opened what it needs and before it reads the
 * first hostile byte. */
#ifndef COAX_JAIL_LOCK_H
#define COAX_JAIL_LOCK_H

#include "base/status.h"
#include <stdbool.h>

/* LAYER(name, what it takes away) */
#define JAIL_LAYERS(LAYER)                                                                         \
    LAYER(PROCESS_IDS, "other processes cannot be seen or signalled (process ID namespace)")       \
    LAYER(EMPTY_ROOT, "the root folder is empty and read-only (mount namespace)")                  \
    LAYER(NO_NETWORK, "there is no network interface, System V IPC or host name (namespaces)")     \
    LAYER(NO_PRIVILEGE, "no capability, none to be gained, and not root")                          \
    LAYER(LANDLOCK, "no file can be opened, no TCP port used (Landlock)")                          \
    LAYER(SECCOMP, "no system call but those of a computation (seccomp)")

enum {
#define LAYER(name, text) JAIL_BIT_##name,
    JAIL_LAYERS(LAYER)
#undef LAYER
        JAIL_LAYER_COUNT
};

typedef enum {
#define LAYER(name, text) JAIL_##name = 1 << JAIL_BIT_##name,
    JAIL_LAYERS(LAYER)
#undef LAYER
} JailLayer;

/* Without these jail_lock fails: the others are as the kernel has them. */
enum { JAIL_REQUIRED = JAIL_NO_PRIVILEGE | JAIL_SECCOMP };

/* The sentence for layer 0 ... JAIL_LAYER_COUNT - 1. */
const char *jail_layer_text(unsigned bit);

typedef struct {
    bool fork;   /* it may fork itself, wait for its children and kill them */
    bool waits;  /* it may poll two descriptors at a time, and ask a socket for its state */
    bool passed; /* it may be sent descriptors over the channel; otherwise it gets no new ones */
} JailLock;

/* After this no file, socket or device can be opened and no memory be made executable; what is open
 * and mapped stays usable, executable mappings made before included. `layers` tells what holds.
 * ST_UNSUPPORTED where a required layer is not to be had: the worker must end then. Call it with
 * one thread. */
Status jail_lock(const JailLock *lock, unsigned *layers);

/* ---- the layers one by one, for their tests; jail_lock calls them in this order ---- */

bool jail_layer_process_ids(void);
bool jail_layer_empty_root(void);
bool jail_layer_no_network(void);
bool jail_layer_no_privilege(void);
bool jail_layer_landlock(void);
bool jail_layer_seccomp(const JailLock *lock);

/* The kernel's Landlock ABI version; 0 = none. */
unsigned jail_landlock_version(void);

/* Run once before the layers: dies with coax, is not dumpable, gains no privileges by execve, and
 * an abort(3) ends it although it may be process 1 of its namespace. */
void jail_lock_basics(void);

/* The exit status that stands for abort(3) in a worker. */
enum { JAIL_EXIT_ABORT = 128 + 6 };

#endif
