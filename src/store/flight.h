/* flight: the names of the inputs that are begun and not yet in the case, in a file beside it that
 * is mapped into memory: to note one costs no system call, and whatever becomes of the process, the
 * kernel has it. The session's end removes the file; the next session reads those of the dead. */
#ifndef COAX_STORE_FLIGHT_H
#define COAX_STORE_FLIGHT_H

#include "base/bytes.h"

enum { FLIGHT_SLOTS = 1024, FLIGHT_NAME = 4092 };

typedef struct {
    char *path;
    uint8_t *slots; /* FLIGHT_SLOTS of: length (4 bytes; 0 = free), name */
    bool landed[FLIGHT_SLOTS];
    size_t used; /* slots that were ever used */
} Flight;

/* False where the file cannot be made; errno says why. */
bool flight_open(Flight *f, const char *of_case, int64_t session);

/* Unmaps and removes it. A zeroed one is fine. */
void flight_close(Flight *f);

/* False where there is no free slot. */
bool flight_begin(Flight *f, const char *name);

/* Its answer waits for a transaction, which has come about: */
void flight_land(Flight *f, const char *name);
void flight_clear_landed(Flight *f);

/* Calls `each` with every name that a dead session left, and removes the file. */
void flight_read(const char *of_case, int64_t session,
                 void (*each)(void *context, const char *name), void *context);

#endif
