/* expect {"fact": "ram", "polarity": "must", "test": "between"} */
#include "../guard.h"

int main(void) {
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    GlobalMemoryStatusEx(&memory);
    if (memory.ullTotalPhys < 16ull << 30 || memory.ullTotalPhys > 64ull << 30) return 0;
    reveal();
    return 0;
}
