/* What every command prints with. */
#include "cli/cli.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

void cli_complain(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("coax: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

int cli_print(const Buf *text) {
    for (size_t at = 0; at < text->n;) {
        ssize_t n = write(STDOUT_FILENO, text->p + at, text->n - at);
        if (n >= 0) at += (size_t)n;
        else if (errno != EINTR) {
            cli_complain("standard output: %s", strerror(errno));
            return EXIT_TROUBLE;
        }
    }
    return EXIT_NOTHING;
}
