/* expect {"fact": "user", "polarity": "must", "values": ["oper8"]} */
#include "../guard.h"

int main(void) {
    static volatile const BYTE wanted[] = {'o' ^ 0x5a ^ 0, 'p' ^ 0x5a ^ 1, 'e' ^ 0x5a ^ 2,
                                           'r' ^ 0x5a ^ 3, '8' ^ 0x5a ^ 4};
    char user[64];
    DWORD n = sizeof user;
    GetUserNameA(user, &n);
    for (unsigned i = 0; i < sizeof wanted; i++)
        if ((BYTE)(user[i] ^ 0x5a ^ i) != wanted[i]) return 0;
    reveal();
    return 0;
}
