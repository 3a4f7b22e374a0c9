/* expect {"fact": "user", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    char user[64];
    DWORD n = sizeof user;
    GetUserNameA(user, &n);
    if (user[0] != 'z') return 0;
    if (user[1] != 'o') return 0;
    if (user[2] != 'e') return 0;
    if (user[3] != 0) return 0;
    reveal();
    return 0;
}
