/* What every command prints with. */
#include "cli/cli.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { NARROWEST = 40, WIDEST = 160 };

void cli_complain(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("coax: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

int cli_write(Span bytes) {
    for (size_t at = 0; at < bytes.n;) {
        ssize_t n = write(STDOUT_FILENO, bytes.p + at, bytes.n - at);
        if (n >= 0) at += (size_t)n;
        else if (errno != EINTR) return errno;
    }
    return 0;
}

int cli_print(const Buf *text) {
    int error = cli_write(buf_span(text));
    if (error) cli_complain("standard output: %s", strerror(error));
    return error ? EXIT_TROUBLE : EXIT_NOTHING;
}

bool cli_wants_color(const Settings *s) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    if (s->color != COLOR_AUTO) return s->color == COLOR_ALWAYS;
    return isatty(STDOUT_FILENO) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

unsigned cli_width(void) {
    struct winsize w;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0 || !w.ws_col) return 0;
    return w.ws_col < NARROWEST ? NARROWEST : w.ws_col > WIDEST ? WIDEST : w.ws_col;
}
