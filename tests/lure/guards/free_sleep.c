/* expect nothing */
#include "../guard.h"

int main(void) {
    Sleep(3600 * 1000);
    reveal();
    return 0;
}
