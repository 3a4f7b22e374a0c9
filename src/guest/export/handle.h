/* Handles of answered exports: what an enumeration keeps from call to call. They
 * are no kernel handles, as those of Windows' own libraries are none. */
#ifndef COAX_GUEST_EXPORT_HANDLE_H
#define COAX_GUEST_EXPORT_HANDLE_H

#include "guest/export/export.h"

typedef enum {
    EXPORT_FREE,
    EXPORT_NET_ENUM,
} ExportHandleKind;

typedef struct {
    ExportHandleKind kind;
    const Process *process; /* whose it is */
    const void *of;         /* the kind's own: in the machine's arena or the world's */
    uint64_t at, flags;
} ExportHandle;

/* A new one, and its value for the guest; NULL where there are too many. */
ExportHandle *export_handle_new(ExportCall *c, ExportHandleKind kind, uint64_t *value);

/* The caller's handle of that kind, or NULL. */
ExportHandle *export_handle(ExportCall *c, uint64_t value, ExportHandleKind kind);

/* Gives it back, whatever its kind is; false: the caller has none such. */
bool export_handle_close(ExportCall *c, uint64_t value);

#endif
