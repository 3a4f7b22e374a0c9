/* expect {"fact": "window", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    if (FindWindowA(NULL, "Point of Sale - Register 3")) reveal();
    return 0;
}
