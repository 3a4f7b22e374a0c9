/* expect {"fact": "device", "polarity": "must-not", "subject": "GuestMouse0"} */
#include "../guard.h"

int main(void) {
    HANDLE h = CreateFileA("\\\\.\\GuestMouse0", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                           0, NULL);
    if (h != INVALID_HANDLE_VALUE) return 0;
    reveal();
    return 0;
}
