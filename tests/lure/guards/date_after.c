/* expect {"fact": "time", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    SYSTEMTIME now;
    GetSystemTime(&now);
    if (now.wYear >= 2031) reveal();
    return 0;
}
