/* expect {"fact": "ram", "polarity": "must", "test": "at least"} */
#include "../guard.h"

/* A number made of the memory's size, with a bound that is none of the size's own. */
int main(void) {
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    GlobalMemoryStatusEx(&memory);
    volatile DWORD points = (DWORD)(memory.ullTotalPhys >> 20) * 3 + 1717;
    if (points > 100000) reveal();
    return 0;
}
