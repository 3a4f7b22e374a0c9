/* Programs that Windows itself starts: those of services and of tasks. */
#ifndef COAX_GUEST_SERVICE_LAUNCH_H
#define COAX_GUEST_SERVICE_LAUNCH_H

#include "guest/token.h"

/* The program of a command line: what is quoted, or the shortest part before a space that is a
 * file, with .exe behind it where that is missing. Its path as it is named; NULL: there is none. */
const char *launch_find(Machine *m, const char *line, bool wow64);

typedef struct {
    const char *line, *directory;
    Token *token;       /* NULL: the user's */
    const char *parent; /* the world's process that starts it, by its name */
    bool wow64;         /* its path is seen as 32-bit programs see it */
} Launch;

/* An NTSTATUS; on success *out holds a reference of the caller's. */
uint32_t launch_program(Machine *m, const Launch *how, Process **out);

#endif
