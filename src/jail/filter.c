/* seccomp: what a worker may ask the kernel for after jail_lock. Three lists: calls of a
 * computation that talks over descriptors that it already has; calls that the C library tries on
 * the way and can do without (they fail with EPERM, so that a library's probe is no crash);
 * everything else ends the process. Whether a call can reach something outside decides, not whether
 * it is popular. */
#include "jail/lock.h"
#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static const int allowed[] = {
    /* descriptors that are there */
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(write),
    SCMP_SYS(writev), SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(recvfrom),
    SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(close),
    /* memory; mmap and mprotect see below */
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
    /* time */
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    /* itself */
    SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getrandom),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group)};

static const int refused[] = {SCMP_SYS(open),       SCMP_SYS(openat),
                              SCMP_SYS(access),     SCMP_SYS(faccessat),
                              SCMP_SYS(faccessat2), SCMP_SYS(stat),
                              SCMP_SYS(lstat),      SCMP_SYS(newfstatat),
                              SCMP_SYS(statx),      SCMP_SYS(readlink),
                              SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
                              SCMP_SYS(ioctl),      SCMP_SYS(fcntl),
                              SCMP_SYS(sysinfo),    SCMP_SYS(uname),
                              SCMP_SYS(prlimit64),  SCMP_SYS(getrlimit),
                              SCMP_SYS(getrusage),  SCMP_SYS(sched_getaffinity),
                              SCMP_SYS(prctl),      SCMP_SYS(arch_prctl),
                              SCMP_SYS(getppid),    SCMP_SYS(getuid),
                              SCMP_SYS(geteuid),    SCMP_SYS(getgid),
                              SCMP_SYS(getegid),    SCMP_SYS(membarrier),
                              SCMP_SYS(nanosleep),  SCMP_SYS(clock_nanosleep)};

/* Adds one rule after the other and remembers whether all were taken. */
typedef struct {
    scmp_filter_ctx context;
    bool failed;
} Filter;

static void add(Filter *f, uint32_t action, int call, unsigned count,
                const struct scmp_arg_cmp *conditions) {
    if (seccomp_rule_add_array(f->context, action, call, count, conditions) != 0) f->failed = true;
}

static void add_list(Filter *f, uint32_t action, const int *calls, size_t count) {
    for (size_t i = 0; i < count; i++) add(f, action, calls[i], 0, NULL);
}

/* Holds where the bits of `mask` in argument `number` are those of `value`. */
static struct scmp_arg_cmp masked(unsigned number, scmp_datum_t mask, scmp_datum_t value) {
    return (struct scmp_arg_cmp){
        .arg = number, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

/* A mapping can be made executable only before the lock: Unicorn's code buffer is. */
static void add_memory(Filter *f) {
    struct scmp_arg_cmp not_executable = masked(2, PROT_EXEC, 0);
    struct scmp_arg_cmp executable = masked(2, PROT_EXEC, PROT_EXEC);
    static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        add(f, SCMP_ACT_ALLOW, calls[i], 1, &not_executable);
        add(f, SCMP_ACT_ERRNO(EPERM), calls[i], 1, &executable);
    }
}

/* abort(3) and raise(3) signal the process itself; nobody else is to be signalled. */
static void add_raise(Filter *f) {
    struct scmp_arg_cmp itself = masked(0, UINT32_MAX, (scmp_datum_t)getpid());
    add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &itself);
}

/* fork(3) as the C library does it: clone with no flag but those that store the thread's number,
 * and SIGCHLD in the lowest byte. Signals go to children only, since in a namespace of its own the
 * worker sees nobody else; without one it must wait for them. */
static void add_fork(Filter *f) {
    const scmp_datum_t harmless = 0x01200000 | 0xFF; /* CLONE_CHILD_SETTID, _CLEARTID; the signal */
    struct scmp_arg_cmp plain = masked(0, ~harmless, 0);
    add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, &plain);
    add(f, SCMP_ACT_ALLOW, SCMP_SYS(wait4), 0, NULL);
    add(f, SCMP_ACT_ALLOW, SCMP_SYS(waitid), 0, NULL);
    add(f, SCMP_ACT_ALLOW, SCMP_SYS(set_robust_list), 0, NULL);
    add(f, SCMP_ACT_ALLOW, SCMP_SYS(rseq), 0, NULL);
    if (getpid() != 1) return;
    add(f, SCMP_ACT_ALLOW, SCMP_SYS(kill), 0, NULL);
    add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 0, NULL);
}

bool jail_layer_seccomp(const JailLock *lock) {
    Filter f = {.context = seccomp_init(SCMP_ACT_KILL_PROCESS)};
    if (!f.context) return false;
    /* calls of another architecture and of x32 too */
    f.failed = seccomp_attr_set(f.context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0;
    add_list(&f, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof *allowed);
    add_list(&f, SCMP_ACT_ERRNO(EPERM), refused, sizeof refused / sizeof *refused);
    add_memory(&f);
    add_raise(&f);
    if (lock->fork) add_fork(&f);
    if (lock->waits) add(&f, SCMP_ACT_ALLOW, SCMP_SYS(getsockopt), 0, NULL);
    bool done = !f.failed && seccomp_load(f.context) == 0;
    seccomp_release(f.context);
    return done;
}
