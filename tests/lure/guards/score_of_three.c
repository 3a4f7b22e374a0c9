/* expect {"fact": "ram|cpu.count|uptime", "polarity": "must-not"} */
#include "../guard.h"

/* No fact by itself is enough: they are counted. */
int main(void) {
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    SYSTEM_INFO info;
    GlobalMemoryStatusEx(&memory);
    GetSystemInfo(&info);
    int score = (memory.ullTotalPhys < 3ull << 30) + (info.dwNumberOfProcessors < 2) +
                (GetTickCount64() < 12 * 60 * 1000);
    if (score >= 3) return 0;
    reveal();
    return 0;
}
