/* expect {"fact": "user", "polarity": "must", "values": ["cashier"]} */
/* expect {"fact": "file", "polarity": "must-not", "subject": "C:\\tools\\procmonx.exe"} */
#include "../guard.h"

int main(void) {
    char user[64];
    DWORD n = sizeof user;
    if (GetFileAttributesA("C:\\tools\\procmonx.exe") != INVALID_FILE_ATTRIBUTES) return 0;
    GetUserNameA(user, &n);
    if (lstrcmpiA(user, "cashier") == 0) reveal();
    return 0;
}
