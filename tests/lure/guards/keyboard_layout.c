/* expect {"fact": "keyboard", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    if (((uintptr_t)GetKeyboardLayout(0) & 0xffff) == 0x419) return 0;
    reveal();
    return 0;
}
