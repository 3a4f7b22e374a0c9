/* expect {"fact": "uptime", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    DWORD minutes = GetTickCount() / 60000;
    if (minutes >= 30 && minutes < 120) reveal();
    return 0;
}
