/* expect {"fact": "mac", "polarity": "must-not"} */
#include "../guard.h"
#include <iphlpapi.h>

static IP_ADAPTER_ADDRESSES *adapters(void) {
    ULONG size = 32768;
    IP_ADAPTER_ADDRESSES *all = malloc(size);
    return GetAdaptersAddresses(AF_UNSPEC, 0, NULL, all, &size) == 0 ? all : NULL;
}

int main(void) {
    static const BYTE vendors[][3] = {{0x08, 0x00, 0x27}, {0x00, 0x0c, 0x29}, {0x00, 0x50, 0x56}};
    for (IP_ADAPTER_ADDRESSES *a = adapters(); a; a = a->Next)
        for (int i = 0; i < 3; i++)
            if (a->PhysicalAddressLength == 6 && memcmp(a->PhysicalAddress, vendors[i], 3) == 0)
                return 0;
    reveal();
    return 0;
}
