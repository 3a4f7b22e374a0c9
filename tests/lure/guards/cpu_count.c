/* expect {"fact": "cpu.count", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    if (info.dwNumberOfProcessors < 2) return 0;
    reveal();
    return 0;
}
