/* expect {"fact": "idle", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    LASTINPUTINFO last = {.cbSize = sizeof last};
    GetLastInputInfo(&last);
    if (GetTickCount() - last.dwTime > 600000) return 0;
    reveal();
    return 0;
}
