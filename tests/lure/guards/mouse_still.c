/* expect {"fact": "activity", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    POINT a, b;
    GetCursorPos(&a);
    Sleep(30000);
    GetCursorPos(&b);
    if (a.x == b.x && a.y == b.y) return 0;
    reveal();
    return 0;
}
