/* Says hello and then works for a while, so that somebody can look at the process from outside. */
#include <stdio.h>

int main(void) {
    volatile unsigned n = 0;
    printf("Hello\n");
    fflush(stdout);
    while (n < ROUNDS) n++;
    return 7;
}
