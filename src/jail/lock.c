/* lock: the layers that are made of namespaces, capabilities and limits, and their order. The order
 * matters: namespaces want the privileges that the next layer gives up, and seccomp forbids what
 * the others need.
 *
 * The mount namespace is unshared here and not by jail_spawn, because mounting would hit the host
 * if it were assumed by mistake. Process IDs are jail_spawn's: unshare(2) moves only children
 * there. */
#include "jail/lock.h"
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 65534 };

const char *jail_layer_text(unsigned bit) {
    static const char *const texts[] = {
#define LAYER(name, text) text,
        JAIL_LAYERS(LAYER)
#undef LAYER
    };
    return bit < JAIL_LAYER_COUNT ? texts[bit] : "";
}

/* ---- basics ---- */

/* Process 1 of a namespace is spared every signal that it has no handler for, unless the kernel
 * raised it for a fault; abort(3) would spin through its fallbacks and end as a segmentation fault.
 */
static void exit_aborted(int signal_number) {
    (void)signal_number;
    _exit(JAIL_EXIT_ABORT);
}

void jail_lock_basics(void) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (getpid() == 1) signal(SIGABRT, exit_aborted);
}

/* ---- namespaces ---- */

bool jail_layer_process_ids(void) {
    return getpid() == 1;
}

static bool enter_empty_folder(void) {
    /* Any folder that exists serves; the mount hides it. */
    static const char *const places[] = {"/tmp", "/proc", "/dev", "/var", "/usr"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (mount("none", places[i], "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
                  "size=4k,nr_inodes=2,mode=555") == 0)
            return chdir(places[i]) == 0;
    return false;
}

bool jail_layer_empty_root(void) {
    return unshare(CLONE_NEWNS) == 0 &&
           /* or the next mount would show up outside */
           mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && enter_empty_folder() &&
           chroot(".") == 0 && chdir("/") == 0;
}

bool jail_layer_no_network(void) {
    return unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0;
}

/* ---- privileges ---- */

/* Gives up root for nobody. EINVAL: this user namespace knows no nobody, because jail_spawn made it
 * with one user in it, whose "root" is the plain user outside. */
static bool leave_root(void) {
    if (geteuid() != 0) return true;
    if (setresgid(NOBODY, NOBODY, NOBODY) == 0)
        return setgroups(0, NULL) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0;
    return errno == EINVAL;
}

static bool drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0}, left[2];
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capset, &header, none) != 0 || syscall(SYS_capget, &header, left) != 0)
        return false;
    return (left[0].permitted | left[1].permitted | left[0].effective | left[1].effective |
            left[0].inheritable | left[1].inheritable) == 0;
}

bool jail_layer_no_privilege(void) {
    for (int c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
        prctl(PR_CAPBSET_DROP, c, 0, 0, 0); /* the plain user may not, and has none */
    bool done = leave_root() && drop_capabilities();
    jail_lock_basics(); /* a change of user resets them */
    return done && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

/* ---- all ---- */

/* RLIMIT_NOFILE bounds the number that a new descriptor may get: with 1 or 2 there is none, since 0
 * and 1 are taken, and poll(2) still takes so many. */
static void limit_descriptors(const JailLock *lock) {
    rlim_t most = lock->passed ? 64 : lock->waits ? 2 : 1;
    struct rlimit limit = {.rlim_cur = most, .rlim_max = most};
    setrlimit(RLIMIT_NOFILE, &limit);
}

Status jail_lock(const JailLock *lock, unsigned *layers) {
    unsigned holds = 0;
    jail_lock_basics();
    if (jail_layer_process_ids()) holds |= JAIL_PROCESS_IDS;
    if (jail_layer_empty_root()) holds |= JAIL_EMPTY_ROOT;
    if (jail_layer_no_network()) holds |= JAIL_NO_NETWORK;
    if (jail_layer_no_privilege()) holds |= JAIL_NO_PRIVILEGE;
    if (jail_layer_landlock()) holds |= JAIL_LANDLOCK;
    limit_descriptors(lock);
    if (jail_layer_seccomp(lock)) holds |= JAIL_SECCOMP;
    if (layers) *layers = holds;
    return (holds & JAIL_REQUIRED) == JAIL_REQUIRED ? ST_OK : ST_UNSUPPORTED;
}
