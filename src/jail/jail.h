/* jail: a confined worker process, seen from coax. The worker locks itself in (jail/lock.h); this
 * side starts it with what must happen before, watches it and says how it died.
 *
 *     coax                                  worker
 *     jail_spawn ---- fork ---------------> own session and process IDs, limits, no new privileges,
 *                                           exactly the descriptors that were named
 *                ---- exec or call -------> loads its libraries, opens its engines
 *                                           jail_lock: no files, no network, no privileges, seccomp
 *     Jail.socket <--- frames ------------> Jail 3
 *     jail_wait <---- death                 dies with coax in any case
 */
#ifndef COAX_JAIL_JAIL_H
#define COAX_JAIL_JAIL_H

#include "base/bytes.h"
#include "base/clock.h"
#include "base/status.h"
#include <sys/types.h>

enum {
    JAIL_FD_CHANNEL = 3, /* the worker's end of Jail.socket */
    JAIL_FD_FIRST = 4,   /* the first of the handed-over descriptors */
    JAIL_MAX_HANDED = 8,
};

typedef struct {
    int program; /* descriptor of the program to execute (O_PATH will do), or -1: a fork of this
                    process goes on in `body`, and its return value is the exit status */
    int (*body)(void *context);
    void *context;
    const char *const *arguments;   /* of the program, NULL-terminated */
    const char *const *environment; /* of the program, NULL-terminated; NULL = empty */
    int handed[JAIL_MAX_HANDED];    /* become 4, 5, ... in the worker; -1 leaves a gap */
    size_t handed_count;
    bool forks;           /* it may have processes of its own; else RLIMIT_NPROC is 0 */
    unsigned cpu_seconds; /* 0 = no limit */
    uint64_t data_bytes;  /* private memory; 0 = no limit */
} JailSpawn;

typedef struct {
    pid_t pid;
    int process; /* a pidfd: readable once the worker is dead */
    int socket;  /* frames */
    int words;   /* the worker's standard error, not blocking; -1 once it was closed */
} Jail;

/* ST_OK once the program runs (or the fork is about to call `body`). Otherwise nothing is left of
 * it, and errno says why. The calling process must have one thread. */
Status jail_spawn(const JailSpawn *spawn, Jail *out);

typedef enum {
    JAIL_EXITED,    /* `number` is the exit status */
    JAIL_SIGNALLED, /* `number` is the signal */
    JAIL_FORBIDDEN, /* seccomp ended it at a forbidden system call */
} JailEnd;

typedef struct {
    JailEnd end;
    int number;
} JailDeath;

/* Waits for the worker's end; ST_TIMEOUT where it lives on at the deadline (time_monotonic; 0 only
 * looks). */
Status jail_wait(Jail *j, Time deadline, JailDeath *out);

/* Kills the worker and everything that it forked, and waits. Says how it died: a worker that was
 * dead already died its own death. */
JailDeath jail_kill(Jail *j);

/* Kills what still lives and closes the descriptors. A zeroed Jail is fine. */
void jail_close(Jail *j);

enum { JAIL_DEATH_TEXT = 96 };

/* "exit status 3", "signal 11 (SIGSEGV)", "killed by seccomp at a forbidden system call". */
void jail_death_print(JailDeath d, char out[JAIL_DEATH_TEXT]);

/* What this kernel offers, found by locking up a trial worker. `layers` are those of jail/lock.h;
 * `usable` says whether workers can run at all. */
typedef struct {
    bool usable;
    unsigned layers;
    unsigned landlock; /* ABI version */
} JailProbe;

JailProbe jail_probe(void);

#endif
