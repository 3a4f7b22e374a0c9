/* expect {"fact": "process", "polarity": "must-not", "proved": "forced"} */
#include "../guard.h"
#include <tlhelp32.h>

static DWORD mix(const char *name) {
    DWORD h = 0x2b5c;
    for (; *name; name++) h = (h * 0x8d + ((BYTE)*name | 0x20)) ^ h >> 11;
    return h;
}

int main(void) {
    static const volatile DWORD unwanted[] = {0x7c31aa02, 0x1f9e03b7, 0xd4018c6e, 0x66e2f91b};
    PROCESSENTRY32 e = {.dwSize = sizeof e};
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    for (BOOL more = Process32First(all, &e); more; more = Process32Next(all, &e))
        for (int i = 0; i < 4; i++)
            if (mix(e.szExeFile) == unwanted[i]) return 0;
    reveal();
    return 0;
}
