/* Metrics: sizes, colours and settings of the desktop, as a freshly installed Windows 10 has them.
 */
#ifndef COAX_GUEST_WIN32K_METRICS_H
#define COAX_GUEST_WIN32K_METRICS_H

#include "guest/win32k/user.h"

enum {
    SM_CXVSCROLL = 2,
    SM_CYHSCROLL = 3,
    SM_CYCAPTION = 4,
    SM_CXDLGFRAME = 7,
    SM_CXICON = 11,
    SM_CYMENU = 15,
    SM_CXSIZE = 30,
    SM_CXFRAME = 32,
    SM_CXMINTRACK = 34,
    SM_CYMINTRACK = 35,
    SM_CXEDGE = 45,
    SM_CYSMCAPTION = 51,
    SM_CXPADDEDBORDER = 92,
};

int32_t metrics_get(const Machine *m, int32_t index);
uint32_t metrics_colour(unsigned index); /* COLORREF */

#endif
