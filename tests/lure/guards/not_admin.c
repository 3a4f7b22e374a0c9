/* expect {"fact": "account.admin", "polarity": "must-not"} */
#include "../guard.h"
#include <lm.h>

int main(void) {
    USER_INFO_1 *info = NULL;
    WCHAR user[64];
    DWORD n = 64;
    GetUserNameW(user, &n);
    if (NetUserGetInfo(NULL, user, 1, (BYTE **)&info)) return 0;
    if (info->usri1_priv != USER_PRIV_ADMIN) return 0;
    reveal();
    return 0;
}
