/* expect {"fact": "cpu.hypervisor", "polarity": "must-not"} */
#include "../guard.h"
#include <cpuid.h>

int main(void) {
    unsigned a, b, c, d;
    __cpuid(1, a, b, c, d);
    if (c >> 31) return 0;
    reveal();
    return 0;
}
