/* classes.def as data. */
#include "guest/wmi/wmi.h"

#define ONE(n)      WMI_ONE, .count = n
#define HARDWARE(n) WMI_HARDWARE, .count = n
#define VOLUME      WMI_VOLUME
#define DISK        WMI_DISK
#define ADAPTER     WMI_ADAPTER
#define ACCOUNT     WMI_ACCOUNT
#define PRINTER     WMI_PRINTER
#define BATTERY     WMI_BATTERY
#define SOUND       WMI_SOUND
#define DEFENDER    WMI_DEFENDER
#define DEVICE      WMI_DEVICE

#define WMI_CLASS(in, what, text)                                                                  \
    {.type = WMI_CLASS_ROW, .name = text, .space = WMI_##in, .each = what},
#define WMI(kind, text, from)     {.type = WMI_##kind, .name = text, .value = from},
#define WMI_KEY(kind, text, from) {.type = WMI_##kind, .name = text, .value = from, .key = true},
const WmiRow wmi_rows[] = {
#include "guest/wmi/classes.def"
    {.type = WMI_CLASS_ROW},
};

const WmiRow *wmi_next_class(const WmiRow *class) {
    const WmiRow *next = class ? class + 1 + wmi_property_count(class) : wmi_rows;
    return next->name ? next : NULL;
}

size_t wmi_property_count(const WmiRow *class) {
    size_t n = 0;
    while (class[1 + n].type != WMI_CLASS_ROW) n++;
    return n;
}
