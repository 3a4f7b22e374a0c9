/* expect {"fact": "computer", "polarity": "must", "values": ["PAYROLL-SRV-017"]} */
#include "../guard.h"

/* From its end to its beginning, each letter under a mask of its own. */
int main(void) {
    static const char name[] = "PAYROLL-SRV-017";
    enum { N = sizeof name - 1 };
    static volatile BYTE wanted[N];
    char computer[64] = "";
    DWORD n = sizeof computer;
    for (int i = 0; i < N; i++) wanted[i] = (BYTE)(name[N - 1 - i] ^ (0x31 + 5 * i));
    GetComputerNameA(computer, &n);
    if (n != N) return 0;
    for (int i = 0; i < N; i++)
        if ((BYTE)(computer[N - 1 - i] ^ (0x31 + 5 * i)) != wanted[i]) return 0;
    reveal();
    return 0;
}
