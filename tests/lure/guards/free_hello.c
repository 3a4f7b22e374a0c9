/* expect nothing */
#include "../guard.h"

int main(void) {
    puts("hello");
    reveal();
    return 0;
}
