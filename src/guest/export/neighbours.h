/* Neighbours: the other computers of the network that the world tells of, and what is shared by
 * them and by this one. mpr.dll and netapi32.dll tell the same. */
#ifndef COAX_GUEST_EXPORT_NEIGHBOURS_H
#define COAX_GUEST_EXPORT_NEIGHBOURS_H

#include "guest/export/export.h"

typedef struct {
    const char *name, *comment;
    uint32_t type; /* SV_TYPE_* */
} Neighbour;

enum {
    SV_WORKSTATION = 1,
    SV_SERVER = 2,
    SV_DOMAIN_CONTROLLER = 8,
    SV_NT = 0x1000,
    SV_SERVER_NT = 0x8000,
};

/* The computers of the domain, this one among them, in the order of their names. A computer of a
 * workgroup sees none: that took SMB 1, which Windows does not have any more. */
enum { MOST_NEIGHBOURS = 256 };
size_t neighbours(ExportCall *c, Neighbour out[MOST_NEIGHBOURS]);

typedef struct {
    const char *name, *path, *comment;
    uint32_t type; /* STYPE_* */
} Share;

enum { MOST_SHARES = 64, STYPE_DISK = 0, STYPE_IPC = 3 };
#define STYPE_SPECIAL 0x80000000u

/* What a computer shares, by its name with or without backslashes; NULL or "": this one. false:
 * there is no such computer. */
bool shares_of(ExportCall *c, const char *computer, Share out[MOST_SHARES], size_t *count);

#endif
