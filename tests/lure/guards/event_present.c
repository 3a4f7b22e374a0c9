/* expect {"fact": "event", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    if (OpenEventA(SYNCHRONIZE, FALSE, "Local\\BridgeReady")) reveal();
    return 0;
}
