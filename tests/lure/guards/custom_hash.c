/* expect {"fact": "computer", "polarity": "must", "proved": "forced"} */
#include "../guard.h"

int main(void) {
    char name[64];
    DWORD n = sizeof name, h = 0x1234567;
    GetComputerNameA(name, &n);
    for (DWORD i = 0; i < n; i++) h = (h << 7 | h >> 25) ^ ((BYTE)name[i] * 0x9e3779b1u + 77);
    if (h == 0x4fd1a2c3) reveal();
    return 0;
}
