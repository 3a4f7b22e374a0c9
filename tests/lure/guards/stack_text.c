/* expect {"fact": "computer", "polarity": "must", "values": ["ORCHID"]} */
#include "../guard.h"

int main(void) {
    volatile char wanted[8];
    char name[64], copy[8];
    DWORD n = sizeof name;
    wanted[0] = 'O', wanted[1] = 'R', wanted[2] = 'C', wanted[3] = 'H', wanted[4] = 'I',
    wanted[5] = 'D', wanted[6] = 0;
    for (int i = 0; i < 7; i++) copy[i] = wanted[i];
    GetComputerNameA(name, &n);
    if (lstrcmpA(name, copy) == 0) reveal();
    return 0;
}
