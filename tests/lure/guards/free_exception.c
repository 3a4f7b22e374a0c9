/* expect nothing */
#include "../guard.h"

static LONG WINAPI handler(EXCEPTION_POINTERS *e) {
    (void)e;
    reveal();
    ExitProcess(3);
}

int main(void) {
    AddVectoredExceptionHandler(1, handler);
    *(volatile int *)16 = 1;
    return 0;
}
