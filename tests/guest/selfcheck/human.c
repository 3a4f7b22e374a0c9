/* Is somebody there? The mouse, the last input, what the person has done before. */
#include "selfcheck.h"

static DWORD input_age(void) {
    LASTINPUTINFO last = {.cbSize = sizeof last};
    return GetLastInputInfo(&last) ? GetTickCount() - last.dwTime : 0xffffffff;
}

void check_human(void) {
    POINT first, at;
    int moved = 0;
    DWORD youngest = 0xffffffff;
    GetCursorPos(&first);
    for (int i = 0; i < 60; i++) {
        Sleep(1000);
        GetCursorPos(&at);
        moved |= at.x != first.x || at.y != first.y;
        if (input_age() < youngest) youngest = input_age();
    }
    check("the mouse moves", !moved);
    check("input of the last minutes", youngest > 5 * 60 * 1000);
    check("mouse where a person has it", at.x == 0 && at.y == 0);
    check("double-click time", GetDoubleClickTime() < 100 || GetDoubleClickTime() > 5000);
    check("recent documents",
          registry_subkeys(HKEY_CURRENT_USER,
                           "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs") <
              3);
    check("programs that were started",
          registry_subkeys(HKEY_CURRENT_USER,
                           "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\"
                           "UserAssist") < 1);
    char wallpaper[MAX_PATH] = "";
    SystemParametersInfoA(SPI_GETDESKWALLPAPER, sizeof wallpaper, wallpaper, 0);
    check("wallpaper", !*wallpaper);
}
