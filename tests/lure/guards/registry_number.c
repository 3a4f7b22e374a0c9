/* expect {"fact": "registry", "polarity": "must", "subject": "HKLM\\Software\\Maple\\Stage"} */
#include "../guard.h"

int main(void) {
    DWORD value = 0, size = sizeof value;
    HKEY key;
    if (RegOpenKeyExA(HKEY_LOCAL_MACHINE, "Software\\Maple", 0, KEY_READ | KEY_WOW64_64KEY, &key))
        return 0;
    LSTATUS s = RegQueryValueExA(key, "Stage", NULL, NULL, (BYTE *)&value, &size);
    RegCloseKey(key);
    if (s == 0 && value == 0x51f15e) reveal();
    return 0;
}
