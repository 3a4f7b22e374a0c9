/* expect {"fact": "cpu", "polarity": "must"} */
#include "../guard.h"
#include <cpuid.h>

int main(void) {
    unsigned brand[13] = {0};
    for (unsigned i = 0; i < 3; i++)
        __cpuid(0x80000002 + i, brand[4 * i], brand[4 * i + 1], brand[4 * i + 2], brand[4 * i + 3]);
    if (strstr((char *)brand, "Xeon")) reveal();
    return 0;
}
