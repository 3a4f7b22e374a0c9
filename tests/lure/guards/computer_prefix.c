/* expect {"fact": "computer", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    WCHAR name[64];
    DWORD n = 64;
    GetComputerNameW(name, &n);
    if (wcsncmp(name, L"TILL-", 5) == 0) reveal();
    return 0;
}
