/* expect {"fact": "mac", "polarity": "must", "values": ["0c:9d:92:5e:17:a4"]} */
#include "../guard.h"
#include <iphlpapi.h>

static IP_ADAPTER_ADDRESSES *adapters(void) {
    ULONG size = 32768;
    IP_ADAPTER_ADDRESSES *all = malloc(size);
    return GetAdaptersAddresses(AF_UNSPEC, 0, NULL, all, &size) == 0 ? all : NULL;
}

int main(void) {
    static const BYTE wanted[6] = {0x0c, 0x9d, 0x92, 0x5e, 0x17, 0xa4};
    for (IP_ADAPTER_ADDRESSES *a = adapters(); a; a = a->Next)
        if (memcmp(a->PhysicalAddress, wanted, 6) == 0) reveal();
    return 0;
}
