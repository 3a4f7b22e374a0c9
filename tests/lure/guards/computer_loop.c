/* expect {"fact": "computer", "polarity": "must", "values": ["KASSE"]} */
#include "../guard.h"

int main(void) {
    static const char wanted[] = "KASSE";
    char name[64];
    DWORD n = sizeof name;
    GetComputerNameA(name, &n);
    for (unsigned i = 0; i < sizeof wanted; i++)
        if (name[i] != wanted[i]) return 0;
    reveal();
    return 0;
}
