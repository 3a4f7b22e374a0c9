/* expect {"fact": "drive.serial", "polarity": "must", "values": ["6C1F-22A9"]} */
#include "../guard.h"

int main(void) {
    DWORD serial = 0;
    GetVolumeInformationA("C:\\", NULL, 0, &serial, NULL, NULL, NULL, 0);
    volatile DWORD mixed = (serial << 13 | serial >> 19) ^ 0xa5a51e1e;
    if (mixed == (((0x6c1f22a9u << 13) | (0x6c1f22a9u >> 19)) ^ 0xa5a51e1e)) reveal();
    return 0;
}
