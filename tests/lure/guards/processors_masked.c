/* expect {"fact": "cpu.count", "polarity": "must", "values": ["12"]} */
#include "../guard.h"

int main(void) {
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    volatile DWORD masked = info.dwNumberOfProcessors ^ 0x5a5a17c3;
    if (masked == (12 ^ 0x5a5a17c3)) reveal();
    return 0;
}
