/* expect {"fact": "file", "polarity": "must-not", "subject":
 * "C:\\windows\\system32\\drivers\\vbmousex.sys"} */
/* expect {"fact": "file", "polarity": "must-not", "subject":
 * "C:\\windows\\system32\\drivers\\vmhgfsx.sys"} */
#include "../guard.h"

int main(void) {
    static const char *const names[] = {"vbmousex.sys", "vmhgfsx.sys"};
    for (int i = 0; i < 2; i++) {
        char path[MAX_PATH];
        UINT n = GetSystemDirectoryA(path, sizeof path);
        snprintf(path + n, sizeof path - n, "\\drivers\\%s", names[i]);
        WIN32_FIND_DATAA found;
        HANDLE h = FindFirstFileA(path, &found);
        if (h == INVALID_HANDLE_VALUE) continue;
        FindClose(h);
        return 0;
    }
    reveal();
    return 0;
}
