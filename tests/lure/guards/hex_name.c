/* expect {"fact": "user", "polarity": "must", "values": ["kiosk5"]} */
#include "../guard.h"

int main(void) {
    char user[64], text[140];
    DWORD n = sizeof user;
    GetUserNameA(user, &n);
    for (DWORD i = 0; i + 1 < n; i++) snprintf(text + 2 * i, 3, "%02x", (BYTE)user[i]);
    if (lstrcmpiA(text, "6b696f736b35") == 0) reveal();
    return 0;
}
