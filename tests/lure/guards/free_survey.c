/* expect nothing */
#include "../guard.h"

int main(void) {
    char user[64];
    DWORD n = sizeof user;
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    SYSTEM_INFO info;
    GetUserNameA(user, &n);
    GlobalMemoryStatusEx(&memory);
    GetSystemInfo(&info);
    printf("%s, %u MB, %u processors, up %u s\n", user, (unsigned)(memory.ullTotalPhys >> 20),
           (unsigned)info.dwNumberOfProcessors, (unsigned)(GetTickCount() / 1000));
    reveal();
    return 0;
}
