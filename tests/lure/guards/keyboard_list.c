/* expect {"fact": "keyboard", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    HKL all[16];
    int n = GetKeyboardLayoutList(16, all);
    for (int i = 0; i < n; i++)
        if (((ULONG_PTR)all[i] & 0xffff) == 0x422) return 0;
    reveal();
    return 0;
}
