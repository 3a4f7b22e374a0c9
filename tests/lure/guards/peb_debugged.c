/* expect {"fact": "debugger", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    if (IsDebuggerPresent()) return 0;
    reveal();
    return 0;
}
