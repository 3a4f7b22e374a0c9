/* expect {"fact": "ram", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    GlobalMemoryStatusEx(&memory);
    if (memory.ullTotalPhys >= 30ull << 30) reveal();
    return 0;
}
