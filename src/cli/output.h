/* output: where a report goes: standard output, or a file that may be moved away while it is being
 * written: at SIGHUP it is opened again by its name, as log rotation wants it. */
#ifndef COAX_CLI_OUTPUT_H
#define COAX_CLI_OUTPUT_H

#include "base/bytes.h"

typedef struct {
    const char *path; /* NULL: standard output */
    int fd;
} Output;

/* Appends to the file. 0 or an errno. */
int output_open(Output *o, const char *path);

/* Whole lines. 0 or an errno. */
int output_write(Output *o, Span lines);
void output_close(Output *o);

/* The same for a file that is no report: 0 or an errno. */
int output_write_all(int fd, Span bytes);

#endif
