/* expect {"fact": "mac", "polarity": "must"} */
#include "../guard.h"
#include <iphlpapi.h>

/* The last four bytes as a number of the other byte order, under a mask. */
int main(void) {
    static char buffer[32768];
    IP_ADAPTER_ADDRESSES *a = (void *)buffer;
    ULONG size = sizeof buffer;
    if (GetAdaptersAddresses(AF_UNSPEC, 0, NULL, a, &size) != NO_ERROR) return 0;
    for (; a; a = a->Next) {
        DWORD tail;
        if (a->PhysicalAddressLength != 6) continue;
        memcpy(&tail, a->PhysicalAddress + 2, sizeof tail);
        tail = __builtin_bswap32(tail) ^ 0x3c0ffee5;
        if (tail == (0x9122a7d4 ^ 0x3c0ffee5)) reveal();
    }
    return 0;
}
