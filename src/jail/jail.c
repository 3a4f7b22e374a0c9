/* jail: starting a worker and watching it; see jail.h. Between fork and exec the child talks to
 * coax over a pipe that exec closes: four bytes there are the errno of what failed, its end alone
 * means that the program runs. */
#include "jail/jail.h"
#include "jail/frame.h"
#include "jail/lock.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Numbers that are free in every process that starts a worker, so that moving descriptors to their
 * places overwrites none that still has to be moved. */
enum { PARKING = 64 };

/* ---- the child, between fork and exec ---- */

static void reset_signals(void) {
    for (int s = 1; s < NSIG; s++) signal(s, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    bool done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return done;
}

/* In its own user namespace the process is root, who is the plain user outside: jail_lock needs
 * that to make the other namespaces. A kernel that forbids the map costs those layers and nothing
 * else. */
static void map_user(uid_t uid, gid_t gid) {
    char map[48];
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", (unsigned)uid);
    write_file("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "0 %u 1", (unsigned)gid);
    write_file("/proc/self/gid_map", map);
}

static bool limit(int resource, rlim_t value) {
    struct rlimit l = {.rlim_cur = value, .rlim_max = value};
    return setrlimit(resource, &l) == 0;
}

/* Address Sanitizer maps terabytes for its own use. */
#if defined __SANITIZE_ADDRESS__
enum { LIMIT_DATA = false };
#else
enum { LIMIT_DATA = true };
#endif

/* The soft limit is the hard one: process 1 of a namespace does not die of SIGXCPU. RLIMIT_NOFILE
 * is jail_lock's, since a program still has libraries to load. */
static bool set_limits(const JailSpawn *s) {
    return limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
           (s->forks || limit(RLIMIT_NPROC, 0)) &&
           (!s->cpu_seconds || limit(RLIMIT_CPU, s->cpu_seconds)) &&
           (!LIMIT_DATA || !s->data_bytes || limit(RLIMIT_DATA, s->data_bytes));
}

/* The descriptors of the child, by the number that they shall get. */
typedef struct {
    int fd[JAIL_FD_FIRST + JAIL_MAX_HANDED];
    int count;
} Layout;

static bool park(int *fd) {
    if (*fd < 0) return true;
    *fd = fcntl(*fd, F_DUPFD_CLOEXEC, PARKING);
    return *fd >= 0;
}

/* Leaves exactly the layout, besides `report` and `program`, which are moved up and close at exec.
 */
static bool place_descriptors(Layout *l, int *report, int *program) {
    for (int i = 0; i < l->count; i++)
        if (!park(&l->fd[i])) return false;
    if (!park(report) || !park(program)) return false;
    for (int i = 0; i < l->count; i++)
        if (l->fd[i] < 0) close(i);
        else if (dup2(l->fd[i], i) < 0) return false;
    return syscall(SYS_close_range, l->count, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

static void execute(const JailSpawn *s, int program) {
    static const char *const nothing[] = {NULL};
    const char *const *environment = s->environment ? s->environment : nothing;
    syscall(SYS_execveat, program, "", s->arguments, environment, AT_EMPTY_PATH);
}

_Noreturn static void fail(int report) {
    int error = errno;
    if (write(report, &error, sizeof error) < 0) _exit(126); /* either way nobody is told more */
    _exit(127);
}

_Noreturn static void child(const JailSpawn *s, Layout *l, int report, bool own_user, uid_t uid,
                            gid_t gid) {
    int program = s->program;
    setsid(); /* the terminal's Ctrl-C is for coax, which decides what it means for its workers */
    reset_signals();
    if (own_user) map_user(uid, gid);
    jail_lock_basics();
    write_file("/proc/self/oom_score_adj", "1000"); /* rather the worker than coax */
    if (!place_descriptors(l, &report, &program) || !set_limits(s)) fail(report);
    if (program >= 0) {
        execute(s, program);
        fail(report);
    }
    syscall(SYS_close_range, l->count, ~0U, 0);
    _exit(s->body(s->context));
}

/* ---- starting ---- */

static long fork_with(unsigned long flags, int *pidfd) {
    return syscall(SYS_clone, flags | CLONE_PIDFD | SIGCHLD, NULL, pidfd, NULL, 0);
}

/* As much of a namespace as the kernel lets us have: root makes one of process IDs directly,
 * anybody else needs a user namespace for it. */
static long fork_apart(int *pidfd, bool *own_user) {
    static const unsigned long choices[] = {CLONE_NEWPID, CLONE_NEWUSER | CLONE_NEWPID, 0};
    long pid = -1;
    for (size_t i = geteuid() == 0 ? 0 : 1; pid < 0 && i < sizeof choices / sizeof *choices; i++) {
        *own_user = choices[i] & CLONE_NEWUSER;
        pid = fork_with(choices[i], pidfd);
    }
    return pid;
}

/* Both ends of everything that is made for one start. */
typedef struct {
    int null, channel[2], words[2], report[2];
} Ends;

static void close_all(Ends *e) {
    int all[] = {e->null,     e->channel[0], e->channel[1], e->words[0],
                 e->words[1], e->report[0],  e->report[1]};
    int error = errno;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] >= 0) close(all[i]);
    errno = error;
}

static bool open_ends(Ends *e) {
    *e = (Ends){-1, {-1, -1}, {-1, -1}, {-1, -1}};
    e->null = open("/dev/null", O_RDWR | O_CLOEXEC);
    return e->null >= 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, e->channel) == 0 &&
           pipe2(e->words, O_CLOEXEC) == 0 && fcntl(e->words[0], F_SETFL, O_NONBLOCK) == 0 &&
           pipe2(e->report, O_CLOEXEC) == 0;
}

static Layout layout(const JailSpawn *s, const Ends *e) {
    Layout l = {.fd = {e->null, e->null, e->words[1], e->channel[1]},
                .count = JAIL_FD_FIRST + (int)s->handed_count};
    for (size_t i = 0; i < s->handed_count; i++) l.fd[JAIL_FD_FIRST + i] = s->handed[i];
    return l;
}

/* Waits for the child's report; false with errno where it failed. */
static bool started(int report) {
    int error = 0;
    ssize_t n;
    do n = read(report, &error, sizeof error);
    while (n < 0 && errno == EINTR);
    if (n > 0) errno = error;
    return n == 0;
}

Status jail_spawn(const JailSpawn *s, Jail *out) {
    Ends e;
    if (s->handed_count > JAIL_MAX_HANDED) return ST_USAGE;
    if (!open_ends(&e)) {
        close_all(&e);
        return ST_IO;
    }
    Layout l = layout(s, &e);
    uid_t uid = geteuid();
    gid_t gid = getegid();
    int pidfd = -1;
    bool own_user;
    fflush(NULL); /* or a forked worker would print what is buffered once more */
    long pid = fork_apart(&pidfd, &own_user);
    if (pid == 0) child(s, &l, e.report[1], own_user, uid, gid);
    if (pid < 0) {
        close_all(&e);
        return ST_IO;
    }
    close(e.report[1]);
    e.report[1] = -1;
    *out = (Jail){.pid = (pid_t)pid, .process = pidfd, .socket = e.channel[0], .words = e.words[0]};
    bool runs = started(e.report[0]);
    e.channel[0] = e.words[0] = -1;
    close_all(&e);
    if (runs) return ST_OK;
    int error = errno;
    jail_close(out);
    errno = error;
    return ST_IO;
}

/* ---- the end ---- */

static JailDeath read_death(int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == JAIL_EXIT_ABORT)
        return (JailDeath){JAIL_SIGNALLED, SIGABRT};
    if (WIFEXITED(status)) return (JailDeath){JAIL_EXITED, WEXITSTATUS(status)};
    if (WTERMSIG(status) == SIGSYS) return (JailDeath){JAIL_FORBIDDEN, SIGSYS};
    return (JailDeath){JAIL_SIGNALLED, WTERMSIG(status)};
}

static bool wait_dead(int pidfd, Time deadline) {
    struct pollfd p = {.fd = pidfd, .events = POLLIN};
    for (;;) {
        int n = poll(&p, 1, frame_poll_time(deadline));
        if (n > 0) return true;
        if (n == 0 || errno != EINTR) return false;
    }
}

Status jail_wait(Jail *j, Time deadline, JailDeath *out) {
    int status;
    if (!wait_dead(j->process, deadline)) return ST_TIMEOUT;
    pid_t done;
    do done = waitpid(j->pid, &status, 0);
    while (done < 0 && errno == EINTR);
    if (done < 0) return ST_IO;
    j->pid = 0;
    *out = read_death(status);
    return ST_OK;
}

JailDeath jail_kill(Jail *j) {
    JailDeath death = {JAIL_SIGNALLED, SIGKILL};
    syscall(SYS_pidfd_send_signal, j->process, SIGKILL, NULL, 0);
    jail_wait(j, FRAME_NO_DEADLINE, &death);
    return death;
}

void jail_close(Jail *j) {
    if (j->process == 0) return;
    if (j->pid) jail_kill(j);
    close(j->process);
    close(j->socket);
    if (j->words >= 0) close(j->words);
    *j = (Jail){0};
}

void jail_death_print(JailDeath d, char out[JAIL_DEATH_TEXT]) {
    if (d.end == JAIL_EXITED) snprintf(out, JAIL_DEATH_TEXT, "exit status %d", d.number);
    else if (d.end == JAIL_FORBIDDEN)
        snprintf(out, JAIL_DEATH_TEXT, "killed by seccomp at a forbidden system call");
    else {
        const char *name = sigabbrev_np(d.number);
        snprintf(out, JAIL_DEATH_TEXT, "signal %d (SIG%s)", d.number, name ? name : "?");
    }
}

/* ---- probe ---- */

/* The trial worker: locks itself up and tells the layers in one frame. */
static int probe_body(void *context) {
    (void)context;
    unsigned layers = 0;
    if (jail_lock(&(JailLock){0}, &layers) != ST_OK) return 1;
    uint8_t bits = (uint8_t)layers;
    return frame_send(JAIL_FD_CHANNEL, 0, span(&bits, 1), -1, FRAME_NO_DEADLINE) != ST_OK;
}

JailProbe jail_probe(void) {
    JailProbe probe = {.landlock = jail_landlock_version()};
    Jail j = {0};
    if (jail_spawn(&(JailSpawn){.program = -1, .body = probe_body}, &j) != ST_OK) return probe;
    FrameReader r = frame_reader(16);
    Frame f;
    Time deadline = time_monotonic() + 10 * TIME_SECOND;
    probe.usable = frame_receive(&r, j.socket, deadline, &f) == ST_OK && f.payload.n == 1;
    if (probe.usable) probe.layers = f.payload.p[0];
    frame_reader_close(&r);
    jail_close(&j);
    return probe;
}
