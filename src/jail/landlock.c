/* Landlock (Documentation/userspace-api/landlock.rst of the kernel): a ruleset that handles every
 * right the kernel knows and allows none. The structure and the rights are spelled out here because
 * the headers of a distribution are often older than the kernel that runs. */
#include "jail/lock.h"
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self  446
#endif

enum { CREATE_RULESET_VERSION = 1 };

typedef struct {
    uint64_t access_fs, access_net, scoped;
} Ruleset;

/* Everything that ABI version `version` can take away, and the size of the structure that it reads.
 */
static Ruleset everything(unsigned version, size_t *size) {
    Ruleset r = {.access_fs = (1 << 13) - 1};    /* execute, write, read, make and remove ... */
    if (version >= 2) r.access_fs |= 1 << 13;    /* link and rename between folders */
    if (version >= 3) r.access_fs |= 1 << 14;    /* truncate */
    if (version >= 5) r.access_fs |= 1 << 15;    /* ioctl on devices */
    if (version >= 4) r.access_net = 1 | 1 << 1; /* TCP bind and connect */
    if (version >= 6) r.scoped = 1 | 1 << 1;     /* abstract sockets and signals to outside */
    *size = version >= 6   ? sizeof r
            : version >= 4 ? offsetof(Ruleset, scoped)
                           : offsetof(Ruleset, access_net);
    return r;
}

unsigned jail_landlock_version(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
    return version > 0 ? (unsigned)version : 0;
}

bool jail_layer_landlock(void) {
    unsigned version = jail_landlock_version();
    if (version == 0) return false;
    size_t size;
    Ruleset rules = everything(version, &size);
    long fd = syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (fd < 0) return false;
    bool done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                syscall(SYS_landlock_restrict_self, (int)fd, 0) == 0;
    close((int)fd);
    return done;
}
