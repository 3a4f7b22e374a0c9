/* The worker of test_jail: locks itself in as its first argument says ("all", or the name of one
 * layer), makes the attempt that the second one names, and tells in a frame how that went: type 0 =
 * the attempt was refused, payload = errno as u32; type 1 = it succeeded, which is the bad news. A
 * jailed process may also simply die of it. */
#include "jail/frame.h"
#include "jail/jail.h"
#include "jail/lock.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Every attempt returns -1 and sets errno where it was refused. */
typedef int Attempt(void);

static int attempt_nothing(void) {
    return 0;
}
static int attempt_open(void) {
    return open("/etc/passwd", O_RDONLY);
}
static int attempt_open_raw(void) {
    return (int)syscall(SYS_openat2, AT_FDCWD, "/etc/passwd",
                        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24);
}
static int attempt_create(void) {
    return open("/tmp/coax-prisoner", O_CREAT | O_WRONLY, 0600);
}
static int attempt_stat(void) {
    struct stat st;
    return stat("/etc/passwd", &st);
}
static int attempt_list_root(void) {
    DIR *d = opendir("/");
    if (!d) return -1;
    int found = -1;
    errno = ENOENT;
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.') found = 0;
    return found;
}
static int attempt_write_sample(void) {
    return (int)write(JAIL_FD_FIRST, "x", 1);
}
static int attempt_map_sample_writable(void) {
    void *p = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, JAIL_FD_FIRST, 0);
    return p == MAP_FAILED ? -1 : 0;
}
static int attempt_tcp(void) {
    return socket(AF_INET, SOCK_STREAM, 0);
}
static int attempt_udp6(void) {
    return socket(AF_INET6, SOCK_DGRAM, 0);
}
static int attempt_unix(void) {
    return socket(AF_UNIX, SOCK_STREAM, 0);
}
static int attempt_netlink(void) {
    return socket(AF_NETLINK, SOCK_RAW, 0);
}
/* Port 9 of this machine: refused by a network that is there, unreachable where none is. */
static int attempt_connect(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(9)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return s < 0 ? -1 : connect(s, (struct sockaddr *)&a, sizeof a);
}
static int attempt_exec(void) {
    return execl("/bin/true", "true", (char *)NULL);
}
static int attempt_fork(void) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    return child < 0 || waitpid(child, NULL, 0) != child ? -1 : 0;
}
static void *idle(void *p) {
    return p;
}
static int attempt_thread(void) {
    pthread_t t;
    int error = pthread_create(&t, NULL, idle, NULL);
    if (error) errno = error;
    return error ? -1 : pthread_join(t, NULL);
}
/* Any process but itself: the first thousand numbers hold kernel threads and init on every host. */
static int attempt_see_process(void) {
    for (pid_t p = 1; p < 1000; p++)
        if (p != getpid() && (kill(p, 0) == 0 || errno == EPERM)) return 0;
    errno = ESRCH;
    return -1;
}
static int attempt_signal_parent(void) {
    return kill(getppid() ? getppid() : 1, 0);
}
static int attempt_ptrace(void) {
    return (int)ptrace(PTRACE_SEIZE, getppid(), NULL, NULL);
}
static int attempt_read_process(void) {
    char byte;
    struct iovec here = {&byte, 1}, there = {(void *)4096, 1};
    return (int)process_vm_readv(getppid(), &here, 1, &there, 1, 0);
}
static int attempt_executable_memory(void) {
    void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}
static int attempt_make_executable(void) {
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}
static int attempt_mount(void) {
    return mount("none", "/", "tmpfs", 0, NULL);
}
static int attempt_change_user(void) {
    return setresuid(1, 1, 1);
}
static int attempt_new_user_namespace(void) {
    return (int)syscall(SYS_unshare, 0x10000000);
}
static int attempt_write_file(void) {
    int fd = (int)syscall(SYS_memfd_create, "x", 0);
    return fd < 0 ? -1 : (int)write(fd, "x", 1);
}
static int attempt_duplicate(void) {
    return dup(0);
}
static int attempt_memory(void) {
    void *p = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return -1;
    memset(p, 1, 16 << 20);
    return munmap(p, 16 << 20);
}
static int attempt_spin(void) {
    volatile bool forever = true;
    while (forever) {}
    return 0;
}
static int attempt_crash(void) {
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would turn it into an exit */
    char *p = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return *(volatile char *)p;
}
static int attempt_abort(void) {
    abort();
}
static int attempt_exit3(void) {
    _exit(3);
}
static int attempt_sleep(void) {
    char byte;
    while (recv(JAIL_FD_CHANNEL, &byte, 1, 0) > 0) {}
    while (poll(NULL, 0, 1000) == 0) {}
    return 0;
}
/* "Succeeds" where another descriptor than 0, 1, 2, the channel and the one handed over is open. */
static int attempt_other_descriptors(void) {
    for (int fd = JAIL_FD_FIRST + 1; fd < 1024; fd++)
        if (fcntl(fd, F_GETFD) >= 0) return 0;
    return -1;
}
static int attempt_dumpable(void) {
    errno = EPERM;
    return prctl(PR_GET_DUMPABLE) ? 0 : -1;
}
static int attempt_core(void) {
    struct rlimit l;
    errno = EPERM;
    return getrlimit(RLIMIT_CORE, &l) == 0 && l.rlim_max == 0 ? -1 : 0;
}

static const struct {
    const char *name;
    Attempt *attempt;
} attempts[] = {
    {"nothing", attempt_nothing},
    {"open", attempt_open},
    {"open-raw", attempt_open_raw},
    {"create", attempt_create},
    {"stat", attempt_stat},
    {"list-root", attempt_list_root},
    {"write-sample", attempt_write_sample},
    {"map-sample", attempt_map_sample_writable},
    {"tcp", attempt_tcp},
    {"udp6", attempt_udp6},
    {"unix", attempt_unix},
    {"netlink", attempt_netlink},
    {"connect", attempt_connect},
    {"exec", attempt_exec},
    {"fork", attempt_fork},
    {"thread", attempt_thread},
    {"see-process", attempt_see_process},
    {"signal-parent", attempt_signal_parent},
    {"ptrace", attempt_ptrace},
    {"read-process", attempt_read_process},
    {"executable-memory", attempt_executable_memory},
    {"make-executable", attempt_make_executable},
    {"mount", attempt_mount},
    {"change-user", attempt_change_user},
    {"new-user-namespace", attempt_new_user_namespace},
    {"write-file", attempt_write_file},
    {"duplicate", attempt_duplicate},
    {"memory", attempt_memory},
    {"spin", attempt_spin},
    {"crash", attempt_crash},
    {"abort", attempt_abort},
    {"exit3", attempt_exit3},
    {"sleep", attempt_sleep},
    {"other-descriptors", attempt_other_descriptors},
    {"dumpable", attempt_dumpable},
    {"core", attempt_core},
};

/* False where the kernel lacks the layer. */
static bool lock_in(const char *how) {
    static const JailLock plain = {0}, forking = {.fork = true};
    if (strcmp(how, "none") == 0) return true;
    if (strcmp(how, "all") == 0) return jail_lock(&plain, NULL) == ST_OK;
    if (strcmp(how, "all+fork") == 0) return jail_lock(&forking, NULL) == ST_OK;
    if (strcmp(how, "process-ids") == 0) return jail_layer_process_ids();
    if (strcmp(how, "empty-root") == 0) return jail_layer_empty_root();
    if (strcmp(how, "no-network") == 0) return jail_layer_no_network();
    if (strcmp(how, "no-privilege") == 0) return jail_layer_no_privilege();
    if (strcmp(how, "landlock") == 0) return jail_layer_landlock();
    if (strcmp(how, "seccomp") == 0) return jail_layer_seccomp(&plain);
    return false;
}

static void tell(uint32_t type, uint32_t number) {
    uint8_t raw[4];
    for (int i = 0; i < 4; i++) raw[i] = (uint8_t)(number >> 8 * i);
    frame_send(JAIL_FD_CHANNEL, type, span(raw, 4), -1, FRAME_NO_DEADLINE);
}

int main(int count, char **arguments) {
    enum { REFUSED, SUCCEEDED, LAYER_MISSING };
    if (count != 3) return 100;
    if (!lock_in(arguments[1])) {
        tell(LAYER_MISSING, 0);
        _exit(0);
    }
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        if (strcmp(attempts[i].name, arguments[2]) == 0) {
            errno = 0;
            if (attempts[i].attempt() < 0) tell(REFUSED, (uint32_t)errno);
            else tell(SUCCEEDED, 0);
            _exit(0);
        }
    _exit(101);
}
