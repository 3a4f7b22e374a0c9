/* expect {"fact": "uptime", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    if (GetTickCount() < 12 * 60 * 1000) return 0;
    reveal();
    return 0;
}
