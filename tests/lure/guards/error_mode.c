/* expect {"fact": "error_mode", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    SetErrorMode(0x400);
    if (SetErrorMode(0) != 0x400) return 0;
    reveal();
    return 0;
}
