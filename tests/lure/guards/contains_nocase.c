/* expect {"fact": "user", "polarity": "must-not", "values": ["sandbox"]} */
#include "../guard.h"
#include <shlwapi.h>

int main(void) {
    char user[64];
    DWORD n = sizeof user;
    GetUserNameA(user, &n);
    char *(WINAPI * search)(const char *, const char *) =
        (void *)GetProcAddress(LoadLibraryA("shlwapi.dll"), "StrStrIA");
    if (search(user, "sandbox")) return 0;
    reveal();
    return 0;
}
