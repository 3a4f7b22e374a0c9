/* expect {"fact": "event", "polarity": "must", "subject": "Local\\BridgeReady"} */
#include "../guard.h"

int main(void) {
    if (OpenEventA(SYNCHRONIZE, FALSE, "Local\\BridgeReady")) reveal();
    return 0;
}
