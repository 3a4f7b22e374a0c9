/* Reads a value of the registry again and again; every fourth time the key is opened for it. */
#include <windows.h>

int main(void) {
    static const char path[] = "Software\\Microsoft\\Windows NT\\CurrentVersion";
    HKEY key = NULL;
    char text[260];
    for (unsigned i = 0; i < ROUNDS; i++) {
        DWORD size = sizeof text;
        if (i % 4 == 0 && key) RegCloseKey(key);
        if (i % 4 == 0 && RegOpenKeyExA(HKEY_LOCAL_MACHINE, path, 0, KEY_READ, &key)) return 1;
        if (RegQueryValueExA(key, "ProductName", NULL, NULL, (BYTE *)text, &size)) return 2;
    }
    return 0;
}
