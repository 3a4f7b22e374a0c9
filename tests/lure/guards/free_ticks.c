/* expect nothing */
#include "../guard.h"

int main(void) {
    DWORD before = GetTickCount();
    Sleep(500);
    if (GetTickCount() - before < 450) return 0;
    reveal();
    return 0;
}
