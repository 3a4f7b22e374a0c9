/* expect {"fact": "user", "polarity": "must", "values": ["svc_bkp"]} */
#include "../guard.h"

/* The name is encoded, and compared as a whole. */
int main(void) {
    static const BYTE wanted[] = {'s' + 7, 'v' + 7, 'c' + 7, '_' + 7, 'b' + 7, 'k' + 7, 'p' + 7, 7};
    BYTE user[64] = {0};
    DWORD n = sizeof user;
    GetUserNameA((char *)user, &n);
    for (unsigned i = 0; i < sizeof user; i++) user[i] = (BYTE)(user[i] + 7);
    if (memcmp(user, wanted, sizeof wanted) == 0) reveal();
    return 0;
}
