/* expect nothing */
#include "../guard.h"

int main(void) {
    char name[64];
    DWORD n = sizeof name;
    GetComputerNameA(name, &n);
    printf("this is %s\n", name);
    return 0;
}
