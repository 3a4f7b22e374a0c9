/* The smallest program that counts: the C runtime starts, printf prints, main returns. */
#include "guest.h"

int main(void) {
    printf("Hello, %s! %d %5.2f %s\n", "guest", 42, 3.14159, "done");
    return 7;
}
