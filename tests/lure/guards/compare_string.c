/* expect {"fact": "computer", "polarity": "must", "values": ["TILL-04"]} */
#include "../guard.h"

int main(void) {
    WCHAR name[64];
    DWORD n = 64;
    GetComputerNameW(name, &n);
    if (CompareStringW(LOCALE_INVARIANT, NORM_IGNORECASE, name, -1, L"TILL-04", -1) == CSTR_EQUAL)
        reveal();
    return 0;
}
