/* What wants 16 bytes alignment faults without it: a general protection fault, which has no address. */
#include "fault.h"

static __attribute__((noinline, target("sse2"))) void read_unaligned(void *p) {
    __asm__ volatile("movaps (%0), %%xmm0" : : "r"(p) : "xmm0");
}

int main(void) {
    say_attempt("read unaligned", read_unaligned, (char *)&fault_record + 1, (void *)-1);
    return 0;
}
