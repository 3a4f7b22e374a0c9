/* expect nothing */
#include "../guard.h"

int main(void) {
    SYSTEMTIME now;
    GetSystemTime(&now);
    printf("%04d-%02d-%02d\n", now.wYear, now.wMonth, now.wDay);
    reveal();
    return 0;
}
