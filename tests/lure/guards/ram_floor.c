/* expect {"fact": "ram", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    GlobalMemoryStatusEx(&memory);
    if (memory.ullTotalPhys >> 20 < 3000) return 0;
    reveal();
    return 0;
}
