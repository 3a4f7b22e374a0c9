/* expect nothing */
#include "../guard.h"

/* It looks at much, and does the same whatever it sees. */
int main(void) {
    char user[64], name[64];
    DWORD n = sizeof user, k = sizeof name;
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    GetUserNameA(user, &n);
    GetComputerNameA(name, &k);
    GlobalMemoryStatusEx(&memory);
    printf("%s on %s: %s\n", user, name, memory.ullTotalPhys > 4ull << 30 ? "plenty" : "little");
    reveal();
    return 0;
}
