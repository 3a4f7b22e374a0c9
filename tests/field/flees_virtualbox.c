/* Flees the additions that VirtualBox installs in its guests, and nothing else. */
#include "../lure/guard.h"

int main(void) {
    HKEY key;
    if (GetFileAttributesA("C:\\Windows\\System32\\drivers\\VBoxMouse.sys") != INVALID_FILE_ATTRIBUTES)
        return 0;
    if (RegOpenKeyExA(HKEY_LOCAL_MACHINE, "SOFTWARE\\Oracle\\VirtualBox Guest Additions", 0, KEY_READ,
                      &key) == 0)
        return 0;
    reveal();
    return 0;
}
