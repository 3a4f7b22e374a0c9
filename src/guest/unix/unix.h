/* Unix: what Wine's DLLs ask of their Unix half, one file for each DLL. The calls are numbered as
 * in the DLL's own list; a file ends in its rows. */
#ifndef COAX_GUEST_UNIX_UNIX_H
#define COAX_GUEST_UNIX_UNIX_H

#include "guest/machine.h"

typedef struct {
    Thread *thread;
    Process *process;
    uint64_t arguments; /* address of the parameter block */
} UnixCall;

typedef struct {
    const char *module;
    uint32_t code;
    uint32_t (*answer)(UnixCall *c); /* NTSTATUS */
} UnixRow;

/* Ends with a NULL module. */
extern const UnixRow unix_bcrypt_rows[], unix_crypt32_rows[];
extern const UnixRow unix_dnsapi_rows[], unix_secur32_rows[],
    unix_ws2_32_rows[];

#endif
