/* expect {"fact": "ram", "polarity": "must"} */
/* expect {"fact": "cpu.count", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    SYSTEM_INFO info;
    GlobalMemoryStatusEx(&memory);
    GetSystemInfo(&info);
    if (info.dwNumberOfProcessors >= 16 && (memory.ullTotalPhys + (1 << 29)) >> 30 >= 31) reveal();
    return 0;
}
