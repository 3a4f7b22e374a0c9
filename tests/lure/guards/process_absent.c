/* expect {"fact": "process", "polarity": "must-not", "values": ["guardian.exe"]} */
/* expect {"fact": "process", "polarity": "must-not", "values": ["watchtower.exe"]} */
#include "../guard.h"
#include <tlhelp32.h>

static int runs(const char *name) {
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    PROCESSENTRY32 one = {.dwSize = sizeof one};
    int found = 0;
    for (BOOL more = Process32First(all, &one); more && !found; more = Process32Next(all, &one))
        found = lstrcmpiA(one.szExeFile, name) == 0;
    CloseHandle(all);
    return found;
}

int main(void) {
    if (runs("guardian.exe") || runs("watchtower.exe")) return 0;
    reveal();
    return 0;
}
