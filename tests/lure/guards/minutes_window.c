/* expect {"fact": "uptime", "polarity": "must", "test": "between"} */
#include "../guard.h"

int main(void) {
    DWORD minutes = (DWORD)(GetTickCount64() / 60000);
    if (minutes < 600 || minutes > 2400) return 0;
    reveal();
    return 0;
}
