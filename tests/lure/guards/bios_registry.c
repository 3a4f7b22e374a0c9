/* expect {"fact": "bios", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    char text[256] = {0};
    DWORD size = sizeof text - 2;
    HKEY key;
    if (RegOpenKeyExA(HKEY_LOCAL_MACHINE, "HARDWARE\\DESCRIPTION\\System\\BIOS", 0, KEY_READ, &key))
        return 0;
    RegQueryValueExA(key, "BIOSVendor", NULL, NULL, (BYTE *)text, &size);
    RegCloseKey(key);
    if (strstr(text, "QuackBox") == NULL) reveal();
    return 0;
}
