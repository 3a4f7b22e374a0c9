/* expect nothing */
#include "../guard.h"

int main(void) {
    HKEY key;
    char name[256];
    if (RegOpenKeyExA(HKEY_LOCAL_MACHINE, "Software\\Microsoft\\Windows NT\\CurrentVersion", 0,
                      KEY_READ, &key))
        return 1;
    for (DWORD i = 0;; i++) {
        DWORD n = sizeof name;
        if (RegEnumValueA(key, i, name, &n, NULL, NULL, NULL, NULL)) break;
        puts(name);
    }
    RegCloseKey(key);
    reveal();
    return 0;
}
