/* expect {"fact": "drive.size", "polarity": "must-not", "subject": "C"} */
#include "../guard.h"

int main(void) {
    ULARGE_INTEGER total;
    if (!GetDiskFreeSpaceExA("C:\\", NULL, &total, NULL)) return 0;
    if (total.QuadPart / (1024 * 1024 * 1024) <= 60) return 0;
    reveal();
    return 0;
}
