/* expect {"fact": "mac", "polarity": "must"} */
#include "../guard.h"
#include <iphlpapi.h>

static IP_ADAPTER_ADDRESSES *adapters(void) {
    ULONG size = 32768;
    IP_ADAPTER_ADDRESSES *all = malloc(size);
    return GetAdaptersAddresses(AF_UNSPEC, 0, NULL, all, &size) == 0 ? all : NULL;
}

int main(void) {
    for (IP_ADAPTER_ADDRESSES *a = adapters(); a; a = a->Next) {
        char text[20];
        snprintf(text, sizeof text, "%02X-%02X-%02X", a->PhysicalAddress[0], a->PhysicalAddress[1],
                 a->PhysicalAddress[2]);
        if (strcmp(text, "AC-22-0B") == 0) reveal();
    }
    return 0;
}
