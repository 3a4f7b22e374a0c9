/* expect nothing */
#include "../guard.h"

/* Settings that are made where they are missing, read, and written back: none is a condition. */
static DWORD number_of(HKEY key, const char *name, DWORD otherwise) {
    DWORD value, size = sizeof value;
    return RegQueryValueExA(key, name, NULL, NULL, (BYTE *)&value, &size) ? otherwise : value;
}

int main(void) {
    HKEY key;
    char title[64] = "untitled";
    DWORD size = sizeof title;
    if (RegOpenKeyExA(HKEY_CURRENT_USER, "Software\\Quarry\\Viewer", 0, KEY_ALL_ACCESS, &key) &&
        RegCreateKeyExA(HKEY_CURRENT_USER, "Software\\Quarry\\Viewer", 0, NULL, 0, KEY_ALL_ACCESS,
                        NULL, &key, NULL))
        return 1;
    DWORD width = number_of(key, "Width", 640), wrap = number_of(key, "Wrap", 1);
    RegQueryValueExA(key, "Title", NULL, NULL, (BYTE *)title, &size);
    title[sizeof title - 1] = 0;
    RegSetValueExA(key, "Width", 0, REG_DWORD, (BYTE *)&width, sizeof width);
    RegSetValueExA(key, "Wrap", 0, REG_DWORD, (BYTE *)&wrap, sizeof wrap);
    RegSetValueExA(key, "Title", 0, REG_SZ, (BYTE *)title, (DWORD)strlen(title) + 1);
    RegCloseKey(key);
    reveal();
    return 0;
}
