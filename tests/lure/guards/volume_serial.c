/* expect {"fact": "drive.serial", "polarity": "must", "subject": "C"} */
#include "../guard.h"

int main(void) {
    DWORD serial = 0;
    GetVolumeInformationA("C:\\", NULL, 0, &serial, NULL, NULL, NULL, 0);
    if (serial == 0x4DA7B155) reveal();
    return 0;
}
