/* expect nothing */
#include "../guard.h"
#include <tlhelp32.h>

int main(void) {
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    PROCESSENTRY32 one = {.dwSize = sizeof one};
    for (BOOL more = Process32First(all, &one); more; more = Process32Next(all, &one))
        puts(one.szExeFile);
    reveal();
    return 0;
}
