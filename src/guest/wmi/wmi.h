/* Wmi: what Wine's wbemprox.dll is given to answer queries with. Its COM objects, its WQL and the
 * methods of its classes are guest code; its tables would tell of Wine and of no world. */
#ifndef COAX_GUEST_WMI_WMI_H
#define COAX_GUEST_WMI_WMI_H

#include "guest/machine.h"

typedef enum { WMI_CIMV2, WMI_WMI, WMI_SECURITY, WMI_NAMESPACES } WmiNamespace;

typedef enum {
    WMI_STRING,
    WMI_DATETIME,
    WMI_BOOLEAN,
    WMI_UINT8,
    WMI_UINT16,
    WMI_UINT32,
    WMI_UINT64,
    WMI_SINT16,
    WMI_SINT32,
    WMI_STRINGS,
    WMI_UINT16S,
    WMI_CLASS_ROW, /* a class; its properties follow */
} WmiType;

typedef enum {
    WMI_ONE,
    WMI_HARDWARE,
    WMI_VOLUME,
    WMI_DISK,
    WMI_ADAPTER,
    WMI_ACCOUNT,
    WMI_PRINTER,
    WMI_BATTERY,
    WMI_SOUND,
    WMI_DEFENDER,
    WMI_DEVICE,
} WmiEach;

typedef struct {
    WmiType type;
    const char *name;
    const char *value; /* of a property: its template */
    bool key;
    WmiNamespace space; /* of a class */
    WmiEach each;
    unsigned count;
} WmiRow;

/* classes.def; the end is a class without a name. */
extern const WmiRow wmi_rows[];

/* The class behind one, from NULL on; NULL: that was the last. */
const WmiRow *wmi_next_class(const WmiRow *class);
/* The number of properties; they follow the class. */
size_t wmi_property_count(const WmiRow *class);

/* The instances there are (values.c). */
unsigned wmi_count(Machine *m, const WmiRow *class);
/* A property's value as text; numbers are decimal, arrays have | between their parts. "" is none.
 */
const char *wmi_value(Machine *m, Arena *a, const WmiRow *class, unsigned instance,
                      const WmiRow *property);

#endif
