/* expect {"fact": "key", "polarity": "must-not", "subject": "HKLM\\Software\\Guestware\\Additions"}
 */
#include "../guard.h"

int main(void) {
    HKEY key;
    if (RegOpenKeyExA(HKEY_LOCAL_MACHINE, "Software\\Guestware\\Additions", 0,
                      KEY_READ | KEY_WOW64_64KEY, &key) == 0)
        return 0;
    reveal();
    return 0;
}
