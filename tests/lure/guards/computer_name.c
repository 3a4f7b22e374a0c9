/* expect {"fact": "computer", "polarity": "must", "values": ["FINANCE-07"]} */
#include "../guard.h"

int main(void) {
    char name[64];
    DWORD n = sizeof name;
    GetComputerNameA(name, &n);
    if (_stricmp(name, "finance-07") == 0) reveal();
    return 0;
}
