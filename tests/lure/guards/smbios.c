/* expect {"fact": "system.manufacturer", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    BYTE *table = malloc(65536);
    UINT n = GetSystemFirmwareTable(0x52534d42, 0, table, 65536);
    static const char wanted[] = "QuackBox GmbH";
    for (UINT i = 0; i + sizeof wanted - 1 <= n; i++) {
        UINT k = 0;
        while (k < sizeof wanted - 1 && table[i + k] == (BYTE)wanted[k]) k++;
        if (k == sizeof wanted - 1) return 0;
    }
    reveal();
    return 0;
}
