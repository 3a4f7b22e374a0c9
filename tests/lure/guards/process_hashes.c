/* expect {"fact": "process", "polarity": "must-not", "proved": "forced", "values": ["0x7ba5f3f4"]}
 */
#include "../guard.h"
#include <tlhelp32.h>

static DWORD hash(const char *name) { /* FNV-1a of the name in lower case */
    DWORD h = 0x811c9dc5;
    for (; *name; name++)
        h = (h ^ (BYTE)(*name >= 'A' && *name <= 'Z' ? *name + 32 : *name)) * 0x01000193;
    return h;
}

int main(void) {
    static const DWORD table[] = {0x7ba5f3f4, 0x1193ab9d, 0xc2d05521, 0x60b9e71a, 0x9f2cc871};
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    PROCESSENTRY32 one = {.dwSize = sizeof one};
    for (BOOL more = Process32First(all, &one); more; more = Process32Next(all, &one))
        for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
            if (hash(one.szExeFile) == *(volatile const DWORD *)&table[i]) return 0;
    reveal();
    return 0;
}
