/* expect nothing */
#include "../guard.h"

int main(void) {
    char path[MAX_PATH], to[MAX_PATH + 16];
    DWORD n = GetTempPathA(MAX_PATH, to);
    GetModuleFileNameA(NULL, path, sizeof path);
    strcpy(to + n, "copy.exe");
    CopyFileA(path, to, FALSE);
    return 0;
}
