/* expect {"fact": "screen", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    if (GetSystemMetrics(SM_CXSCREEN) <= 1024) return 0;
    reveal();
    return 0;
}
