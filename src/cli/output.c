#include "cli/output.h"
#include "cli/cli.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t moved;

static void on_hangup(int number) {
    (void)number;
    moved = 1;
}

static int open_file(const char *path) {
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644);
}

int output_open(Output *o, const char *path) {
    struct sigaction action = {.sa_handler = on_hangup, .sa_flags = SA_RESTART};
    *o = (Output){.path = path, .fd = path ? open_file(path) : -1};
    if (!path) return 0;
    if (o->fd < 0) return errno;
    moved = 0;
    sigaction(SIGHUP, &action, NULL);
    return 0;
}

/* Where the name cannot be opened any more, the old file is better than none. */
static void reopen(Output *o) {
    int fd = open_file(o->path);
    moved = 0;
    if (fd < 0) {
        cli_complain("%s cannot be opened again: %s", o->path, strerror(errno));
        return;
    }
    close(o->fd);
    o->fd = fd;
}

int output_write_all(int fd, Span bytes) {
    for (size_t at = 0; at < bytes.n;) {
        ssize_t n = write(fd, bytes.p + at, bytes.n - at);
        if (n < 0 && errno != EINTR) return errno;
        if (n > 0) at += (size_t)n;
    }
    return 0;
}

int output_write(Output *o, Span lines) {
    if (!o->path) return cli_write(lines);
    if (moved) reopen(o);
    return output_write_all(o->fd, lines);
}

void output_close(Output *o) {
    if (!o->path) return;
    signal(SIGHUP, SIG_DFL);
    if (o->fd >= 0) close(o->fd);
}
