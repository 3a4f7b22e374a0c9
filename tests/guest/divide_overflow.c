/* The smallest number by -1: a quotient that does not fit. The processor raises the same fault as
 * for a zero divisor; Windows looks at the divisor to tell them apart. */
#include "fault.h"

static void divide(void *by) {
    __asm__ volatile("movl $0x80000000, %%eax\n\tcltd\n\tidivl %0"
                     :
                     : "c"(*(int *)by)
                     : "eax", "edx");
}

static void divide_long(void *by) {
    __asm__ volatile("movl $5, %%edx\n\txorl %%eax, %%eax\n\tdivl %0"
                     :
                     : "c"(*(int *)by)
                     : "eax", "edx");
}

int main(void) {
    int minus_one = -1, four = 4, zero = 0;
    say_attempt("smallest by -1", divide, &minus_one, NULL);
    say_attempt("5 * 2^32 by 4", divide_long, &four, NULL);
    say_attempt("by zero", divide, &zero, NULL);
    return 0;
}
