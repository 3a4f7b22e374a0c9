/* expect {"fact": "cpu.count", "polarity": "must-not"} */
#include "../guard.h"
#include <winternl.h>

int main(void) {
    BYTE *peb = (BYTE *)NtCurrentTeb()->ProcessEnvironmentBlock;
    if (*(volatile DWORD *)(peb + (sizeof(void *) == 8 ? 0xb8 : 0x64)) < 2) return 0;
    reveal();
    return 0;
}
