/* expect {"fact": "computer", "polarity": "must", "values": ["GALLEY"]} */
#include "../guard.h"

static DWORD WINAPI work(void *unused) {
    char name[64];
    DWORD n = sizeof name;
    (void)unused;
    GetComputerNameA(name, &n);
    if (lstrcmpA(name, "GALLEY") == 0) reveal();
    return 0;
}

int main(void) {
    HANDLE thread = CreateThread(NULL, 0, work, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    return 0;
}
